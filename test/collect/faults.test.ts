import { expect, test } from 'vitest';
import { collect, configFile, mailboxFile, run, scene, start } from '../support/collecting.ts';
import { canStartDovecot } from '../support/dovecot.ts';
import { HazardProxy } from '../support/hazard-proxy.ts';
import { capturesOnDisk } from '../support/journals.ts';
import { MailServer } from '../support/mail-server.ts';
import { peer } from '../support/peers.ts';
import { letter, letters, sha256 } from '../support/trap-letters.ts';

const dovecot = canStartDovecot ? peer('dovecot-imapd', 'dovecot-pop3d', 'dovecot-lmtpd') : () => undefined;

const journalOnly = { outputs: {} };

dovecot('connections that are cut', () => {
  test.each([
    ['imap', 'fin'],
    ['imap', 'rst'],
    ['pop3', 'fin'],
    ['pop3', 'rst'],
  ] as const)('in the middle of %s by a %s cost nothing but time', async (protocol, how) => {
    const server = await MailServer.start();
    const messages = letters('cut', 120, 8_000);
    server.fill('trap', messages);
    const proxy = await HazardProxy.before(protocol === 'imap' ? server.imaps : server.pop3s);
    // Each connection gets a little further than the one before it began.
    proxy.hazard = { kind: 'cut', after: 260_000, how };
    const where = scene();
    const mailbox = { username: 'trap', protocol: `${protocol}s`, port: proxy.port, afterCollect: 'delete' };
    const mailboxes = mailboxFile(where, server, [mailbox]);
    const { code, summary } = await collect(where, '--config', configFile(where, journalOnly), '-m', mailboxes);
    expect({ code, kept: summary.kept }).toEqual({ code: 0, kept: 120 });
    expect(proxy.connections).toBeGreaterThan(3);
    // Not one of them came twice, and not one was stored in part.
    const kept = capturesOnDisk(where.dataDir).map(({ facts }) => facts.sha256);
    expect(kept.sort()).toEqual(messages.map(sha256).sort());
    expect(server.flags('trap')).toEqual([]);
  });

  test('every few bytes, or never in larger pieces than one, make no difference', async () => {
    const server = await MailServer.start();
    const messages = letters('sliced', 10, 700);
    server.fill('trap', messages);
    const proxy = await HazardProxy.before(server.imaps);
    proxy.hazard = { kind: 'slices', bytes: 1 };
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap', port: proxy.port, folders: ['INBOX'] }]);
    const { code } = await collect(where, '--config', configFile(where, journalOnly), '-m', mailboxes);
    expect(code).toBe(0);
    expect(
      capturesOnDisk(where.dataDir)
        .map(({ facts }) => facts.sha256)
        .sort(),
    ).toEqual(messages.map(sha256).sort());
  });

  test('a server that falls silent is given up, with what came before kept', async () => {
    const server = await MailServer.start();
    server.fill('trap', letters('silent', 50, 4_000));
    const proxy = await HazardProxy.before(server.imaps);
    const where = scene();
    const config = configFile(where, journalOnly);
    const mailboxes = mailboxFile(where, server, [
      { username: 'trap', port: proxy.port, silence: '1s', connectTimeout: '1s' },
    ]);
    proxy.hazard = { kind: 'silence' };
    const { code, summary } = await collect(where, '--config', config, '-m', mailboxes);
    expect(code).toBe(1);
    expect(summary.byMailbox['trap']!.fault).toMatchObject({ why: 'timeout' });
    proxy.hazard = { kind: 'none' };
    expect((await collect(where, '--config', config, '-m', mailboxes)).summary).toMatchObject({ kept: 50 });
  });
});

