import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { contentsOf, type Contents } from '../../src/lib/mime/contents.ts';
import { SpamRuns } from '../support/spam-runs.ts';
import { corpus } from '../support/corpora.ts';

function contents(text: string): Contents {
  const bytes = Buffer.from(text, 'latin1');
  return contentsOf(bytes, bytes.length);
}

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex');

/** Nothing here may take longer; most of it takes a hundredth. */
const patience = 5_000;

describe('what is in a message', () => {
  it('is told: subject, addresses, text, links, files', () => {
    const file = Buffer.from('PK\u0003\u0004 not really a zip', 'latin1');
    const message = [
      'From: "Ann, of X" <ann@x.example>, bob@y.example',
      'Reply-To: <other@z.example>',
      'To: Team: a@t.example, b@t.example;',
      'Cc: =?utf-8?Q?J=C3=BCrgen?= <c@t.example>',
      'Subject: =?utf-8?B?R3LDvMOfZQ==?=',
      'Message-ID: <1@x.example>',
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Type: text/html; charset=utf-8',
      '',
      '<p>Hello <a href="https://evil.example/a?b=1&amp;c=2">there</a></p>',
      '--b',
      'Content-Type: application/zip; name="invoice.zip"',
      'Content-Transfer-Encoding: base64',
      '',
      file.toString('base64'),
      '--b--',
    ].join('\r\n');
    expect(contents(message)).toEqual({
      subject: 'Grüße',
      messageId: '<1@x.example>',
      authors: ['ann@x.example', 'bob@y.example', 'other@z.example'],
      readers: ['a@t.example', 'b@t.example', 'c@t.example'],
      text: expect.stringContaining('Hello there'),
      html: expect.stringContaining('<p>Hello'),
      urls: ['https://evil.example/a?b=1&c=2'],
      attachments: [{ name: 'invoice.zip', type: 'application/zip', size: file.length, sha256: sha256(file) }],
      gaps: [],
    });
  });

  it('is what another reader of mail sees in real messages', async () => {
    let compared = 0;
    const messages = corpus('spamassassin');
    for (const bytes of messages) {
      const mail = await new PostalMime().parse(bytes).catch(() => undefined);
      const ours = contentsOf(bytes, bytes.length);
      if (mail === undefined || ours.attachments.length === 0) continue;
      const theirs = mail.attachments.map(({ content }) => sha256(Buffer.from(content as ArrayBuffer)));
      if (theirs.length !== ours.attachments.length) continue;
      compared++;
      const differing = ours.attachments.filter(({ sha256: hash }) => !theirs.includes(hash));
      // Text that is attached is decoded by the other one, and left as it is here; an empty line is nothing to us.
      expect(differing.filter(({ type, size }) => !type.startsWith('text/') && size > 0)).toEqual([]);
    }
    if (messages.length > 0) expect(compared).toBeGreaterThan(5);
  });

  it('is what another reader of mail sees in spam that is made up', async () => {
    const runs = new SpamRuns(11, 8);
    for (const { bytes } of Array.from({ length: 100 }, () => runs.next())) {
      const mail = await new PostalMime().parse(bytes);
      const ours = contentsOf(bytes, bytes.length);
      expect(ours.subject).toBe(mail.subject);
      expect(ours.authors).toEqual([mail.from?.address]);
      expect(ours.attachments.map(({ name, sha256: hash }) => [name, hash])).toEqual(
        mail.attachments.map(({ filename, content }) => [filename, sha256(Buffer.from(content as ArrayBuffer))]),
      );
    }
  });
});

