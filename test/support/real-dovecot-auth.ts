import { createHmac } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { RealProcess, serverFolder } from './real-server.ts';

/** Who may log in to the real servers, and by what. */
export const user = { name: 'trap', password: 'secret' };

const tokenKey = 'a key for tokens that nobody else has';

/** A bearer token by which the user may log in, as XOAUTH2 wants it. */
export function bearerToken(): string {
  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  // One recorded dialogue is as good as another, for as long as this project lives.
  const signed = `${encode({ typ: 'JWT', alg: 'HS256' })}.${encode({ sub: user.name, iat: 1, exp: 4_102_444_800 })}`;
  return `${signed}.${createHmac('sha256', tokenKey).update(signed).digest('base64url')}`;
}

/** Dovecot as it authenticates for others; returns the path of its socket. */
export async function startDovecotAuth(): Promise<string> {
  const home = serverFolder();
  const socket = join(home, 'auth');
  const keys = join(home, 'keys', 'default', 'HS256');
  mkdirSync(keys, { recursive: true });
  writeFileSync(join(keys, 'default'), Buffer.from(tokenKey).toString('base64'));
  writeFileSync(join(home, 'users'), `${user.name}:{PLAIN}${user.password}::::::\n`, { mode: 0o644 });
  writeFileSync(join(home, 'oauth2.conf'), oauth2(home));
  writeFileSync(join(home, 'dovecot.conf'), configuration(home, socket));
  const server = new RealProcess('dovecot', ['-F', '-c', join(home, 'dovecot.conf')], {
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
  });
  await server.says('starting up');
  return socket;
}

function oauth2(home: string): string {
  return `
introspection_mode = local
local_validation_key_dict = fs:posix:prefix=${home}/keys/
username_attribute = sub
`;
}

function configuration(home: string, socket: string): string {
  return `
protocols =
listen = 127.0.0.1
base_dir = ${home}/run
state_dir = ${home}/state
instance_name = ${home}
log_path = /dev/stderr
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5 xoauth2
service auth {
  unix_listener ${socket} {
    mode = 0666
  }
}
service anvil {
  chroot =
  # Without its penalty every failure takes the two seconds that the first one takes.
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
passdb {
  driver = oauth2
  mechanisms = xoauth2
  args = ${home}/oauth2.conf
}
passdb {
  driver = passwd-file
  mechanisms = plain login cram-md5
  args = ${home}/users
}
userdb {
  driver = static
  args = uid=65534 gid=65534 home=/nonexistent
}
`;
}
