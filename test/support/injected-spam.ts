import { Chance } from '../../src/lib/assembly/demo/chance.ts';

/** What one message of a campaign says, before it is made different from the others. */
export interface Base {
  readonly subject: string;
  readonly text: string;
}

const names = ['Anna', 'Bertrand', 'Carla', 'Dirk', 'Elena', 'François', 'Greta', 'Hugo Müller', 'Ines', 'Jürgen'];
const charsets = ['utf-8', 'iso-8859-1', 'us-ascii'] as const;
type Charset = (typeof charsets)[number];

/** A message of the campaign as a sender of bulk mail makes it: no two of them are alike. */
export function variation(base: Base, vocabulary: readonly string[], chance: Chance): Buffer {
  const name = chance.oneOf(names);
  const text = withBusters(personal(withOtherLinks(base.text, chance), name, chance), vocabulary, chance);
  const subject = chance.upTo(2) === 0 ? `${name}, ${base.subject}` : `${base.subject} ${chance.letters(6)}`;
  return wrapped(subject, text, name, chance);
}

function withOtherLinks(text: string, chance: Chance): string {
  return text.replaceAll(/https?:\/\/\S+/gi, () => {
    return `http://${chance.letters(8)}.${chance.letters(5)}.example/${chance.letters(12)}?id=${chance.upTo(1e6)}`;
  });
}

/** A greeting, and the name again in the middle of it. */
function personal(text: string, name: string, chance: Chance): string {
  const lines = text.split('\n');
  const places = [chance.upTo(lines.length), chance.upTo(lines.length)];
  const said = lines.map((line, at) => (places.includes(at) && line.length > 20 ? `${name}, ${line}` : line));
  return `Dear ${name},\n\n${said.join('\n')}\n\nYour customer number is ${chance.upTo(1e8)}.`;
}

/** Chance letters, and words of other messages, up to a fifth of what it says. */
function withBusters(text: string, vocabulary: readonly string[], chance: Chance): string {
  const words = Math.floor(text.split(/\s+/).length / 5);
  const salad = Array.from({ length: chance.upTo(words + 1) }, () => chance.oneOf(vocabulary)).join(' ');
  const letters = Array.from({ length: chance.upTo(8) }, () => chance.letters(4 + chance.upTo(12))).join(' ');
  return `${text}\n\n${salad}\n${letters}\n`;
}

function wrapped(subject: string, text: string, name: string, chance: Chance): Buffer {
  const charset = chance.oneOf(charsets);
  const head = [
    `From: "Offers" <${chance.letters(8)}@${chance.letters(6)}.example>`,
    `To: <${name
      .split(' ')[0]!
      .toLowerCase()
      .normalize('NFD')
      .replaceAll(/[^a-z]/g, '')}@trap.example>`,
    `Subject: ${encodedWord(subject, charset)}`,
    `Message-ID: <${chance.letters(20)}@${chance.letters(6)}.example>`,
    'MIME-Version: 1.0',
  ].join('\r\n');
  const plain = part('text/plain', text, charset, chance);
  switch (chance.upTo(4)) {
    case 0:
      return joined(head, plain);
    case 1:
      return joined(head, part('text/html', pageOf(text, chance), charset, chance));
    case 2:
      return multipart(head, 'alternative', [plain, part('text/html', pageOf(text, chance), charset, chance)], chance);
    default:
      return multipart(head, 'mixed', [plain], chance);
  }
}

function pageOf(text: string, chance: Chance): string {
  const paragraphs = text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .split(/\n{2,}/)
    .map(
      (paragraph) =>
        `<p style="c${chance.letters(4)}">${paragraph.replaceAll('\n', chance.oneOf(['\n', '<br>\n']))}</p>`,
    );
  return `<html><!-- ${chance.letters(30)} --><body>${paragraphs.join('\n')}</body></html>`;
}

interface BodyPart {
  readonly head: string;
  readonly body: Buffer;
}

function part(type: string, text: string, charset: Charset, chance: Chance): BodyPart {
  const bytes = bytesIn(text.replaceAll(/\r?\n/g, '\r\n'), charset);
  const label = `Content-Type: ${type}; charset=${charset}`;
  switch (chance.upTo(3)) {
    case 0:
      return { head: `${label}\r\nContent-Transfer-Encoding: 8bit`, body: bytes };
    case 1:
      return {
        head: `${label}\r\nContent-Transfer-Encoding: base64`,
        body: Buffer.from(bytes.toString('base64').replaceAll(/.{76}/g, '$&\r\n')),
      };
    default:
      return { head: `${label}\r\nContent-Transfer-Encoding: quoted-printable`, body: quotedPrintable(bytes) };
  }
}

function quotedPrintable(bytes: Buffer): Buffer {
  const lines = bytes
    .toString('latin1')
    .split('\r\n')
    .map((line) => {
      const escaped = line.replaceAll(/[^ -<>-~]/g, (character) => {
        return `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
      });
      return (escaped.match(/(?:=..|[^=]){1,24}/g) ?? ['']).join('=\r\n');
    });
  return Buffer.from(lines.join('\r\n'), 'latin1');
}

function bytesIn(text: string, charset: Charset): Buffer {
  return charset === 'utf-8' ? Buffer.from(text, 'utf8') : Buffer.from(text, 'latin1');
}

function encodedWord(text: string, charset: Charset): string {
  return `=?${charset}?B?${bytesIn(text, charset).toString('base64')}?=`;
}

function joined(head: string, { head: more, body }: BodyPart): Buffer {
  return Buffer.concat([Buffer.from(`${head}\r\n${more}\r\n\r\n`, 'latin1'), body]);
}

function multipart(head: string, kind: string, parts: readonly BodyPart[], chance: Chance): Buffer {
  const boundary = `=_${chance.letters(16)}`;
  return Buffer.concat([
    Buffer.from(`${head}\r\nContent-Type: multipart/${kind}; boundary="${boundary}"\r\n\r\n`, 'latin1'),
    ...parts.flatMap(({ head: more, body }) => [
      Buffer.from(`--${boundary}\r\n${more}\r\n\r\n`, 'latin1'),
      body,
      Buffer.from('\r\n', 'latin1'),
    ]),
    Buffer.from(`--${boundary}--\r\n`, 'latin1'),
  ]);
}
