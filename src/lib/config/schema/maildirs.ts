import { duration, size } from '../words/amount.ts';
import { choice } from '../words/choice.ts';
import { listOf } from '../words/list.ts';
import { path } from '../words/path.ts';
import { group, optional, setting } from '../words/setting.ts';

const MiB = 2 ** 20;

export const maildirs = group('Maildirs elsewhere, which "tail-maildir --publish" and "serve" follow.', {
  paths: optional(listOf(path), {
    about: 'The maildirs, with all their folders.',
    words: 'none',
    example: '/var/mail/trap',
  }),
  from: setting(choice('now', 'start'), {
    default: 'now',
    about: 'Whether what is there already when a maildir is first followed is taken too (start).',
  }),
  poll: setting(duration({ least: 100 }), {
    default: 30_000,
    about: 'How often everything is looked at, beside what the system tells of; a network file system tells nothing.',
  }),
  largest: setting(size({ least: 1 }), {
    default: 128 * MiB,
    about: 'A message that is larger is left where it is, and said.',
  }),
});