dovecot('a folder that is numbered anew', () => {
  test('is not collected again, but what is new in it is', async () => {
    const server = await MailServer.start();
    const before = letters('before', 20);
    server.fill('trap', before);
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap' }]);
    const config = configFile(where, journalOnly);
    await collect(where, '--config', config, '-m', mailboxes);
    server.renumber('trap');
    await server.deliver('trap', letter('after'));
    const events = (await run(where, 'collect', '--config', config, '-m', mailboxes, '-a', '-d')).events;
    expect(events).toContainEqual(expect.objectContaining({ event: 'mailbox.renumbered', folder: 'INBOX' }));
    const finished = events.find(({ event }) => event === 'collect.finished');
    expect(finished).toMatchObject({ outcome: 'done', found: 21, again: 20, kept: 1, acted: 21 });
    expect(capturesOnDisk(where.dataDir)).toHaveLength(21);
    expect(server.flags('trap')).toEqual([]);
  });
});

dovecot('what another client does meanwhile', () => {
  test('is no fault: messages that it removes are missing, and nothing else is', async () => {
    const server = await MailServer.start();
    server.fill('trap', letters('contested', 600, 20_000));
    const proxy = await HazardProxy.before(server.imaps);
    proxy.hazard = { kind: 'delay', ms: 2 };
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap', port: proxy.port, afterCollect: 'none' }]);
    const running = start(where, 'collect', '--config', configFile(where, journalOnly), '-m', mailboxes);
    await server.says('imap-login: Info: Login');
    server.admin('expunge', '-u', 'trap', 'mailbox', 'INBOX', 'uid', '450:500');
    const { code, events } = await running.ended;
    expect(code).toBe(0);
    const finished = events.find(({ event }) => event === 'collect.finished') as { kept: number; vanished: number };
    const kept = new Set(capturesOnDisk(where.dataDir).map(({ facts }) => facts.source!.uid));
    for (let uid = 1; uid <= 600; uid++) if (uid < 450 || uid > 500) expect(kept).toContain(String(uid));
    expect(finished.kept).toBe(kept.size);
  });
});

dovecot('large messages', () => {
  test('of fifty megabytes pass in pieces, by IMAP and by POP3, without being held in memory', async () => {
    const server = await MailServer.start();
    const large = [letter('fifty', 50_000_000), letter('forty', 40_000_000)];
    server.fill('trap', large);
    for (const [protocol, port] of [
      ['imaps', server.imaps],
      ['pop3s', server.pop3s],
    ] as const) {
      const where = scene();
      const mailboxes = mailboxFile(where, server, [
        { username: 'trap', protocol, port, largest: '60 MiB', afterCollect: 'none' },
      ]);
      const { code } = await collect(where, '--config', configFile(where, journalOnly), '-m', mailboxes);
      expect(code).toBe(0);
      const kept = capturesOnDisk(where.dataDir).map(({ facts }) => facts.sha256);
      expect(kept.sort()).toEqual(large.map(sha256).sort());
    }
  });
});

dovecot('a journal without room', () => {
  test('stops collecting, touches nothing, and goes on when there is room', async () => {
    const server = await MailServer.start();
    server.fill('trap', letters('crowded', 300, 20_000));
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap' }]);
    const full = { ...journalOnly, journal: { maxSize: '1 MiB', segmentSize: '1 MiB', retain: { size: '1 KiB' } } };
    const first = await collect(where, '--config', configFile(where, full), '-m', mailboxes, '-d');
    expect(first.summary.outcome).not.toBe('done');
    expect(first.summary.byMailbox['trap']!.fault).toMatchObject({ why: 'storage' });
    const kept = capturesOnDisk(where.dataDir).length;
    expect(kept).toBeLessThan(300);
    // Each of them is in one of the two places, at the least.
    expect(server.flags('trap').length + kept).toBeGreaterThanOrEqual(300);
    const second = await collect(where, '--config', configFile(where, journalOnly), '-m', mailboxes, '-d');
    expect(second.code).toBe(0);
    expect(server.flags('trap')).toEqual([]);
    expect(capturesOnDisk(where.dataDir)).toHaveLength(300);
  });
});
