import { chownSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canStartDovecot, mailUser, mailUsersDirectory, password, startDovecot } from '../support/dovecot.ts';
import { ImapClient } from '../support/imap-client.ts';
import { peer } from '../support/peers.ts';
import { command, Sensor } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { finish } from './commands.ts';

// What the maildir is for: the real Dovecot, which has its own ideas of names, sizes and flags.

const contents = [
  'Subject: one\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n',
  `Subject: two\r\n\r\n${'\xff\xfe\x01'.repeat(100)}\r\n.\r\n`,
  `Subject: three\r\n\r\n${`${'x'.repeat(70)}\r\n`.repeat(20_000)}`,
].map((text) => Buffer.from(text, 'latin1'));
const later = Buffer.from('Subject: four\r\n\r\nafter the restart\r\n');

async function deliver(sensor: Sensor, messages: readonly Buffer[]): Promise<void> {
  const client = await SmtpClient.connect(sensor.port);
  for (const content of messages) expect(await client.send({ content })).toMatchObject({ code: 250 });
  await client.quit();
  const accepted = await sensor.times('capture.accepted', messages.length);
  await sensor.handedOn(accepted.at(-1)!.id);
}

describe.skipIf(!canStartDovecot)('for root, who alone can start it,', () => {
  peer('dovecot-imapd')('Dovecot', () => {
    test('shows every message to the byte, and a message that was read comes only once', async () => {
      const dataDir = join(mailUsersDirectory(), 'data');
      mkdirSync(dataDir);
      chownSync(dataDir, mailUser, mailUser);
      const sensor = await Sensor.start({ dataDir, uid: mailUser });
      const { port, complaints } = await startDovecot(sensor.maildir);
      await deliver(sensor, contents);

      const before = await ImapClient.login(port, 'trap', password);
      expect(await before.command('SELECT INBOX')).toContain('* 3 EXISTS');
      // First from the names alone, then from the files.
      const sizes = [...(await before.command('FETCH 1:* RFC822.SIZE')).matchAll(/RFC822\.SIZE (\d+)/g)];
      for (const [index, content] of contents.entries()) {
        const body = await before.fetchBody(index + 1);
        expect(body.toString('latin1')).toMatch(
          /^Return-Path: <sender@example\.test>\r\nDelivered-To: trap@example\.net\r\n/,
        );
        expect(body.subarray(-content.length).equals(content), `message ${index + 1} to the byte`).toBe(true);
        expect(Number(sizes[index]?.[1])).toBe(body.length);
      }
      // Nothing stands between our lines and the sender's: the header is one.
      expect(await before.command('SEARCH SUBJECT three')).toContain('* SEARCH 3\r\n');
      await before.command('STORE 1 +FLAGS (\\Seen)');
      await before.logout();
      const read = readdirSync(join(sensor.maildir, 'cur')).filter((name) => name.endsWith(':2,S'));
      expect(read, 'Dovecot has renamed the file').toHaveLength(1);

      await sensor.stop();
      const rewind = await finish(command, ['outputs', 'rewind', 'maildir', '--data-dir', dataDir], { uid: mailUser });
      expect(rewind).toMatchObject({ code: 0, stderr: '' });
      const again = await Sensor.start({ dataDir, uid: mailUser });
      expect(await again.event('output.opened', ({ output }) => output === 'maildir')).toMatchObject({ segment: 0 });
      await deliver(again, [later]);

      const after = await ImapClient.login(port, 'trap', password);
      expect(await after.command('SELECT INBOX')).toContain('* 4 EXISTS');
      expect(await after.command('SEARCH SEEN')).toContain('* SEARCH 1\r\n');
      const last = await after.fetchBody(4);
      expect(last.subarray(-later.length).equals(later)).toBe(true);
      await after.logout();
      expect(complaints()).toEqual([]);
      expect(await again.stop()).toMatchObject({ code: 0, stderr: '' });
    });
  });
});
