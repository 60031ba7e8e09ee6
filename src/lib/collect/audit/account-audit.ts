import type { Id } from '../../capture/id.ts';
import type { LedgerLine, LedgerPlace } from '../ledger.ts';

/** What the ledger says of one message. */
interface Story {
  id?: Id;
  sha256?: string;
  handedOver?: true;
  setAside?: true;
  /** What was done on the server. */
  acted?: string;
  left?: true;
  vanished?: true;
  /** Seen under a lease: whoever had the next one may have collected it. */
  shared?: true;
}

export interface Finding {
  readonly folder: string;
  readonly uid: string;
  readonly problem: string;
}

/** Which captures the journal has. */
export interface JournalFacts {
  sha256Of(id: Id): string | undefined;
  /** Captures before this id may have gone, because their time was over. */
  readonly oldest: Id | undefined;
}

/** What is in a folder on the server now. */
export interface FolderNow {
  readonly folder: string;
  readonly uidValidity: string;
  readonly uids: ReadonlySet<string>;
}

export interface AuditFigures {
  readonly found: number;
  readonly kept: number;
  readonly handedOver: number;
  readonly acted: number;
  /** On the server, wanted, and not collected yet. */
  readonly uncollected: number;
  /** In the ledger, and so old that the journal need not have them any more. */
  readonly retired: number;
}

/** Follows the lines of one account, and says what does not fit together. */
export class AccountAudit {
  readonly #stories = new Map<string, Map<string, Story>>();
  readonly #findings: Finding[] = [];

  follow(line: LedgerLine): void {
    switch (line.state) {
      case 'found':
        for (const uid of line.uids)
          Object.assign(this.#story(line, uid), line.lease !== undefined && { shared: true });
        break;
      case 'kept':
      case 'again':
        Object.assign(this.#story(line, line.uid), { id: line.id, sha256: line.sha256 });
        break;
      case 'handedOver':
        for (const uid of line.uids) this.#story(line, uid).handedOver = true;
        break;
      case 'setAside':
        for (const uid of line.uids) this.#story(line, uid).setAside = true;
        break;
      case 'acting':
        for (const uid of line.uids) this.#beforeActing(line, uid, line.action);
        break;
      case 'acted':
        for (const uid of line.uids) this.#story(line, uid).acted = line.action;
        break;
      case 'left':
        this.#story(line, line.uid).left = true;
        break;
      case 'vanished':
        for (const uid of line.uids) this.#story(line, uid).vanished = true;
        break;
      case 'rescan':
        this.#stories.delete(keyOf(line));
        break;
      case 'renumbered':
        break;
    }
  }

  /** Holds it all against the journal and the server. */
  conclude(
    journal: JournalFacts,
    folders: readonly FolderNow[],
  ): { figures: AuditFigures; findings: readonly Finding[] } {
    const now = new Map(folders.map((folder) => [placeKey(folder.folder, folder.uidValidity), folder]));
    let [found, kept, handedOver, acted, retired] = [0, 0, 0, 0, 0];
    for (const [key, stories] of this.#stories) {
      const [folder] = JSON.parse(key) as [string, string];
      for (const [uid, story] of stories) {
        found++;
        if (story.id !== undefined) kept++;
        if (story.handedOver) handedOver++;
        if (story.acted !== undefined) acted++;
        const problem = problemOf(story, journal, uid, now.get(key));
        if (problem === 'retired') retired++;
        else if (problem !== undefined) this.#findings.push({ folder, uid, problem });
      }
    }
    const uncollected = folders.reduce((sum, folder) => {
      const known = this.#stories.get(placeKey(folder.folder, folder.uidValidity));
      return sum + [...folder.uids].filter((uid) => !isSettled(known?.get(uid))).length;
    }, 0);
    return { figures: { found, kept, handedOver, acted, uncollected, retired }, findings: this.#findings };
  }

  #beforeActing(line: LedgerLine, uid: string, action: string): void {
    const { id, handedOver } = this.#story(line, uid);
    if (id !== undefined && handedOver) return;
    const missing = id === undefined ? 'was not in the journal' : 'was not handed over';
    this.#findings.push({ folder: line.folder, uid, problem: `${action} was begun when it ${missing}` });
  }

  #story(place: LedgerPlace, uid: string): Story {
    const key = keyOf(place);
    let stories = this.#stories.get(key);
    if (!stories) this.#stories.set(key, (stories = new Map()));
    let story = stories.get(uid);
    if (!story) stories.set(uid, (story = {}));
    return story;
  }
}

function problemOf(story: Story, journal: JournalFacts, uid: string, now: FolderNow | undefined): string | undefined {
  const isThere = now?.uids.has(uid) ?? false;
  if (story.id === undefined) {
    if (story.left || story.vanished || story.shared || isThere || now === undefined) return undefined;
    return 'it was seen on the server, never collected, and is gone now';
  }
  const kept = journal.sha256Of(story.id);
  if (kept === undefined) {
    return journal.oldest !== undefined && story.id >= journal.oldest
      ? `capture ${story.id} is not in the journal`
      : 'retired';
  }
  if (kept !== story.sha256) return `capture ${story.id} has another content than was collected`;
  const isGone = story.acted === 'move' || story.acted === 'delete';
  return isGone && isThere ? `it is still on the server, though ${story.acted} was confirmed` : undefined;
}

function isSettled(story: Story | undefined): boolean {
  return story !== undefined && (story.id !== undefined || story.left === true);
}

function keyOf({ folder, uidValidity }: LedgerPlace): string {
  return placeKey(folder, uidValidity);
}

function placeKey(folder: string, uidValidity: string): string {
  return JSON.stringify([folder, uidValidity]);
}
