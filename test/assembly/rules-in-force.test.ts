import { EventEmitter, once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { RulesInForce } from '../../src/lib/assembly/rules-in-force.ts';
import type { Event, EventName } from '../../src/lib/events/event.ts';
import { temporaryDirectory } from '../support/temporary.ts';

const rulesNamed = (...names: readonly string[]) =>
  `version: 1\nrules: [${names.map((name) => `{ name: ${name}, kind: note, on: connect, when: { tls: false } }`).join(', ')}]\n`;

function inForce(file: string | undefined) {
  const events: Event[] = [];
  const told = new EventEmitter();
  const surroundings = { ownAddresses: () => [], ownHosts: () => [], now: Date.now };
  const rules = new RulesInForce(file, surroundings, (event) => {
    events.push(event);
    told.emit('event');
  });
  onTestFinished(() => rules.close());
  const times = async (name: EventName, count: number) => {
    while (events.filter(({ event }) => event === name).length < count) await once(told, 'event');
    return events.filter(({ event }) => event === name);
  };
  return { rules, times, names: () => rules.current.rules.map(({ name }) => name) };
}

it('a changed file of rules takes the place of the one before, also when another file is put there', async () => {
  const file = join(temporaryDirectory(), 'rules.yml');
  writeFileSync(file, rulesNamed('one'));
  const { names, times } = inForce(file);
  expect(names()).toEqual(['one']);
  writeFileSync(file, rulesNamed('two', 'three'));
  await times('rules.loaded', 2);
  expect(names()).toEqual(['two', 'three']);
  writeFileSync(`${file}.new`, rulesNamed('four'));
  renameSync(`${file}.new`, file);
  await times('rules.loaded', 3);
  expect(names()).toEqual(['four']);
});

it('a bad file changes nothing, is told once, and may be mended', async () => {
  const file = join(temporaryDirectory(), 'rules.yml');
  writeFileSync(file, rulesNamed('one'));
  const { rules, names, times } = inForce(file);
  writeFileSync(file, 'version: 1\nrules: [{ name: bad, when: 7 }]\n');
  const [refused] = await times('rules.refused', 1);
  expect(refused).toMatchObject({ file, detail: expect.stringContaining('rules.yml:2:') as string });
  rules.reload();
  expect(await times('rules.refused', 1)).toHaveLength(1);
  expect(names()).toEqual(['one']);
  writeFileSync(file, rulesNamed('two'));
  await times('rules.loaded', 2);
  expect(names()).toEqual(['two']);
});

it('a bad file at the start is a fault, and without a file the rules of the program hold', () => {
  const file = join(temporaryDirectory(), 'rules.yml');
  writeFileSync(file, 'version: 2\n');
  expect(() => inForce(file)).toThrow(/rules\.yml:1:/);
  expect(inForce(undefined).names()).toContain('own-address-in-subject');
});
