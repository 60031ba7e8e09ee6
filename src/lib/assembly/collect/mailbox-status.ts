import type { KeeperState } from '../../collect/keeper.ts';
import { collectLayout } from '../../collect/layout.ts';
import { BookView, type Standing } from '../../collect/look-into-book.ts';
import type { Mailbox } from '../../collect/mailbox.ts';
import { readStatus } from '../../collect/status-file.ts';
import { printable, printableWithin } from '../../text/printable.ts';
import { formatDuration } from '../../text/units.ts';

export interface MailboxStatus {
  readonly mailbox: string;
  readonly account: string;
  /** Whether a collector keeps to it now. */
  readonly running: boolean;
  readonly phase: KeeperState['phase'] | null;
  readonly folders: readonly string[];
  /** Messages, by how far they are. */
  readonly messages: Standing;
  readonly lastMailAt: string | null;
  readonly lastSearchAt: string | null;
  readonly nextAttemptAt: string | null;
  readonly lastFault: KeeperState['lastFault'] | null;
}

/** A collector that runs gives a sign of life more often than that. */
const stale = 30_000;

/** How each mailbox stands. A running collector is not disturbed. */
export function mailboxStatus(mailboxes: readonly Mailbox[], dataDir: string, now: number): readonly MailboxStatus[] {
  const layout = collectLayout(dataDir);
  const told = readStatus(layout.status);
  const running = told !== undefined && !told.ended && now - Date.parse(told.writtenAt) < stale;
  const book = new BookView(layout.book);
  try {
    return mailboxes.map(({ name, account }) => {
      const state = told?.mailboxes[name];
      return {
        mailbox: name,
        account,
        running: running && state !== undefined,
        phase: (running && state?.phase) || null,
        folders: state?.folders ?? [],
        messages: book.standing(account),
        lastMailAt: state?.lastMailAt ?? null,
        lastSearchAt: state?.lastSearchAt ?? null,
        nextAttemptAt: (running && state?.nextAttemptAt) || null,
        lastFault: state?.lastFault ?? null,
      };
    });
  } finally {
    book.close();
  }
}

const phases: Readonly<Record<KeeperState['phase'], string>> = {
  connecting: 'connects',
  collecting: 'collects',
  idle: 'connected, and told of new mail',
  resting: 'well; not connected now',
  failing: 'failing',
  locked: 'locked: its login is refused',
};

export function statusText(status: MailboxStatus, now: number): string {
  const { mailbox, phase, folders, messages, lastMailAt, nextAttemptAt, lastFault } = status;
  const ago = (time: string) => formatDuration(Math.max(now - Date.parse(time), 0));
  const { waiting, handedOver, done, gone, setAside, tooLarge } = messages;
  const lines = [`${printable(mailbox)}: ${phase === null ? 'no collector runs' : phases[phase]}`];
  if (folders.length > 0) lines.push(`  folders: ${folders.map(printable).join(', ')}`);
  lines.push(`  collected ${waiting + handedOver + done + gone}, of these ${waiting} not yet with every output`);
  if (handedOver > 0) lines.push(`  still to be marked or deleted: ${handedOver}`);
  if (setAside > 0) lines.push(`  refused by an output, and left on the server: ${setAside}`);
  if (tooLarge > 0) lines.push(`  too large to be collected: ${tooLarge}`);
  if (lastMailAt !== null) lines.push(`  last mail ${ago(lastMailAt)} ago`);
  if (nextAttemptAt !== null)
    lines.push(`  next attempt in ${formatDuration(Math.max(Date.parse(nextAttemptAt) - now, 0))}`);
  if (lastFault) lines.push(`  last fault ${ago(lastFault.at)} ago: ${printableWithin(lastFault.detail, 300)}`);
  return lines.join('\n');
}
