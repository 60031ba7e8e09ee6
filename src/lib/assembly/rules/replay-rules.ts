import type { RuleMatch } from '../../capture/rule-match.ts';
import { compileRules } from '../../rules/rule-set.ts';
import type { Rule, RuleDocument } from '../../rules/rule.ts';
import { journalMessages } from '../look-at-journal.ts';
import { messageFiles } from './message-files.ts';
import { type GivenNames, OwnNamesOfTools } from './own-names.ts';
import { messageOfFile, messageOfJournal, type StoredMessage } from './stored-message.ts';

/** How often a rule would have matched, and how often it would have decided. */
export interface RuleTotal {
  readonly rule: Rule;
  readonly hits: number;
  readonly decided: number;
}

export interface ReplayOptions {
  readonly document: RuleDocument;
  readonly own: GivenNames;
  readonly dataDir: () => string | undefined;
  /** So many messages are done, of so many where that is known. */
  readonly onProgress: (done: number, of: number | undefined) => void;
  readonly onMatch: (message: string, matches: readonly RuleMatch[]) => void;
}

export interface Replayed {
  readonly messages: number;
  readonly matched: number;
  /** In the order of the rules. */
  readonly totals: readonly RuleTotal[];
}

/** Asks the rules on messages about everything that is stored somewhere. */
export function replayRules(source: string, options: ReplayOptions): Replayed {
  const own = new OwnNamesOfTools(options.own);
  const set = compileRules(options.document, own);
  const tally = new Map(set.rules.map((rule) => [rule.name, { hits: 0, decided: 0 }]));
  let [messages, matched] = [0, 0];
  const { count, stored } = messagesIn(source, options);
  for (const { name, facts, capture } of stored) {
    if (capture) own.learnFrom(capture);
    const { matches } = set.judge(facts);
    for (const { rule } of matches) tally.get(rule)!.hits++;
    if (matches[0]) {
      tally.get(matches[0].rule)!.decided++;
      matched++;
      options.onMatch(name, matches);
    }
    options.onProgress(++messages, count);
  }
  const asked = set.rules.filter(({ hook, enabled }) => hook === 'message' && enabled);
  return { messages, matched, totals: asked.map((rule) => ({ rule, ...tally.get(rule.name)! })) };
}

interface Messages {
  readonly count: number | undefined;
  readonly stored: Iterable<StoredMessage>;
}

function messagesIn(source: string, { dataDir }: ReplayOptions): Messages {
  if (source === 'journal') return { count: undefined, stored: each(journalMessages(dataDir()), messageOfJournal) };
  const files = messageFiles(source);
  return { count: files.length, stored: each(files, (path) => messageOfFile(path)) };
}

/** One after the other, for there may be more than memory holds. */
function* each<Kept>(kept: Iterable<Kept>, stored: (kept: Kept) => StoredMessage): Generator<StoredMessage> {
  for (const one of kept) yield stored(one);
}
