import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pemOf } from './pem.ts';
import { peer } from '../support/peers.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { temporaryDirectory } from '../support/temporary.ts';
import { Sink, type Delivery } from './lmtp-sink.ts';
import { canStartPostfix, startInstance, type InstanceOptions } from './postfix-instance.ts';
import { TlsClient } from './tls-client.ts';
import { wishesFor } from './wishes.ts';

const letter = Buffer.from('Subject: hello\r\n\r\nA line.\r\n');

async function start(mode: 'domains' | 'blackhole', options: InstanceOptions = {}, sink?: Sink) {
  const trap = sink ?? (await Sink.start());
  const wishes = { ...wishesFor[mode], 'no-tls': true, lmtp: `127.0.0.1:${trap.port}` };
  return { trap, postfix: await startInstance(wishes, options) };
}

/** What was the sender's: all but the line that Postfix puts above it. */
function withoutTrace({ content }: Delivery): Buffer {
  const text = content.toString('latin1');
  const trace = /^Received: .*\r\n(?:[ \t].*\r\n)*/.exec(text);
  expect(trace, text).not.toBeNull();
  return content.subarray(trace![0].length);
}

peer('postfix')('a trap for domains', () => {
  it.runIf(canStartPostfix)('takes mail for whomever there, with all recipients and word of the client', async () => {
    const { trap, postfix } = await start('domains');
    const client = await SmtpClient.connect(postfix.port);
    const to = ['anybody@example.org', 'info+tag@EXAMPLE.org', 'a.b@example.net', '"odd one"@example.org'];
    expect(await client.send({ from: 'spammer@elsewhere.example', to, content: letter })).toMatchObject({ code: 250 });
    await client.quit();
    const deliveries = await trap.received(1);
    expect(deliveries.flatMap(({ recipients }) => recipients).toSorted()).toEqual(to.toSorted());
    // One message, one transaction: this is what the replies for each recipient are good for.
    expect(deliveries).toHaveLength(1);
    const [{ from, forwarded }] = deliveries as [Delivery];
    expect(from).toBe('spammer@elsewhere.example');
    expect(forwarded.get('ADDR')).toBe('127.0.0.1');
    expect(forwarded.get('HELO')).toBe('client.example.test');
    expect(forwarded.get('PROTO')).toBe('ESMTP');
    expect(forwarded.get('PORT')).toMatch(/^\d+$/);
  });

  it.runIf(canStartPostfix)('refuses mail for all others, in every form', async () => {
    const { trap, postfix } = await start('domains');
    const client = await SmtpClient.connect(postfix.port);
    expect(await client.command('MAIL FROM:<>')).toMatchObject({ code: 250 });
    const refused = [
      'somebody@elsewhere.example',
      'somebody@sub.example.org',
      'somebody%elsewhere.example@example.com',
      '@example.org:somebody@elsewhere.example',
      'somebody@elsewhere.example@example.org',
      'elsewhere.example!somebody',
      'somebody@[127.0.0.1]',
      'somebody@[192.0.2.1]',
      'root@mail.example.org',
    ];
    for (const recipient of refused) {
      expect(await client.command(`RCPT TO:<${recipient}>`), recipient).toMatchObject({
        code: expect.toSatisfy((code) => code >= 500),
      });
    }
    expect(await client.command('RCPT TO:<somebody@example.org>')).toMatchObject({ code: 250 });
    await client.quit();
    expect(trap.commands).toEqual([]);
  });

  it.runIf(canStartPostfix)(
    'takes mail for users without a domain, as it must for postmaster, for the first one',
    async () => {
      const { trap, postfix } = await start('domains');
      const client = await SmtpClient.connect(postfix.port);
      expect(await client.send({ to: ['postmaster', 'root'], content: letter })).toMatchObject({ code: 250 });
      await client.quit();
      const [delivery] = (await trap.received(1)) as [Delivery];
      expect(delivery.recipients.toSorted()).toEqual(['postmaster@example.org', 'root@example.org']);
    },
  );

  it.runIf(canStartPostfix)('keeps what the trap refuses, and tells nobody', async () => {
    const sink = await Sink.start({
      verdict: (recipient) => (recipient.startsWith('no') ? '552 5.3.4 Too large' : '250 Ok'),
    });
    const { trap, postfix } = await start('domains', {}, sink);
    const client = await SmtpClient.connect(postfix.port);
    const to = ['yes@example.org', 'no@example.org'];
    expect(await client.send({ from: 'spammer@example.net', to, content: letter })).toMatchObject({ code: 250 });
    await postfix.logged(/to=<no@example\.org>.*status=SOFTBOUNCE/);
    const waiting = postfix.waiting();
    expect(waiting).toHaveLength(1);
    expect(JSON.parse(waiting[0]!)).toMatchObject({ recipients: [{ address: 'no@example.org' }] });
    expect(trap.deliveries).toHaveLength(1);
    await client.quit();
  });
});

