import { duration, size } from '../words/amount.ts';
import { flag } from '../words/choice.ts';
import { group, setting } from '../words/setting.ts';

const day = 864e5;
const GiB = 2 ** 30;

export const index = group('What was captured, made quick to search. It reaches further back than the journal.', {
  live: setting(flag, {
    default: false,
    about:
      'Whether a running sensor keeps it up to date, in a process of its own; otherwise who asks brings it up to date.',
  }),
  maxAge: setting(duration(), { default: 365 * day, about: 'How long it knows what came.' }),
  maxSize: setting(size(), { default: 4 * GiB, about: 'How large it may become; then the oldest goes first.' }),
});
