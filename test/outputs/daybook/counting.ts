// Counts the same messages every time, with a checkpoint and a mail in between: data directory and maildir are named.
import { countAll } from '../../support/counted-days.ts';

const [dataDir = '', maildir = ''] = process.argv.slice(2);
await countAll(dataDir, maildir);
