import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Event } from '../../src/lib/events/event.ts';
import { Cursor, moveReader, readRegistration } from '../../src/lib/journal/cursor.ts';
import type { Journal } from '../../src/lib/journal/journal.ts';
import { origin } from '../../src/lib/journal/position.ts';
import { Dispatcher } from '../../src/lib/outputs/dispatcher.ts';
import type { ReaderPolicy } from '../../src/lib/outputs/progress.ts';
import { BatchRefused, TakenBack } from '../../src/lib/outputs/output.ts';
import { Quarantine } from '../../src/lib/outputs/quarantine.ts';
import { keep, openJournal } from '../support/journals.ts';
import { MemoryOutput } from '../support/memory-output.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const policy: ReaderPolicy = { from: 'start', maxLag: 1e9, whenBehind: 'hold', checkpoint: 1e9 };

interface Scene {
  readonly dataDir: string;
  readonly journal: Journal;
}

async function scene(settings = {}): Promise<Scene> {
  const dataDir = temporaryDirectory();
  const { journal } = await openJournal(dataDir, { settings });
  onTestFinished(() => journal.close());
  return { dataDir, journal };
}

interface Running {
  readonly output: MemoryOutput;
  readonly events: Event[];
  readonly dispatcher: Dispatcher;
  /** Delivers what is there, then ends in good order. */
  finish(): Promise<void>;
  /** The first event of that name, whether it was or will be. */
  happens(name: Event['event']): Promise<Event>;
}

function run(
  { dataDir, journal }: Scene,
  given: Partial<ReaderPolicy> = {},
  bootId = 'boot',
  output = new MemoryOutput(),
): Running {
  const events: Event[] = [];
  const waiting: { name: string; resolve: (event: Event) => void }[] = [];
  const dispatcher = new Dispatcher({
    output,
    cursor: new Cursor(journal.layout, 'memory', bootId),
    layout: journal.layout,
    tail: journal.tail,
    policy: { ...policy, ...given },
    quarantine: new Quarantine(dataDir, 'memory'),
    emit: (event) => {
      events.push(event);
      for (const { name, resolve } of waiting) if (name === event.event) resolve(event);
    },
    now: Date.now,
    random: () => 0,
  });
  const done = dispatcher.run(new AbortController().signal);
  return {
    output,
    events,
    dispatcher,
    async finish() {
      dispatcher.drain();
      await done;
    },
    happens: (name) => {
      const { promise, resolve } = Promise.withResolvers<Event>();
      const earlier = events.find(({ event }) => event === name);
      if (earlier) resolve(earlier);
      waiting.push({ name, resolve });
      return promise;
    },
  };
}

async function keepMany(journal: Journal, count: number, bytes = 100): Promise<string[]> {
  const facts = await Promise.all(
    Array.from({ length: count }, (_, index) => keep(journal, Buffer.alloc(bytes, index))),
  );
  return facts.map(({ id }) => id);
}

