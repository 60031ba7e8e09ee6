import { duration } from '../words/amount.ts';
import { choice } from '../words/choice.ts';
import { group, setting } from '../words/setting.ts';

export const daybook = group('The figures of each day, and a message that shows them: docs/daybook.md.', {
  keep: setting(choice('yes', 'no'), { default: 'yes', about: 'Whether they are kept at all.' }),
  rewrite: setting(duration({ least: 1000 }), {
    default: 60_000,
    about: 'How long a message stays as it is before it is written anew.',
  }),
});
