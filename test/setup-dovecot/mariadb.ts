import { execFileSync } from 'node:child_process';
import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mailUser } from '../support/dovecot.ts';
import { freePorts, RealProcess, serverFolder } from '../support/real-server.ts';

const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` };

/** Debian's MariaDB in the foreground, on loopback, with a database that these statements have made. */
export async function startMariaDb(statements: readonly string[]): Promise<number> {
  const folder = serverFolder();
  const data = join(folder, 'data');
  mkdirSync(data);
  for (const path of [folder, data]) chownSync(path, mailUser, mailUser);
  const init = join(folder, 'init.sql');
  // One statement on each line, as the server wants this file.
  writeFileSync(init, `${statements.map((text) => text.replaceAll(/--.*|\n/g, ' ')).join('\n')}\n`);
  const place = ['--no-defaults', `--datadir=${data}`];
  const prepared = ['--auth-root-authentication-method=normal', '--skip-test-db', '--skip-name-resolve'];
  execFileSync('mariadb-install-db', [...place, ...prepared], {
    env,
    uid: mailUser,
    gid: mailUser,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [port] = (await freePorts(1)) as [number];
  const server = new RealProcess(
    'mariadbd',
    [...place, `--port=${port}`, '--bind-address=127.0.0.1', `--socket=${folder}/socket`, `--init-file=${init}`],
    { env, uid: mailUser },
  );
  await server.says('ready for connections');
  return port;
}