describe('the dispatcher', () => {
  it('delivers everything once, in order, over restarts', async () => {
    const stage = await scene();
    const ids: string[] = [];
    const taken: string[] = [];
    for (let round = 0; round < 3; round++) {
      ids.push(...(await keepMany(stage.journal, 600)));
      const running = run(stage);
      await running.finish();
      taken.push(...running.output.taken);
    }
    expect(taken).toEqual(ids);
  });

  it('lets entries gather for an output in no hurry, and the end does not wait for that', async () => {
    const stage = await scene();
    const output = new MemoryOutput();
    const sizes: number[] = [];
    output.before = (batch) => void sizes.push(batch.length);
    const running = run(stage, { gather: 1e9 }, 'boot', output);
    const ids = await keepMany(stage.journal, 1);
    await running.happens('output.delivered');
    for (let count = 0; count < 5; count++) ids.push(...(await keepMany(stage.journal, 1)));
    await running.finish();
    expect(running.output.taken).toEqual(ids);
    expect(sizes).toEqual([1, 5]);
  });

  it('hands on no content that has changed on the disk, and facts all the same to who reads no more', async () => {
    const stage = await scene();
    await keep(stage.journal, Buffer.from('as it came in\r\n'));
    const segment = stage.journal.layout.segment(1);
    const bytes = readFileSync(segment);
    const at = bytes.indexOf('as it came in');
    const file = openSync(segment, 'r+');
    writeSync(file, Buffer.from('AS'), 0, 2, at);
    closeSync(file);

    const reader = run(stage);
    expect(await reader.happens('output.failed')).toMatchObject({
      detail: expect.stringContaining('sha256') as string,
    });
    await reader.finish();
    expect(reader.output.taken).toEqual([]);
    const facts = run(stage, {}, 'boot', Object.assign(new MemoryOutput(), { reads: 'facts' as const }));
    await facts.finish();
    expect(facts.output.taken).toHaveLength(1);
  });

  it('delivers what comes while it runs', async () => {
    const stage = await scene();
    const running = run(stage);
    await running.happens('output.opened');
    const ids = await keepMany(stage.journal, 3);
    await running.happens('output.delivered');
    await running.finish();
    expect(running.output.taken).toEqual(ids);
  });

  it('begins at the end when it is added later with from: now', async () => {
    const stage = await scene();
    await keepMany(stage.journal, 3);
    const running = run(stage, { from: 'now' });
    await running.happens('output.opened');
    const later = await keepMany(stage.journal, 2);
    await running.finish();
    expect(running.output.taken).toEqual(later);
  });

  it('tries again until it works, and skips nothing meanwhile', async () => {
    const stage = await scene();
    const ids = await keepMany(stage.journal, 10);
    const running = run(stage);
    let failures = 3;
    running.output.before = () => {
      if (failures-- > 0) throw new Error('the other side is away');
    };
    const failed = (await running.happens('output.failed')) as Extract<Event, { event: 'output.failed' }>;
    expect(failed).toMatchObject({ detail: 'the other side is away', attempt: 1 });
    await running.happens('output.delivered');
    await running.finish();
    expect(running.output.taken).toEqual(ids);
    expect(running.events.filter(({ event }) => event === 'output.failed')).toHaveLength(3);
  });

  it('sets aside what is refused for good, with its bytes, and goes on', async () => {
    const stage = await scene();
    const ids = await keepMany(stage.journal, 5);
    const running = run(stage);
    running.output.judge = ({ facts }) =>
      facts.id === ids[2] ? { kind: 'refused', why: 'too ugly' } : { kind: 'delivered' };
    await running.finish();
    expect(running.output.taken).toEqual(ids.filter((id) => id !== ids[2]));
    const directory = join(stage.dataDir, 'quarantine', 'memory');
    expect(readdirSync(directory).sort()).toEqual([`${ids[2]}.eml`, `${ids[2]}.json`]);
    expect(readFileSync(join(directory, `${ids[2]}.eml`))).toEqual(Buffer.alloc(100, 2));
    expect(JSON.parse(readFileSync(join(directory, `${ids[2]}.json`), 'utf8'))).toMatchObject({ why: 'too ugly' });
    expect(running.events).toContainEqual(expect.objectContaining({ event: 'output.quarantined', id: ids[2] }));
  });

  it('finds the culprit when a batch is refused without a name', async () => {
    const stage = await scene();
    const ids = await keepMany(stage.journal, 100);
    const running = run(stage);
    running.output.before = (batch) => {
      if (batch.some(({ facts }) => facts.id === ids[37])) throw new BatchRefused('the connection was reset');
    };
    await running.finish();
    expect(running.output.taken).toEqual(ids.filter((id) => id !== ids[37]));
    expect(running.events.filter(({ event }) => event === 'output.quarantined')).toHaveLength(1);
  });

  it('rests while it is paused, also over a restart, and goes on where it was', async () => {
    const stage = await scene();
    const running = run(stage);
    await running.happens('output.opened');
    running.dispatcher.pause();
    const ids = await keepMany(stage.journal, 3);
    await running.finish();
    expect(running.output.taken).toEqual([]);

    const again = run(stage);
    expect(await again.happens('output.opened')).toMatchObject({ paused: true });
    again.dispatcher.resume();
    await again.happens('output.delivered');
    await again.finish();
    expect(again.output.taken).toEqual(ids);
  });

  it('delivers again from where it was rewound to', async () => {
    const stage = await scene();
    const ids = await keepMany(stage.journal, 4);
    await run(stage).finish();
    const registration = readRegistration(stage.journal.layout, 'memory');
    if (registration === undefined || registration === 'unreadable') throw new Error('there should be a reader');
    moveReader(stage.journal.layout, registration, origin);
    const again = run(stage);
    await again.finish();
    expect(again.output.taken).toEqual(ids);
  });

  it('says so when segments were removed before it had read them, and goes on behind the gap', async () => {
    const stage = await scene({ segmentSize: 10_000, retain: { age: 1e9, size: 20_000 } });
    await keepMany(stage.journal, 1);
    await run(stage, { whenBehind: 'skip', maxLag: 0 }).finish();
    for (let index = 0; index < 6; index++) await keep(stage.journal, Buffer.alloc(10_000));
    await stage.journal.removeOld();
    const running = run(stage, { whenBehind: 'skip', maxLag: 0 });
    await running.finish();
    expect(running.events).toContainEqual({ event: 'output.skipped', output: 'memory', fromSegment: 1, toSegment: 6 });
    expect(running.output.taken).toHaveLength(1);
  });
});

/** Its other side loses what it has confirmed, once. */
class ForgetfulOutput extends MemoryOutput {
  readonly trusts = 'checkpoints';
  lost = 0;

  override async checkpoint(): Promise<void> {
    await super.checkpoint();
    if (this.lost-- > 0) throw new TakenBack('its end is gone');
  }
}

