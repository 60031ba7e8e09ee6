import fc, { type Arbitrary } from 'fast-check';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { expect, it, onTestFinished } from 'vitest';
import { cut, latin1, places, runs } from '../support/hostile-fuzz.ts';
import { Peer } from '../support/hostile-peer.ts';
import { Scene } from '../support/hostile-scene.ts';
import { bytesOf } from '../support/journals.ts';
import { onTheWire } from '../support/smtp-client.ts';

interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
  /** Where the segments of its content end. */
  readonly places: readonly number[];
  readonly isReset: boolean;
}

const address: Arbitrary<string> = fc
  .tuple(fc.stringMatching(/^[a-z0-9]{1,8}$/), fc.stringMatching(/^[a-z]{1,8}\.example$/))
  .map(([user, domain]) => `${user}@${domain}`);

/**
 * What is valid for both. The other server takes the dot from a line also behind a bare LF, knows two recipients for
 * one that differ in case, and refuses addresses that are common: all of that is left out here.
 */
const letter: Arbitrary<Letter> = fc.record({
  from: fc.oneof(fc.constant(''), address),
  to: fc.uniqueArray(address, { minLength: 1, maxLength: 5 }),
  content: fc
    .array(
      fc.oneof(
        fc.constantFrom('', '.', '..', '.a', ' .', '\0', '\xff\xfe', 'x'.repeat(990)),
        fc.stringMatching(/^[ -~\x80-\xff]{0,40}$/),
      ),
      {
        maxLength: 12,
      },
    )
    .map((lines) => lines.map((line) => `${line}\r\n`).join('')),
  places,
  isReset: fc.boolean(),
});

interface Stored {
  readonly from: string;
  readonly to: readonly string[];
  readonly content: string;
}

/** Another server of the same language, and what it has stored. */
async function otherServer(): Promise<{ readonly port: number; readonly stored: Stored[] }> {
  const stored: Stored[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    disableReverseLookup: true,
    hideSTARTTLS: true,
    logger: false,
    onData(stream, { envelope }, done) {
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('end', () => {
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const to = envelope.rcptTo.map(({ address }) => address);
        stored.push({ from, to, content: Buffer.concat(pieces).toString('latin1') });
        done();
      });
    },
  });
  const listening = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', () => listening.resolve());
  await listening.promise;
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, stored };
}

async function send(port: number, letters: readonly Letter[]): Promise<string[]> {
  const peer = new Peer({ port });
  const codes: string[] = [];
  const ask = async (text: string | Buffer) => codes.push((await peer.ask(text)).slice(0, 3));
  await peer.hears('220 ');
  await ask('EHLO client.example\r\n');
  for (const { from, to, content, places, isReset } of letters) {
    if (isReset) {
      await ask(`MAIL FROM:<${from}>\r\n`);
      await ask('RSET\r\n');
    }
    await ask(`MAIL FROM:<${from}>\r\n`);
    for (const recipient of to) await ask(`RCPT TO:<${recipient}>\r\n`);
    await ask('DATA\r\n');
    const pieces = cut(onTheWire(latin1(content)).toString('latin1'), places).filter((piece) => piece !== '');
    for (const piece of pieces.slice(0, -1)) {
      peer.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await ask(pieces.at(-1)!);
  }
  await ask('QUIT\r\n');
  peer.destroy();
  return codes;
}

it('valid mail is stored as another server stores it', async () => {
  const scene = await Scene.open({ limits: { messages: 1e6, junk: 1e6, connections: 1_000 } });
  const other = await otherServer();
  const expected: Stored[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(letter, { minLength: 1, maxLength: 10 }), async (letters) => {
      const before = other.stored.length;
      const [ours, theirs] = await Promise.all([send(scene.port, letters), send(other.port, letters)]);
      expect(ours).toEqual(theirs);
      const sent = letters.map(({ from, to, content }) => ({ from, to, content }));
      expect(other.stored.slice(before)).toEqual(sent);
      expected.push(...sent);
    }),
    // The other server waits a tenth of a second before it greets.
    { numRuns: Math.min(runs(20), 200), endOnFailure: true },
  );
  const captures = await scene.captures();
  expect(
    captures.map((capture) => ({ ...capture.facts.envelope, content: bytesOf(capture).toString('latin1') })),
  ).toEqual(expected);
});
