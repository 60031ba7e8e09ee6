import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sha256 } from '../support/captures.ts';
import { peer } from '../support/peers.ts';
import { command, newDataDir, Sensor } from '../support/sensor.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { mailIn } from '../support/stored.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { finish, listed, spamtrap } from './commands.ts';

// What an operator does on the first day, with the tools that operators have.

const text =
  'Subject: Grüße\r\nFrom: =?utf-8?q?Gr=C3=BC=C3=9Fe?= <spammer@example.org>\r\n\r\n.a dot\r\n..two\r\nend\r\n';
const content = Buffer.from(text, 'utf8');
const envelope = { from: 'spammer@example.org', to: ['victim@example.net', 'other@example.net'] };

/** With nc everything is said at once: greeting, envelope, message and farewell, without waiting for a reply. */
const dialogue = [
  'EHLO nc.example.test',
  `MAIL FROM:<${envelope.from}>`,
  ...envelope.to.map((recipient) => `RCPT TO:<${recipient}>`),
  'DATA',
  `${text.replaceAll('\r\n.', '\r\n..')}.`,
  'QUIT\r\n',
].join('\r\n');

async function withSwaks(port: number): Promise<string> {
  const letter = join(temporaryDirectory(), 'letter');
  // swaks ends lines and doubles dots itself.
  writeFileSync(letter, text.trimEnd().replaceAll('\r\n', '\n'));
  const words = `--server 127.0.0.1 --port ${port} --helo swaks.example.test --from ${envelope.from}`.split(' ');
  const { stdout } = await finish('swaks', [...words, '--to', envelope.to.join(','), '--data', `@${letter}`]);
  return stdout.toString('utf8');
}

async function withNc(port: number): Promise<string> {
  const { stdout } = await finish('nc', ['127.0.0.1', String(port)], { input: Buffer.from(dialogue, 'utf8') });
  return stdout.toString('utf8');
}

interface Listed {
  readonly id: string;
  readonly sha256: string;
  readonly size: number;
}

peer(
  'swaks',
  'netcat-openbsd',
  'jq',
)('what swaks and nc deliver', () => {
  test.each([
    ['swaks', withSwaks],
    ['nc', withNc],
  ])('%s: is in the maildir, the JSON lines and the journal, byte for byte', async (_, deliver) => {
    const sensor = await Sensor.start({ dataDir: newDataDir() });
    expect(await deliver(sensor.port)).toContain('250 2.0.0 Ok: queued as ');
    const { id } = await sensor.event('capture.accepted');
    await sensor.handedOn(id);
    expect(await sensor.stop()).toMatchObject({ code: 0, stderr: '' });

    const [mail, ...more] = mailIn(sensor.maildir);
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ id, isWhole: true });
    expect(readFileSync(mail!.path).subarray(-content.length).equals(content)).toBe(true);

    const hash = sha256(content);
    expect(await listed<Listed>(['journal', 'list'], sensor.dataDir)).toMatchObject([
      { id, sha256: hash, size: content.length, envelope, intake: 'relay' },
    ]);
    const shown = await spamtrap(['journal', 'show', id, '--raw'], sensor.dataDir);
    expect(shown.stdout.equals(content)).toBe(true);
    const out = join(sensor.dataDir, 'exported');
    expect(await spamtrap(['journal', 'export', '--out', out], sensor.dataDir)).toMatchObject({ code: 0 });
    expect(readFileSync(join(out, `${id}.eml`)).equals(content)).toBe(true);
    expect(await spamtrap(['journal', 'verify'], sensor.dataDir)).toMatchObject({ code: 0, stderr: '' });
    await expectJqToAgree(sensor.records, id, hash);
  });
});

/** Asks the real jq, as consumers do, and hashes what it gives back. */
async function expectJqToAgree(records: string, id: string, hash: string): Promise<void> {
  const script = `cat -- "$1"/*.jsonl | jq -r 'select(.id == "${id}") | .sha256'
    cat -- "$1"/*.jsonl | jq -j 'select(.id == "${id}") | .msg' | sha256sum | cut -d ' ' -f 1`;
  const { stdout, stderr } = await finish('sh', ['-c', script, 'sh', records]);
  expect({ stdout: stdout.toString('utf8'), stderr }).toEqual({ stdout: `${hash}\n${hash}\n`, stderr: '' });
}

interface Standing {
  readonly output: string;
  readonly lastId: string;
  readonly behindBytes: number;
}

test('outputs are up to date after an orderly end', async () => {
  const sensor = await Sensor.start({ dataDir: newDataDir() });
  const client = await SmtpClient.connect(sensor.port);
  expect(await client.send({ content })).toMatchObject({ code: 250 });
  await client.quit();
  await sensor.event('session.closed');
  const { id } = await sensor.event('capture.accepted');
  await sensor.stop();
  const standings = await listed<Standing>(['outputs', 'list'], sensor.dataDir);
  expect(standings.toSorted((a, b) => a.output.localeCompare(b.output))).toMatchObject([
    { output: 'daybook', lastId: id, behindBytes: 0 },
    { output: 'jsonl', lastId: id, behindBytes: 0 },
    { output: 'maildir', lastId: id, behindBytes: 0 },
    { output: 'probe-desk', lastId: id, behindBytes: 0 },
  ]);
});

// The script of someone who has only a shell: nothing is known beforehand but the names of two events.
const script = `
  exec 3< <(exec "$0" serve-relay --port 0 --json --data-dir "$1")
  sensor=$!
  while read -r line <&3; do
    case $line in
      *'"event":"listening"'*) port=$(jq .port <<< "$line") ;;
      *'"event":"ready"'*) break ;;
    esac
  done
  swaks --server 127.0.0.1 --port "$port" --helo script.example.test --from a@example.org --to b@example.net --silent 2
  echo "swaks $?"
  kill "$sensor"
  wait "$sensor"
  echo "sensor $?"`;

peer('swaks', 'jq')('a shell script', () => {
  test('learns from the events where a sensor with --port 0 listens, and when', async () => {
    const dataDir = newDataDir();
    mkdirSync(dataDir);
    const { stdout, stderr } = await finish('bash', ['-c', script, command, dataDir]);
    expect({ stdout: stdout.toString('utf8'), stderr }).toEqual({ stdout: 'swaks 0\nsensor 0\n', stderr: '' });
    expect(mailIn(join(dataDir, 'maildir'))).toHaveLength(1);
  });
});
