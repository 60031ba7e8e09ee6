import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { expect, test } from 'vitest';
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
