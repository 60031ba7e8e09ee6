import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('../../bin/spamtrap', import.meta.url));
const env = { PATH: process.env['PATH'] };

/** The built program, to its end. */
export function spamtrap(words: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8', input, env });
  return { status, stdout, stderr };
}

/** The same beside others. */
spamtrap.running = (words: readonly string[]) => promisify(execFile)(program, [...words], { env });

spamtrap.program = program;
