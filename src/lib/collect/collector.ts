import type { Emit } from '../events/event.ts';
import type { Mailbox } from './mailbox.ts';
import { Keeper, type KeeperMeans } from './keeper.ts';

/** Keeps to all mailboxes that the configuration names, whatever it says next. */
export class Collector {
  readonly #means: KeeperMeans;
  readonly #emit: Emit;
  readonly #fatal: (error: unknown) => void;
  readonly #keepers = new Map<string, Keeper>();

  constructor(means: KeeperMeans, fatal: (error: unknown) => void) {
    this.#means = means;
    this.#emit = means.emit;
    this.#fatal = fatal;
  }

  get keepers(): readonly Keeper[] {
    return [...this.#keepers.values()];
  }

  /** Takes up new mailboxes, leaves those that are no longer named, and takes up anew those that changed. */
  async take(mailboxes: readonly Mailbox[]): Promise<void> {
    const named = new Map(mailboxes.map((mailbox) => [mailbox.name, mailbox]));
    const removed = [...this.#keepers.keys()].filter((name) => !named.has(name));
    const changed = mailboxes.filter(({ name, settings }) => {
      const keeper = this.#keepers.get(name);
      return keeper !== undefined && keeper.mailbox.settings !== settings;
    });
    const added = mailboxes.filter(({ name }) => !this.#keepers.has(name));
    const kept = this.keepers.filter(({ mailbox }) => !removed.includes(mailbox.name) && !changed.includes(mailbox));
    await Promise.all([...removed, ...changed.map(({ name }) => name)].map((name) => this.#leave(name)));
    for (const mailbox of [...added, ...changed]) this.#keep(mailbox);
    // A password may have been corrected in a file that the configuration only names.
    for (const keeper of kept) if (keeper.state.phase === 'locked') keeper.retryNow();
    this.#emit({
      event: 'mailboxes.loaded',
      mailboxes: mailboxes.length,
      added: added.map(({ name }) => name),
      changed: changed.map(({ name }) => name),
      removed,
    });
  }

  /** Leaves mailboxes alone for as long as something is done with what is known of them. */
  async without<Done>(names: readonly string[], action: () => Promise<Done>): Promise<Done> {
    const left = this.keepers.map(({ mailbox }) => mailbox).filter(({ name }) => names.includes(name));
    await Promise.all(left.map(({ name }) => this.#leave(name)));
    try {
      return await action();
    } finally {
      for (const mailbox of left) this.#keep(mailbox);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#keepers.keys()].map((name) => this.#leave(name)));
  }

  #keep(mailbox: Mailbox): void {
    const keeper = new Keeper(this.#means, mailbox);
    this.#keepers.set(mailbox.name, keeper);
    keeper.ended.catch(this.#fatal);
  }

  async #leave(name: string): Promise<void> {
    const keeper = this.#keepers.get(name);
    this.#keepers.delete(name);
    await keeper?.stop();
  }
}
