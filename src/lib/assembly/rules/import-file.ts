import { createFaultList } from '../../document/faults.ts';
import { readNamedFile } from '../../config/find.ts';
import { thisMachine } from '../../config/machine.ts';
import { importRules, type ImportedRules } from '../../rules/import/import-rules.ts';
import { rulesSort } from '../../rules/read/read-rules.ts';
import { writeNewFile } from '../../setup/write-new-file.ts';

/** Translates the file of another system, into a new file where one is named. */
export function importFile(path: string, out: string | undefined): ImportedRules {
  const faults = createFaultList(rulesSort);
  const file = readNamedFile(path, 'rules import', thisMachine(), faults);
  faults.throwIfAny();
  const imported = importRules(file!.source);
  if (out !== undefined) writeNewFile(out, imported.text);
  return imported;
}
