import { path } from '../../words/path.ts';
import { group, optional } from '../../words/setting.ts';
import { reading, required } from './reading.ts';

export const maildir = group('A Maildir++ for Dovecot and mail clients, with one file per message.', {
  path: optional(path, {
    about: 'Folder of the Maildir.',
    words: '`<data dir>/maildir`',
    example: '/var/lib/spamtrap/maildir',
  }),
  ...reading,
  required: required(true),
});