describe('hostile messages', () => {
  const many = (count: number, part: string) =>
    `Content-Type: multipart/mixed; boundary=b\r\n\r\n${part.repeat(count)}--b--`;
  const nested = (depth: number) => {
    const open = Array.from({ length: depth }, (_, at) => {
      return `Content-Type: multipart/mixed; boundary=b${at}\r\n\r\n--b${at}\r\n`;
    });
    return `${open.join('')}Content-Type: text/plain\r\n\r\nthe end\r\n`;
  };
  const letters = (depth: number) => 'Content-Type: message/rfc822\r\n\r\n'.repeat(depth);
  const zip = gzipSync(Buffer.alloc(64 * 2 ** 20))
    .toString('base64')
    .replaceAll(/.{76}/g, '$&\r\n');

  it.each<[string, string, readonly string[]]>([
    ['50,000 parts', many(50_000, '--b\r\nContent-Type: text/plain\r\n\r\nx\r\n'), ['parts']],
    ['2,000 nested multiparts', nested(2_000), ['depth']],
    ['2,000 letters within letters', letters(2_000), ['depth']],
    ['5 MB of one header', `Subject: ${'x'.repeat(5e6)}\r\n\r\n`, []],
    ['100,000 headers', `${'X-A: b\r\n'.repeat(100_000)}\r\nbody`, ['headers']],
    ['100,000 recipients', `To: ${'a@b.example, '.repeat(100_000)}\r\n\r\n`, []],
    ['50,000 encoded words', `Subject: ${'=?utf-8?B?YQ==?= '.repeat(50_000)}\r\n\r\n`, []],
    ['20,000 nested tags', `Content-Type: text/html\r\n\r\n${'<div>'.repeat(20_000)}deep`, []],
    ['a million links', `\r\n${'http://a.example/ '.repeat(1e6)}`, []],
    [
      '10,000 different links',
      `\r\n${Array.from({ length: 10_000 }, (_, at) => `http://a.example/${at}`).join(' ')}`,
      ['links'],
    ],
    [
      'a boundary that never comes',
      `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--c\r\n'.repeat(100_000)}`,
      [],
    ],
    ['a boundary of nothing', 'Content-Type: multipart/mixed; boundary=""\r\n\r\n--\r\n--\r\n', []],
    ['quotes that never close', `From: ${'"'.repeat(30_000)}\r\nTo: ${'('.repeat(30_000)}\r\n\r\n`, []],
    ['no charset that there is', 'Content-Type: text/plain; charset=x-no-such\r\n\r\n\xff\xfe\xfd', []],
    ['a charset that lies', 'Content-Type: text/plain; charset=utf-16le\r\n\r\nplain ascii text', []],
    ['NUL and no line end', '\0'.repeat(1e6), []],
    ['nothing', '', []],
  ])('are read and bounded: %s', (_, text, gaps) => {
    const began = performance.now();
    const found = contents(text);
    expect(performance.now() - began).toBeLessThan(patience);
    expect(found.gaps).toEqual(gaps);
    expect(found.text.length).toBeLessThan(600_000);
    expect(found.urls.length).toBeLessThanOrEqual(200);
    expect(found.attachments.length).toBeLessThanOrEqual(100);
  });

  it('are never unpacked', () => {
    const message = `Content-Type: application/gzip; name=bomb.gz\r\nContent-Transfer-Encoding: base64\r\n\r\n${zip}`;
    const [file] = contents(message).attachments;
    expect(file!.size).toBeLessThan(100_000);
    expect(file!.name).toBe('bomb.gz');
  });

  it('say what is missing of those that are larger than is looked at', () => {
    expect(contentsOf(Buffer.from('Subject: x\r\n\r\nbody'), 1_000).gaps).toEqual(['size']);
  });

  it('never make it fail, whatever the bytes', () => {
    const words = [
      'Content-Type: ',
      'multipart/mixed',
      '; boundary=',
      'b',
      '\r\n',
      '\n',
      '--b',
      '--',
      '=?utf-8?q?',
      '?=',
      '"',
      '\0',
    ];
    const piece = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 6 }));
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        expect(contents(pieces.join('')).urls).toBeInstanceOf(Array);
      }),
    );
  });
});
