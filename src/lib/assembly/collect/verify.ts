import { AccountAudit, type FolderNow, type JournalFacts } from '../../collect/audit/account-audit.ts';
import { readLedger } from '../../collect/audit/read-ledger.ts';
import { foldersOf } from '../../collect/doorway.ts';
import { collectLayout } from '../../collect/layout.ts';
import type { Mailbox } from '../../collect/mailbox.ts';
import { exitCodes, reason, type ExitCode } from '../../errors.ts';
import { journalEnd } from '../../journal/ends.ts';
import { journalLayout } from '../../journal/layout.ts';
import { origin } from '../../journal/position.ts';
import { JournalReader } from '../../journal/reader.ts';
import { MailboxFault } from '../../mailbox/mailbox-fault.ts';
import { openMailbox } from './open-mailbox.ts';

export interface Verified {
  readonly mailbox: string;
  readonly account: string;
  readonly found: number;
  readonly kept: number;
  readonly handedOver: number;
  readonly acted: number;
  readonly uncollected: number;
  readonly retired: number;
  /** Why the server could not be asked; then only ledger and journal were compared. */
  readonly unreachable: string | null;
  readonly findings: readonly { readonly folder: string; readonly uid: string; readonly problem: string }[];
}

/** Reads ledger, journal and server of each mailbox, and holds them against each other. */
export async function* verifyMailboxes(
  mailboxes: readonly Mailbox[],
  dataDir: string,
  signal: AbortSignal,
): AsyncGenerator<Verified> {
  const audits = new Map(mailboxes.map(({ account }) => [account, new AccountAudit()]));
  for (const { line } of readLedger(collectLayout(dataDir))) {
    if (line !== undefined) audits.get(line.account)?.follow(line);
  }
  const journal = factsOf(dataDir);
  for (const mailbox of mailboxes) {
    const now = await foldersNow(mailbox, signal);
    const folders = typeof now === 'string' ? [] : now;
    const { figures, findings } = audits.get(mailbox.account)!.conclude(journal, folders);
    const unreachable = typeof now === 'string' ? now : null;
    yield { mailbox: mailbox.name, account: mailbox.account, ...figures, unreachable, findings };
  }
}

/** Failed where something does not fit, partly where a server could not be asked. */
export function verdictOf(verified: readonly Verified[]): ExitCode {
  if (verified.some(({ findings }) => findings.length > 0)) return exitCodes.failed;
  return verified.some(({ unreachable }) => unreachable !== null) ? exitCodes.partly : exitCodes.done;
}

function factsOf(dataDir: string): JournalFacts {
  const layout = journalLayout(dataDir);
  const end = journalEnd(layout);
  const reader = new JournalReader(layout, origin, () => end);
  const hashes = new Map<string, string>();
  let oldest: string | undefined;
  try {
    for (let entry = reader.next(); entry !== undefined; entry = reader.next()) {
      if (entry.kind !== 'capture') continue;
      const { id, sha256 } = entry.capture.facts;
      oldest ??= id;
      hashes.set(id, sha256);
    }
  } finally {
    reader.close();
  }
  return { oldest, sha256Of: (id) => hashes.get(id) };
}

async function foldersNow(mailbox: Mailbox, signal: AbortSignal): Promise<readonly FolderNow[] | string> {
  try {
    const session = await openMailbox(mailbox.access, signal);
    try {
      const { chosen } = await foldersOf(mailbox, session);
      const folders: FolderNow[] = [];
      for (const name of chosen) {
        const folder = await session.open(name, 'reading');
        const uids = new Set(await folder.find({ which: 'all' }));
        folders.push({ folder: folder.name, uidValidity: folder.uidValidity ?? '', uids });
      }
      await session.close();
      return folders;
    } finally {
      session.abandon();
    }
  } catch (error) {
    if (error instanceof MailboxFault) return reason(error);
    throw error;
  }
}
