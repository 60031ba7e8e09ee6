import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Something that a row cannot be measured without. */
export interface Need {
  readonly name: string;
  readonly isThere: () => boolean;
  /** What to do about it. */
  readonly remedy: string;
}

const once = (check: () => boolean) => {
  let known: boolean | undefined;
  return () => (known ??= check());
};

const isCommand = (name: string) => once(() => spawnSync('sh', ['-c', `command -v ${name}`]).status === 0);

// Without the answer Postfix would make itself this machine's mailer.
const installPostfix =
  "echo 'postfix postfix/main_mailer_type select No configuration' | sudo debconf-set-selections && " +
  'sudo apt-get install -y postfix';

export const smtpSource: Need = {
  name: 'smtp-source',
  isThere: isCommand('smtp-source'),
  remedy: installPostfix,
};

export const smtpSink: Need = { name: 'smtp-sink', isThere: isCommand('smtp-sink'), remedy: installPostfix };

export const postfix: Need = { name: 'postfix', isThere: isCommand('postfix'), remedy: installPostfix };

export const aiosmtpd: Need = {
  name: 'aiosmtpd',
  isThere: once(() => spawnSync('/usr/bin/python3', ['-c', 'import aiosmtpd']).status === 0),
  remedy: 'sudo apt-get install -y python3-aiosmtpd',
};

export const dovecotLmtp: Need = {
  name: 'dovecot-lmtpd',
  isThere: once(() => existsSync('/usr/lib/dovecot/lmtp')),
  remedy: 'sudo apt-get install -y dovecot-lmtpd',
};

export const dovecotImap: Need = {
  name: 'dovecot-imapd',
  isThere: once(() => existsSync('/usr/lib/dovecot/imap')),
  remedy: 'sudo apt-get install -y dovecot-imapd',
};

export const mbsync: Need = {
  name: 'mbsync',
  isThere: isCommand('mbsync'),
  remedy: 'sudo apt-get install -y isync',
};

export const natsServer: Need = {
  name: 'nats-server',
  isThere: isCommand('nats-server'),
  remedy: 'sudo apt-get install -y nats-server',
};

export const npmSmtpServer: Need = {
  name: 'npm smtp-server',
  isThere: once(() => existsSync(fileURLToPath(new URL('../../node_modules/smtp-server', import.meta.url)))),
  remedy: 'npm ci',
};

/** Postfix and Dovecot change to users of their own. */
export const root: Need = {
  name: 'root',
  isThere: () => process.getuid?.() === 0,
  remedy: 'sudo npm run bench',
};
