import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bytesOf, capturesOnDisk } from '../support/journals.ts';
import { serverFolder } from '../support/real-server.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { mailIn } from '../support/stored.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { evidenceOf, verbsOf } from './evidence.ts';
import { Expected, letter, numbered, submit, wholeAndOnce, type Letter } from './letters.ts';
import { accepted, notSent, postfixBefore, promised, withPostfix } from './postfix.ts';
import { run } from './programs.ts';

/** How many messages smtp-source sends, to how many recipients each. */
const batches = [
  { messages: 2_500, recipients: 1 },
  { messages: 1_500, recipients: 3 },
  { messages: 900, recipients: 8 },
  { messages: 100, recipients: 20 },
];

const megabyte = 1_000_000;

withPostfix()('Postfix as the mail server before us', () => {
  test(
    'delivers 10,000 messages to several recipients each, every copy once and to the byte',
    { timeout: 150_000 },
    async () => {
      const sensor = await Sensor.start({ command: 'serve-lmtp', dataDir: newDataDir() });
      const postfix = await postfixBefore({ port: sensor.port });
      const expected = new Expected();
      const letters = [
        ...numbered(0, 4_994),
        ...[4_994, 4_995, 4_996, 4_997, 4_998].map((number) => letter(number, megabyte)),
        letter(4_999, 30 * megabyte),
      ];
      for (const { to, content } of letters) expected.add(to, content);

      const began = performance.now();
      const sources = batches.map(async (batch, index) => {
        const { content, words } = fromSource(postfix.port, { ...batch, name: `batch${index}` }, expected);
        const file = join(temporaryDirectory(), 'content');
        writeFileSync(file, content);
        const { code, said } = await run('smtp-source', ['-F', file, ...words]);
        expect({ code, said }).toEqual({ code: 0, said: '' });
      });
      await Promise.all([submit(postfix.port, 10, letters.values()), ...sources]);
      const injected = performance.now();
      await accepted(sensor, 10_000);
      await postfix.emptied(10_000);
      const ended = performance.now();
      const seconds = (ms: number) => (ms / 1000).toFixed(1);
      process.stdout.write(
        `10,000 messages, ${expected.recipients} copies: ${seconds(injected - began)} s to Postfix, ` +
          `${seconds(ended - began)} s to the journal\n`,
      );

      expect(notSent(postfix)).toEqual([]);
      expect(postfix.queue()).toEqual([]);
      const { id } = sensor.told('capture.accepted').at(-1)!;
      await sensor.handedOn(id);
      const { code, stderr } = await sensor.stop();
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const captures = capturesOnDisk(sensor.dataDir);
      expect(expected.audit(captures)).toEqual(wholeAndOnce);
      expect(promised(postfix)).toHaveLength(expected.recipients);
      const kept = new Set(captures.map(({ facts }) => facts.queueId));
      expect(promised(postfix).filter(({ queueId }) => !kept.has(queueId))).toEqual([]);
      expect(captures.map(({ facts }) => facts.size).filter((size) => size > 30 * megabyte)).toHaveLength(1);
      const mails = mailIn(sensor.maildir);
      expect(mails.filter(({ isWhole }) => !isWhole)).toEqual([]);
      expect(mails.map((mail) => mail.id).toSorted()).toEqual(captures.map(({ facts }) => facts.id).toSorted());
      await postfix.stop();
    },
  );

  test('tells us over a Unix socket for whom it comes', async () => {
    const path = join(serverFolder(), 'lmtp');
    const sensor = await Sensor.start({ command: 'serve-lmtp', dataDir: newDataDir(), flags: ['--socket', path] });
    const postfix = await postfixBefore({ path });
    const expected = new Expected();
    const letters: Letter[] = [...numbered(0, 200)];
    for (const { to, content } of letters) expected.add(to, content);
    await submit(postfix.port, 5, letters.values());
    await accepted(sensor, 200);
    await postfix.emptied(200);
    expect(notSent(postfix)).toEqual([]);
    expect(postfix.queue()).toEqual([]);
    await postfix.stop();
    const { captures, sessions } = await evidenceOf(sensor);
    expect(expected.audit(capturesOnDisk(sensor.dataDir))).toEqual(wholeAndOnce);
    const international = captures.find(({ envelope }) => envelope.from === letters[4]!.from)!;
    expect(international).toMatchObject({
      intake: 'lmtp',
      envelope: { from: 'absender-4@grüße.example', to: letters[4]!.to },
      evidence: {
        peer: { address: 'local', port: 0 },
        protocol: 'LMTP',
        helo: 'mail.example.test',
        forwarded: { addr: '127.0.0.1', proto: 'ESMTP', helo: 'client.example.test', source: 'REMOTE' },
        parameters: expect.arrayContaining(['SMTPUTF8', 'BODY=8BITMIME']) as unknown,
      },
    });
    expect(verbsOf(international.evidence!)).toEqual(expect.arrayContaining(['XFORWARD', 'MAIL', 'RCPT', 'DATA']));
    // Postfix keeps a connection for more than one message.
    expect(sessions.length).toBeLessThan(captures.length);
    expect(sessions.reduce((sum, { messages }) => sum + messages, 0)).toBe(200);
    const received = bytesOf(capturesOnDisk(sensor.dataDir)[0]!).toString('latin1');
    expect(received).toMatch(/^Received: from client\.example\.test /);
  });
});

interface Batch {
  readonly name: string;
  readonly messages: number;
  readonly recipients: number;
}

/** Words for smtp-source that give each recipient a number of its own, and what it will send. */
function fromSource(port: number, { name, messages, recipients }: Batch, expected: Expected) {
  const lines = [`Subject: ${name}`, '', '.a dot', '..', `.${name}`, 'x'.repeat(900), '', ''];
  const at = `-${name}@example.net`;
  const to = Array.from({ length: messages * recipients }, (_, index) => `${index + 1}${at}`);
  expected.add(to, Buffer.from(lines.join('\r\n')));
  return {
    // It ends the last line by itself, and adds an empty one.
    content: lines.slice(0, -2).join('\n'),
    words: [
      '-s',
      10,
      '-m',
      messages,
      '-r',
      recipients,
      '-N',
      '-f',
      `${name}@example.org`,
      '-t',
      at,
      `127.0.0.1:${port}`,
    ],
  };
}
