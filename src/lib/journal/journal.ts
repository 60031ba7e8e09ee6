import { createIdSource, type Id } from '../capture/id.ts';
import type { SessionFacts } from '../capture/capture.ts';
import { reason } from '../errors.ts';
import { formatSize } from '../text/units.ts';
import { Availability } from './availability.ts';
import { Committer } from './committer.ts';
import { orUnwritable, prepareDataDir } from './data-dir.ts';
import { realDisk, type Disk } from './disk.ts';
import { Draft, type DraftKeeper } from './draft.ts';
import type { JournalLayout } from './layout.ts';
import { lockDataDir, type Lock } from './lock.ts';
import type { Notify } from './notice.ts';
import { origin } from './position.ts';
import { saltLength } from './record.ts';
import { recover, type Recovery } from './recover.ts';
import { measureJournal, removeOldSegments, type Retain } from './retention.ts';
import { Room } from './room.ts';
import { SegmentWriter } from './segment-writer.ts';
import { SideWriter } from './side.ts';
import { Spare } from './spare.ts';
import { Tail } from './tail.ts';
import { JournalUnavailable } from './unavailable.ts';

export interface JournalSettings {
  readonly segmentSize: number;
  readonly retain: Retain;
  readonly maxSize: number;
  readonly diskFloor: number;
  readonly maxPending: number;
  readonly memory: number;
  readonly spillAt: number;
}

export interface JournalOptions {
  readonly dataDir: string;
  readonly settings: JournalSettings;
  readonly notify: Notify;
  readonly now: () => number;
  /** A whole number from 0 up to, but not including, its argument. */
  readonly randomInt: (max: number) => number;
  readonly disk?: Disk;
}

/** How often room and retention are looked after. */
const roomEvery = 1_000;
const retentionEvery = 30_000;

