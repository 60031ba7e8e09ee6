import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { arrivedIn } from '../outputs/nats/arrived.ts';
import { collect, mailboxFile, scene } from '../support/collecting.ts';
import { canStartDovecot } from '../support/dovecot.ts';
import { MailServer } from '../support/mail-server.ts';
import { NatsCluster } from '../support/nats-cluster.ts';
import { peer } from '../support/peers.ts';
import { letter, messageId } from '../support/trap-letters.ts';
import { finishedFor, heldBy, startCollector } from './collectors.ts';
import { finish } from '../e2e/commands.ts';
import { spamtrap } from '../mail/spamtrap.ts';
import { command } from '../support/sensor.ts';

const real = canStartDovecot ? peer('nats-server', 'dovecot-imapd', 'dovecot-lmtpd') : () => undefined;

real('mailboxes that are shared', () => {
  let nats: NatsCluster;
  let server: MailServer;
  beforeAll(async () => void ([nats, server] = await Promise.all([NatsCluster.start(), MailServer.start()])), 120_000);
  afterAll(async () => void (await Promise.all([nats.stop(), server.stop()])));

  function singleRun(
    users: readonly string[],
    servers: readonly string[],
    { patience = '5s', ...cluster }: { patience?: string; name?: string; lease?: string } = {},
  ) {
    const where = scene();
    const config = join(where.folder, 'trap.yml');
    const settings = {
      cluster: { servers, lease: '6s', connectTimeout: '2s', ...cluster },
      outputs: { stream: { type: 'nats', required: true, from: 'start', servers } },
      daybook: { keep: 'no' },
    };
    writeFileSync(config, JSON.stringify(settings));
    const list = mailboxFile(
      where,
      server,
      users.map((username) => ({ username, folders: ['INBOX'] })),
    );
    return () => collect(where, '--config', config, '-m', list, '--fetch-all', '--patience', patience);
  }

  const arrived = async () => (await arrivedIn(nats.places, 'SPAM')).map(({ bytes }) => messageId(bytes));

  it('are collected once by runs at the same time, and again only what is new', async () => {
    const users = Array.from({ length: 20 }, (_, index) => `once${index}`);
    for (const user of users) server.fill(user, [letter(`${user}-a`), letter(`${user}-b`)]);
    // Time enough for the slowest machine: this is not about leases that are lost.
    const patient = { name: 'once', lease: '60s', patience: '60s' };
    const [one, other] = [singleRun(users, nats.places, patient), singleRun(users, nats.places, patient)];
    const runs = await Promise.all([one(), other()]);
    const again = await one();
    for (const { code } of [...runs, again]) expect(code).toBe(0);
    expect(runs.reduce((sum, { summary }) => sum + summary.kept, again.summary.kept)).toBe(40);
    expect((await arrived()).toSorted()).toEqual(
      users.flatMap((user) => [`<${user}-a@example.org>`, `<${user}-b@example.org>`]).toSorted(),
    );
    // What one machine has collected no other one collects again.
    const third = await singleRun(users, nats.places, patient)();
    expect(third.summary).toMatchObject({ outcome: 'done', kept: 0 });
  }, 120_000);

  it('are left alone while a collector has them, and while nobody can be asked', async () => {
    const users = ['kept1', 'kept2'];
    const collector = await startCollector('stays', { nats, server, users, lease: '6s' });
    await expect.poll(() => heldBy(collector), { timeout: 30_000 }).toBe(2);
    await server.deliver('kept1', letter('for the collector'));
    const { summary, code } = await singleRun(users, nats.places)();
    expect(code).toBe(0);
    expect(summary.byMailbox).toMatchObject({ kept1: { state: 'elsewhere' }, kept2: { state: 'elsewhere' } });
    await collector.stop();
    const alone = await singleRun(users, ['127.0.0.1:1'])();
    expect(alone.code).toBe(1);
    expect(alone.summary.byMailbox['kept1']!.fault!.detail).toContain('cannot be asked whose mailbox it is');
  }, 120_000);

  it('are collected again by all when a running collector is told so', async () => {
    const users = ['rescan'];
    const more = {
      mailbox: { afterCollect: 'none' },
      more: { cluster: { name: 'rescan', servers: nats.places, lease: '60s' } },
    };
    const first = await startCollector('first', { nats, server, users, lease: '60s', ...more });
    await expect.poll(() => heldBy(first), { timeout: 30_000 }).toBe(1);
    await server.deliver('rescan', letter('wanted twice'));
    await first.times('capture.accepted', 1);
    await expect.poll(arrived, { timeout: 30_000 }).toContain('<wanted twice@example.org>');
    await expect.poll(() => finishedFor(nats, 'rescan'), { timeout: 30_000 }).toBe(1);
    await first.stop();
    const second = await startCollector('second', { nats, server, users, lease: '60s', ...more });
    await second.event('mailbox.opened');
    expect(second.told('capture.accepted')).toEqual([]);
    const config = ['--config', join(second.dataDir, '..', 'trap.yml'), '--data-dir', second.dataDir];
    const { stdout } = await spamtrap.running(['mailboxes', 'rescan', 'rescan', ...config]);
    expect(stdout).toContain('count as never seen');
    await second.times('capture.accepted', 1);
    await second.stop();
    // Nobody would tell the others.
    const offline = await finish(command, ['mailboxes', 'rescan', 'rescan', ...config]);
    expect(offline).toMatchObject({ code: 2, stderr: expect.stringContaining('no collector runs here') as string });
  }, 120_000);
});
