import type { Emit } from '../../events/event.ts';
import { Follower, type Found } from '../../intake/maildir/follower.ts';
import type { Seen } from '../../intake/maildir/seen.ts';

/** How maildirs are followed. */
export interface FollowPlan {
  readonly roots: readonly string[];
  readonly from: 'start' | 'now';
  readonly poll: number;
}

export interface FollowMeans {
  readonly seen: Seen;
  readonly emit: Emit;
  readonly isOwn: (path: string) => Promise<boolean>;
  readonly take: (found: Found) => Promise<'taken' | 'left' | 'gone'>;
}

/** One disk can sync for so many at once. */
const atOnce = 32;

/** Followers for all of the maildirs, ready to run. */
export function followersOf({ roots, from, poll }: FollowPlan, { seen, emit, isOwn, take }: FollowMeans): Follower[] {
  return roots.map((root) => {
    return new Follower({
      root,
      seen,
      from,
      poll,
      atOnce,
      take,
      isOwn,
      failed: (detail, retryInMs) => emit({ event: 'maildir.failed', maildir: root, detail, retryInMs }),
      opened: (folders, told) => emit({ event: 'maildir.opened', maildir: root, folders, told }),
      now: Date.now,
    });
  });
}
