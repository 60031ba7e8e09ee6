import { join } from 'node:path';

// <data dir>/index/
//   index.db         what is known of every message and session; made from the journal, and made anew at will
//   index.lock       held by the one who writes it
//   campaigns.json   what people said of campaigns: names, and which belong together. This cannot be made anew.

export interface IndexLayout {
  readonly root: string;
  readonly database: string;
  readonly lock: string;
  readonly decisions: string;
}

export function indexLayout(dataDir: string): IndexLayout {
  const root = join(dataDir, 'index');
  return {
    root,
    database: join(root, 'index.db'),
    lock: join(root, 'index.lock'),
    decisions: join(root, 'campaigns.json'),
  };
}
