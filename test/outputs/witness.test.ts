import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Event } from '../../src/lib/events/event.ts';
import { Cursor } from '../../src/lib/journal/cursor.ts';
import type { Journal } from '../../src/lib/journal/journal.ts';
import { idOf } from '../../src/lib/outputs/batch.ts';
import { Dispatcher } from '../../src/lib/outputs/dispatcher.ts';
import { BatchRefused } from '../../src/lib/outputs/output.ts';
import { Quarantine } from '../../src/lib/outputs/quarantine.ts';
import { entriesOnDisk, keep, openJournal, someOrigin } from '../support/journals.ts';
import type { MemoryOutput } from '../support/memory-output.ts';
import { sessionOf } from '../support/sessions.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { StateOutput, WitnessOutput } from '../support/witness-output.ts';

interface Scene {
  readonly dataDir: string;
  readonly journal: Journal;
}

async function scene(): Promise<Scene> {
  const dataDir = temporaryDirectory();
  const { journal } = await openJournal(dataDir);
  onTestFinished(() => journal.close());
  return { dataDir, journal };
}

const dropped = {
  ...someOrigin,
  rules: { revision: 'r1', matches: [], contentDropped: true },
} as const;

/** Messages, evidence and sessions by turns. */
async function keepMixed({ journal }: Scene, rounds: number): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    journal.note(sessionOf());
    await keep(journal, Buffer.from(`message ${round}`));
    await keep(journal, Buffer.from(`dropped ${round}`), dropped);
    journal.note(sessionOf());
    await keep(journal, Buffer.from(`another ${round}`));
  }
}

const inJournal = ({ dataDir }: Scene) => entriesOnDisk(dataDir).map((entry) => `${entry.kind} ${idOf(entry)}`);

/** Runs an output over what the journal has, to its end. */
async function runOver({ dataDir, journal }: Scene, output: MemoryOutput, checkpoint = 1e9): Promise<Event[]> {
  const events: Event[] = [];
  const dispatcher = new Dispatcher({
    output,
    cursor: new Cursor(journal.layout, 'memory', 'boot'),
    layout: journal.layout,
    tail: journal.tail,
    policy: { from: 'start', maxLag: 1e9, whenBehind: 'hold', checkpoint },
    quarantine: new Quarantine(dataDir, 'memory'),
    emit: (event) => events.push(event),
    now: Date.now,
    random: () => 0,
  });
  const done = dispatcher.run(new AbortController().signal);
  while (!events.some(({ event }) => event === 'output.opened')) await new Promise(setImmediate);
  dispatcher.drain();
  await done;
  return events;
}

const named = (events: readonly Event[], name: Event['event']) => events.filter(({ event }) => event === name);

