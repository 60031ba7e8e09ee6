import { setTimeout } from 'node:timers/promises';
import { MailboxFault } from '../mailbox/mailbox-fault.ts';
import type { MailboxSession } from '../mailbox/session.ts';
import type { Caller } from './connections.ts';
import { foldersOf, throughDoorway, type Doorway } from './doorway.ts';
import { noFigures, type Figures } from './figures.ts';
import type { Mailbox } from './mailbox.ts';
import { Retry } from './retry.ts';
import { troubleOf } from './trouble.ts';
import { Visit, type VisitMeans } from './visit.ts';

/** Folders that share a connection are looked at in turn, this often. */
const turn = 60_000;
/** What is handed over within a moment is acted on together. */
const gather = 250;
/** A POP3 server is not told to keep its mailbox locked for longer than this while outputs are slow. */
const longestVisit = 10_000;

export interface KeeperMeans extends VisitMeans {
  readonly doorway: Doorway;
  readonly random: () => number;
  readonly newSessionId: () => string;
}

/** How a mailbox stands, for those who ask. */
export interface KeeperState {
  phase: 'connecting' | 'collecting' | 'idle' | 'resting' | 'failing' | 'locked';
  folders: readonly string[];
  missing: readonly string[];
  readonly figures: Figures;
  /** ISO 8601. */
  lastMailAt?: string | undefined;
  lastSearchAt?: string | undefined;
  nextAttemptAt?: string | undefined;
  lastFault?: { readonly at: string; readonly why: string; readonly detail: string } | undefined;
}

/** Keeps to one mailbox for as long as the program runs: connects, watches, and comes back after every fault. */
export class Keeper {
  readonly mailbox: Mailbox;
  readonly state: KeeperState = { phase: 'connecting', folders: [], missing: [], figures: noFigures() };
  readonly #means: KeeperMeans;
  readonly #retry: Retry;
  readonly #stop = new AbortController();
  /** Rejects only for a fault of ours. */
  readonly ended: Promise<void>;
  #hurry: () => void = () => undefined;
  /** Connections that the server has let us have at once. */
  #most: number;

  constructor(means: KeeperMeans, mailbox: Mailbox) {
    this.#means = means;
    this.mailbox = mailbox;
    this.#most = mailbox.connections;
    this.#retry = new Retry(means.random);
    this.ended = this.#keep(this.#stop.signal);
  }

  /** Tries at once what waits for its next attempt: something may have changed. */
  retryNow(): void {
    this.#hurry();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.ended;
  }

