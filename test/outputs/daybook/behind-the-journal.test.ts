import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Event } from '../../../src/lib/events/event.ts';
import { Cursor, moveReader, readRegistration } from '../../../src/lib/journal/cursor.ts';
import type { Journal } from '../../../src/lib/journal/journal.ts';
import { origin } from '../../../src/lib/journal/position.ts';
import { DaybookOutput } from '../../../src/lib/outputs/daybook/daybook-output.ts';
import { daySummary } from '../../../src/lib/outputs/daybook/read-daybook.ts';
import { Dispatcher } from '../../../src/lib/outputs/dispatcher.ts';
import { Quarantine } from '../../../src/lib/outputs/quarantine.ts';
import { keep, openJournal, someOrigin } from '../../support/journals.ts';
import { sessionOf } from '../../support/sessions.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

const day = '2026-11-20';

/** Dies before it can make anything safe. */
class DyingDaybook extends DaybookOutput {
  override async checkpoint(): Promise<void> {
    throw new Error('killed');
  }
}

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

async function arrive({ journal }: Scene): Promise<void> {
  for (let index = 0; index < 5; index++) {
    await keep(journal, Buffer.from('message'));
    journal.note(sessionOf({ messages: 1 }));
    await keep(journal, Buffer.from('dropped'), {
      ...someOrigin,
      rules: { revision: 'r', matches: [], contentDropped: true },
    });
  }
}

async function run({ dataDir, journal }: Scene, Kind: typeof DaybookOutput = DaybookOutput): Promise<Event[]> {
  const events: Event[] = [];
  const opened = Promise.withResolvers<void>();
  const dispatcher = new Dispatcher({
    output: new Kind('daybook', { dataDir, dayOf: () => day, now: Date.now, emit: (event) => events.push(event) }),
    cursor: new Cursor(journal.layout, 'daybook', 'boot'),
    layout: journal.layout,
    tail: journal.tail,
    policy: { from: 'start', maxLag: 1e9, whenBehind: 'hold', checkpoint: 1e9 },
    quarantine: new Quarantine(dataDir, 'daybook'),
    emit: (event) => {
      events.push(event);
      if (event.event === 'output.opened') opened.resolve();
    },
    now: Date.now,
    random: () => 0,
  });
  const done = dispatcher.run(new AbortController().signal);
  await opened.promise;
  dispatcher.drain();
  await done;
  return events;
}

function figures(dataDir: string): readonly (number | undefined)[] {
  const summary = daySummary(dataDir, day);
  return [summary?.messages.count, summary?.messages.withoutContent, summary?.sessions.count];
}

const restarts = (events: readonly Event[]) => events.filter(({ event }) => event === 'output.restarted');

describe('the daybook behind the journal', () => {
  it('counts once what was counted by a process that died before it could keep that', async () => {
    const stage = await scene();
    await arrive(stage);
    await run(stage);
    for (let deaths = 0; deaths < 3; deaths++) {
      await arrive(stage);
      await run(stage, DyingDaybook);
    }
    expect(figures(stage.dataDir)).toEqual([10, 5, 5]);
    expect(restarts(await run(stage))).toEqual([]);
    expect(figures(stage.dataDir)).toEqual([40, 20, 20]);
  });

  it('counts once what an operator has rewound it over', async () => {
    const stage = await scene();
    await arrive(stage);
    await run(stage);
    const registration = readRegistration(stage.journal.layout, 'daybook');
    if (registration === undefined || registration === 'unreadable') throw new Error('there should be a reader');
    moveReader(stage.journal.layout, registration, origin);
    await arrive(stage);
    await run(stage);
    expect(figures(stage.dataDir)).toEqual([20, 10, 10]);
  });

  it.each(['state.json', `${day}.json`, 'rules.json'])(
    'begins anew when %s is damaged or gone, and says so',
    async (file) => {
      const stage = await scene();
      await arrive(stage);
      await run(stage);
      const path = join(stage.dataDir, 'daybook', file);
      for (const damage of [() => writeFileSync(path, readFileSync(path).subarray(1)), () => rmSync(path)]) {
        damage();
        await arrive(stage);
        expect(restarts(await run(stage))).toEqual([
          { event: 'output.restarted', output: 'daybook', detail: 'what it kept is gone or damaged' },
        ]);
      }
      expect(figures(stage.dataDir)).toEqual([30, 15, 15]);
      expect(restarts(await run(stage))).toEqual([]);
    },
  );
});
