import { Collector } from '../../collect/collector.ts';
import type { Mailbox } from '../../collect/mailbox.ts';
import { writeStatus } from '../../collect/status-file.ts';
import { FileWatch } from '../../document/file-watch.ts';
import { reason } from '../../errors.ts';
import { optionalTextOf, textsOf } from '../control/given.ts';
import type { Surroundings } from '../sensor.ts';
import { requiredOutputs } from '../sensor-outputs.ts';
import type { Service } from '../service-group.ts';
import { namedMailboxes } from './named-mailboxes.ts';
import { CollectWork } from './work.ts';

/** Where mailboxes come from, and how to read them again. */
export interface MailboxSource {
  readonly mailboxes: readonly Mailbox[];
  readonly files: readonly string[];
  reread(): readonly Mailbox[];
}

const signOfLife = 2_000;
const watching = { settleMs: 500, pollMs: 10_000 };

/** Keeps to all mailboxes for as long as the program runs, and follows the files that name them. */
export function keepService(around: Surroundings, source: MailboxSource): Service {
  let work: CollectWork | undefined;
  let collector: Collector | undefined;
  let watch: FileWatch | undefined;
  let timer: NodeJS.Timeout | undefined;
  let taken = settingsOf(source.mailboxes);
  let taking: Promise<void> = Promise.resolve();
  let refused: string | undefined;
  let named = source.mailboxes;
  /** What others collect is not ours to take. */
  const share = around.cluster?.shareMailboxes({
    handsOn: 'whenOthersCome',
    async collect(accounts) {
      taking = taking.then(() => collector?.take(named.filter(({ account }) => accounts.has(account)))).catch(fail);
      await taking;
    },
  });
  let fail: (error: unknown) => void = () => undefined;

  function find(names: readonly string[]): readonly Mailbox[] {
    const known = collector?.keepers.map(({ mailbox }) => mailbox) ?? [];
    return namedMailboxes(known, names);
  }

  around.offers.add({
    'mailboxes.status': () => collector?.keepers.map(({ mailbox, state }) => ({ mailbox: mailbox.name, ...state })),
    'mailboxes.retry'(given) {
      const chosen = find(textsOf(given, 'mailboxes')).map(({ name }) => name);
      for (const keeper of collector!.keepers) if (chosen.includes(keeper.mailbox.name)) keeper.retryNow();
      return chosen;
    },
    'mailboxes.rescan'(given) {
      const chosen = find(textsOf(given, 'mailboxes'));
      const folder = optionalTextOf(given, 'folder');
      const names = chosen.map(({ name }) => name);
      const rescanned = taking.then(() =>
        collector!.without(names, async () => {
          const places = chosen.flatMap(({ account }) => work!.custody.book.placesOf(account));
          await share?.forget(places.filter((place) => folder === undefined || place.folder === folder));
          return work!.forget(chosen, folder);
        }),
      );
      taking = rescanned.then(
        () => undefined,
        () => undefined,
      );
      return rescanned;
    },
  });
  around.reloads.add('mailboxes', async () => {
    const mailboxes = source.reread();
    look((error) => around.hub.emit({ event: 'mailboxes.refused', detail: reason(error) }));
    await taking;
    return `${mailboxes.length} are collected`;
  });

  function look(fatal: (error: unknown) => void): void {
    let mailboxes: readonly Mailbox[];
    try {
      mailboxes = source.reread();
      // What is refused at the start is refused later too.
      requiredOutputs(around.settings.outputs, undefined, mailboxes);
    } catch (error) {
      // Said once: the file is looked at every few seconds.
      if (refused !== reason(error)) around.hub.emit({ event: 'mailboxes.refused', detail: reason(error) });
      refused = reason(error);
      return;
    }
    refused = undefined;
    const settings = settingsOf(mailboxes);
    if (settings === taken) return;
    taken = settings;
    taking = taking.then(() => take(mailboxes)).catch(fatal);
  }

  /** Where they are shared, those come to us whose leases we have. */
  async function take(mailboxes: readonly Mailbox[]): Promise<void> {
    named = mailboxes;
    if (share === undefined) return collector?.take(mailboxes);
    share.name(mailboxes.map(({ account }) => account));
    await collector?.take(mailboxes.filter(({ account }) => share.has(account)));
  }

  function tell(life: 'running' | 'ended'): void {
    if (work === undefined || collector === undefined) return;
    const mailboxes = Object.fromEntries(collector.keepers.map(({ mailbox, state }) => [mailbox.name, state]));
    writeStatus(work.layout.status, { writtenAt: new Date().toISOString(), ended: life === 'ended', mailboxes });
  }

  return {
    name: 'collect',
    async start(fatal) {
      fail = fatal;
      work = new CollectWork(around, fatal, share);
      collector = new Collector(work.means, fatal);
      await take(source.mailboxes);
      if (source.files.length > 0) watch = new FileWatch(source.files, () => look(fatal), watching);
      timer = setInterval(() => tell('running'), signOfLife);
      tell('running');
    },
    async stop() {
      watch?.close();
      clearInterval(timer);
      await taking;
      tell('ended');
      await collector?.stop();
      await work?.close();
    },
  };
}

function settingsOf(mailboxes: readonly Mailbox[]): string {
  return JSON.stringify(mailboxes.map(({ name, settings }) => [name, settings]));
}
