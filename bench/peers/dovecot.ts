import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../machine/port.ts';
import { dovecotLmtp, root } from './need.ts';
import { startPeer, type Contender } from './server.ts';

/** Delivers into one maildir, synced as Dovecot does it by default. An instance of its own; it never sends. */
export const dovecotLmtpMaildir: Contender = {
  name: 'dovecot LMTP',
  needs: [dovecotLmtp, root],
  async start(folder) {
    const port = await freePort();
    const configuration = configure(folder, port);
    const server = await startPeer(folder, port, ['dovecot', '-F', '-c', configuration]);
    return { ...server, protocol: 'lmtp' };
  },
};

// Its authentication does not start without a passdb, though nobody can log in to anything here.
function configure(folder: string, port: number): string {
  const home = join(folder, 'home');
  mkdirSync(home);
  execFileSync('chown', ['nobody', home]);
  const configuration = join(folder, 'dovecot.conf');
  writeFileSync(
    configuration,
    `base_dir = ${folder}/run
state_dir = ${folder}/run
instance_name = spamtrap-bench
log_path = /dev/stderr
protocols = lmtp
listen = 127.0.0.1
ssl = no
mail_location = maildir:${home}/maildir
first_valid_uid = 1
first_valid_gid = 1
passdb {
  driver = static
  args = nopassword=yes
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=${home}
}
service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${port}
  }
}
`,
  );
  return configuration;
}
