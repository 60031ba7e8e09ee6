import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { spamtrap } from '../mail/spamtrap.ts';
import { canStartDovecot, mailUser, mailUsersDirectory } from '../support/dovecot.ts';
import { peer } from '../support/peers.ts';
import { freePorts, RealProcess, serverFolder } from '../support/real-server.ts';
import { Sensor } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';

const password = 'look-inside';
const env = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`, HOME: '/nonexistent', TERM: 'xterm', LANG: 'C.UTF-8' };
const ownAddress = '198.51.100.25';

/** `spamtrap serve` as an ordinary user, with a message, a probe that went to the sandbox, and the log of the day. */
async function busySensor(): Promise<Sensor> {
  const config = {
    rules: { ownAddresses: [ownAddress] },
    probes: { mode: 'sandbox' },
    broker: { embed: false },
    daybook: { rewrite: '1s' },
  };
  const sensor = await Sensor.start({
    command: 'serve',
    dataDir: join(mailUsersDirectory(), 'data'),
    flags: ['--config', configFile(config)],
    uid: mailUser,
  });
  onTestFinished(() => sensor.signal('SIGKILL'));
  const client = await SmtpClient.connect(sensor.port);
  for (const subject of ['Cheap watches', `${ownAddress} works`]) {
    const content = Buffer.from(`Subject: ${subject}\r\n\r\nText.\r\n`);
    await client.send({ from: 'spammer@example.org', to: ['me@dropbox.example'], content });
  }
  await client.quit();
  const { id } = await sensor.event('probe.relayed');
  await sensor.handedOn(id);
  // The log of the day is written some time after what it tells.
  await expect.poll(() => existsSync(join(sensor.maildir, '.logs/cur')), { timeout: 60_000 }).toBe(true);
  return sensor;
}

function configFile(config: object): string {
  const path = join(serverFolder(), 'trap.yml');
  writeFileSync(path, JSON.stringify(config), { mode: 0o644 });
  return path;
}

/** What setup-dovecot makes of it, running. */
async function lookInto(maildir: string): Promise<number> {
  const folder = join(serverFolder(), 'dovecot');
  const [port] = (await freePorts(1)) as [number];
  const words = [
    'setup-dovecot',
    '--mode',
    'monitor',
    '--maildir',
    maildir,
    '--imap-port',
    String(port),
    '--out',
    folder,
  ];
  const { status, stdout, stderr } = spamtrap([...words, '--password-stdin', '--apply'], password);
  expect({ status, stderr }, stdout).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('folders: it shows INBOX, logs, sentProbes');
  const server = new RealProcess('dovecot', ['-F', '-c', join(folder, 'dovecot.conf')], { env });
  await server.says('starting up');
  return port;
}

peer(
  'dovecot-imapd',
  'isync',
  'neomutt',
  'tmux',
)('the maildir of a running sensor', () => {
  it.runIf(canStartDovecot)('is taken along by mbsync, with logs and sentProbes', async () => {
    const sensor = await busySensor();
    const port = await lookInto(sensor.maildir);
    const folder = serverFolder();
    const file = join(folder, 'mbsyncrc');
    writeFileSync(
      file,
      `IMAPAccount sensor
Host 127.0.0.1
Port ${port}
User spamtrap
Pass ${password}
SSLType None
AuthMechs LOGIN

IMAPStore far
Account sensor

MaildirStore near
Path ${folder}/mail/
Inbox ${folder}/mail/INBOX
SubFolders Verbatim

Channel sensor
Far :far:
Near :near:
Patterns *
Create Near
Sync Pull
SyncState *
`,
    );
    execFileSync('mkdir', ['-p', join(folder, 'mail')]);
    const { status, stderr } = spawnSync('mbsync', ['-q', '-a', '-c', file], {
      encoding: 'utf8',
      env: { ...env, HOME: folder },
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const subjects = (name: string) =>
      readdirSync(join(folder, 'mail', name), { recursive: true, encoding: 'utf8' })
        .filter((each) => /^(?:new|cur)\/./.test(each))
        .map((each) => /^Subject: (.*?)\r?$/m.exec(readFileSync(join(folder, 'mail', name, each), 'latin1'))![1])
        .sort((one, other) => one!.localeCompare(other!));
    expect(subjects('INBOX')).toEqual([`${ownAddress} works`, 'Cheap watches']);
    expect(subjects('sentProbes')).toEqual([`${ownAddress} works`]);
    expect(subjects('logs')).toEqual([expect.stringMatching(/^Logs from \d{4}-\d\d-\d\d$/)]);
    await sensor.stop();
  });

  it.runIf(canStartDovecot)('is read with neomutt in a terminal', async () => {
    const sensor = await busySensor();
    const port = await lookInto(sensor.maildir);
    const folder = serverFolder();
    const file = join(folder, 'muttrc');
    writeFileSync(
      file,
      `set imap_user = spamtrap
set imap_pass = ${password}
set ssl_starttls = no
set ssl_force_tls = no
set folder = imap://127.0.0.1:${port}/
set spoolfile = +INBOX
set confirmappend = no
set header_cache =
set wait_key = no
set sidebar_visible = no
set use_envelope_from = no
`,
    );
    const socket = join(folder, 'tmux');
    const tmux = (...words: readonly string[]) =>
      execFileSync('tmux', ['-S', socket, ...words], { encoding: 'utf8', env });
    onTestFinished(() => void spawnSync('tmux', ['-S', socket, 'kill-server'], { env }));
    const screen = async (wanted: RegExp) => {
      for (let look = 0; look < 300; look++) {
        const shown = tmux('capture-pane', '-p');
        if (wanted.test(shown)) return shown;
        // A screen is drawn whenever the program likes; there is no event to wait for.
        await setTimeout(50);
      }
      throw new Error(`neomutt does not show ${wanted}:\n${tmux('capture-pane', '-p')}`);
    };
    tmux('-f', '/dev/null', 'new-session', '-d', '-x', '100', '-y', '30', `neomutt -F ${file}`);
    await screen(/Cheap watches/);
    for (const [name, subject] of [
      ['logs', /Logs from \d{4}-\d\d-\d\d/],
      ['sentProbes', /198\.51\.100\.25 works/],
    ] as const) {
      tmux('send-keys', 'c');
      tmux('send-keys', '-l', `+${name}`);
      tmux('send-keys', 'Enter');
      await screen(new RegExp(`${name}[^]*${subject.source}|${subject.source}[^]*${name}`));
    }
    tmux('send-keys', 'Enter');
    await screen(/X-Relay-Sendmail|Subject: 198\.51\.100\.25 works/);
    await sensor.stop();
  });
});
