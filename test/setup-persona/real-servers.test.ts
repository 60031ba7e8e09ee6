import { expect, it } from 'vitest';
import { exim } from '../../src/lib/smtp/personas/exim.ts';
import { postfix } from '../../src/lib/smtp/personas/postfix.ts';
import { peer } from '../support/peers.ts';
import { eximPeer, startExim } from '../support/real-exim.ts';
import { startPostfix } from '../support/real-postfix.ts';
import { record, takesMail } from './recording.ts';

peer('postfix', 'swaks')("Debian's Postfix", () => {
  it('as an ordinary server is drafted as one that takes mail', async () => {
    const server = await startPostfix({
      tls: true,
      settings: {
        mydestination: '$myhostname',
        mynetworks: '192.0.2.0/24',
        smtpd_relay_restrictions: 'permit_mynetworks, reject_unauth_destination',
      },
    });
    const { persona, text, path } = await record(server.port);
    expect(persona.replies).toEqual({
      ...postfix.replies,
      rcptUnknown: '554 5.7.1 <{argument}>: Relay access denied',
    });
    expect(persona.manners).toEqual(postfix.manners);
    expect(persona.features).toEqual(postfix.features.filter((line) => !line.startsWith('AUTH')));
    expect(text).not.toContain('What is to be known of it');
    await takesMail(path);
    const inTls = await record(server.tlsPort, { tls: 'implicit' });
    expect(inTls.persona.replies).toEqual(persona.replies);
    await server.stop();
  }, 180_000);

  it('shows the logins that it has only in TLS', async () => {
    const server = await startPostfix({ tls: true, auth: 'secure' });
    const { persona } = await record(server.port);
    expect(persona.features).toEqual(postfix.features);
    expect(persona.mechanisms).toEqual(postfix.mechanisms);
    expect(persona.replies).toEqual(postfix.replies);
    await server.stop();
  }, 180_000);
});

eximPeer()("Debian's Exim", () => {
  peer('swaks')('as an ordinary server', () => {
    it('is drafted as one that takes mail', async () => {
      const server = await startExim({ tls: true, auth: 'secure', rules: 'noRelaying' });
      const { persona, path } = await record(server.port);
      expect(persona.replies).toMatchObject({
        greeting: exim.replies.greeting,
        mail: exim.replies.mail,
        rcpt: exim.replies.rcpt,
        rcptUnknown: '550 relay not permitted',
      });
      expect(persona.manners).toEqual(exim.manners);
      expect(persona.mechanisms).toEqual(exim.mechanisms);
      expect(persona.features).toEqual(exim.features);
      await takesMail(path);
      await server.stop();
    }, 180_000);
  });
});
