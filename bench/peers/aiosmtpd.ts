import { fileURLToPath } from 'node:url';
import { freePort } from '../machine/port.ts';
import { aiosmtpd } from './need.ts';
import { startPeer, type Contender } from './server.ts';

const script = fileURLToPath(new URL('./aiosmtpd-server.py', import.meta.url));

export const aiosmtpdDiscarding = contender('aiosmtpd', 'discard');

/** With the handler that existing traps use: parses each message and writes it to a maildir, without a sync. */
export const aiosmtpdMailbox = contender('aiosmtpd Mailbox', 'mailbox');

function contender(name: string, mode: 'discard' | 'mailbox'): Contender {
  return {
    name,
    needs: [aiosmtpd],
    async start(folder) {
      const port = await freePort();
      return startPeer(folder, port, ['/usr/bin/python3', script, String(port), mode, folder]);
    },
  };
}