peer('postfix')('a trap with a certificate', () => {
  it.runIf(canStartPostfix)('takes mail over TLS, and tells so in its trace', async () => {
    const folder = temporaryDirectory();
    chmodSync(folder, 0o755);
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const text = await pemOf('trap.example.org');
    const border = text.indexOf('-----BEGIN CERTIFICATE');
    writeFileSync(key, text.slice(0, border), { mode: 0o600 });
    writeFileSync(cert, text.slice(border));
    const trap = await Sink.start();
    const wishes = { ...wishesFor.domains, cert, key, lmtp: `127.0.0.1:${trap.port}` };
    const postfix = await startInstance(wishes);
    const plain = await SmtpClient.connect(postfix.port);
    expect((await plain.command('EHLO client.example.test')).text).toContain('STARTTLS');
    await plain.quit();
    const client = await TlsClient.connect(postfix.submissions);
    expect(client.certificateName).toBe('trap.example.org');
    expect(await client.send('a@example.com', 'trap@example.org', letter.toString())).toMatch(/^250/);
    await client.quit();
    const [delivery] = (await trap.received(1)) as [Delivery];
    expect(delivery.content.toString('latin1')).toMatch(/^Received: [^]*using TLSv1\.\d with cipher/);
    expect(withoutTrace(delivery)).toEqual(letter);
  });
});

peer('postfix')('a black hole', () => {
  it.runIf(canStartPostfix)('takes mail for every domain, in every form', async () => {
    const { trap, postfix } = await start('blackhole');
    const client = await SmtpClient.connect(postfix.port);
    const to = [
      'somebody@elsewhere.example',
      'a@b.c.d.example.net',
      'somebody@192.0.2.1',
      'somebody@[192.0.2.1]',
      'somebody@[127.0.0.1]',
      'somebody%elsewhere.example@other.example',
      '"somebody@elsewhere.example"@other.example',
      'elsewhere.example!somebody@other.example',
      'somebody%elsewhere.example',
      'elsewhere.example!somebody',
    ];
    for (const recipient of to) {
      const reply = await client.send({ to: [recipient], content: letter });
      expect({ recipient, ...reply }).toMatchObject({ recipient, code: 250 });
    }
    await client.quit();
    const deliveries = await trap.received(to.length);
    // An address of numbers is one of a host, and who has no domain gets ours. Nothing else is read out of them.
    const written = to
      .map((recipient) => recipient.replace('@192.0.2.1', '@[192.0.2.1]'))
      .map((recipient) => (recipient.includes('@') ? recipient : `${recipient}@mail.example.org`));
    expect(deliveries.flatMap(({ recipients }) => recipients).toSorted()).toEqual(written.toSorted());
  });
});

/** What mail servers between the sender and us would like to change. */
const hostile: Readonly<Record<string, Buffer>> = {
  'headers that are dropped or completed elsewhere': Buffer.from(
    'Bcc: secret@example.org\r\nReturn-Path: <a@b>\r\nContent-Length: 5\r\nFrom: root\r\nTo: a%b@c\r\n\r\nbody\r\n',
  ),
  'no header at all': Buffer.from('\r\njust a body\r\n'),
  'raw bytes above 127': Buffer.concat([
    Buffer.from('Subject: '),
    Buffer.from([0xe9, 0xff, 0x80]),
    Buffer.from('\r\n\r\n'),
    Buffer.from(Array.from({ length: 128 }, (_, at) => at + 128)),
    Buffer.from('\r\n'),
  ]),
  'MIME that is broken': Buffer.from(
    'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="x"\r\nContent-Transfer-Encoding: base64\r\n\r\n' +
      '--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nß\r\n--x\r\nno end\r\n',
  ),
  'lines of 100,000 characters': Buffer.from(`Subject: ${'s'.repeat(100_000)}\r\n\r\n${'b'.repeat(100_000)}\r\n`),
  'dots and blanks': Buffer.from('Subject: dots\r\n\r\n.\r\n..\r\n. \r\n \t \r\n\r\n\r\n'),
  'a hundred hops': Buffer.from(
    `${'Received: from a by b; Fri, 20 Nov 2026 12:00:00 +0000\r\n'.repeat(100)}\r\nbody\r\n`,
  ),
  'bytes that are no text': Buffer.from('Subject: bell \x07\r\n\r\nnull \0, bell \x07, escape \x1b, CR \r alone\r\n'),
  'a header of 300 kB in many lines': Buffer.from(`X-Long:${'\r\n x'.repeat(75_000)}\r\n\r\nbody\r\n`),
};

