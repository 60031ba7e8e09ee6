import { existsSync, renameSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Maildir } from '../../maildir/maildir.ts';
import { folderDirectory } from '../../maildir/folder.ts';
import { compileRules } from '../../rules/rule-set.ts';
import type { RuleDocument } from '../../rules/rule.ts';
import { inboxFiles } from './message-files.ts';
import { type GivenNames, OwnNamesOfTools } from './own-names.ts';
import { messageOfFile } from './stored-message.ts';

export interface Move {
  readonly file: string;
  readonly folder: string;
  readonly rule: string;
  /** Where a file of that name is there already, nothing is moved. */
  readonly done: 'planned' | 'moved' | 'inTheWay';
}

export interface ApplyOptions {
  readonly document: RuleDocument;
  readonly own: GivenNames;
  readonly way: 'show' | 'move';
}

/** Messages of the inbox go to the folder of the rule that decides for them. Nothing is ever deleted. */
export function* applyRules(root: string, { document, own, way }: ApplyOptions): Generator<Move> {
  const set = compileRules(document, new OwnNamesOfTools(own));
  const maildir = new Maildir(root);
  for (const file of inboxFiles(root)) {
    const { matches, effects } = set.judge(messageOfFile(file).facts);
    const rule = matches[0]?.rule;
    const folder = effects?.folder;
    if (rule === undefined || folder === undefined || folderDirectory(folder) === '') continue;
    yield { file, folder, rule, done: way === 'show' ? 'planned' : move(maildir, file, folder) };
  }
}

function move(maildir: Maildir, file: string, folder: string): Move['done'] {
  maildir.directoryOf(folder);
  const part = basename(dirname(file));
  const target = join(maildir.root, folderDirectory(folder), part, basename(file));
  if (existsSync(target)) return 'inTheWay';
  renameSync(file, target);
  return 'moved';
}