describe('an output whose other side may lose what it has confirmed', () => {
  it('gets everything since its last checkpoint again when something is lost', async () => {
    const stage = await scene();
    const output = new ForgetfulOutput();
    const running = run(stage, { checkpoint: 1 }, 'boot', output);
    const first = await keepMany(stage.journal, 3);
    await expect.poll(() => output.checkpoints).toBe(1);
    output.lost = 1;
    const second = await keepMany(stage.journal, 2);
    await running.happens('output.takenBack');
    await running.finish();
    expect(output.taken.slice(0, 5)).toEqual([...first, ...second]);
    expect(output.taken.slice(5)).toContain(second.at(-1));
    for (const id of first) expect(output.taken.filter((taken) => taken === id)).toHaveLength(1);
  });

  it('gets it again after the death of the process too, because nobody has looked whether it is there', async () => {
    const stage = await scene();
    const ids = await keepMany(stage.journal, 3);
    const files = { registration: join(stage.journal.layout.readers, 'memory.json') };
    const killed = run(stage, {}, 'boot', new ForgetfulOutput());
    await killed.happens('output.delivered');
    const registered = readFileSync(files.registration, 'utf8');
    await killed.finish();
    writeFileSync(files.registration, registered);
    const again = run(stage, {}, 'boot', new ForgetfulOutput());
    await again.finish();
    expect(again.output.taken).toEqual(ids);
  });
});

describe('a cursor', () => {
  const files = (stage: Scene) => ({
    registration: join(stage.journal.layout.readers, 'memory.json'),
    position: join(stage.journal.layout.readers, 'memory.position'),
  });

  it.each([
    ['empty', ''],
    ['garbage', '\0\0{{{'],
    ['of another shape', '{"checkpoint":{"position":{"segment":"x"}}}'],
    ['ahead of the journal', '{"checkpoint":{"position":{"segment":99,"offset":8}}}'],
    ['in the middle of a record', '{"checkpoint":{"position":{"segment":1,"offset":16}}}'],
  ])('that is %s means: begin again, and say so', async (_, text) => {
    const stage = await scene();
    const ids = await keepMany(stage.journal, 3);
    await run(stage).finish();
    writeFileSync(files(stage).registration, text);
    writeFileSync(files(stage).position, '');
    const again = run(stage);
    await again.finish();
    expect(again.output.taken).toEqual(ids);
    expect(again.events).toContainEqual(expect.objectContaining({ event: 'output.restarted', output: 'memory' }));
  });

  it('is trusted after the death of the process, and goes back to its checkpoint after a restart of the machine', async () => {
    const stage = await scene();
    const ids = await keepMany(stage.journal, 3);
    const { position } = files(stage);
    const killed = run(stage);
    await killed.happens('output.delivered');
    // As a kill leaves it: the position was written, the checkpoint was not.
    const written = readFileSync(position, 'utf8');
    const registered = readFileSync(files(stage).registration, 'utf8');
    await killed.finish();
    const asKilled = () => {
      writeFileSync(position, written);
      writeFileSync(files(stage).registration, registered);
    };

    asKilled();
    const sameBoot = run(stage, {}, 'boot');
    await sameBoot.finish();
    expect(sameBoot.output.taken).toEqual([]);

    asKilled();
    const nextBoot = run(stage, {}, 'another boot');
    await nextBoot.finish();
    expect(nextBoot.output.taken).toEqual(ids);
  });

  it('does not call safe what was not synced, after the death of the process', async () => {
    const stage = await scene();
    await keepMany(stage.journal, 3);
    const killed = run(stage);
    await killed.happens('output.delivered');
    const registered = readFileSync(files(stage).registration, 'utf8');
    const written = readFileSync(files(stage).position, 'utf8');
    await killed.finish();
    writeFileSync(files(stage).registration, registered);
    writeFileSync(files(stage).position, written);

    const output = new MemoryOutput();
    const again = run(stage, {}, 'boot', output);
    await again.happens('output.opened');
    expect(readFileSync(files(stage).registration, 'utf8')).toBe(registered);
    await again.finish();
    expect(output.checkpoints).toBe(1);
  });
});

describe('an output whose surroundings fail', () => {
  it('waits until what it refused can be set aside, and until its cursor can be written', async () => {
    const stage = await scene();
    const ids = await keepMany(stage.journal, 3);
    const quarantine = join(stage.dataDir, 'quarantine');
    // A file where a folder has to be, as a stand-in for a disk that takes nothing.
    writeFileSync(quarantine, '');
    const running = run(stage);
    running.output.judge = ({ facts }) =>
      facts.id === ids[1] ? { kind: 'refused', why: 'too ugly' } : { kind: 'delivered' };
    await running.happens('output.failed');
    expect(running.dispatcher.mark.id).toBeUndefined();
    rmSync(quarantine);
    await running.happens('output.quarantined');
    await running.finish();
    expect(running.dispatcher.mark.id).toBe(ids[2]);
  });
});
