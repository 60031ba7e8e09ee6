import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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

/** The same with something on standard input, while the test itself answers it. */
spamtrap.fed = async (words: readonly string[], input: string): Promise<{ stdout: string; code: number | null }> => {
  const child = spawn(program, [...words], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  child.stdin.on('error', () => undefined).end(input);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { stdout, code };
};
