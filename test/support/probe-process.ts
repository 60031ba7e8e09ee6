// A process that sends what is approved on a desk, for tests that kill it. Its relay writes into a file what it sends.
// probe-process.ts DATA-DIR LEDGER PER-DAY HOW
import { writeSync } from 'node:fs';
import { once } from 'node:events';
import { acceptAll, courierFor, ledgerRelay, never, openDesk } from './probes.ts';

const [dataDir = '', ledger = '', perDay = '', how = ''] = process.argv.slice(2);

const say = (word: string) => void writeSync(1, `${word}\n`);

const opened = openDesk(dataDir, {
  limits: { perDay: Number(perDay), perRecipient: 1 },
  clock: { now: Date.now() },
  patience: 30_000,
});
const courier = courierFor(opened, ledgerRelay(ledger, say), {
  sending: { mode: 'live', policy: acceptAll },
  announce: async () => say('announced'),
  concluded: async () => say('concluded'),
});
say('ready');
if (how === 'at-the-same-time') await once(process.stdin, 'data');
else opened.desk.takeUp('live');
await courier.sendApproved(never);
opened.desk.close();
process.exit();
