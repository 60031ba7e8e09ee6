import { run, settings } from '@oclif/core';
import { fileURLToPath } from 'node:url';
import { renderFailure } from './failure.ts';
import { readProgram } from './program.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

export async function main(): Promise<void> {
  // Where a callback throws there is no one to return to: what was promised is on disk, so stop.
  process.once('uncaughtException', (error) => process.exit(fail(error)));
  settings.enableAutoTranspile = false;
  try {
    // Programs that other people put into the user's data directory are no part of this one.
    await run(process.argv.slice(2), { root, userPlugins: false, devPlugins: false });
  } catch (error) {
    process.exitCode = fail(error);
  }
}

function fail(error: unknown): number {
  return renderFailure(error, process.argv.slice(2), readProgram(root));
}
