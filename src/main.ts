import { Config, run, settings } from '@oclif/core';
import { fileURLToPath } from 'node:url';
import { renderFailure } from './failure.ts';

export async function main(): Promise<void> {
  settings.enableAutoTranspile = false;
  const root = fileURLToPath(new URL('../', import.meta.url));
  const config = await Config.load({ root, pjson: undefined as never });
  try {
    await run(process.argv.slice(2), config);
  } catch (error) {
    process.exitCode = renderFailure(error);
  }
}
