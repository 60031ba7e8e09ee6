import type { Capture } from '../../capture/capture.ts';
import { Fault } from '../../errors.ts';
import type { Emit } from '../../events/event.ts';
import type { Attempt, Limits } from '../budget/limits.ts';
import { KillSwitch } from '../kill-switch.ts';
import type { Probe, StoryEntry } from '../probe.ts';
import { tellHeld, tellRefused } from '../probe-events.ts';
import type { Sending } from '../recipients/plan-sending.ts';
import { conductOf, type RelayMode } from '../relay-mode.ts';
import { budgetState, type BudgetState } from './budget-state.ts';
import type { Closing } from './damage.ts';
import { approve, deny } from './decide.ts';
import { DeskDatabase } from './desk-database.ts';
import { holdAll } from './hold.ts';
import { deskLayout } from './layout.ts';
import { findProbe, finishedSince, listProbes, type ProbeFilter } from './look.ts';
import { MessageFiles } from './message-files.ts';
import { loadProbe, nextApproved } from './probe-table.ts';
import { holdBack, reserve, wantedAttempts, type Reservation } from './reserve.ts';
import { dropOldContent, forgetOldest, makeRoom, type Room } from './room.ts';
import { settle, type Settlement } from './settle.ts';
import { storyOf, storyOfDesk, tell, type Telling } from './story-table.ts';
import { takeUp } from './take-up.ts';

export interface DeskSettings {
  readonly dataDir: string;
  readonly room: Room;
  readonly limits: Limits;
  readonly now: () => number;
  /** 32 hexadecimal digits of chance, by which this budget is told from any other. */
  readonly newIdentity: () => string;
  readonly emit: Emit;
  /** Milliseconds to wait while another process writes; usually 5,000. */
  readonly patience?: number;
}

export interface Shown {
  readonly probe: Probe;
  /** Everything that happened to it, in order. */
  readonly story: readonly StoryEntry[];
}

/**
 * Where probes wait for a decision, and what of the budget is used. Several processes may have it open at a time; each
 * change is one synced transaction. Once it is closed, every method throws the Fault that says what to do.
 */
export class Desk {
  readonly killSwitch: KillSwitch;
  readonly #settings: DeskSettings;
  readonly #database: DeskDatabase;
  readonly #files: MessageFiles;

  constructor(settings: DeskSettings) {
    const { dataDir, patience = 5_000 } = settings;
    const layout = deskLayout(dataDir);
    this.#settings = settings;
    this.#database = new DeskDatabase({ ...settings, layout, patience });
    this.#files = new MessageFiles(layout);
    this.killSwitch = new KillSwitch(dataDir);
  }

  /** Why nothing is sent, and what to do; undefined while all is well. */
  get closed(): Closing | undefined {
    return this.#database.closed;
  }

  /** Whether the budget is still there and the same; asked right before a connection. */
  isSound(): boolean {
    return this.#database.isSound();
  }

  /** Another text after every change, whoever made it. */
  version(): string {
    return this.#database.version();
  }

