import { join } from 'node:path';
import { expect, it } from 'vitest';
import { peer } from '../support/peers.ts';
import { SmtpClient } from '../support/smtp-client.ts';
import { answerLogins } from './dovecot-auth.ts';
import { Sink } from './lmtp-sink.ts';
import { canStartPostfix, startInstance } from './postfix-instance.ts';
import { TlsClient } from './tls-client.ts';
import { wishesFor } from './wishes.ts';

const passwords = new Map([
  ['adam@example.org', 'apple'],
  ['eve@example.net', 'snake'],
]);

const letter = 'Subject: hello\r\n\r\nA line.\r\n';

async function start(further: { readonly relayhost?: string } = {}) {
  const mailboxes = await Sink.start();
  const postfix = await startInstance({ ...wishesFor.mailserver, lmtp: `127.0.0.1:${mailboxes.port}`, ...further });
  await answerLogins(join(postfix.queue, 'private', 'auth'), passwords);
  return { mailboxes, postfix };
}

peer('postfix')('a mail server', () => {
  it.runIf(canStartPostfix)(
    'takes mail for its mailboxes, aliases and the catch-all, and for nobody else',
    async () => {
      const { mailboxes, postfix } = await start();
      const client = await SmtpClient.connect(postfix.port);
      expect((await client.command('EHLO client.example.test')).text).not.toContain('AUTH');
      const cases = {
        'adam@example.org': 'adam@example.org',
        'eve@example.net': 'eve@example.net',
        'eve+tag@example.net': 'eve+tag@example.net',
        'abuse@example.net': 'adam@example.org',
        'whoever@example.net': 'adam@example.org',
        postmaster: 'adam@example.org',
      };
      for (const [to, taker] of Object.entries(cases)) {
        const before = mailboxes.deliveries.length;
        expect(await client.send({ to: [to], content: Buffer.from(letter) }), to).toMatchObject({ code: 250 });
        expect((await mailboxes.received(before + 1)).at(-1)!.recipients, to).toEqual([taker]);
      }
      await client.command('MAIL FROM:<adam@example.org>');
      expect(await client.command('RCPT TO:<somebody@elsewhere.example>')).toMatchObject({ code: 554 });
      await client.quit();
      // What comes from elsewhere is completed by nobody.
      for (const { content } of mailboxes.deliveries)
        expect(content.toString('latin1')).not.toMatch(/^(?:Date|Message-Id): /im);
    },
  );

  it.runIf(canStartPostfix)('takes mail from users who log in over TLS, under their own addresses', async () => {
    const { mailboxes, postfix } = await start();
    const client = await TlsClient.connect(postfix.submissions);
    expect(client.protocol).toMatch(/^TLSv1\.[23]$/);
    expect(client.certificateName).toBe('mail.example.org');
    expect(await client.send('adam@example.org', 'eve@example.net', letter)).toMatch(/^5/);
    await client.command('RSET');
    expect(await client.logIn('adam@example.org', 'pear')).toMatch(/^535/);
    expect(await client.logIn('adam@example.org', 'apple')).toMatch(/^235/);
    expect(await client.send('eve@example.net', 'adam@example.org', letter)).toMatch(/^553/);
    await client.command('RSET');
    expect(await client.send('adam@example.org', 'eve@example.net', letter)).toMatch(/^250/);
    const [delivery] = await mailboxes.received(1);
    expect(delivery).toMatchObject({ from: 'adam@example.org', recipients: ['eve@example.net'] });
    // Mail programs may leave these to their server.
    expect(delivery!.content.toString('latin1')).toMatch(/^Message-Id: /im);
    await client.quit();
  });

  it.runIf(canStartPostfix)('lets nothing out without a relay host', async () => {
    const { postfix } = await start();
    const client = await TlsClient.connect(postfix.submissions);
    expect(await client.logIn('adam@example.org', 'apple')).toMatch(/^235/);
    expect(await client.send('adam@example.org', 'somebody@elsewhere.example', letter)).toMatch(
      /^550 5\.7\.1 .*Nothing leaves this server/,
    );
    await client.quit();
    expect(postfix.waiting()).toEqual([]);
  });

  it.runIf(canStartPostfix)(
    'lets out what its users send, through the relay host, and no notices to strangers',
    async () => {
      const relayhost = await Sink.start({ protocol: 'smtp' });
      const { postfix } = await start({ relayhost: `127.0.0.1:${relayhost.port}` });
      const client = await TlsClient.connect(postfix.submissions);
      expect(await client.logIn('adam@example.org', 'apple')).toMatch(/^235/);
      expect(await client.send('adam@example.org', 'somebody@elsewhere.example', letter)).toMatch(/^250/);
      const [sent] = await relayhost.received(1);
      expect(sent).toMatchObject({ from: 'adam@example.org', recipients: ['somebody@elsewhere.example'] });
      // A notice has no sender.
      expect(await client.send('', 'somebody@elsewhere.example', letter)).toMatch(/^550 5\.7\.1/);
      await client.quit();
      const stranger = await SmtpClient.connect(postfix.port);
      await stranger.command('MAIL FROM:<adam@example.org>');
      expect(await stranger.command('RCPT TO:<somebody@elsewhere.example>')).toMatchObject({ code: 554 });
      await stranger.quit();
      expect(relayhost.deliveries).toHaveLength(1);
    },
  );
});
