import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { collect, configFile, run, scene, type Scene } from '../support/collecting.ts';
import { canStartDovecot } from '../support/dovecot.ts';
import { bytesOf, capturesOnDisk } from '../support/journals.ts';
import { startCourier, withCourier } from '../support/mail-courier.ts';
import { startCyrus, withCyrus } from '../support/mail-cyrus.ts';
import { startDante, withDante } from '../support/mail-dante.ts';
import { mailPassword, MailServer } from '../support/mail-server.ts';
import { peer } from '../support/peers.ts';
import { Sensor } from '../support/sensor.ts';
import { letter, letters, messageId, sha256 } from '../support/trap-letters.ts';

// The same promises before other dialects: Cyrus is strict and expunges late, Courier knows little and is old.

const journalOnly = { outputs: {} };

function fileFor(where: Scene, mailbox: object): string {
  const path = join(where.folder, 'mailboxes.yml');
  writeFileSync(path, JSON.stringify([{ password: mailPassword, host: 'localhost', protocol: 'imaps', ...mailbox }]));
  return path;
}

withCyrus('before Cyrus', () => {
  test('messages are kept as they are, marked, deleted, and accounted for', async () => {
    const server = await startCyrus('trap');
    const inbox = [...letters('inbox', 40), letter('large', 700_000)];
    const junk = letters('junk', 5);
    await server.append('INBOX', inbox);
    await server.append('Junk', junk);
    const where = scene();
    const file = fileFor(where, { username: 'trap', port: server.imaps, tls: { ca: server.cert } });
    const words = ['--config', configFile(where, journalOnly), '-m', file];
    expect((await collect(where, ...words)).summary).toMatchObject({ outcome: 'done', kept: 46, acted: 46 });
    expect((await server.flags('INBOX')).every((flags) => flags.includes('\\Seen'))).toBe(true);
    const kept = capturesOnDisk(where.dataDir).map(({ facts }) => facts.sha256);
    expect(kept.sort()).toEqual([...inbox, ...junk].map(sha256).sort());
    expect((await collect(where, ...words, '-a', '-d')).summary).toMatchObject({ outcome: 'done', kept: 0, acted: 46 });
    expect(await server.flags('INBOX')).toEqual([]);
    expect((await run(where, 'collect', 'verify', ...words)).code).toBe(0);
  });

  test('STARTTLS is taken, and new mail is noticed', async () => {
    const server = await startCyrus('trap');
    const where = scene();
    const tls = { use: 'starttls', ca: server.cert };
    const file = fileFor(where, { username: 'trap', protocol: 'imap', port: server.imap, tls, folders: ['INBOX'] });
    const flags = ['-c', '--config', configFile(where, journalOnly), '-m', file];
    const sensor = await Sensor.start({ command: 'collect', dataDir: where.dataDir, flags });
    onTestFinished(() => sensor.signal('SIGKILL'));
    await sensor.event('mailbox.opened');
    await server.append('INBOX', [letter('late')]);
    await sensor.times('capture.accepted', 1);
    await sensor.stop();
  });
});

withCourier('before Courier', () => {
  test('messages are kept as they are, marked, and deleted', async () => {
    const server = await startCourier();
    const messages = [...letters('inbox', 40), letter('large', 700_000)];
    server.deliver(messages);
    const where = scene();
    const file = fileFor(where, { username: 'trap', port: server.imaps, tls: { ca: server.cert } });
    const words = ['--config', configFile(where, journalOnly), '-m', file];
    const first = await collect(where, ...words);
    expect(first.summary).toMatchObject({ outcome: 'done', kept: 41, acted: 41 });
    expect(server.files().every((name) => /:2,.*S/.test(name))).toBe(true);
    // It shows CRLF line ends as lone LF are stored; these letters have CRLF already.
    const ids = capturesOnDisk(where.dataDir).map((capture) => messageId(bytesOf(capture)));
    expect(ids.sort()).toEqual(messages.map(messageId).sort());
    expect((await collect(where, ...words, '-a', '-d')).summary).toMatchObject({ outcome: 'done', kept: 0, acted: 41 });
    expect(server.files()).toEqual([]);
  });
});

const dovecot = canStartDovecot ? peer('dovecot-imapd', 'dovecot-pop3d', 'dovecot-lmtpd') : () => undefined;

dovecot('through a proxy', () => {
  withDante('that speaks SOCKS, mailboxes are collected', () => {
    test.each(['imaps', 'pop3s'] as const)('by %s', async (protocol) => {
      const server = await MailServer.start();
      const proxy = await startDante();
      server.fill('trap', letters('proxied', 5));
      const where = scene();
      const file = fileFor(where, {
        username: 'trap',
        protocol,
        host: 'localhost',
        port: server[protocol],
        tls: { ca: server.cert },
        proxy: `socks5://127.0.0.1:${proxy.port}`,
      });
      const { summary } = await collect(where, '--config', configFile(where, journalOnly), '-m', file);
      expect(summary).toMatchObject({ outcome: 'done', kept: 5 });
      await expect.poll(proxy.log).toContain(`.${server[protocol]}`);
    });
  });
});
