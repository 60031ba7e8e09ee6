// The outputs' thread: one dispatcher for each configured output.
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { Event, TimedEvent } from '../events/event.ts';
import { Cursor } from '../journal/cursor.ts';
import { journalLayout } from '../journal/layout.ts';
import { Tail } from '../journal/tail.ts';
import { Dispatcher } from '../outputs/dispatcher.ts';
import { Quarantine } from '../outputs/quarantine.ts';
import { readBootId } from './boot-id.ts';
import { createOutput } from './create-output.ts';
import type { FromOutputs, OutputsStart, ToOutputs } from './outputs-message.ts';

const start = workerData as OutputsStart;
const port = parentPort!;
const post = (message: FromOutputs) => port.postMessage(message);

const gathering = 10;

yieldToIntake();

const emit = batchedEvents();
const layout = journalLayout(start.dataDir);
const bootId = readBootId();
const abort = new AbortController();

const dispatchers = Object.entries(start.outputs).map(([name, settings]) => {
  const { from, maxLag, whenBehind, checkpoint } = settings;
  return new Dispatcher({
    output: createOutput(name, settings, start),
    cursor: new Cursor(layout, name, bootId),
    layout,
    tail: new Tail(start.tail),
    policy: { from, maxLag, whenBehind, checkpoint },
    quarantine: new Quarantine(start.dataDir, name),
    emit,
    now: Date.now,
    random: Math.random,
  });
});

port.on('message', ({ stop }: ToOutputs) => {
  if (stop === 'now') abort.abort();
  else for (const dispatcher of dispatchers) dispatcher.drain();
});

const running = dispatchers.map((dispatcher) => dispatcher.run(abort.signal));
emit.flush();
post({ ready: true });
await Promise.all(running);
emit.flush();
port.close();

/** Events gather for a moment and leave together, not in one message each. */
function batchedEvents(): { (event: Event): void; flush(): void } {
  let waiting: TimedEvent[] = [];
  const flush = () => {
    if (waiting.length > 0) post({ events: waiting });
    waiting = [];
  };
  const take = (event: Event) => {
    if (waiting.length === 0) setTimeout(flush, gathering);
    waiting.push({ time: new Date().toISOString(), ...event });
  };
  return Object.assign(take, { flush });
}

// On a busy machine intake comes first; outputs catch up from the journal. On Linux a priority belongs to a thread.
function yieldToIntake(): void {
  try {
    const thread = Number(/\d+$/.exec(readlinkSync('/proc/thread-self'))?.[0]);
    setPriority(thread, 19);
  } catch {
    // Elsewhere the threads share the processor evenly.
  }
}
