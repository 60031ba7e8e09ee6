/** Who wants a connection: to one server, for one account. */
export interface Caller {
  readonly host: string;
  readonly account: string;
  /** How many the account may have. */
  readonly perAccount: number;
}

export interface ConnectionLimits {
  readonly total: number;
  readonly perHost: number;
}

/** Connections that may be open at once: in all, to one server, and for one account. */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #open = new Map<string, number>();
  readonly #waiting: { readonly caller: Caller; readonly enter: () => void }[] = [];
  #total = 0;

  constructor(limits: ConnectionLimits) {
    this.#limits = limits;
  }

  /** Whether somebody could make use of the connection that this caller holds. */
  isWanted({ host }: Caller): boolean {
    return this.#waiting.some(({ caller }) => caller.host === host || this.#total >= this.#limits.total);
  }

  /** How many the caller could have now, beside those that are open. */
  free({ host, account, perAccount }: Caller): number {
    const { total, perHost } = this.#limits;
    const left = [total - this.#total, perHost - this.#of(hostKey(host)), perAccount - this.#of(accountKey(account))];
    return Math.max(0, Math.min(...left));
  }

  /** Resolves with what ends the permission. Rejects at the signal. */
  async take(caller: Caller, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.#isFree(caller)) this.#count(caller, 1);
    else await this.#wait(caller, signal);
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#count(caller, -1);
      this.#admit();
    };
  }

  async #wait(caller: Caller, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting = { caller, enter: resolve };
    const giveUp = () => {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      reject(signal.reason as Error);
    };
    this.#waiting.push(waiting);
    signal.addEventListener('abort', giveUp, { once: true });
    await promise.finally(() => signal.removeEventListener('abort', giveUp));
  }

  // One whose server is busy does not hold up those behind it.
  #admit(): void {
    for (const waiting of this.#waiting.slice()) {
      if (!this.#isFree(waiting.caller)) continue;
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      this.#count(waiting.caller, 1);
      waiting.enter();
    }
  }

  #isFree(caller: Caller): boolean {
    return this.free(caller) > 0;
  }

  #count({ host, account }: Caller, difference: 1 | -1): void {
    this.#total += difference;
    for (const key of [hostKey(host), accountKey(account)]) {
      const count = this.#of(key) + difference;
      if (count === 0) this.#open.delete(key);
      else this.#open.set(key, count);
    }
  }

  #of(key: string): number {
    return this.#open.get(key) ?? 0;
  }
}

const hostKey = (host: string) => `host ${host}`;
const accountKey = (account: string) => `account ${account}`;
