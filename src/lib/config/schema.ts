import { broker } from './schema/broker.ts';
import { cluster } from './schema/cluster.ts';
import { collect } from './schema/collect.ts';
import { daybook } from './schema/daybook.ts';
import { geo } from './schema/geo.ts';
import { health } from './schema/health.ts';
import { journal } from './schema/journal.ts';
import { judges } from './schema/judges.ts';
import { lmtp } from './schema/lmtp.ts';
import { maildirs } from './schema/maildirs.ts';
import { outputs } from './schema/outputs.ts';
import { probes } from './schema/probes.ts';
import { relay } from './schema/relay.ts';
import { rules } from './schema/rules.ts';
import { index } from './schema/search-index.ts';
import { duration } from './words/amount.ts';
import { choice } from './words/choice.ts';
import { path } from './words/path.ts';
import { computed, type Effective, group, type KeysIn, optional, setting } from './words/setting.ts';
import { text } from './words/text.ts';

/** Every key that the program knows. Loader, documentation, starter file and help are all made from it. */
export const schema = group('', {
  dataDir: optional(path, {
    about: 'Where the journal and all that belongs to it is kept; one running command per folder.',
    words: '`<user state dir>/spamtrap/<command>`',
    example: '/var/lib/spamtrap',
  }),
  sensor: group('Who we are.', {
    name: computed(text, {
      about: 'Name of this sensor in published records.',
      words: "the machine's host name",
      example: 'trap-1',
      from: ({ hostName }) => hostName,
    }),
  }),
  relay,
  lmtp,
  collect,
  maildirs,
  rules,
  probes,
  journal,
  index,
  judges,
  outputs,
  broker,
  cluster,
  daybook,
  geo,
  health,
  log: group('What the program says about its work.', {
    format: setting(choice('auto', 'json', 'human'), {
      default: 'auto',
      about: 'JSON lines, lines for people, or auto: for people on a terminal, JSON elsewhere.',
    }),
  }),
  shutdown: group('How the program ends.', {
    drain: setting(duration(), {
      default: 10_000,
      about: 'How long running sessions may go on after a signal to stop; a second signal ends them at once.',
    }),
  }),
});

export type Settings = Effective<typeof schema>;

/** The settings that have one fixed place, and so a variable and perhaps a flag. */
export type SettingKey = KeysIn<(typeof schema)['members']>;

/** Settings of entries that are there when nobody says otherwise, and that flags may override. */
export type EntrySettingKey = 'outputs.maildir.path';

/** One entry of `collect.mailboxes`; the type is the protocol. */
export type MailboxSettings = Settings['collect']['mailboxes'][string];

/** One entry of `outputs`, told apart by its `type`. */
export type OutputSettings = Settings['outputs'][string];
