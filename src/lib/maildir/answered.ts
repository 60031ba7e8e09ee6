import type { Id } from '../capture/id.ts';
import { addFlag } from './change.ts';
import type { Maildir } from './maildir.ts';
import { idInName } from './name.ts';

/**
 * Lets clients show the message as answered; whether it was read stays as it is. False when it is in no folder: it may
 * not have been delivered yet.
 */
export function markAnswered(maildir: Maildir, id: Id): Promise<boolean> {
  return addFlag(maildir.directories(), (name) => idInName(name) === id, 'R');
}
