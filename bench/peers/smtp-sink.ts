import { join } from 'node:path';
import { freePort } from '../machine/port.ts';
import { smtpSink } from './need.ts';
import { startPeer, type Contender } from './server.ts';

// It refuses to work as root.
const asNobody = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
const connections = '8000';
const backlog = '4096';

/** Postfix's test server: one process in C that understands just enough SMTP, and throws the messages away. */
export const smtpSinkDiscarding = contender('smtp-sink', () => []);

/** The same, writing each message to a file of its own, without a sync. */
export const smtpSinkWriting = contender('smtp-sink files', (folder) => ['-d', join(folder, '%M.')]);

function contender(name: string, storing: (folder: string) => readonly string[]): Contender {
  return {
    name,
    needs: [smtpSink],
    async start(folder) {
      const port = await freePort();
      const options = [...asNobody, '-4', '-m', connections, ...storing(folder)];
      return startPeer(folder, port, ['smtp-sink', ...options, `127.0.0.1:${port}`, backlog]);
    },
  };
}
