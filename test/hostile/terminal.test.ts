import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { expect, it, onTestFinished } from 'vitest';
import { Peer } from '../support/hostile-peer.ts';
import { command, newDataDir } from '../support/sensor.ts';

/** A sensor that tells people what it does, and all that it has told. */
function startForPeople() {
  const dataDir = newDataDir();
  mkdirSync(dataDir, { recursive: true });
  writeFileSync(`${dataDir}.yml`, JSON.stringify({ log: { format: 'human' } }));
  const child = spawn(command, ['serve-relay', '--port', '0', '--data-dir', dataDir, '--config', `${dataDir}.yml`], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', FORCE_COLOR: '1' },
    cwd: '/',
  });
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const sensor = { told: '', says, stop };
  let changed = Promise.withResolvers<void>();
  child.stdout.on('data', (bytes: Buffer) => {
    sensor.told += bytes.toString('latin1');
    changed.resolve();
    changed = Promise.withResolvers<void>();
  });
  async function says(what: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = what.exec(sensor.told);
      if (found) return found;
      await changed.promise;
    }
  }
  async function stop(): Promise<void> {
    child.kill('SIGTERM');
    await ended;
  }
  return sensor;
}

it('lines for people hold nothing of a peer that a terminal would act on', async () => {
  const sensor = startForPeople();
  const [, port] = await sensor.says(/127\.0\.0\.1:(\d+)/);
  await sensor.says(/ready/);
  // To set a title, to clear the screen, the clipboard, a link, to answer back, 8-bit controls, to go up and overwrite.
  const ascii = '\x1b]0;owned\x07\x1b[2J\x1b]52;c;b3duZWQ=\x07\x1b[6n\x1b[9A\x08\x7f';
  const nasty =
    '\x1b]0;owned\x07\x1b[2J\x1b]52;c;b3duZWQ=\x07\x1b]8;;http://x\x1b\\\x1b[6n\x9b31m\x9d0;x\x9c\x1b[9A\x08\x7f\r\x0b\x0c';
  const credentials = Buffer.from(`\0${nasty}\0${nasty}`, 'latin1').toString('base64');
  const peer = new Peer({ port: Number(port) });
  onTestFinished(() => peer.destroy());
  await peer.hears('220 ');
  peer.write(
    `EHLO ${nasty}\r\nAUTH PLAIN ${credentials}\r\nEHLO ${ascii}\r\nMAIL FROM:<"${ascii}"@b>\r\nRCPT TO:<"${ascii}"@d>\r\n`,
  );
  peer.write(Buffer.from('RCPT TO:<"\u202etfel\u2028\u009b2J"@d>\r\n'));
  peer.write(`DATA\r\nSubject: ${nasty}\r\n\r\n.\r\n${nasty}\r\nQUIT\r\n`);
  await peer.hears('221 ');
  await sensor.says(/capture\.accepted/);
  await sensor.says(/session\.closed/);
  await sensor.stop();
  const shown = Buffer.from(sensor.told, 'latin1').toString('utf8');
  // Colour, and nothing else, is ours.
  const words = shown.replaceAll(/\x1b\[\d{1,2}m/g, '');
  expect(words).toContain('owned');
  expect(words).toContain('\\e]0;owned');
  expect(words.replaceAll('\n', '')).not.toMatch(/[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
});
