import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
import { environmentLayer } from '../../src/lib/config/environment.ts';
import { thisMachine } from '../../src/lib/config/machine.ts';
import { schema } from '../../src/lib/config/schema.ts';
import { createFaultList } from '../../src/lib/document/faults.ts';
import { readSurface } from './commands.ts';

const accepted = fileURLToPath(new URL('commands.json', import.meta.url));

const hint = `
The commands, arguments or flags are no longer those of test/surface/commands.json.
Scripts rely on them (design: "Interfaces that stay stable"). If the change is meant: npm run surface, and say so in the
commit.`;

test('commands, arguments and flags are those that were promised', async () => {
  const surface = readSurface();
  if (process.env['SPAMTRAP_ACCEPT_SURFACE'] === '1') {
    const style = await resolveConfig(accepted);
    writeFileSync(accepted, await format(JSON.stringify(surface), { ...style, filepath: accepted }));
  }
  expect(surface, hint).toEqual(JSON.parse(readFileSync(accepted, 'utf8')));
});

test('a variable that stands for a flag is never taken for a misspelt setting', () => {
  const variables = [...JSON.stringify(readSurface()).matchAll(/"env":"(SPAMTRAP_\w+)"/g)].map(([, name]) => name!);
  expect(variables.length).toBeGreaterThan(30);
  const faults = createFaultList({ code: 'x', fix: 'x' });
  const machine = { ...thisMachine(), env: Object.fromEntries(variables.map((name) => [name, '1'])) };
  environmentLayer(schema, machine, [], faults);
  expect(() => faults.throwIfAny()).not.toThrow();
});
