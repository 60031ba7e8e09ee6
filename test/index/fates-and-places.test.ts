import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { placesIn } from '../../src/lib/assembly/places.ts';
import { Desk } from '../../src/lib/probe/desk/desk.ts';
import { usualLimits } from '../../src/lib/probe/budget/limits.ts';
import { usualRoom } from '../../src/lib/probe/desk/room.ts';
import { capturesOnDisk, someOrigin } from '../support/journals.ts';
import { mmdb } from '../support/mmdb.ts';
import { newIdentity } from '../support/probes.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { keeperOf, search, updated, written } from './scene.ts';

it('knows what became of probes, also what happens to them later', async () => {
  const dataDir = temporaryDirectory();
  const rules = {
    revision: 'r',
    matches: [{ rule: 'own-address', kind: 'probe', hook: 'message', because: 'x' }],
    probe: 'own-address',
  } as const;
  const letters = ['one', 'two'].map((subject) => ({ text: `Subject: ${subject}\n\nbody\n`, origin: { rules } }));
  const [one = ''] = await written(dataDir, letters);
  let now = Date.now();
  const desk = new Desk({
    dataDir,
    room: usualRoom,
    limits: usualLimits,
    now: () => now,
    newIdentity,
    emit: () => undefined,
  });
  desk.hold(capturesOnDisk(dataDir), 'review');
  await updated(dataDir);
  const subjects = (filter: string) => search(dataDir, filter).map(({ subject }) => subject);
  expect(subjects('probe:held')).toEqual(['one', 'two']);
  now += 1_000;
  desk.deny(one, 'somebody');
  await updated(dataDir);
  expect(subjects('probe:denied')).toEqual(['one']);
  expect(subjects('probe:held')).toEqual(['two']);
  expect(subjects('has:probe')).toEqual(['one', 'two']);
  const keeper = keeperOf(dataDir);
  await keeper.rebuild();
  await keeper.close();
  expect(subjects('probe:denied')).toEqual(['one']);
  expect(subjects('probe:held')).toEqual(['two']);
});

it('knows where peers are, from files that somebody brings', async () => {
  const dataDir = temporaryDirectory();
  const file = join(temporaryDirectory(), 'some.mmdb');
  const dutch = {
    country: { iso_code: 'NL' },
    autonomous_system_number: 64_496,
    autonomous_system_organization: 'Example BV',
  };
  writeFileSync(file, mmdb({ 192: dutch }));
  const evidence = { ...someOrigin.evidence!, peer: { address: '10.1.2.3', port: 1 } };
  await written(dataDir, [
    { text: 'Subject: dutch\n\nx' },
    { text: 'Subject: from nowhere\n\nx', origin: { evidence } },
  ]);
  await updated(dataDir, { placeOf: await placesIn([file]) });
  const subjects = (filter: string) => search(dataDir, filter).map(({ subject }) => subject);
  expect(subjects('country:nl')).toEqual(['dutch']);
  expect(subjects('network:as64496')).toEqual(['dutch']);
  expect(subjects('network:example')).toEqual(['dutch']);
  expect(subjects('!country:nl')).toEqual(['from nowhere']);
});
