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
  // Whoever ran has closed what it opened, but for what nobody can close: a NATS server that accepts a connection and
  // says nothing leaves one behind in its library.
  await Promise.all([process.stdout, process.stderr].map(written));
  process.exit();
}

/** A pipe takes so much at once, and the rest when somebody reads it. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

function fail(error: unknown): number {
  return renderFailure(error, process.argv.slice(2), readProgram(root));
}
