import { duration, size } from '../words/amount.ts';
import { integer } from '../words/number.ts';
import { entries, group, setting } from '../words/setting.ts';
import { mailbox } from './mailbox.ts';

const MiB = 2 ** 20;

export const collect = group('Trap mailboxes elsewhere, which "collect" and "serve" collect.', {
  mailboxes: entries({
    about: 'The mailboxes, by a name of your choice; the type is the protocol.',
    types: { imap: mailbox, imaps: mailbox, pop3: mailbox, pop3s: mailbox },
    usual: [],
    reserved: [],
  }),
  connections: setting(integer({ least: 1 }), {
    default: 500,
    about: 'Open connections in all; beyond that, mailboxes are visited in turn.',
  }),
  perHost: setting(integer({ least: 1 }), { default: 100, about: 'Open connections to one server.' }),
  parallel: setting(integer({ least: 1 }), {
    default: 50,
    about: 'Mailboxes that a single run collects at the same time.',
  }),
  memory: setting(size({ least: MiB }), {
    default: 32 * MiB,
    about: 'Bytes of messages that may be in memory at once, from all mailboxes.',
  }),
  patience: setting(duration({ least: 1 }), {
    default: 5 * 60_000,
    about:
      'How long a single run waits without anything being handed over, before it leaves what is on its way to the next run.',
  }),
  ledger: setting(duration({ least: 86_400_000 }), {
    default: 400 * 86_400_000,
    about: 'How long it is kept what happened to each message.',
  }),
});
