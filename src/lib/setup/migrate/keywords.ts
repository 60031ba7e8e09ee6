import { chownSync, copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Owner } from './target-folder.ts';

/** Where Dovecot writes down what the small letters among the flags of a folder mean. */
const file = 'dovecot-keywords';

/** Whether small letters mean the same in both folders; a target that knows none takes those of the source. */
export function keywordsAgree(source: string, target: string, owner: Owner): boolean {
  const [from, into] = [join(source, file), join(target, file)];
  if (!existsSync(from)) return false;
  if (existsSync(into)) return readFileSync(from).equals(readFileSync(into));
  copyFileSync(from, into);
  chownSync(into, owner.uid, owner.gid);
  return true;
}

/** The name without letters that would mean something else. */
export function withoutKeywords(name: string): string {
  return name.replace(/([:;]2,[A-Z]*)[a-z]+$/, '$1');
}
