import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unless } from '../real/left-out.ts';
import { freePorts, RealProcess, serverFolder } from './real-server.ts';

/** A checkout of hpfeeds 3.1, the implementation in Python that everybody else follows. */
const checkout = process.env['HPFEEDS_PYTHON_DIR'];
const python = '/usr/bin/python3';

/** `describe` for tests before the reference, which Debian has no package of. */
export const withReference = unless([
  ...(checkout === undefined ? ['HPFEEDS_PYTHON_DIR does not name a checkout of hpfeeds 3.1'] : []),
  ...['wrapt', 'aiohttp', 'prometheus_client']
    .filter((name) => !existsSync(`/usr/lib/python3/dist-packages/${name}`))
    .map((name) => `Python's ${name} is not installed`),
]);

export interface ReferenceUser {
  readonly owner: string;
  readonly secret: string;
  readonly pubchans: readonly string[];
  readonly subchans: readonly string[];
}

/** Where Python finds the reference, and the one module of it that Debian does not have. */
function environment(folder: string): NodeJS.ProcessEnv {
  const modules = join(folder, 'modules');
  mkdirSync(modules, { recursive: true });
  writeFileSync(
    join(modules, 'aiorun.py'),
    'import asyncio\n\ndef run(coroutine, **_):\n    asyncio.new_event_loop().run_until_complete(coroutine)\n',
  );
  return { PATH: process.env['PATH'], PYTHONPATH: `${modules}:${checkout}`, PYTHONUNBUFFERED: '1' };
}

/** The broker of the reference, on a loopback port. */
export async function startReferenceBroker(users: Readonly<Record<string, ReferenceUser>>, wanted?: number) {
  const folder = serverFolder();
  const file = join(folder, 'users.json');
  writeFileSync(file, JSON.stringify(users));
  const [port = 0, exporter] = await freePorts(2);
  const at = wanted ?? port;
  const program = `import sys; from hpfeeds.scripts.broker import main; sys.exit(main())`;
  const endpoint = ['-e', `tcp:interface=127.0.0.1:port=${at}`, '--exporter', `127.0.0.1:${exporter}`];
  const server = new RealProcess(python, ['-c', program, ...endpoint, '--auth', file, '--name', 'reference'], {
    env: environment(folder),
  });
  await server.listens(at);
  return { port: at, server };
}

/** The command line client of the reference; standard input may be given. */
export function referenceClient(port: number, user: { ident: string; secret: string }, ...words: readonly string[]) {
  const folder = serverFolder();
  const program = `import sys; from hpfeeds.scripts.cli import main; sys.argv[0] = 'hpfeeds'; sys.exit(main())`;
  const [action, ...rest] = words;
  const at = ['--host', '127.0.0.1', '-p', String(port), '-i', user.ident, '-s', user.secret];
  return spawn(python, ['-c', program, action!, ...at, ...rest], { env: environment(folder), cwd: folder });
}