peer('postfix')('what passes through a trap', () => {
  it.runIf(canStartPostfix)('stays as it was to the byte, also as 8-bit and internationalised mail', async () => {
    const { trap, postfix } = await start('domains');
    const client = await SmtpClient.connect(postfix.port);
    const expected = Object.entries(hostile);
    for (const [name, content] of expected) {
      for (const parameters of [' BODY=8BITMIME', ' BODY=8BITMIME SMTPUTF8', '']) {
        client.write(`MAIL FROM:<a@example.com>${parameters}\r\nRCPT TO:<trap@example.org>\r\nDATA\r\n`);
        const replies = [await client.reply(), await client.reply(), await client.reply()];
        expect(
          replies.map(({ code }) => code),
          name,
        ).toEqual([250, 250, 354]);
        client.write(Buffer.from(content.toString('latin1').replaceAll(/^\./gm, '..') + '.\r\n', 'latin1'));
        expect(await client.reply(), name).toMatchObject({ code: 250 });
        const delivery = (await trap.received(trap.deliveries.length + 1)).at(-1)!;
        expect(withoutTrace(delivery).toString('latin1'), `${name}${parameters}`).toBe(content.toString('latin1'));
      }
    }
    await client.quit();
    // Nothing was waiting to be counted twice.
    expect(trap.deliveries).toHaveLength(expected.length * 3);
  });

  it.runIf(canStartPostfix)('is changed by Postfix as the documentation says, and in no other way', async () => {
    const { trap, postfix } = await start('domains');
    const client = await SmtpClient.connect(postfix.port);
    const twice = { to: ['trap@example.org', 'trap@example.org'] };
    expect(await client.begin(twice)).toMatchObject({ code: 354 });
    client.write('X: a\0b\r\n\r\nbare\nline\n.\nend\r\n.\r\n');
    expect(await client.reply()).toMatchObject({ code: 250 });
    await client.quit();
    const [delivery] = (await trap.received(1)) as [Delivery];
    expect(delivery.recipients).toEqual(['trap@example.org']);
    // The dot between bare line feeds has ended nothing, and is gone.
    expect(withoutTrace(delivery).toString('latin1')).toBe('X: a\r\n\r\nbare\r\nline\r\nend\r\n');
  });

  it.runIf(canStartPostfix)('has its internationalised addresses', async () => {
    const { trap, postfix } = await start('domains');
    const client = await SmtpClient.connect(postfix.port);
    const reply = await client.command('MAIL FROM:<übel@exämple.com> SMTPUTF8');
    expect(reply).toMatchObject({ code: 250 });
    expect(await client.command('RCPT TO:<用户@example.org>')).toMatchObject({ code: 250 });
    expect(await client.command('DATA')).toMatchObject({ code: 354 });
    client.write('Subject: ünï\r\n\r\nbödy\r\n.\r\n');
    expect(await client.reply()).toMatchObject({ code: 250 });
    const [delivery] = (await trap.received(1)) as [Delivery];
    expect(delivery).toMatchObject({ from: 'übel@exämple.com', recipients: ['用户@example.org'] });
    expect(withoutTrace(delivery).toString('utf8')).toBe('Subject: ünï\r\n\r\nbödy\r\n');
    await client.quit();
  });
});

peer('postfix', 'strace')('nothing leaves a trap:', () => {
  it.runIf(canStartPostfix).each(['domains', 'blackhole'] as const)(
    'mail that cannot be delivered (%s) makes no notice, and nobody but the trap is ever connected to',
    async (mode) => {
      const trace = join(temporaryDirectory(), 'trace');
      const sink = await Sink.start({ verdict: () => '554 5.7.1 No' });
      const strace = ['strace', '-f', '-qq', '-e', 'trace=connect', '-e', 'signal=none', '-o', trace];
      // Its time is over at once, which otherwise is after a month.
      const { trap, postfix } = await start(mode, { settings: ['maximal_queue_lifetime = 0'], strace }, sink);
      const client = await SmtpClient.connect(postfix.port);
      const reply = await client.send({ from: 'victim@elsewhere.example', to: ['trap@example.org'], content: letter });
      expect(reply).toMatchObject({ code: 250 });
      await client.quit();
      await postfix.logged(/qmgr\[\d+\]: .*status=expired/);
      await postfix.logged(/cleanup\[\d+\]: .*discard: header .*no notices/);
      await postfix.logged(/qmgr\[\d+\]: \w+: removed/);
      expect(postfix.waiting()).toEqual([]);
      expect(trap.commands.filter((line) => line.startsWith('MAIL'))).toHaveLength(1);
      await postfix.stop();
      const places = [...readFileSync(trace, 'latin1').matchAll(/sin6?_port=htons\((\d+)\)/g)].map(([, port]) =>
        Number(port),
      );
      expect(places).toContain(trap.port);
      // The name of a client is looked up.
      expect(places.filter((port) => port !== trap.port && port !== 53)).toEqual([]);
    },
  );
});

describe('the sink', () => {
  it('answers for each recipient', async () => {
    const sink = await Sink.start({ verdict: (recipient) => (recipient === 'a@b' ? '250 a' : '550 b') });
    const client = await SmtpClient.connect(sink.port);
    await client.begin({ to: ['a@b', 'c@d'] });
    client.write('x\r\n.\r\n');
    expect([await client.reply(), await client.reply()]).toMatchObject([{ code: 250 }, { code: 550 }]);
    client.destroy();
  });
});
