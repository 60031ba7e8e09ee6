import { createHash } from 'node:crypto';
import type { CaptureOrigin } from '../../src/lib/capture/capture.ts';
import { Chance } from '../../src/lib/assembly/demo/chance.ts';

/** A message of a run, and which run it is of. */
export interface RunMessage {
  readonly run: number;
  readonly origin: CaptureOrigin;
  readonly bytes: Buffer;
}

const syllables = 'ba ce di fo gu ha je ki lo mu na pe qui ro su ta ve wi xo yu zar ber dun fel gor hin jal kor'.split(
  ' ',
);

/**
 * Spam as it comes: runs of one text each, in which names, links, chance words and encodings differ from message to
 * message. The same seed gives the same spam.
 */
export class SpamRuns {
  readonly #chance: Chance;
  readonly #runs: number;

  constructor(seed: number, runs: number) {
    this.#chance = new Chance(seed);
    this.#runs = runs;
  }

  next(): RunMessage {
    const chance = this.#chance;
    const run = chance.upTo(this.#runs);
    const text = runText(run);
    const recipient = `${chance.oneOf(names)}.${chance.upTo(100_000)}@${word(chance)}.example`;
    const sender = `${word(chance)}@${runWord(run, 'sender')}.example`;
    const peer = `198.51.${run % 100}.${chance.upTo(250)}`;
    return {
      run,
      bytes: Buffer.from(letter({ run, text, recipient, sender }, chance), 'latin1'),
      origin: {
        intake: 'relay',
        envelope: { from: sender, to: [recipient] },
        queueId: 'A1B2C3',
        evidence: {
          session: `session-${run}`,
          peer: { address: peer, port: 40_000 },
          local: { address: '192.0.2.25', port: 25 },
          protocol: 'ESMTP',
          helo: `host-${run}.example`,
          ...(chance.upTo(20) === 0 && {
            credentials: [
              { mechanism: 'LOGIN', accepted: true, user: `user${run}`, password: `pass${chance.upTo(50)}` },
            ],
          }),
        },
      },
    };
  }
}

const names = ['anna', 'bert', 'carla', 'dirk', 'elena', 'frank', 'greta', 'hugo'];

interface Letter {
  readonly run: number;
  readonly text: string;
  readonly recipient: string;
  readonly sender: string;
}

function letter({ run, text, recipient, sender }: Letter, chance: Chance): string {
  const name = recipient.slice(0, recipient.indexOf('.'));
  const link = `http://${word(chance)}.${runWord(run, 'host')}.example/${chance.upTo(1e6)}?u=${name}`;
  const busters = Array.from({ length: chance.upTo(12) }, () => word(chance)).join(' ');
  const plain = `Dear ${name},\r\n\r\n${text}\r\n\r\n${link}\r\n\r\n${busters} ${chance.upTo(1e9).toString(36)}\r\n`;
  const html = `<html><body><p>Dear <b>${name}</b></p><p>${text}</p><a href="${link}">here</a><p>${busters}</p></body></html>`;
  const head = [
    `From: "${name}" <${sender}>`,
    `To: <${recipient}>`,
    `Subject: ${runWord(run, 'a')} ${runWord(run, 'b')} for ${name}`,
    `Message-ID: <${chance.upTo(1e9)}@${runWord(run, 'sender')}.example>`,
    'Date: Thu, 26 Nov 2026 10:00:00 +0000',
    'MIME-Version: 1.0',
  ];
  switch (run % 4) {
    case 0:
      return [...head, 'Content-Type: text/plain; charset=utf-8', '', plain].join('\r\n');
    case 1:
      return [
        ...head,
        'Content-Type: text/html; charset=utf-8',
        'Content-Transfer-Encoding: base64',
        '',
        base64(html),
      ].join('\r\n');
    case 2:
      return [...head, ...alternative(plain, html)].join('\r\n');
    default:
      return [
        ...head,
        ...withFile(plain, `${runWord(run, 'file')}.zip`, createHash('sha512').update(`${run}`).digest()),
      ].join('\r\n');
  }
}

function alternative(plain: string, html: string): string[] {
  return [
    'Content-Type: multipart/alternative; boundary="=_b"',
    '',
    '--=_b',
    'Content-Type: text/plain; charset=utf-8',
    '',
    plain,
    '--=_b',
    'Content-Type: text/html; charset=utf-8',
    '',
    html,
    '--=_b--',
    '',
  ];
}

function withFile(plain: string, name: string, seed: Buffer): string[] {
  const content = Buffer.concat(Array.from({ length: 40 }, () => seed));
  return [
    'Content-Type: multipart/mixed; boundary="=_m"',
    '',
    '--=_m',
    'Content-Type: text/plain; charset=utf-8',
    '',
    plain,
    '--=_m',
    `Content-Type: application/zip; name="${name}"`,
    'Content-Transfer-Encoding: base64',
    `Content-Disposition: attachment; filename="${name}"`,
    '',
    base64(content),
    '--=_m--',
    '',
  ];
}

function base64(content: string | Buffer): string {
  return Buffer.from(content as string)
    .toString('base64')
    .replaceAll(/.{76}/g, '$&\r\n');
}

const texts = new Map<number, string>();

function runText(run: number): string {
  let text = texts.get(run);
  if (text === undefined) {
    const chance = new Chance(1_000_003 * (run + 1));
    const sentences = Array.from({ length: 25 }, () => Array.from({ length: 12 }, () => word(chance)).join(' '));
    texts.set(run, (text = sentences.join('.\r\n')));
  }
  return text;
}

function runWord(run: number, use: string): string {
  return word(new Chance(run * 7919 + use.charCodeAt(0) * 104_729 + use.length));
}

function word(chance: Chance): string {
  return Array.from({ length: 2 + chance.upTo(2) }, () => chance.oneOf(syllables)).join('');
}
