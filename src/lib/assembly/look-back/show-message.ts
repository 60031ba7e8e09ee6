import { isId, type Id } from '../../capture/id.ts';
import { Fault } from '../../errors.ts';
import type { Found } from '../../index/found.ts';
import { journalEnd } from '../../journal/ends.ts';
import { findById } from '../../journal/find.ts';
import type { JournalLayout } from '../../journal/layout.ts';
import { withLinks } from '../../mime/urls.ts';
import { defanged } from '../../text/defang.ts';
import { printable } from '../../text/printable.ts';
import { foundLine } from './found-line.ts';
import type { Kept } from '../look-at-journal.ts';
import { judgementsOf, type StoredJudgement } from '../../judge/judgement-store.ts';
import { messageDocument } from '../message-document.ts';
import type { LookBack } from './open-look-back.ts';

/** A message as it can be shown: what the index knows, and the journal's own while it is there. */
export interface ShownMessage {
  readonly found: Found | undefined;
  readonly kept: Kept | undefined;
  readonly judgements: readonly StoredJudgement[];
}

/** One message, by its id or the beginning of it. */
export function findMessage({ index, layout, dataDir }: LookBack, text: string): ShownMessage {
  const beginning = text.toUpperCase();
  const numbers = /^[0-9A-Z]{1,26}$/.test(beginning) ? index.entriesOf(beginning, 2) : [];
  if (numbers.length > 1) throw unclear('Several messages begin', text);
  const found = numbers[0] === undefined ? undefined : index.entry(numbers[0]);
  const kept = messageInJournal(layout, found?.id ?? beginning);
  if (found === undefined && kept === undefined) throw unclear('No message begins', text);
  return { found, kept, judgements: judgementsOf(dataDir, found?.id ?? beginning) };
}

/** Everything that a person may want to see of a message; safe for a terminal. */
export async function* messageText(
  { found, kept, judgements }: ShownMessage,
  pages: readonly string[],
): AsyncGenerator<string> {
  if (found !== undefined) yield* indexText(found);
  for (const { judge, verdicts, detail } of judgements) {
    yield `${judge.padEnd(9)} ${printable(`${verdicts.join(' ')} (${detail})`)}`;
  }
  if (kept === undefined) {
    if (found !== undefined) yield foundLine(found);
    yield 'The journal no longer has it: this is what the index remembers.';
    if (found?.text !== undefined) yield printable(found.text);
    return;
  }
  const document = await messageDocument(kept);
  for (const { name, lines } of document.pages) {
    if (!pages.includes(name)) continue;
    yield '';
    yield `── ${name} ${'─'.repeat(Math.max(0, 60 - name.length))}`;
    // Bytes are shown as they are; everything else is written so that a terminal makes no link of it.
    for (const line of lines) yield printable(name === 'hex' ? line : withLinks(line, defanged));
  }
}

function* indexText({ campaign, probe, country, network, gap }: Found): Generator<string> {
  if (campaign !== undefined) yield `campaign  ${campaign}`;
  if (probe !== undefined) yield `probe     ${probe}`;
  if (country !== undefined || network !== undefined) {
    yield `place     ${printable([country, network].filter(Boolean).join(' '))}`;
  }
  if (gap !== undefined) yield `not whole ${printable(gap)}`;
}

function messageInJournal(layout: JournalLayout, id: Id): Kept | undefined {
  if (!isId(id)) return undefined;
  const entry = findById(layout, id, journalEnd(layout));
  if (entry === undefined) return undefined;
  return entry.kind === 'capture' ? entry.capture : { facts: entry.facts };
}

function unclear(what: string, text: string): Fault {
  return new Fault(`${what} with ${printable(text.slice(0, 60))}.`, {
    code: 'look-back.message',
    fix: '"spamtrap log" and "spamtrap search" show ids.',
  });
}

export function goneFromJournal(id: string): Fault {
  return new Fault(`The journal no longer has the message ${printable(id.slice(0, 60))}.`, {
    code: 'journal.no-such-message',
    fix: 'Without --raw what the index remembers is shown. "journal.retain" says how long messages stay.',
  });
}
