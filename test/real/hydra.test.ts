import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { peer } from '../support/peers.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { evidenceOf } from './evidence.ts';
import { run } from './programs.ts';

const users = ['admin@example.net', 'info'];
const passwords = ['123456', 'pass word', 'geheim'];
const pairs = users.flatMap((user) => passwords.map((password) => `${user} ${password}`));

peer('hydra')('hydra guesses', () => {
  test.each(['LOGIN', 'PLAIN'])('by %s, and each guess is evidence', async (mechanism) => {
    const sensor = await Sensor.start({ dataDir: newDataDir(), config: { relay: { auth: { accept: 'none' } } } });
    const { said } = await guess(sensor.port, mechanism);
    expect(said).toContain('0 valid password');
    const { captures, sessions } = await evidenceOf(sensor);
    expect(captures).toEqual([]);
    const tried = sensor.told('login.tried');
    expect(new Set(tried.map(({ user, password }) => `${user} ${password}`))).toEqual(new Set(pairs));
    const kept = sessions.flatMap(({ credentials = [] }) => credentials);
    expect(kept.map(({ user, password }) => `${user} ${password}`).toSorted()).toEqual(
      tried.map(({ user, password }) => `${user} ${password}`).toSorted(),
    );
    for (const each of kept) expect(each).toMatchObject({ mechanism, accepted: false });
    for (const { credentials, scan } of sessions) if (credentials) expect(scan).toBe('login');
  });

  test('believes that it has found a password where all are let in', async () => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    const { said } = await guess(sensor.port, 'LOGIN');
    expect(said).toMatch(/\[smtp\] host: 127\.0\.0\.1 +login: admin@example\.net/);
    await evidenceOf(sensor);
    expect(sensor.told('login.tried').every(({ accepted }) => accepted)).toBe(true);
  });
});

function guess(port: number, mechanism: string) {
  const folder = temporaryDirectory();
  const files = { users: join(folder, 'users'), passwords: join(folder, 'passwords') };
  writeFileSync(files.users, users.map((line) => `${line}\n`).join(''));
  writeFileSync(files.passwords, passwords.map((line) => `${line}\n`).join(''));
  const words = ['-L', files.users, '-P', files.passwords, '-t', 2, '-I', '-s', port, '-m', mechanism];
  return run('hydra', [...words, '127.0.0.1', 'smtp'], { env: { HOME: folder } });
}
