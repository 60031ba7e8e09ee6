import { readFileSync, writeFileSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { ControlClient } from '../../src/lib/control/control-client.ts';
import { spamtrap } from '../mail/spamtrap.ts';
import { configFile, mailboxFile, run, scene, type Scene } from '../support/collecting.ts';
import { canStartDovecot } from '../support/dovecot.ts';
import { HazardProxy } from '../support/hazard-proxy.ts';
import { bytesOf, capturesOnDisk } from '../support/journals.ts';
import { mailPassword, MailServer } from '../support/mail-server.ts';
import { peer } from '../support/peers.ts';
import { Sensor } from '../support/sensor.ts';
import { letter, letters, messageId } from '../support/trap-letters.ts';

const dovecot = canStartDovecot ? peer('dovecot-imapd', 'dovecot-pop3d', 'dovecot-lmtpd') : () => undefined;

async function collector(where: Scene, ...words: readonly string[]): Promise<Sensor> {
  const flags = ['--continuous', '--config', configFile(where, { outputs: {} }), ...words];
  const sensor = await Sensor.start({ command: 'collect', dataDir: where.dataDir, flags });
  onTestFinished(() => sensor.signal('SIGKILL'));
  return sensor;
}

/** Resolves when the collector waits for news of a folder. */
const idles = (sensor: Sensor, mailbox: string) => sensor.event('mailbox.opened', (event) => event.mailbox === mailbox);

dovecot('a collector that stays', () => {
  test('takes what comes into the inbox and into Junk, and marks it', async () => {
    const server = await MailServer.start();
    const where = scene();
    const sensor = await collector(where, '-m', mailboxFile(where, server, [{ username: 'trap' }]));
    await idles(sensor, 'trap');
    await server.deliver('trap', letter('first'));
    await sensor.times('capture.accepted', 1);
    await sensor.event('mailbox.acted', ({ folder }) => folder === 'INBOX');
    await server.deliver('trap+Junk', letter('second'));
    await sensor.event('mailbox.acted', ({ folder }) => folder === 'Junk');
    expect(server.flags('trap')[0]).toContain('\\Seen');
    expect((await sensor.stop()).code).toBe(0);
    expect(capturesOnDisk(where.dataDir)).toHaveLength(2);
  });

  test('collects again what it is told to, and says how its mailboxes stand', async () => {
    const server = await MailServer.start();
    const where = scene();
    const mailboxes = mailboxFile(where, server, [{ username: 'trap' }]);
    const sensor = await collector(where, '-m', mailboxes, '--fetch-all');
    await idles(sensor, 'trap');
    await server.deliver('trap', letter('wanted twice'));
    await sensor.times('capture.accepted', 1);
    await sensor.event('mailbox.acted');
    const named = ['-m', mailboxes, '--data-dir', where.dataDir];
    const { stdout } = await spamtrap.running(['mailboxes', 'rescan', 'trap', ...named]);
    expect(stdout).toBe('trap: 1 messages count as never seen.\n');
    const [first, again] = await sensor.times('capture.accepted', 2);
    expect(again!.sha256).toBe(first!.sha256);
    const client = (await ControlClient.connect(where.dataDir))!;
    expect(await client.ask('mailboxes.status')).toMatchObject([
      { mailbox: 'trap', folders: expect.arrayContaining(['INBOX']) },
    ]);
    await expect(client.ask('mailboxes.rescan', { mailboxes: ['trpa'] })).rejects.toMatchObject({
      code: 'mailboxes.unknown',
      fix: 'Did you mean trap?',
    });
    client.close();
    expect((await sensor.stop()).code).toBe(0);
  });

  test('loses and doubles nothing over thirty restarts of the server', async () => {
    const server = await MailServer.start();
    const where = scene();
    const sensor = await collector(where, '-m', mailboxFile(where, server, [{ username: 'trap', every: '2s' }]));
    const messages: Buffer[] = [];
    for (let round = 0; round < 30; round++) {
      for (const message of letters(`round-${round}`, 3)) {
        await server.deliver('trap', message);
        messages.push(message);
      }
      if (round % 3 === 0) await sensor.times('capture.accepted', messages.length);
      await server.restart();
    }
    await sensor.times('capture.accepted', messages.length);
    expect((await sensor.stop()).code).toBe(0);
    // Whoever delivers puts headers above a message, so it is known by its id.
    const kept = capturesOnDisk(where.dataDir).map((capture) => messageId(bytesOf(capture)));
    expect(kept.sort()).toEqual(messages.map(messageId).sort());
  });

  test('notices a server that is dead without a word, and comes back', async () => {
    const server = await MailServer.start();
    const proxy = await HazardProxy.before(server.imaps);
    const where = scene();
    const mailbox = { username: 'trap', port: proxy.port, folders: ['INBOX'], silence: '1s', connectTimeout: '2s' };
    const sensor = await collector(where, '-m', mailboxFile(where, server, [mailbox]));
    await idles(sensor, 'trap');
    proxy.hazard = { kind: 'silence' };
    await sensor.event('mailbox.failed', ({ why }) => why === 'timeout' || why === 'lost');
    proxy.hazard = { kind: 'none' };
    await server.deliver('trap', letter('after'));
    await sensor.times('capture.accepted', 1);
    await sensor.stop();
  });

  test('finds what comes while it is busy searching', async () => {
    const server = await MailServer.start();
    const where = scene();
    server.fill('trap', letters('first', 200, 5_000));
    const mailbox = { username: 'trap', folders: ['INBOX'], every: '1h' };
    const sensor = await collector(where, '-m', mailboxFile(where, server, [mailbox]));
    // One after the other while it searches, fetches, marks and idles; nothing but the server tells of them.
    for (let index = 0; index < 30; index++) await server.deliver('trap', letter(`late-${index}`));
    await sensor.times('capture.accepted', 230);
    await sensor.stop();
  });

  test('visits POP3 again and again', async () => {
    const server = await MailServer.start();
    const where = scene();
    const mailbox = { username: 'trap', protocol: 'pop3s', port: server.pop3s, every: '1s', afterCollect: 'delete' };
    const sensor = await collector(where, '-m', mailboxFile(where, server, [mailbox]));
    await idles(sensor, 'trap');
    await server.deliver('trap', letter('one'));
    await sensor.times('mailbox.acted', 1);
    await server.deliver('trap', letter('two'));
    await sensor.times('mailbox.acted', 2);
    expect(server.flags('trap')).toEqual([]);
    await sensor.stop();
  });

  test('is told of new, changed and removed mailboxes by the file that names them', async () => {
    const server = await MailServer.start();
    const where = scene();
    const file = mailboxFile(where, server, [{ username: 'one' }, { username: 'two', password: 'wrong' }]);
    const sensor = await collector(where, '-m', file);
    await idles(sensor, 'one');
    await sensor.event('mailbox.failed', ({ mailbox, why }) => mailbox === 'two' && why === 'credentials');
    const good = readFileSync(file, 'utf8').replace('"wrong"', JSON.stringify(mailPassword));

    writeFileSync(file, '- username: [');
    await sensor.event('mailboxes.refused');
    writeFileSync(file, good);
    const changed = await sensor.event('mailboxes.loaded', ({ changed }) => changed.length > 0);
    expect(changed).toMatchObject({ added: [], changed: ['two'], removed: [] });
    await idles(sensor, 'two');

    mailboxFile(where, server, [{ username: 'two' }, { username: 'three' }]);
    const replaced = await sensor.event('mailboxes.loaded', ({ added }) => added.includes('three'));
    expect(replaced).toMatchObject({ added: ['three'], removed: ['one'] });
    await server.deliver('three', letter('for three'));
    await server.deliver('two', letter('for two'));
    await sensor.times('capture.accepted', 2);
    await sensor.stop();
  });

  test('takes turns where there are more mailboxes than connections', async () => {
    const server = await MailServer.start();
    const where = scene();
    const users = ['one', 'two', 'three', 'four'];
    // Each with two folders, that have to share the one connection there is.
    for (const user of users) server.fill(user, [letter(user)]);
    for (const user of users) server.fill(user, [letter(`${user} junk`)], 'Junk');
    const file = mailboxFile(
      where,
      server,
      users.map((username) => ({ username, every: '1s' })),
    );
    const config = configFile(where, { outputs: {}, collect: { connections: 1 } });
    const sensor = await Sensor.start({
      command: 'collect',
      dataDir: where.dataDir,
      flags: ['-c', '--config', config, '-m', file],
    });
    onTestFinished(() => sensor.signal('SIGKILL'));
    await sensor.times('capture.accepted', 8);
    for (const user of users) await server.deliver(user, letter(`${user} again`));
    await sensor.times('capture.accepted', 12);
    await sensor.stop();
  });

  test('tells how its mailboxes stand', async () => {
    const server = await MailServer.start();
    server.fill('trap', letters('told', 3));
    const where = scene();
    const file = mailboxFile(where, server, [{ username: 'trap' }, { username: 'bad', password: 'wrong' }]);
    const sensor = await collector(where, '-m', file);
    await sensor.times('capture.accepted', 3);
    await sensor.event('mailbox.failed');
    await sensor.event('mailbox.acted');
    const status = async () => {
      const { stdout } = await run(where, 'mailboxes', 'status', '--json', '-m', file);
      return stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
    };
    // It is written every two seconds.
    await expect.poll(status).toMatchObject([
      { mailbox: 'trap', running: true, phase: 'idle', folders: ['INBOX', 'Junk'], messages: { done: 3, waiting: 0 } },
      { mailbox: 'bad', running: true, phase: 'failing', lastFault: { why: 'credentials' } },
    ]);
    await sensor.stop();
    expect((await status())[0]).toMatchObject({ running: false, phase: null });
  });
});