describe('an output that witnesses', () => {
  it('sees sessions and evidence between the captures, in the order of the journal, once', async () => {
    const stage = await scene();
    const seen: string[] = [];
    for (let run = 0; run < 3; run++) {
      await keepMixed(stage, 100);
      const output = new WitnessOutput();
      const events = await runOver(stage, output);
      seen.push(...output.seen);
      expect(output.taken).toHaveLength(200);
      expect(
        named(events, 'output.delivered').reduce((sum, event) => sum + (event as { count: number }).count, 0),
      ).toBe(200);
    }
    expect(seen.filter((entry) => entry.startsWith('session'))).toHaveLength(600);
    expect(seen.filter((entry) => entry.startsWith('evidence'))).toHaveLength(300);
    expect(seen).toEqual(inJournal(stage));
  });

  it('makes safe what it has seen although no message was among it', async () => {
    const stage = await scene();
    stage.journal.note(sessionOf());
    await keep(stage.journal, Buffer.from('dropped'), dropped);
    const output = new WitnessOutput();
    await runOver(stage, output);
    expect(output.checkpoints).toBe(1);
    const again = new WitnessOutput();
    await runOver(stage, again);
    expect(again.seen).toEqual([]);
  });

  it('sees again what came with an entry that it could not take', async () => {
    const stage = await scene();
    await keepMixed(stage, 3);
    const output = new WitnessOutput();
    let failures = 2;
    output.beforeWitness = () => {
      if (output.seen.length > 4 && failures-- > 0) throw new Error('no room');
    };
    // A drain gives up at the first failure: the next run takes up where this one was.
    const events = await runOver(stage, output);
    expect(named(events, 'output.failed')).not.toEqual([]);
    output.beforeWitness = () => undefined;
    output.seen.length = 0;
    await runOver(stage, output);
    expect(output.seen).toEqual(inJournal(stage));
  });

  it('sees again what it refused as if it were a message, for there is nothing to be set aside', async () => {
    const stage = await scene();
    stage.journal.note(sessionOf());
    await keep(stage.journal, Buffer.from('dropped'), dropped);
    const output = new WitnessOutput();
    output.beforeWitness = () => {
      throw new BatchRefused('reset');
    };
    expect(named(await runOver(stage, output), 'output.failed')).not.toEqual([]);
    output.beforeWitness = () => undefined;
    await runOver(stage, output);
    expect(output.seen).toEqual(inJournal(stage));
  });

  it('has the one message set aside that is refused, whatever came around it', async () => {
    const stage = await scene();
    await keepMixed(stage, 40);
    const output = new WitnessOutput();
    const culprit = inJournal(stage).filter((entry) => entry.startsWith('capture'))[37];
    output.before = (batch) => {
      if (batch.some(({ facts }) => `capture ${facts.id}` === culprit)) throw new BatchRefused('reset');
    };
    const events = await runOver(stage, output);
    expect(named(events, 'output.quarantined')).toEqual([
      { event: 'output.quarantined', output: 'memory', id: culprit?.slice('capture '.length), detail: 'reset' },
    ]);
    expect([...new Set(output.seen)].sort()).toEqual(
      inJournal(stage)
        .filter((entry) => entry !== culprit)
        .sort(),
    );
  });
});

describe('an output with a state of its own', () => {
  // As a kill leaves it: of two rounds the first has survived a checkpoint, and the cursor has passed both.
  async function killed(): Promise<{ stage: Scene; entries: string[]; safe: string; newest: string }> {
    const stage = await scene();
    await keepMixed(stage, 1);
    await runOver(stage, new StateOutput(undefined));
    const registration = join(stage.journal.layout.readers, 'memory.json');
    const atCheckpoint = readFileSync(registration);
    const ids = () => inJournal(stage).map((entry) => entry.split(' ')[1]!);
    const safe = ids().at(-1)!;
    await keepMixed(stage, 1);
    await runOver(stage, new StateOutput(safe));
    writeFileSync(registration, atCheckpoint);
    return { stage, entries: inJournal(stage), safe, newest: ids().at(-1)! };
  }

  it('takes up at the checkpoint when it holds no more than that, although the cursor is further', async () => {
    const { stage, entries, safe } = await killed();
    const output = new StateOutput(safe);
    const events = await runOver(stage, output);
    expect(output.seen).toEqual(entries.slice(entries.length / 2));
    expect(named(events, 'output.restarted')).toEqual([]);
  });

  it('goes on where the cursor is when it holds all of that', async () => {
    const { stage, newest } = await killed();
    const output = new StateOutput(newest);
    await runOver(stage, output);
    expect(output.seen).toEqual([]);
  });

  it('begins again at the oldest message, and says so, when it has lost what it held', async () => {
    const { stage, entries } = await killed();
    const output = new StateOutput(undefined);
    const events = await runOver(stage, output);
    expect(output.seen).toEqual(entries);
    expect(named(events, 'output.restarted')).toEqual([
      { event: 'output.restarted', output: 'memory', detail: 'what it kept is gone or damaged' },
    ]);
  });
});
