import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePorts, RealProcess, serverFolder } from './real-server.ts';
import { unpacked, unpackedPeer } from './unpacked-debian.ts';

const danted = 'usr/sbin/danted';

export const withDante = unpackedPeer('dante-server', danted);

/** A SOCKS proxy, and what it has logged. */
export interface Dante {
  readonly port: number;
  readonly log: () => string;
}

export async function startDante(): Promise<Dante> {
  const found = unpacked('dante-server', danted);
  if (found instanceof Error) throw found;
  const home = serverFolder();
  const [port] = (await freePorts(1)) as [number];
  const file = join(home, 'danted.conf');
  writeFileSync(
    file,
    `
logoutput: stderr
internal: 127.0.0.1 port = ${port}
external: 127.0.0.1
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass {
  from: 127.0.0.1/32 to: 127.0.0.1/32
}
socks pass {
  from: 127.0.0.1/32 to: 127.0.0.1/32
  log: connect
}
`,
  );
  const env = { PATH: process.env['PATH'], LD_LIBRARY_PATH: found.libraries };
  const server = new RealProcess(join(found.folder, danted), ['-f', file, '-N', '1', '-p', join(home, 'pid')], { env });
  await server.listens(port);
  return { port, log: () => server.output };
}
