import { printable } from '../text/printable.ts';
import type { ComparedFile } from './compare-files.ts';
import { fileDiff, octal } from './file-diff.ts';
import type { InstalledFile } from './install-files.ts';
import { isSecret, modes } from './planned-file.ts';

/** What would become of a file, for people: a line, and the difference below it. */
export async function shownFile(compared: ComparedFile): Promise<string> {
  const diff = await fileDiff(compared);
  return diff === '' ? stateLine(compared) : `${stateLine(compared)}\n${printableLines(diff)}`;
}

/** The same for programs, with the backup where one was made. */
export async function fileRecord(compared: ComparedFile, installed: readonly InstalledFile[] = []): Promise<object> {
  const { file, path, state } = compared;
  const diff = await fileDiff(compared);
  const backup = installed.find((each) => each.path === path)?.backup;
  return {
    file: file.name,
    path,
    state,
    access: octal(modes[file.access]),
    ...(diff !== '' && { diff }),
    ...(backup !== undefined && { backup }),
  };
}

export function installedLine({ path, backup }: InstalledFile): string {
  return `written    ${printable(path)}${backup === undefined ? '' : `, before: ${printable(backup)}`}`;
}

function stateLine({ file, path, state }: ComparedFile): string {
  const line = `${state.padEnd(10)} ${printable(path)}`;
  if (state === 'kept') return `${line}: yours to edit, it stays as it is`;
  if (state !== 'unchanged' && isSecret(file)) return `${line}: not shown, it holds a secret`;
  return line;
}

// A file that is there already may say anything.
function printableLines(diff: string): string {
  return diff
    .trimEnd()
    .split('\n')
    .map((line) => line.split('\t').map(printable).join('\t'))
    .join('\n');
}
