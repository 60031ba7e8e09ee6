import { fileURLToPath } from 'node:url';
import { freePort } from '../machine/port.ts';
import { aiosmtpd } from './need.ts';
import { startPeer, type Contender } from './server.ts';

const script = fileURLToPath(new URL('./aiosmtpd-server.py', import.meta.url));
const protocols = { discard: 'smtp', mailbox: 'smtp', collect: 'lmtp' } as const;

export const aiosmtpdDiscarding = contender('aiosmtpd', 'discard');

/** With the handler that existing traps use: parses each message and writes it to a maildir, synced but for its name. */
export const aiosmtpdMailbox = contender('aiosmtpd Mailbox', 'mailbox');

/** As the LMTP collector of spamtrap-system, rebuilt from what is known of it: docs/benchmarks.md says how. */
export const aiosmtpdLmtp: Contender = {
  ...contender('aiosmtpd LMTP', 'collect'),
  repliesOnce: true,
};

function contender(name: string, mode: keyof typeof protocols): Contender {
  return {
    name,
    needs: [aiosmtpd],
    async start(folder) {
      const port = await freePort();
      const server = await startPeer(folder, port, ['/usr/bin/python3', script, String(port), mode, folder]);
      return { ...server, protocol: protocols[mode] };
    },
  };
}
