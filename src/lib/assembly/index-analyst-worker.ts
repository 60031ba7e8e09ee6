// The thread in which messages are taken apart for the index: what goes wrong there goes wrong nowhere else.
import { parentPort, workerData } from 'node:worker_threads';
import { exitCodes, Fault, reason } from '../errors.ts';
import { journalLayout } from '../journal/layout.ts';
import { origin } from '../journal/position.ts';
import { JournalReader } from '../journal/reader.ts';
import type { IndexRecord } from '../index/record.ts';
import type { AnalystAnswer, AnalystStart, Batch, Errand } from './index/analyst-protocol.ts';
import { describeEntry, withoutContents } from './index/describe-entry.ts';
import { yieldToIntake } from './yield-to-intake.ts';

const mostRecords = 400;
const mostBytes = 8 * 2 ** 20;

const { dataDir, at } = workerData as AnalystStart;
const port = parentPort!;
const place = new Int32Array(at);

yieldToIntake(19);

let end = origin;
const reader = new JournalReader(journalLayout(dataDir), origin, () => end, undefined, 'heads');

port.on('message', (errand: Errand) => port.postMessage(answerTo(errand)));

function answerTo(errand: Errand): AnalystAnswer {
  try {
    return { batch: read(errand) };
  } catch (error) {
    const { code, fix, exit } =
      error instanceof Fault
        ? error
        : { code: 'index.journal', fix: 'Run "spamtrap journal verify".', exit: exitCodes.failed };
    return { fault: { message: reason(error), code, fix, exit } };
  }
}

function read({ from, end: until, passedOver }: Errand): Batch {
  end = until;
  reader.moveTo(from);
  const records: IndexRecord[] = [];
  let bytes = 0;
  while (records.length < mostRecords && bytes < mostBytes) {
    Atomics.store(place, 0, records.length);
    const entry = reader.next();
    if (entry === undefined) break;
    const why = passedOver.get(records.length);
    records.push(why === undefined ? describeEntry(entry) : withoutContents(entry, why));
    if (entry.kind === 'capture') bytes += entry.capture.facts.size;
  }
  return { records, next: reader.position, bytes };
}
