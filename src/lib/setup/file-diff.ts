import type { ComparedFile } from './compare-files.ts';
import { isSecret, modes } from './planned-file.ts';

/** What would change, as `diff -u` tells it; empty where nothing does. Secrets are not shown. */
export async function fileDiff({ file, state, before }: ComparedFile): Promise<string> {
  if (state === 'unchanged' || state === 'kept') return '';
  if (isSecret(file)) return '';
  const { createTwoFilesPatch, FILE_HEADERS_ONLY } = await import('diff');
  const was = before === undefined ? '/dev/null' : `a/${file.name}`;
  const patch = createTwoFilesPatch(was, `b/${file.name}`, before?.text ?? '', file.text, undefined, undefined, {
    headerOptions: FILE_HEADERS_ONLY,
  });
  return before === undefined || before.mode === modes[file.access]
    ? patch
    : `${modeChange(before.mode, file)}${patch}`;
}

function modeChange(before: number, { access }: ComparedFile['file']): string {
  return `old mode ${octal(before)}\nnew mode ${octal(modes[access])}\n`;
}

export function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
