import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect, configFile, mailboxFile, run, scene, start } from '../support/collecting.ts';
import { canStartDovecot } from '../support/dovecot.ts';
import { capturesOnDisk } from '../support/journals.ts';
import { MailServer } from '../support/mail-server.ts';
import { peer } from '../support/peers.ts';
import { letter, letters, sha256 } from '../support/trap-letters.ts';

const dovecot = canStartDovecot ? peer('dovecot-imapd', 'dovecot-pop3d', 'dovecot-lmtpd') : () => undefined;

const journalOnly = { outputs: {} };

dovecot('a single run', () => {
  test('keeps the exact bytes of every message, marks them, and finds nothing the next time', async () => {
    const server = await MailServer.start();
    const hostile = Buffer.from('Subject: \xff\xfe\r\n\r\n8 bit \x80\x81, a dot:\r\n.\r\n..\r\nno end', 'latin1');
    const messages = [...letters('inbox', 30), hostile, letter('large', 700_000)];
    server.fill('trap', messages);
    server.fill('trap', letters('junk', 5), 'Junk');
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap' }]);
    const config = configFile(where, journalOnly);

    const first = await collect(where, '--config', config, '-m', mailboxes);
    expect(first.stderr).toBe('');
    expect(first.code).toBe(0);
    expect(first.summary).toMatchObject({ outcome: 'done', found: 37, kept: 37, handedOver: 37, acted: 37 });
    const captures = capturesOnDisk(where.dataDir);
    const expected = [...messages, ...letters('junk', 5)].map(sha256).sort();
    expect(captures.map(({ facts }) => facts.sha256).sort()).toEqual(expected);
    expect(captures[0]!.facts).toMatchObject({
      intake: 'collect',
      envelope: { from: '', to: [] },
      source: { account: `imap:trap@localhost:${server.imaps}`, folder: 'INBOX', uid: expect.stringMatching(/^\d+$/) },
    });
    expect(server.flags('trap').every((line) => line.includes('\\Seen'))).toBe(true);
    expect(new Set(server.events.map(({ what }) => what))).toEqual(new Set(['flag_change']));

    const second = await collect(where, '--config', config, '-m', mailboxes, '--fetch-all');
    expect(second.code).toBe(0);
    expect(second.summary).toMatchObject({ outcome: 'done', found: 0, kept: 0 });
  });

  test('changes nothing on the server when nothing is to be done there', async () => {
    const server = await MailServer.start();
    server.fill('trap', letters('quiet', 10));
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap', afterCollect: 'none' }]);
    const { code, summary } = await collect(where, '--config', configFile(where, journalOnly), '-m', mailboxes);
    expect({ code, kept: summary.kept, acted: summary.acted }).toEqual({ code: 0, kept: 10, acted: 0 });
    expect(server.events).toEqual([]);
    expect(server.flags('trap').some((line) => line.includes('\\Seen'))).toBe(false);
  });

  test('finds what nobody has read, whatever another client has looked at', async () => {
    const server = await MailServer.start();
    server.fill('trap', letters('old', 6));
    // Another client opens the folder: RECENT is 0 from now on. It reads two of them.
    server.admin('flags', 'add', '-u', 'trap', '\\Seen', 'mailbox', 'INBOX', 'uid', '1,2');
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap' }]);
    const config = configFile(where, journalOnly);
    expect((await collect(where, '--config', config, '-m', mailboxes)).summary).toMatchObject({ found: 4, kept: 4 });
    expect((await collect(where, '--config', config, '-m', mailboxes, '-a')).summary).toMatchObject({ kept: 2 });
  });

  test('deletes what it has collected, and only that', async () => {
    const server = await MailServer.start();
    server.fill('trap', letters('doomed', 12));
    // Another client has marked one for deletion that it may still want to keep: plain EXPUNGE would remove it.
    server.admin('flags', 'add', '-u', 'trap', '\\Seen \\Deleted', 'mailbox', 'INBOX', 'uid', '3');
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap' }]);
    const config = configFile(where, journalOnly);
    const { summary } = await collect(where, '--config', config, '-m', mailboxes, '-d');
    expect(summary).toMatchObject({ kept: 11, acted: 11 });
    expect(server.flags('trap')).toHaveLength(1);
    expect(server.flags('trap')[0]).toContain('\\Deleted');
  });

  test('deletes later what it had only marked before', async () => {
    const server = await MailServer.start();
    server.fill('trap', letters('later', 4));
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap' }]);
    const config = configFile(where, journalOnly);
    await collect(where, '--config', config, '-m', mailboxes);
    const { summary } = await collect(where, '--config', config, '-m', mailboxes, '-a', '-d');
    expect(summary).toMatchObject({ kept: 0, acted: 4 });
    expect(server.flags('trap')).toEqual([]);
  });

  test.each([
    ['flag', { afterCollect: 'flag', flag: '$Collected' }, 'INBOX', '$Collected'],
    ['move', { afterCollect: 'move', moveTo: 'Collected' }, 'Collected', ''],
  ])('can %s what it has collected', async (_, settings, folder, flag) => {
    const server = await MailServer.start();
    server.fill('trap', letters('acted', 5));
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap', ...settings }]);
    const { code } = await collect(where, '--config', configFile(where, journalOnly), '-m', mailboxes);
    expect(code).toBe(0);
    const lines = server.flags('trap', folder);
    expect(lines).toHaveLength(5);
    expect(lines.every((line) => line.includes(flag))).toBe(true);
  });

  test('collects by POP3, and deletes with the end of the session', async () => {
    const server = await MailServer.start();
    const messages = [...letters('popped', 40), letter('large', 700_000)];
    server.fill('trap', messages);
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap', protocol: 'pop3s', port: server.pop3s }]);
    const config = configFile(where, journalOnly);
    expect((await collect(where, '--config', config, '-m', mailboxes)).summary).toMatchObject({ kept: 41, acted: 0 });
    expect(server.flags('trap')).toHaveLength(41);
    expect((await collect(where, '--config', config, '-m', mailboxes, '-d')).summary).toMatchObject({
      kept: 0,
      acted: 41,
    });
    expect(server.flags('trap')).toEqual([]);
    const kept = capturesOnDisk(where.dataDir).map(({ facts }) => facts.sha256);
    expect(kept.sort()).toEqual(messages.map(sha256).sort());
  });

  test('leaves a message that is too large, and collects it once the limit allows', async () => {
    const server = await MailServer.start();
    server.fill('trap', [letter('small'), letter('huge', 400_000)]);
    const where = scene();
    const config = configFile(where, journalOnly);
    const narrow = mailboxFile(where, server, [{ username: 'trap', largest: '300 KiB' }]);
    const first = await run(where, 'collect', '--config', config, '-m', narrow);
    expect(first.code).toBe(3);
    expect(first.events).toContainEqual(
      expect.objectContaining({ event: 'mailbox.left', uid: '2', detail: expect.stringContaining('300 KiB') }),
    );
    // It is known now, and is no longer news.
    expect((await collect(where, '--config', config, '-m', narrow)).code).toBe(0);
    const wide = mailboxFile(where, server, [{ username: 'trap', largest: '1 MiB' }]);
    expect((await collect(where, '--config', config, '-m', wide)).summary).toMatchObject({ kept: 1 });
  });

  test('takes tokens in place of passwords', async () => {
    const server = await MailServer.start();
    server.fill('trap', letters('token', 3));
    const where = scene();
    const token = join(where.folder, 'token');
    writeFileSync(token, server.token('trap'));
    const common = { username: 'trap', password: undefined, token: { command: ['cat', token] } };
    const imap = mailboxFile(where, server, [{ ...common, afterCollect: 'none' }]);
    const config = configFile(where, journalOnly);
    expect((await collect(where, '--config', config, '-m', imap)).summary).toMatchObject({ outcome: 'done', kept: 3 });
    const pop3 = mailboxFile(where, server, [{ ...common, protocol: 'pop3s', port: server.pop3s }]);
    expect((await collect(where, '--config', config, '-m', pop3)).summary).toMatchObject({ outcome: 'done', kept: 3 });
  });

  test('says with 4 that another run is still at it', async () => {
    const server = await MailServer.start();
    server.fill('trap', letters('once', 3));
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap' }]);
    const config = configFile(where, journalOnly);
    const running = start(where, 'collect', '-c', '--config', config, '-m', mailboxes);
    await server.says('flag_change');
    const second = await run(where, 'collect', '--config', config, '-m', mailboxes);
    expect(second.code).toBe(4);
    expect(second.stderr).toContain('Another spamtrap already writes');
    running.signal('SIGTERM');
    expect((await running.ended).code).toBe(0);
  });

  test('is not held up by the one of fifty whose password is wrong', async () => {
    const server = await MailServer.start();
    const users = Array.from({ length: 50 }, (_, index) => `trap${index}`);
    for (const user of users) server.fill(user, letters(user, 4));
    const where = scene();
    const mailboxes = mailboxFile(
      where,
      server,
      users.map((username) => ({ username, ...(username === 'trap17' && { password: 'wrong' }) })),
    );
    const { code, summary } = await collect(where, '--config', configFile(where, journalOnly), '-m', mailboxes);
    expect(code).toBe(3);
    expect(summary).toMatchObject({ outcome: 'partly', failed: ['trap17'], kept: 49 * 4, handedOver: 49 * 4 });
    expect(summary.byMailbox['trap17']!.fault).toMatchObject({ why: 'credentials' });
    expect(server.flags('trap17').some((line) => line.includes('\\Seen'))).toBe(false);
  });
});
