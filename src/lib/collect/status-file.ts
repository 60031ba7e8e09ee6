import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { errno } from '../errors.ts';
import type { KeeperState } from './keeper.ts';

/** How the mailboxes stood when a running collector last said so. */
export interface CollectStatus {
  /** ISO 8601. */
  readonly writtenAt: string;
  readonly ended: boolean;
  readonly mailboxes: Readonly<Record<string, KeeperState>>;
}

export function writeStatus(path: string, status: CollectStatus): void {
  const part = `${path}.part`;
  writeFileSync(part, `${JSON.stringify(status)}\n`, { mode: 0o600 });
  renameSync(part, path);
}

export function readStatus(path: string): CollectStatus | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as CollectStatus;
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    throw error;
  }
}
