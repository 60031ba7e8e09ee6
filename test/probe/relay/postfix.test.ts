import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { relayMessage } from '../../../src/lib/probe/relay/relay-message.ts';
import { Sink } from '../../setup-postfix/lmtp-sink.ts';
import { peer } from '../../support/peers.ts';
import { canStartPostfix, startPostfix, type Postfix } from '../../support/real-postfix.ts';
import { letter, relayMeans } from './means.ts';

/** Without the lines of over 2048 bytes that Postfix breaks. */
const content = Buffer.from(
  'Subject: probe\r\nX-RcptTo: victim@example.org\r\n\r\n.\r\n..\r\n\xe4\xff\x80\x01\x1b\r\n no end',
  'latin1',
);

peer('postfix')('Debian’s Postfix', () => {
  describe.runIf(canStartPostfix)('as the server of a stranger', () => {
    let postfix: Postfix;
    beforeAll(async () => {
      postfix = await startPostfix({
        tls: true,
        hostname: 'mx.example.net',
        settings: { smtpd_recipient_restrictions: 'check_recipient_access inline:{no@example.net=REJECT}, permit' },
      });
    });
    afterAll(() => postfix.stop());

    it('takes a message in TLS, and its name there is in the report', async () => {
      const to = ['dropbox@example.net', 'no@example.net'];
      const report = await relayMessage(letter({ content, to }), relayMeans(postfix.port));
      expect(report).toMatchObject({
        outcome: 'relayed',
        recipients: [{ accepted: true }, { accepted: false, reply: { code: 554 } }],
        tls: { version: 'TLSv1.3', isVerified: false },
        content: { changes: ['the last line was ended'] },
        quit: { code: 221, text: '2.0.0 Bye' },
      });
      expect(report.queueId).toMatch(/^[\dA-Za-z]{8,}$/);
      await postfix.logged(new RegExp(`${report.queueId}: to=<dropbox@example\\.net>.*status=sent`));
    });

    it('refuses a recipient, and nothing is sent', async () => {
      const report = await relayMessage(letter({ to: ['no@example.net'] }), relayMeans(postfix.port));
      expect(report).toMatchObject({ outcome: 'refused', dotSent: false, reply: { code: 554 }, quit: { code: 221 } });
    });
  });

  it.runIf(canStartPostfix)('hands on exactly what it was given, below its own header', async () => {
    const sink = await Sink.start();
    const postfix = await startPostfix({
      transport: `lmtp:inet:127.0.0.1:${sink.port}`,
      // Of strangers, as which it is not met on loopback, it leaves the headers alone.
      settings: { local_header_rewrite_clients: '' },
    });
    expect(await relayMessage(letter({ content }), relayMeans(postfix.port))).toMatchObject({ outcome: 'relayed' });
    const [delivery] = await sink.received(1);
    const below = delivery!.content.subarray(-(content.length + 2));
    expect(below.toString('latin1')).toBe(`${content.toString('latin1')}\r\n`);
    await postfix.stop();
  });
});
