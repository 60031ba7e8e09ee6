import { existsSync } from 'node:fs';
import { compileRules, type Explanation } from '../../rules/rule-set.ts';
import type { RuleDocument } from '../../rules/rule.ts';
import { findMessage } from '../look-at-journal.ts';
import { type GivenNames, OwnNamesOfTools } from './own-names.ts';
import type { GivenSession } from './given-session.ts';
import { messageOfFile, messageOfJournal } from './stored-message.ts';

export interface ExplainOptions {
  readonly document: RuleDocument;
  readonly own: GivenNames;
  readonly dataDir: () => string | undefined;
  readonly session: GivenSession;
}

/** Which rules match a message and why, and of the others what failed first: of a file, or of an id of the journal. */
export function explainMessage(message: string, options: ExplainOptions): readonly Explanation[] {
  const own = new OwnNamesOfTools(options.own);
  const stored = existsSync(message)
    ? messageOfFile(message, options.session)
    : messageOfJournal(findMessage(options.dataDir(), message));
  if (stored.capture) own.learnFrom(stored.capture);
  return compileRules(options.document, own).explain(stored.facts);
}
