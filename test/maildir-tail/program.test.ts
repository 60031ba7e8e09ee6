import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { spamtrap } from '../mail/spamtrap.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { letter, Mail } from './mail.ts';

interface Kept {
  readonly id: string;
  readonly intake: string;
  readonly sha256: string;
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly source: {
    readonly uid: string;
    readonly folder: string;
    readonly flags?: string[];
    readonly hints?: object;
  };
}

function kept(dataDir: string): Kept[] {
  const { stdout } = spamtrap(['journal', 'list', '--json', '--data-dir', dataDir]);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Kept);
}

const tail = (mail: Mail, ...flags: readonly string[]) => ({
  command: 'tail-maildir' as const,
  dataDir: newDataDir(),
  flags: [mail.root, ...flags],
});

describe('tail-maildir', () => {
  it('shows what comes, as JSON lines, and with the next run what came meanwhile', async () => {
    const mail = new Mail();
    mail.deliver(letter('before'));
    const options = tail(mail);
    const first = await Sensor.start(options);
    await first.event('maildir.opened');
    const hostile = '=?utf-8?q?=1B]0;x=07?= and =?utf-8?b?0J/RgNC40LLQtdGC?=';
    const name = mail.deliver(
      letter(hostile, 'X-Peer: 192.0.2.1\nX-MailFrom: liar@x.example\nX-RcptTo: me@y.example\n'),
    );
    expect(await first.event('maildir.message')).toMatchObject({
      name,
      folder: '',
      subject: '\u001b]0;x\u0007 and Привет',
      from: 'a@b.example',
      hints: { peer: '192.0.2.1', from: 'liar@x.example', to: 'me@y.example' },
    });
    await first.stop();
    const meanwhile = mail.deliver(letter('meanwhile'));
    const second = await Sensor.start(options);
    expect(await second.event('maildir.message')).toMatchObject({ name: meanwhile });
    await second.stop();
    expect(readdirSync(options.dataDir)).not.toContain('journal');
  });

  it('takes what comes into the journal, byte for byte, and hands it on', async () => {
    const mail = new Mail();
    mail.makeFolder('.Junk');
    const content = letter('one', 'X-Peer: 192.0.2.1\n') + '\u00e4 no line end';
    const name = mail.deliver(content, '.Junk');
    mail.read(name, '.Junk', 'FS');
    const options = tail(mail, '--publish', '--from-start');
    const sensor = await Sensor.start(options);
    const { id, subject } = await sensor.event('capture.accepted');
    expect(subject).toBe('one');
    await sensor.handedOn(id);
    await sensor.stop();
    const [message] = kept(options.dataDir);
    expect(message).toMatchObject({
      intake: 'maildir',
      envelope: { from: '', to: [] },
      source: { uid: name, folder: '.Junk', flags: ['F', 'S'], hints: { peer: '192.0.2.1' } },
    });
    expect(spamtrap(['journal', 'show', '--raw', id, '--data-dir', options.dataDir]).stdout).toBe(content);
    const record = readFileSync(join(sensor.records, readdirSync(sensor.records)[0]!), 'utf8');
    expect(JSON.parse(record)).toMatchObject({ msg: content, sha256: message!.sha256 });
  });

  it('loses nothing whenever it is killed, and takes nothing twice that was taken before', async () => {
    const mail = new Mail();
    const options = tail(mail, '--publish', '--from-start');
    const delivered = Array.from({ length: 400 }, (_, index) => mail.deliver(letter(`message ${index}`)));
    for (const kill of [5, 60, 180]) {
      const sensor = await Sensor.start(options);
      await sensor.times('capture.accepted', kill);
      sensor.signal('SIGKILL');
      await sensor.ended;
    }
    const last = await Sensor.start(options);
    const final = mail.deliver(letter('final'));
    await last.event('maildir.opened');
    for (let taken = kept(options.dataDir); taken.length < 401; taken = kept(options.dataDir)) {
      await last.event('capture.accepted');
    }
    await last.stop();
    const names = kept(options.dataDir).map(({ source }) => source.uid);
    expect(names.toSorted()).toEqual([...delivered, final].toSorted());
  });

  it('is part of serve where the configuration names maildirs', async () => {
    const mail = new Mail();
    const config = { maildirs: { paths: [mail.root], from: 'start' } };
    mail.deliver(letter('served'));
    const sensor = await Sensor.start({ command: 'serve', dataDir: newDataDir(), config });
    expect(await sensor.event('capture.accepted')).toMatchObject({ intake: 'maildir', subject: 'served' });
    await sensor.stop();
  });

  it('waits in serve for a maildir that is not there yet, and takes what comes into it', async () => {
    const root = join(temporaryDirectory(), 'mounted-later');
    const sensor = await Sensor.start({
      command: 'serve',
      dataDir: newDataDir(),
      config: { maildirs: { paths: [root] } },
    });
    await sensor.event('maildir.failed');
    const mail = new Mail(root);
    mail.deliver(letter('was there'));
    await sensor.event('maildir.opened');
    mail.deliver(letter('came later'));
    expect(await sensor.event('capture.accepted')).toMatchObject({ intake: 'maildir', subject: 'came later' });
    expect(sensor.told('maildir.failed')).toHaveLength(1);
    await sensor.stop();
  });

  it('says what it cannot take, and goes on', async () => {
    const mail = new Mail();
    symlinkSync('/etc/passwd', join(mail.root, 'new', 'link'));
    mail.deliver(letter('good'));
    const sensor = await Sensor.start(tail(mail, '--publish', '--from-start'));
    expect(await sensor.event('maildir.left')).toMatchObject({ name: 'link', detail: expect.stringContaining('link') });
    expect(await sensor.event('capture.accepted')).toMatchObject({ subject: 'good' });
    await sensor.stop();
  });

  it('opens a hundred thousand messages in little memory', async () => {
    const mail = new Mail();
    for (let index = 0; index < 100_000; index++) {
      writeFileSync(join(mail.root, 'cur', `1700000000.M${index}P7.a-host-with-a-name:2,S`), 'Subject: x\n\n');
    }
    const sensor = await Sensor.start(tail(mail));
    await sensor.event('maildir.opened');
    const resident = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${sensor.pid}/status`, 'utf8'))![1]) / 1024;
    const name = mail.deliver(letter('new'));
    expect(await sensor.event('maildir.message')).toMatchObject({ name });
    expect(sensor.told('maildir.message')).toHaveLength(1);
    await sensor.stop();
    expect(resident).toBeLessThan(250);
  });
});

describe('what is not followed', () => {
  const refusal = (...words: readonly string[]) => spamtrap(['tail-maildir', ...words]);

  it('is what is no maildir, or not there', () => {
    const dataDir = newDataDir();
    const empty = temporaryDirectory();
    const none = refusal(empty, '--data-dir', dataDir);
    expect(none).toMatchObject({ status: 2, stderr: expect.stringContaining('is no maildir') });
    const missing = refusal(join(empty, 'x'), '--data-dir', dataDir);
    expect(missing).toMatchObject({ status: 2, stderr: expect.stringContaining('There is no') });
    const { root } = new Mail();
    const feed = refusal(root, '--data-dir', dataDir, '-f', join(empty, 'feed.yml'));
    expect(feed).toMatchObject({ status: 2, stderr: expect.stringContaining('--publish') });
    expect(refusal('--data-dir', dataDir)).toMatchObject({ status: 2, stderr: expect.stringContaining('Name one') });
  });

  it.each(['below', 'above', 'through a link'])('is its own maildir: %s', (where) => {
    const dataDir = newDataDir();
    const own = join(dataDir, 'maildir');
    mkdirSync(dataDir, { recursive: true });
    const { root: mine } = new Mail(own);
    const link = join(temporaryDirectory(), 'link');
    symlinkSync(mine, link);
    const around = new Mail(join(dataDir, '..', 'around'));
    const config = join(dataDir, '..', 'trap.yml');
    writeFileSync(config, `outputs: { maildir: { type: maildir, path: ${join(around.root, 'ours')} } }\n`);
    mkdirSync(join(around.root, 'ours'));
    const named = { below: mine, above: around.root, 'through a link': link }[where]!;
    const refused = refusal(named, '--publish', '--data-dir', dataDir, '--config', config, '--json');
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining('itself keeps') });
  });
});
