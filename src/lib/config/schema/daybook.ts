import { duration } from '../words/amount.ts';
import { choice } from '../words/choice.ts';
import { group, optional, setting } from '../words/setting.ts';
import { text } from '../words/text.ts';

export const daybook = group('The figures of each day, and a message that shows them: docs/daybook.md.', {
  keep: setting(choice('yes', 'no'), { default: 'yes', about: 'Whether they are kept at all.' }),
  rewrite: setting(duration({ least: 1000 }), {
    default: 60_000,
    about: 'How long a message stays as it is before it is written anew.',
  }),
  reportLink: optional(text, {
    about: 'Where the report of a day is to be found; the message of the day says so. {day} stands for the day.',
    words: 'none',
    example: 'https://trap.example.org/reports/{day}.html',
  }),
});
