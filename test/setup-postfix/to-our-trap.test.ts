import { expect, it } from 'vitest';
import { Expected, letter, numbered, submit, wholeAndOnce } from '../real/letters.ts';
import { accepted } from '../real/postfix.ts';
import { capturesOnDisk } from '../support/journals.ts';
import { peer } from '../support/peers.ts';
import { newDataDir, Sensor } from '../support/sensor.ts';
import { canStartPostfix, startInstance } from './postfix-instance.ts';
import { wishesFor } from './wishes.ts';

peer('postfix')('what setup-postfix makes', () => {
  it.runIf(canStartPostfix)(
    'brings everything to serve-lmtp as it was sent: many recipients, 8 bit, SMTPUTF8, 30 MB',
    { timeout: 120_000 },
    async () => {
      const sensor = await Sensor.start({ command: 'serve-lmtp', dataDir: newDataDir() });
      const wishes = { ...wishesFor.blackhole, 'no-tls': true, lmtp: `127.0.0.1:${sensor.port}` };
      // Its own limits on a client are not what is looked at here.
      const postfix = await startInstance(wishes, { settings: ['smtpd_client_message_rate_limit = 0'] });
      const letters = [...numbered(0, 99), letter(99, 30_000_000)];
      const expected = new Expected();
      for (const { to, content } of letters) expected.add(to, content);
      await submit(postfix.port, 4, letters.values());
      await accepted(sensor, letters.length);
      const captures = capturesOnDisk(sensor.dataDir);
      expect(expected.audit(captures)).toEqual(wholeAndOnce);
      for (const { facts } of captures) {
        expect(facts.evidence?.forwarded).toMatchObject({ addr: '127.0.0.1', helo: 'client.example.test' });
      }
      await postfix.stop();
      expect(await sensor.stop()).toMatchObject({ code: 0 });
    },
  );
});