/** The durable, ordered log of captures. One process writes it; any number of readers follow its tail. */
export class Journal {
  readonly layout: JournalLayout;
  readonly tail = new Tail();
  readonly #options: JournalOptions;
  readonly #lock: Lock;
  readonly #committer: Committer;
  readonly #writer: SegmentWriter;
  readonly #spare: Spare;
  readonly #room: Room;
  readonly #availability: Availability;
  readonly #keeper: DraftKeeper;
  readonly #openSides = new Set<Id>();
  readonly #timers: NodeJS.Timeout[] = [];
  #heldBytes = 0;
  #shortOfRoom = false;
  #tidying: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  static async open(options: JournalOptions): Promise<Journal> {
    const { dataDir } = options;
    const layout = prepareDataDir(dataDir);
    try {
      const lock = lockDataDir(dataDir);
      return await Journal.#openLocked(options, layout, lock).catch((error: unknown) => {
        lock.release();
        throw error;
      });
    } catch (error) {
      throw orUnwritable(dataDir, error);
    }
  }

  static async #openLocked(options: JournalOptions, layout: JournalLayout, lock: Lock): Promise<Journal> {
    const recovery = recover(layout);
    if (recovery.cutBytes > 0) {
      const { cutBytes, end } = recovery;
      options.notify({ event: 'journal.recovered', segment: end?.segment ?? 0, cutBytes });
    }
    const journal = new Journal(options, layout, lock, recovery);
    await journal.#start(recovery);
    return journal;
  }

  private constructor(options: JournalOptions, layout: JournalLayout, lock: Lock, recovery: Recovery) {
    const { settings, notify, now, randomInt, disk = realDisk } = options;
    this.#options = options;
    this.layout = layout;
    this.#lock = lock;
    this.#availability = new Availability(notify);
    const ids = createIdSource(now, randomInt);
    if (recovery.lastId) ids.continueAfter(recovery.lastId);
    const nextId = () => ids.next();
    this.#spare = new Spare(disk, layout.spare, settings.segmentSize);
    const oldestSide = () => [...this.#openSides].sort()[0] ?? nextId();
    const newSalt = () => Buffer.from(Array.from({ length: saltLength }, () => randomInt(256)));
    this.#writer = new SegmentWriter({ layout, disk, spare: this.#spare, ids, now, oldestSide, newSalt }, recovery.end);
    this.#committer = new Committer({
      writer: this.#writer,
      spare: this.#spare,
      tail: this.tail,
      notify,
      availability: this.#availability,
      resume: () => {
        if (!this.#shortOfRoom) this.#availability.resume();
      },
      nextId,
      segmentSize: settings.segmentSize,
      maxPending: settings.maxPending,
    });
    this.#room = new Room({
      diskFloor: settings.diskFloor,
      maxSize: settings.maxSize,
      freeBytes: () => disk.freeBytes(layout.root),
      usedBytes: () => measureJournal(layout),
    });
    this.#keeper = {
      begun: () => this.tail.countUnderWay(1),
      ended: () => this.tail.countUnderWay(-1),
      mayHold: (bytes) => this.#heldBytes + bytes <= settings.memory,
      held: (difference) => (this.#heldBytes += difference),
      openSide: () => {
        const side = new SideWriter(disk, layout, nextId());
        this.#openSides.add(side.id);
        return side;
      },
      closeSide: (side) => this.#openSides.delete(side.id),
      commit: (meta, body) => {
        this.#room.count(meta.size);
        return this.#committer.commit({ kind: 'capture', meta: JSON.stringify(meta), body });
      },
      refused: ({ why }, error) => {
        if (why === 'full') this.#availability.refuse(why, reason(error));
      },
      demandRoom: (bytes) => this.#demandRoom(bytes),
      now,
    };
  }

  /** A message begins to arrive, and a peer waits for it: outputs give way to it. */
  draft(): Draft {
    return this.#draft(this.#keeper);
  }

  /** A message that was fetched: nobody waits for it, and outputs need not give way. */
  unhurriedDraft(): Draft {
    return this.#draft({ ...this.#keeper, begun: () => undefined, ended: () => undefined });
  }

  /** Keeps a session as evidence; nobody waits for it. */
  note(session: SessionFacts): void {
    if (this.#room.shortage(0) !== undefined) return;
    const meta = JSON.stringify(session);
    this.#room.count(meta.length);
    this.#committer.note({ kind: 'session', meta, body: [] });
  }

  /** Removes what every reader has passed and nobody needs to keep longer. */
  removeOld(): Promise<void> {
    const { settings, now, notify } = this.#options;
    this.#tidying = this.#tidying.then(() =>
      removeOldSegments(this.layout, settings.retain, this.tail.position, now(), notify).catch((error: unknown) =>
        notify({ event: 'journal.untidy', detail: reason(error) }),
      ),
    );
    return this.#tidying;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  #draft(keeper: DraftKeeper): Draft {
    return new Draft(keeper, this.#options.settings.spillAt);
  }

  async #close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.#committer.close();
    await this.#tidying;
    await this.#writer.seal();
    this.tail.publish(this.#writer.position);
    await this.#spare.close();
    this.#lock.release();
  }

  async #start({ end }: Recovery): Promise<void> {
    this.tail.publish(end ?? origin);
    if (end) await this.#writer.reopen();
    await this.#room.refresh();
    this.#every(roomEvery, () => void this.#watchRoom());
    this.#every(retentionEvery, () => void this.removeOld());
    await this.removeOld();
  }

  #every(ms: number, action: () => void): void {
    this.#timers.push(setInterval(action, ms).unref());
  }

  async #watchRoom(): Promise<void> {
    await this.#room.refresh();
    // Before anybody is refused for lack of room, what need not be kept any longer goes.
    if (this.#room.shortage(this.#options.settings.segmentSize) !== undefined) {
      await this.removeOld();
      await this.#room.refresh();
    }
    // Room for one message is not room: it would be said again and again that the journal refuses and resumes.
    if (this.#shortOfRoom && this.#room.shortage(this.#options.settings.segmentSize) === undefined) {
      this.#shortOfRoom = false;
      this.#availability.resume();
    }
  }

  #demandRoom(bytes: number): void {
    const shortage = this.#room.shortage(this.#shortOfRoom ? this.#options.settings.segmentSize : bytes);
    if (shortage === undefined) return;
    this.#shortOfRoom = true;
    this.#availability.refuse('full', shortage);
    throw new JournalUnavailable('full', `The journal takes no message of ${formatSize(bytes)}: ${shortage}.`);
  }
}