  async #keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#stay(signal);
        this.#retry.succeeded();
        this.state.phase = 'resting';
        // Who gave its connection to others comes back for the next turn, behind them.
        await this.#rest(this.#isWatching ? Math.min(turn, this.mailbox.everyMs) : this.mailbox.everyMs, signal);
      } catch (error) {
        if (signal.aborted) return;
        await this.#rest(this.#failed(error), signal);
      }
    }
  }

  /** Ends when the connection is to be given back, and throws when it is lost. */
  async #stay(signal: AbortSignal): Promise<void> {
    this.state.phase = 'connecting';
    this.state.nextAttemptAt = undefined;
    // One that fails takes the others with it, so that all of the mailbox is taken up anew together.
    const together = new AbortController();
    const all = AbortSignal.any([signal, together.signal]);
    await throughDoorway(this.#means.doorway, this.mailbox, all, async (session) => {
      const { chosen, missing } = await foldersOf(this.mailbox, session);
      Object.assign(this.state, { folders: chosen, missing });
      const { name: mailbox, access } = this.mailbox;
      this.#means.emit({ event: 'mailbox.opened', mailbox, host: access.host, folders: chosen, missing });
      const [mine = [], ...others] = shared(chosen, this.#connectionsFor(session));
      const watching = [this.#watch(session, mine, all), ...others.map((folders) => this.#watchBeside(folders, all))];
      try {
        await Promise.race(watching.map((each) => each.then(() => undefined)));
      } finally {
        together.abort();
        const results = await Promise.allSettled(watching);
        if (!signal.aborted) throwFirst(results);
      }
    });
  }

  async #watchBeside(folders: readonly string[], signal: AbortSignal): Promise<void> {
    try {
      await throughDoorway(this.#means.doorway, this.mailbox, signal, (session) =>
        this.#watch(session, folders, signal),
      );
    } catch (error) {
      // The server has let in the first of us: whatever it has against one more, we do with fewer.
      const isTooMany = error instanceof MailboxFault && (error.kind === 'throttled' || error.kind === 'credentials');
      if (!isTooMany) throw error;
      this.#most = Math.max(1, this.#most - 1);
      throw new MailboxFault('throttled', `no further connection: ${error.message}`, { cause: error });
    }
  }

  /** This one, and as many beside it as can be had without waiting: a folder that waited would not be collected. */
  #connectionsFor({ features }: MailboxSession): number {
    if (!features.push || this.mailbox.watch === 'visit') return 1;
    return Math.min(this.#most, 1 + this.#means.doorway.connections.free(this.#caller));
  }

  async #watch(session: MailboxSession, folders: readonly string[], signal: AbortSignal): Promise<void> {
    const { everyMs, watch } = this.mailbox;
    const id = this.#means.newSessionId();
    const isPolled = folders.length > 1 || !session.features.push;
    for (;;) {
      let visit: Visit | undefined;
      // The first is the last to be opened, because that is the one whose news are waited for.
      for (const name of folders.toReversed()) {
        visit = await Visit.open(
          this.#means,
          { mailbox: this.mailbox, session, figures: this.state.figures, id },
          name,
        );
        await this.#search(visit, name, signal);
        if (session.features.actsAtEnd) return this.#actAtEnd(visit, signal);
      }
      this.#retry.succeeded();
      if (
        visit === undefined ||
        signal.aborted ||
        watch === 'visit' ||
        this.#means.doorway.connections.isWanted(this.#caller)
      )
        return;
      this.state.phase = 'idle';
      await this.#wait(visit, isPolled ? Math.min(turn, everyMs) : everyMs, signal);
      if (signal.aborted) return;
    }
  }

  async #search(visit: Visit, folder: string, signal: AbortSignal): Promise<void> {
    const { emit, now } = this.#means;
    this.state.phase = 'collecting';
    const count = await visit.collect(signal);
    const at = new Date(now()).toISOString();
    this.state.lastSearchAt = at;
    if (count === 0) return;
    this.state.lastMailAt = at;
    emit({ event: 'mailbox.collected', mailbox: this.mailbox.name, folder, count, waiting: visit.waiting });
  }

  /** Resolves when there is a reason to search again; acts meanwhile on what is handed over. */
  async #wait(visit: Visit, ms: number, signal: AbortSignal): Promise<void> {
    const due = AbortSignal.any([signal, AbortSignal.timeout(ms)]);
    while (!due.aborted) {
      const turned = new AbortController();
      const until = AbortSignal.any([due, turned.signal]);
      const news = visit.folder.waitForNews(until).then(() => 'news' as const);
      const change = visit.change(until).then(() => 'change' as const);
      // Whoever wins, the other one ends too; a lost connection is for the next command to tell.
      const first = await Promise.race([news, change]).finally(() => turned.abort());
      await news.catch(() => undefined);
      if (first === 'news') return;
      await setTimeout(gather, undefined, { signal: due }).catch(() => undefined);
      if (visit.hasToAct) await visit.act();
    }
  }

  async #actAtEnd(visit: Visit, signal: AbortSignal): Promise<void> {
    const patience = AbortSignal.any([signal, AbortSignal.timeout(longestVisit)]);
    while (visit.waiting > 0 && !patience.aborted) await visit.change(patience);
    if (!signal.aborted) await visit.act();
  }

  get #isWatching(): boolean {
    return this.mailbox.watch === 'idle' && this.mailbox.access.protocol === 'imap';
  }

  get #caller(): Caller {
    const { access, account, connections: perAccount } = this.mailbox;
    return { host: access.host, account, perAccount };
  }

  #failed(error: unknown): number {
    const trouble = troubleOf(error);
    const { emit, now } = this.#means;
    const { name: mailbox } = this.mailbox;
    const { inMs: retryInMs, locked } = this.#retry.failed(trouble);
    const at = new Date(now()).toISOString();
    this.state.phase = locked ? 'locked' : 'failing';
    this.state.lastFault = { at, why: trouble.why, detail: trouble.detail };
    if (locked) emit({ event: 'mailbox.locked', mailbox, detail: trouble.detail, retryInMs });
    else {
      const { attempt } = this.#retry;
      emit({ event: 'mailbox.failed', mailbox, why: trouble.why, detail: trouble.detail, attempt, retryInMs });
    }
    return retryInMs;
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.state.nextAttemptAt = new Date(this.#means.now() + ms).toISOString();
    const hurried = new AbortController();
    this.#hurry = () => hurried.abort();
    await setTimeout(ms, undefined, { signal: AbortSignal.any([signal, hurried.signal]) }).catch(() => undefined);
  }
}

/** As many groups as there may be connections: the first folders have one each, the rest share the last. */
function shared(folders: readonly string[], connections: number): readonly (readonly string[])[] {
  if (folders.length <= connections) return folders.map((folder) => [folder]);
  const alone = folders.slice(0, connections - 1).map((folder) => [folder]);
  return [...alone, folders.slice(connections - 1)];
}

function throwFirst(results: readonly PromiseSettledResult<void>[]): void {
  const failed = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown);
  // The others were only interrupted by it.
  const first = failed.find((error) => error instanceof MailboxFault && error.kind !== 'lost') ?? failed[0];
  if (first !== undefined) throw first as Error;
}
