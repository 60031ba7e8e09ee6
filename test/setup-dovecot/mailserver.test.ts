import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { canStartDovecot } from '../support/dovecot.ts';
import { peer } from '../support/peers.ts';
import { serverFolder } from '../support/real-server.ts';
import { curl, swaks } from './clients.ts';
import { password, startInstance } from './instance.ts';

const user = 'adam@example.org';
const login = ['--insecure', '--user', `${user}:${password}`];

async function start() {
  const queue = join(serverFolder(), 'queue');
  mkdirSync(join(queue, 'private'), { recursive: true });
  const wishes = { mode: 'mailserver', user, 'self-signed': true, quota: '1 MiB', compress: true };
  const dovecot = await startInstance(wishes, { is: 'root' }, queue);
  const deliver = (to: string, subject: string, ...more: readonly string[]) => {
    const header = ['--header', `Subject: ${subject}`, '--body', 'A line.', ...more];
    const socket = join(queue, 'private', 'dovecot-lmtp');
    return swaks('--protocol', 'LMTP', '--socket', socket, '--from', 'eve@example.net', '--to', to, ...header);
  };
  return { dovecot, deliver };
}

peer(
  'dovecot-imapd',
  'dovecot-lmtpd',
  'dovecot-sieve',
  'swaks',
  'curl',
)('what is behind a Postfix', () => {
  it.runIf(canStartDovecot)('files spam into Junk, and a detail into the folder of that name', async () => {
    const { dovecot, deliver } = await start();
    deliver(user, 'plain');
    deliver(user, 'marked', '--header', 'X-Spam-Flag: YES');
    deliver('adam+work@example.org', 'detail');
    deliver('adam+../../eve@example.org', 'path');
    deliver('adam+a/b@example.org', 'nested');
    expect(() => deliver('nobody@example.org', 'unknown')).toThrow(/550 5\.1\.1/);
    const list = curl(...login, `imaps://127.0.0.1:${dovecot.imaps}/`);
    const names = ['Drafts', 'INBOX', 'Junk', 'Sent', 'Trash', 'Work'];
    expect(Array.from(list.matchAll(/ "\/" (\S+)/g), ([, name]) => name!).sort()).toEqual(names);
    expect(list).toMatch(/\\Junk\).* Junk/);
    expect(curl(...login, `imaps://127.0.0.1:${dovecot.imaps}/Work;UID=1`)).toContain('Subject: detail');
    expect(curl(...login, `imaps://127.0.0.1:${dovecot.imaps}/Junk;UID=1`)).toContain('Subject: marked');
    expect(curl(...login, `imaps://127.0.0.1:${dovecot.imaps}/INBOX;UID=1`)).toContain('Subject: plain');
    expect(curl(...login, `imaps://127.0.0.1:${dovecot.imaps}/INBOX;UID=2`)).toContain('Subject: path');
    expect(curl(...login, `imaps://127.0.0.1:${dovecot.imaps}/INBOX;UID=3`)).toContain('Subject: nested');
    expect(dovecot.complaints()).toEqual([]);
  });

  it.runIf(canStartDovecot)('keeps no more for a user than its quota', async () => {
    const { deliver } = await start();
    const large = ['--attach', `@${new URL('../../package-lock.json', import.meta.url).pathname}`];
    deliver(user, 'first', ...large);
    expect(() => {
      for (let count = 0; count < 20; count++) deliver(user, `more ${count}`, ...large);
    }).toThrow(/552 5\.2\.2|Quota exceeded/);
  });
});
