import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { dataDirFor } from '../config/data-dir.ts';
import { exitCodes, Fault } from '../errors.ts';
import { journalLayout, type JournalLayout } from '../journal/layout.ts';

/**
 * The journal that a looking command means: the configured data directory, or the only one of the default ones that
 * is there.
 */
export function existingJournal(configured: string | undefined): { dataDir: string; layout: JournalLayout } {
  const dataDir = configured ?? onlyDefault();
  const layout = journalLayout(dataDir);
  if (existsSync(layout.root)) return { dataDir, layout };
  throw new Fault(`There is no journal in ${dataDir}.`, {
    code: 'journal.missing',
    fix: 'Name the data directory of the sensor with --data-dir.',
    exit: exitCodes.usage,
  });
}

function onlyDefault(): string {
  const base = dirname(dataDirFor('serve-relay', undefined));
  const found = existsSync(base)
    ? readdirSync(base).filter((command) => existsSync(journalLayout(join(base, command)).root))
    : [];
  if (found.length === 1) return join(base, found[0]!);
  const which = found.length === 0 ? 'has no journal yet' : `has several: ${found.join(', ')}`;
  throw new Fault(`It is not clear which journal is meant; ${base} ${which}.`, {
    code: 'journal.unclear',
    fix: 'Name the data directory of the sensor with --data-dir.',
    exit: exitCodes.usage,
  });
}
