import { spawnSync } from 'node:child_process';

const bounds = ['--silent', '--show-error', '--max-time', '30'];

/** What curl fetches. Throws what it complains of. */
export function curl(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('curl', [...bounds, ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  return stdout;
}

/** What swaks does with a message, as its transcript. Throws when the server does not take it. */
export function swaks(...words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync('swaks', ['--timeout', '30', ...words], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${stdout}${stderr}`);
  return stdout;
}
