// The process in which messages are taken apart for the index: what goes wrong there goes wrong nowhere else. A thread
// would not do, because one that runs out of memory at the wrong moment takes its process with it.
import { exitCodes, Fault, reason } from '../errors.ts';
import { journalLayout } from '../journal/layout.ts';
import { origin } from '../journal/position.ts';
import { JournalReader } from '../journal/reader.ts';
import type { IndexRecord } from '../index/record.ts';
import type { AnalystAnswer, Batch, Errand, FromAnalyst } from './index/analyst-protocol.ts';
import { describeEntry, withoutContents } from './index/describe-entry.ts';
import { yieldToIntake } from './yield-to-intake.ts';

const mostBytes = 8 * 2 ** 20;

yieldToIntake(19);

const send = (message: FromAnalyst) => void process.send!(message);

let end = origin;
let reader: JournalReader | undefined;

process.on('message', (errand: Errand) => send(answerTo(errand)));
process.on('disconnect', () => process.exit());
// Who gives errands decides when it ends, also where a terminal says something to all.
process.on('SIGINT', () => undefined);
send('ready');

function answerTo(errand: Errand): AnalystAnswer {
  try {
    return { batch: read(errand) };
  } catch (error) {
    const unknown = { code: 'index.journal', fix: 'Run "spamtrap journal verify".', exit: exitCodes.failed };
    const { code, fix, exit } = error instanceof Fault ? error : unknown;
    return { fault: { message: reason(error), code, fix, exit } };
  }
}

function read({ dataDir, from, end: until, most, passOver }: Errand): Batch {
  end = until;
  reader ??= new JournalReader(journalLayout(dataDir), origin, () => end, undefined, 'heads');
  reader.moveTo(from);
  const records: IndexRecord[] = [];
  let bytes = 0;
  while (records.length < most && bytes < mostBytes) {
    const entry = reader.next();
    if (entry === undefined) break;
    const isPassedOver = passOver !== undefined && records.length === 0;
    records.push(isPassedOver ? withoutContents(entry, passOver) : describeEntry(entry));
    if (entry.kind === 'capture') bytes += entry.capture.facts.size;
  }
  return { records, next: reader.position };
}
