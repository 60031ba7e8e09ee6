import { describe, expect, test } from 'vitest';
import { day, messageOn, openDaybook } from '../../support/daybook-scene.ts';
import { canStartDovecot, giveToMailUser, mailUsersDirectory, password, startDovecot } from '../../support/dovecot.ts';
import { ImapClient } from '../../support/imap-client.ts';
import { peer } from '../../support/peers.ts';
import { temporaryDirectory } from '../../support/temporary.ts';

describe.skipIf(!canStartDovecot)('for root, who alone can start it,', () => {
  peer('dovecot-imapd')('Dovecot', () => {
    test('shows one mail for the day, unread again after each change', async () => {
      const maildir = mailUsersDirectory();
      const scene = await openDaybook(temporaryDirectory(), maildir);
      const news = async () => {
        await scene.output.deliver([messageOn(day)]);
        await scene.output.close();
        giveToMailUser(maildir);
      };
      await news();
      const { port, complaints } = await startDovecot(maildir);
      const client = await ImapClient.login(port, 'trap', password);
      expect(await client.command('LIST "" "*"')).toMatch(/"?logs"?\r\n/);

      for (let change = 1; change <= 3; change++) {
        const selected = await client.command('SELECT logs');
        expect(selected).toContain('* 1 EXISTS');
        expect(await client.command('SEARCH UNSEEN')).toContain('* SEARCH 1\r\n');
        expect(await client.command(`SEARCH SUBJECT "Logs from ${day}"`)).toContain('* SEARCH 1\r\n');
        const structure = await client.command('FETCH 1 BODYSTRUCTURE');
        expect(structure).toMatch(/\("text" "plain" \("charset" "utf-8"\) NIL NIL "quoted-printable"/);
        expect(structure).toMatch(/\("application" "json" \("name" "day\.json"\) NIL NIL "quoted-printable"/);
        expect(structure).toMatch(/\("attachment" \("filename" "day\.json"\)\)/);
        const body = await client.fetchBody(1);
        expect(body.toString('latin1')).toMatch(new RegExp(`"count": ${change},`));
        await client.command('STORE 1 +FLAGS (\\Seen \\Flagged)');
        expect(await client.command('SEARCH UNSEEN')).toContain('* SEARCH\r\n');
        await client.command('CLOSE');
        await news();
      }
      await client.logout();
      expect(complaints()).toEqual([]);
    });
  });
});
