import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errno } from '../../errors.ts';
import { ledgerName, type CollectLayout } from '../layout.ts';
import type { LedgerLine } from '../ledger.ts';

export interface LedgerRead {
  readonly line: LedgerLine | undefined;
  /** Where it stands, for those who want to look. */
  readonly at: string;
}

/** All lines of the ledger, oldest first; undefined for one that is none, such as the last one after a loss of power. */
export function* readLedger(layout: CollectLayout): Generator<LedgerRead> {
  for (const name of ledgerFiles(layout)) {
    const lines = readFileSync(join(layout.folder, name), 'utf8').split('\n');
    for (const [index, text] of lines.entries()) {
      if (text !== '') yield { line: parsed(text), at: `${name}:${index + 1}` };
    }
  }
}

function ledgerFiles({ folder }: CollectLayout): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => ledgerName.test(name))
      .sort();
  } catch (error) {
    if (errno(error) === 'ENOENT') return [];
    throw error;
  }
}

function parsed(text: string): LedgerLine | undefined {
  try {
    return JSON.parse(text) as LedgerLine;
  } catch {
    return undefined;
  }
}
