import { duration, size } from '../config/words/amount.ts';
import { choice } from '../config/words/choice.ts';
import { scalarKind } from '../config/words/kind.ts';
import { listOf } from '../config/words/list.ts';
import { integer } from '../config/words/number.ts';
import { orNone } from '../config/words/or-none.ts';
import { record } from '../config/words/record.ts';
import { group, optional, type Effective, type Setting } from '../config/words/setting.ts';
import { suggestion } from '../document/suggestion.ts';
import { occasions, rareOccasions, type AnyOccasion, type Manners } from '../smtp/persona.ts';
import { smtp } from '../smtp/verbs.ts';
import { given } from './given.ts';
import { lastReply, reply } from './reply-kinds.ts';

const asBase = { words: 'that of the persona it extends' };
const every: readonly AnyOccasion[] = [...occasions, ...rareOccasions];
const verb = choice(...smtp.verbs.keys());

/** What is slow without saying when or by how much is so as Postfix is. */
const usualSlow = { after: 10, ms: 1000 };

const occasion = scalarKind<AnyOccasion>({
  valid: 'an occasion, which is a key of replies, such as unknown',
  parse: (written) => every.find((name) => name === written),
  suggest: (written) => suggestion(written, every).suggestion,
});

const tally = record({ of: listOf(occasion), limit: integer({ least: 1 }), last: lastReply });

const late = Object.fromEntries(
  every.map((name) => [
    name,
    optional(duration(), { about: `How late the reply ${name} comes; 0s is at once.`, ...asBase, example: '2s' }),
  ]),
) as Readonly<Record<AnyOccasion, Setting<number | undefined>>>;

export const mannersSchema = group('How it bears what it is told.', {
  refusals: optional(orNone(integer({ least: 1 })), {
    about: 'Refused commands before it ends the session.',
    ...asBase,
    example: '20',
  }),
  tallies: optional(orNone(listOf(tally)), {
    about: 'Replies that are counted by themselves; the one that reaches the limit is the last of the session.',
    ...asBase,
    example: '{of: [unknown], limit: 4, last: "{reply}"}',
  }),
  slowAfter: optional(orNone(integer()), {
    about: 'Refused commands before every reply is late.',
    words: 'that of the persona it extends, or 10',
    example: '10',
  }),
  slowBy: optional(duration(), {
    about: 'How late each reply then comes.',
    words: 'that of the persona it extends, or 1s',
    example: '1s',
  }),
  late: group('Replies that come late.', late),
  junk: group('Commands that bring no mail.', {
    commands: optional(listOf(verb), { about: 'Those that are counted.', ...asBase, example: 'NOOP, RSET' }),
    onceFree: optional(orNone(listOf(listOf(verb))), {
      about: 'Of each of these groups one is not counted, the first after a message.',
      ...asBase,
      example: '[[HELO, EHLO], [RSET]]',
    }),
    limit: optional(orNone(integer({ least: 1 })), { about: 'How many are borne.', ...asBase, example: '100' }),
    last: optional(orNone(reply), {
      about: 'What is then said last; with none, each further one counts as refused.',
      ...asBase,
      example: '554 Too many nonmail commands',
    }),
  }),
  inTurn: optional(orNone(listOf(verb)), {
    about: 'Commands that nothing may follow unasked from a client that said HELO.',
    ...asBase,
    example: 'MAIL, RCPT',
  }),
  line: group('How much of a command line is read.', {
    most: optional(size({ least: 512 }), { about: 'Bytes of it.', ...asBase, example: '2 KiB' }),
    beyond: optional(choice('cut', 'refused'), { about: 'What becomes of a longer one.', ...asBase, example: 'cut' }),
  }),
});

type WrittenManners = Effective<typeof mannersSchema>;

export function mannersOf(written: WrittenManners, base: Manners): Manners {
  return {
    ...given({
      refusals: withoutNone(written.refusals, base.refusals),
      slow: slowOf(written, base),
      late: lateOf(written, base),
      junk: junkOf(written, base),
      inTurn: withoutNone(written.inTurn, base.inTurn),
    }),
    tallies: withoutNone(written.tallies, base.tallies) ?? [],
    line: { ...base.line, ...given(written.line) },
  };
}

function slowOf({ slowAfter, slowBy }: WrittenManners, { slow }: Manners): Manners['slow'] {
  if (slowAfter === 'none' || (slowAfter ?? slowBy ?? slow) === undefined) return undefined;
  return { ...usualSlow, ...slow, ...given({ after: slowAfter, ms: slowBy }) };
}

function lateOf(written: WrittenManners, base: Manners): Manners['late'] {
  const late = Object.entries({ ...base.late, ...given(written.late) }).filter(([, ms]) => ms > 0);
  return late.length === 0 ? undefined : Object.fromEntries(late);
}

function junkOf({ junk }: WrittenManners, { junk: base }: Manners): Manners['junk'] {
  const limit = withoutNone(junk.limit, base?.limit);
  const commands = junk.commands ?? base?.commands;
  if (limit === undefined || commands === undefined) return undefined;
  const onceFree = withoutNone(junk.onceFree, base?.onceFree);
  return { commands, limit, ...given({ onceFree, last: withoutNone(junk.last, base?.last) }) };
}

function withoutNone<Value>(written: Value | 'none' | undefined, base: Value | undefined): Value | undefined {
  return written === 'none' ? undefined : (written ?? base);
}
