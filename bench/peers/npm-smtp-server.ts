import { fileURLToPath } from 'node:url';
import { freePort } from '../machine/port.ts';
import { npmSmtpServer } from './need.ts';
import { startPeer, type Contender } from './server.ts';

const script = fileURLToPath(new URL('./npm-smtp-server-process.ts', import.meta.url));

/** Greets after 100 ms, always: that is what a new connection for each message costs with it. */
export const npmSmtpServerDiscarding: Contender = {
  name: 'npm smtp-server',
  needs: [npmSmtpServer],
  async start(folder) {
    const port = await freePort();
    return startPeer(folder, port, [process.execPath, script, String(port)]);
  },
};
