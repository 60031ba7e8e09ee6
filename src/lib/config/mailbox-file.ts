import { createFaultList, type FaultList } from '../document/faults.ts';
import type { Written, WrittenMap } from '../document/written.ts';
import { readYaml } from '../document/yaml/read.ts';
import { configuration } from './configuration.ts';
import { readNamedFile } from './find.ts';
import { type Machine, thisMachine } from './machine.ts';
import { mailbox } from './schema/mailbox.ts';
import type { MailboxSettings } from './schema.ts';
import { settle } from './settle/settle.ts';
import { choice } from './words/choice.ts';
import { group, setting } from './words/setting.ts';

// The collectors of spamtrap-system keep a list of mailboxes beside the program, without names for them.
const listed = group(mailbox.about, {
  protocol: setting(choice('imap', 'imaps', 'pop3', 'pop3s'), { default: 'imap', about: 'How its server speaks.' }),
  ...mailbox.members,
});

/** The mailboxes of such a file, each named after its user; where that is not enough, with a number. */
export function readMailboxFile(
  path: string,
  machine: Machine = thisMachine(),
): Readonly<Record<string, MailboxSettings>> {
  const faults = createFaultList(configuration);
  const file = readNamedFile(path, '--mailbox-config', machine, faults);
  const written = file && readYaml(file.source, file, faults);
  const read = itemsOf(written, faults).map((item) => {
    const { settings } = settle(listed, { file: item, layers: [], machine }, faults);
    const { protocol: type, ...rest } = settings;
    return { type, ...rest };
  });
  faults.throwIfAny();
  return named(read);
}

function itemsOf(written: Written | undefined, faults: FaultList): readonly WrittenMap[] {
  if (written === undefined) return [];
  const items = written.form === 'list' ? written.items : [written];
  return items.filter((item): item is WrittenMap => {
    if (item.form === 'map') return true;
    const valid = 'a list of mailboxes, each with username, password, protocol, host and port';
    faults.add({ origin: item.origin.text, problem: 'is no mailbox', valid });
    return false;
  });
}

function named(mailboxes: readonly MailboxSettings[]): Readonly<Record<string, MailboxSettings>> {
  const byName: Record<string, MailboxSettings> = {};
  for (const settings of mailboxes) {
    const name = settings.username ?? 'mailbox';
    let free = name;
    for (let number = 2; free in byName; number++) free = `${name}-${number}`;
    byName[free] = settings;
  }
  return byName;
}
