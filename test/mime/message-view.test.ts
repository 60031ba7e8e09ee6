import { describe, expect, it } from 'vitest';
import { sampleSizes, urlsIn, viewMessage } from '../../src/lib/mime/message-view.ts';
import { view } from '../rules/support.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('headers', () => {
  it.each([
    ['=?utf-8?B?R3LDvMOfZQ==?=', 'Grüße'],
    ['=?UTF-8?Q?Gr=C3=BC=C3=9Fe_an_alle?=', 'Grüße an alle'],
    ['=?koi8-r?B?8NLJ18XU?=', 'Привет'],
    ['=?windows-1251?Q?=CF=F0=E8=E2=E5=F2?=', 'Привет'],
    ['=?gb18030?B?xOO6ww==?=', '你好'],
    ['=?shift_jis?B?grGC8YLJgr+CzQ==?=', 'こんにちは'],
    ['=?iso-2022-jp?B?GyRCJDMkcyRLJEEkTxsoQg==?=', 'こんにちは'],
    ['=?utf-8*de?Q?a?= =?utf-8?Q?b?=', 'ab'],
    ['=?utf-8?B?4pw=?= =?utf-8?B?hQ==?=', '✅'],
    ['=?utf-8?Q?a?= and =?utf-8?Q?b?=', 'a and b'],
    ['=?x-nobody-knows?Q?=E4?=', 'ä'],
    ['=?utf-8?Q?open', '=?utf-8?Q?open'],
    ['=?utf-8?X?a?=', '=?utf-8?X?a?='],
  ])('read %j as %j', (written, read) => {
    expect(view(`Subject: ${written}\n\n`).subject).toBe(read);
  });

  it('are read folded, in 8 bits, with LF alone, and by any case of the name', () => {
    expect(view('Subject: one\n two\n\tthree\n\n').subject).toBe('one two three');
    expect(view(bytes('SUBJECT : caf\xe9\n\nbody')).subject).toBe('café');
    expect(view(Buffer.from('Subject: café\n\n')).subject).toBe('café');
    const russian = 'From: \xf0\xd2\xc9\xd7\xc5\xd4\r\nContent-Type: text/plain; charset=koi8-r\r\n\r\n\xf0';
    expect(view(bytes(russian)).header('from')).toEqual(['Привет']);
    expect(view(bytes(russian)).text).toBe('П');
  });

  it('end at the first line that is none, which is then text', () => {
    const message = view('From x@y\nTo: a\nTo: b\nthis is text\nSubject: no\n');
    expect(message.header('to')).toEqual(['a', 'b']);
    expect(message.subject).toBeUndefined();
    expect(message.text).toContain('this is text');
    expect(view('no header at all').text).toBe('no header at all');
    expect(view('').text).toBe('');
  });
});

const mixed = `Content-Type: multipart/mixed; boundary="b"

preamble
--b
Content-Type: multipart/alternative; boundary=bb

--bb
Content-Transfer-Encoding: quoted-printable

one =31 li=
ne
--bb
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: base64

${Buffer.from('<p>tw&#111;</p><script>hidden</script><a href="http://html.example/?a&amp;b">link</a>').toString('base64')}
--bb--
--b
Content-Type: application/x-msdownload; name="=?utf-8?Q?b=C3=A4d.exe?="
Content-Disposition: attachment

MZ
--b
Content-Type: application/pdf
Content-Disposition: attachment; filename*0*=utf-8''r%C3%A9; filename*1=sum.pdf

x
--b--
epilogue
`;

describe('the body', () => {
  it('shows its texts decoded, and HTML as a reader would see it', () => {
    const message = view(mixed);
    expect(message.text).toContain('one 1 line');
    expect(message.text).toContain('two');
    expect(message.text).not.toMatch(/hidden|preamble|epilogue|MZ/);
    expect(message.html).toContain('<script>');
  });

  it('names its attachments', () => {
    expect(view(mixed).attachments).toEqual([
      { name: 'bäd.exe', type: 'application/x-msdownload' },
      { name: 'résum.pdf', type: 'application/pdf' },
    ]);
  });

  it('has its links, each once, without what ends a sentence', () => {
    const message = view('\nSee http://a.example/x, (https://b.example/y_(z)) or http://a.example/x.');
    expect(urlsIn(message)).toEqual(['http://a.example/x', 'https://b.example/y_(z)']);
    expect(urlsIn(view(mixed))).toEqual(['http://html.example/?a&b']);
    const many = Array.from({ length: 999 }, (_, n) => `http://a.example/${n}`).join('\n');
    expect(urlsIn(view(`\n${many}`))).toHaveLength(200);
  });

  it('is looked into where a message lies within, and taken as text where boundaries never come', () => {
    const inner = 'Content-Type: message/rfc822\n\nSubject: inner\n\ninner text';
    expect(view(inner).text).toBe('inner text');
    expect(view('Content-Type: multipart/mixed; boundary=x\n\nno parts').text).toBe('no parts');
    expect(view('Content-Type: multipart/mixed; boundary=a\n\n--ab\n\nno\n--a\n\nyes\n').text).toBe('yes\r\n');
  });

  it('has last lines, also of a message of which only the ends are held', () => {
    const small = view('Subject: x\n\none\ntwo\n\nthree\n\n');
    expect(small.lastLines(2)).toBe('two\nthree');
    expect(small.lastLines(9)).toBe('one\ntwo\nthree');
    const large = Buffer.from(`Subject: x\r\n\r\n${'filler\r\n'.repeat(100_000)}the end\r\n`);
    const sample = { head: large.subarray(0, sampleSizes.head), tail: large.subarray(-sampleSizes.tail) };
    expect(viewMessage({ ...sample, size: large.length }).lastLines(2)).toBe('filler\nthe end');
  });

  it('is put together from both ends where they meet', () => {
    const whole = Buffer.from('Subject: x\r\n\r\nabcdefghij');
    const sample = { head: whole.subarray(0, 18), tail: whole.subarray(-10), size: whole.length };
    expect(viewMessage(sample).text).toBe('abcdefghij');
  });
});