  /** Puts those captures on the desk that a rule has chosen for it. What is there already stays as it is. */
  hold(batch: readonly Capture[], mode: RelayMode): readonly Probe[] {
    if (!conductOf[mode].holds || !batch.some(({ facts }) => facts.rules?.probe !== undefined)) return [];
    const { room, emit } = this.#settings;
    const now = this.#settings.now();
    const { held, expired, dropped } = this.#database.write((database) => ({
      held: holdAll(database, batch, { files: this.#files, mode, now, mostBytes: room.mostBytes }),
      expired: makeRoom(database, room, now),
      dropped: [...dropOldContent(database, room, now), ...forgetOldest(database, room)],
    }));
    this.#files.remove([...expired.map(({ id }) => id), ...dropped]);
    for (const probe of held) if (probe.state !== 'expired') tellHeld(probe, emit);
    for (const probe of [...held, ...expired]) if (probe.state === 'expired') tellRefused(probe, emit);
    return held;
  }

  list(filter: ProbeFilter = {}): readonly Probe[] {
    return this.#database.read((database) => listProbes(database, filter));
  }

  /** The probe whose id begins so, with its story. */
  show(idOrPrefix: string): Shown {
    return this.#database.read((database) => {
      const probe = findProbe(database, idOrPrefix);
      return { probe, story: storyOf(database, probe.id) };
    });
  }

  /** Its exact bytes; undefined when the desk does not have them any more. */
  contentOf(idOrPrefix: string): Buffer | undefined {
    return this.#files.read(this.#database.read((database) => findProbe(database, idOrPrefix)));
  }

  statusOf(id: string): Pick<Probe, 'state' | 'reason'> | undefined {
    const probe = this.#database.read((database) => loadProbe(database, id));
    return probe && { state: probe.state, reason: probe.reason };
  }

  /** What is finished since then (milliseconds), the newest last. */
  history({ since = 0, most = 1_000 }: { readonly since?: number; readonly most?: number } = {}): readonly Probe[] {
    return this.#database.read((database) => finishedSince(database, since, most));
  }

  /** What happened that concerns no single probe, the newest last. */
  ownStory(most = 100): readonly StoryEntry[] {
    return this.#database.read((database) => storyOfDesk(database, most));
  }

  budgetState(): BudgetState {
    const { limits, now } = this.#settings;
    return this.#database.read((database) => budgetState(database, limits, now()));
  }

  approve(idOrPrefix: string, by: string): Probe {
    return this.#database.write((database) => approve(database, idOrPrefix, by, this.#settings.now()));
  }

  deny(idOrPrefix: string, by: string, why?: string): Probe {
    return this.#database.write((database) => deny(database, idOrPrefix, { by, why }, this.#settings.now()));
  }

  /** The switch comes first: it works also where the desk is closed. */
  stop(by: string, why: string): 'stopped' | 'already stopped' {
    const done = this.killSwitch.stop(by, why, this.#settings.now());
    this.#tellIfOpen({ what: 'stopped', who: by, why });
    return done;
  }

  resume(by: string): 'running again' | 'already running' {
    const done = this.killSwitch.resume();
    this.#tellIfOpen({ what: 'resumed', who: by, why: done });
    return done;
  }

  /** For the courier: what a start does before anything is sent. Returns what may have gone out before it. */
  takeUp(mode: RelayMode): readonly Probe[] {
    const { now, emit } = this.#settings;
    const { uncertain, heldAgain } = this.#database.write((database) => {
      this.#files.remove(this.#files.ids().filter((id) => loadProbe(database, id)?.content !== 'kept'));
      return takeUp(database, mode, now());
    });
    for (const probe of uncertain) tellRefused(probe, emit);
    for (const probe of heldAgain) tellHeld(probe, emit);
    return uncertain;
  }

  /** For the courier: the approved probe whose turn it is. */
  next(): Probe | undefined {
    return this.#database.read(nextApproved);
  }

  /** For the courier: what it may send, counted and synced before it comes back. */
  reserve(id: string, sending: Sending): Reservation {
    const { limits, now } = this.#settings;
    const read = (probe: Probe) => this.#files.read(probe);
    return this.#database.write((database) =>
      this.killSwitch.isStopped ? { is: 'stopped' } : reserve(database, id, { sending, limits, read, now: now() }),
    );
  }

  /** For the courier: what sending it would count for others who count too. */
  wantedAttempts(probe: Probe, sending: Sending): readonly Attempt[] {
    return wantedAttempts(probe, sending, this.#settings.now());
  }

  /** For the courier: others have something against it. */
  holdBack(id: string, sending: Sending, why: string): Reservation {
    return this.#database.write((database) => holdBack(database, id, sending.mode, why, this.#settings.now()));
  }

  /** For the courier: what became of it. */
  settle(probe: Probe, settlement: Settlement): Probe {
    return this.#database.write((database) => settle(database, probe, settlement, this.#settings.now()));
  }

  /** For the courier: what belongs into the story of a probe and changes nothing about it. */
  note(telling: Omit<Telling, 'at'>): void {
    this.#database.write((database) => tell(database, { at: this.#settings.now(), ...telling }));
  }

  close(): void {
    this.#database.close();
  }

  #tellIfOpen(telling: Omit<Telling, 'at'>): void {
    try {
      this.note(telling);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
    }
  }
}
