import { readNamedFile } from '../../config/find.ts';
import { type Machine, thisMachine } from '../../config/machine.ts';
import { createFaultList } from '../../document/faults.ts';
import { defaultRules } from '../../rules/defaults.ts';
import { readRules, rulesSort } from '../../rules/read/read-rules.ts';
import { inOrder } from '../../rules/rule-set.ts';
import type { Rule, RuleDocument } from '../../rules/rule.ts';

export { defaultRulesText } from '../../rules/defaults.ts';

export interface LoadedRules {
  readonly document: RuleDocument;
  /** In the order in which they are asked. */
  readonly rules: readonly Rule[];
  /** The file, as the operator knows it; undefined for the rules that come with the program. */
  readonly file: string | undefined;
}

/** The rules that hold: of the named file, or those of the program. */
export function loadRules(file: string | undefined, namedBy: string, machine: Machine = thisMachine()): LoadedRules {
  const document = file === undefined ? defaultRules() : readRuleFile(file, namedBy, machine);
  return { document, rules: inOrder(document.rules), file };
}

function readRuleFile(path: string, namedBy: string, machine: Machine): RuleDocument {
  const faults = createFaultList(rulesSort);
  const file = readNamedFile(path, namedBy, machine, faults);
  faults.throwIfAny();
  return readRules(file!.source, file!);
}
