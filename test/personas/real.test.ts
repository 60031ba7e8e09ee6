import { it } from 'vitest';
import { eximPeer, startExim } from '../support/real-exim.ts';
import { canStartPostfix, startPostfix } from '../support/real-postfix.ts';
import { peer } from '../support/peers.ts';
import { record } from './recorder.ts';
import { forEachSurroundings, scripts } from './script.ts';
import { proveStored } from './transcript.ts';

// What a real server does with bytes that it has not read yet depends on how busy the machine is.
const again = { timeout: 300_000, retry: 2 };

// The transcripts are what the personas are made from. Here they are compared with the servers themselves.

const host = 'mail.example.test';

peer('postfix', 'dovecot-imapd')('Postfix', () => {
  const server = forEachSurroundings(async ({ tls, auth, size, recipients }) => {
    const { port, tlsPort } = await startPostfix({
      hostname: host,
      tls,
      auth,
      settings: {
        ...(size !== undefined && { message_size_limit: size }),
        ...(recipients !== undefined && { smtpd_recipient_limit: recipients }),
      },
    });
    return { port, tlsPort, host };
  });
  it.skipIf(!canStartPostfix).concurrent.each(scripts().map((script) => [script.name, script] as const))(
    '%s',
    again,
    async (name, script) => {
      const real = await server(script.surroundings);
      await proveStored('postfix', name, () => record(script, real));
    },
  );
});

eximPeer()('Exim', () => {
  const server = forEachSurroundings(async ({ tls, auth, size, recipients }) => {
    const { port, tlsPort } = await startExim({
      hostname: host,
      tls,
      auth,
      settings: {
        ...(size !== undefined && { message_size_limit: size }),
        ...(recipients !== undefined && { recipients_max: recipients }),
        // As careless as Exim can be made: of the forms that find an open relay it then takes all that it can read.
        allow_domain_literals: 'true',
        sender_unqualified_hosts: '*',
        recipient_unqualified_hosts: '*',
      },
    });
    return { port, tlsPort, host };
  });
  it.concurrent.each(scripts().map((script) => [script.name, script] as const))('%s', again, async (name, script) => {
    const real = await server(script.surroundings);
    await proveStored('exim', name, () => record(script, real));
  });
});
