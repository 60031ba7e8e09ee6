// The outputs' thread: one dispatcher for each configured output.
import { parentPort, workerData } from 'node:worker_threads';
import { Cursor } from '../journal/cursor.ts';
import { journalLayout } from '../journal/layout.ts';
import { Tail } from '../journal/tail.ts';
import { Account, accountFile } from '../outputs/account.ts';
import { Dispatcher, type HandedOver } from '../outputs/dispatcher.ts';
import type { Output } from '../outputs/output.ts';
import type { ReaderPolicy } from '../outputs/progress.ts';
import { Quarantine } from '../outputs/quarantine.ts';
import { readBootId } from './boot-id.ts';
import { dispatcherOperations, type Steered } from './control/dispatcher-operations.ts';
import { createOutput } from './create-output.ts';
import { dayLog } from './day-log.ts';
import type { OutputReport, OutputsStart } from './outputs-start.ts';
import { probeDesk } from './probe-desk.ts';
import { answerIn } from './thread-answers.ts';
import { gatheredEvents } from './thread-events.ts';
import type { FromThread, ToThread } from './thread-service.ts';
import { yieldToIntake } from './yield-to-intake.ts';

const start = workerData as OutputsStart;
const port = parentPort!;
const post = (message: FromThread) => port.postMessage(message);

/** Neither of ours may hold up intake for ever; what they skip is still in the journal for a while. */
const ofOurs = { maxLag: 2 * 2 ** 30, whenBehind: 'skip', checkpoint: 5_000, gather: 250 } as const;
/** What a sensor took before it had a desk was no probe to it. */
const deskPolicy: ReaderPolicy = { from: 'now', ...ofOurs };
const daybookPolicy: ReaderPolicy = { from: 'start', ...ofOurs };

const signOfLife = 2_000;

yieldToIntake(19);

const { emit, flush } = gatheredEvents((events) => post({ events }));
const layout = journalLayout(start.dataDir);
const tail = new Tail(start.tail);
const bootId = readBootId();
const abort = new AbortController();

const ending = new AbortController();

const desk = start.desk && probeDesk(start.desk, { ...start, emit });
const steered = [
  ...Object.entries(start.outputs).map(([name, plan]) => steer(createOutput(name, plan, { ...start, emit }), plan)),
  ...(desk ? [steer(desk.reader, deskPolicy)] : []),
  ...(start.daybook.keep === 'yes' ? [steer(dayLog({ ...start, desk: desk?.desk, emit }), daybookPolicy)] : []),
];

const operations = dispatcherOperations(steered, layout, tail);

port.on('message', (message: ToThread) => {
  if ('ask' in message) void answerIn(operations, message).then(post);
  else if (message.stop === 'now') abort.abort();
  else for (const { dispatcher } of steered) dispatcher.drain();
});

const running = steered.map(({ dispatcher }) => dispatcher.run(abort.signal));
const sending = desk?.run(ending.signal, abort.signal);
flush();
post({ ready: undefined });
await Promise.all(running);
// The desk may get its last probe from the very end of the journal.
ending.abort();
await sending;
flush();
port.close();

function steer(output: Output, policy: ReaderPolicy): Steered {
  const quarantine = new Quarantine(start.dataDir, output.name);
  const dispatcher = new Dispatcher({
    output,
    cursor: new Cursor(layout, output.name, bootId),
    layout,
    tail,
    policy,
    quarantine,
    account: accountOf(output.name),
    ...(start.awaited.includes(output.name) && { onHandedOver: (handed) => report(output.name, handed) }),
    emit,
    now: Date.now,
    random: Math.random,
  });
  return { dispatcher, quarantine };
}

function report(output: string, handed: HandedOver): void {
  const message: OutputReport = { output, ...handed };
  post({ report: message });
}

/** It gives signs of life by itself, because an output may wait a minute for its next attempt. */
function accountOf(name: string): Account {
  const account = new Account({ now: Date.now, write: (state) => accountFile(layout, name).write(state) });
  setInterval(() => account.tick(), signOfLife).unref();
  return account;
}
