import { join, resolve } from 'node:path';
import type { Machine } from '../machine.ts';
import { scalarKind } from './kind.ts';

/** Absolute once it is read. */
export const path = scalarKind<string>({
  valid: 'a path: absolute, with ~/ for the home folder, or relative',
  parse: (text, origin, machine) => resolvePath(text, origin.folder, machine),
});

/** Undefined for what can be no path. */
export function resolvePath(text: string, folder: string, { home }: Machine): string | undefined {
  if (text.trim() === '' || text.includes('\0')) return undefined;
  if (text === '~' || text.startsWith('~/')) return join(home, text.slice(1));
  // `~name` is another user's home folder to a shell; here it would silently become a folder of that name.
  return text.startsWith('~') ? undefined : resolve(folder, text);
}
