import { Fault, reason } from '../../errors.ts';
import type { Emit } from '../../events/event.ts';
import type { Allowance } from '../budget/shared-budget.ts';
import type { Desk } from '../desk/desk.ts';
import type { Reservation } from '../desk/reserve.ts';
import { itself } from '../desk/story-table.ts';
import type { Probe } from '../probe.ts';
import { tellConcluded, tellHeld, tellRefused } from '../probe-events.ts';
import type { Sending } from '../recipients/plan-sending.ts';
import type { Relay } from '../relay-job.ts';
import { deliver } from './delivery.ts';

export interface CourierSettings {
  readonly desk: Desk;
  readonly sending: Sending;
  readonly relay: Relay;
  /** Who counts what other sensors send too. */
  readonly allowance: Allowance;
  readonly emit: Emit;
  /** Awaited before a probe is sent; when it fails, the probe is not sent. */
  readonly announce?: (probe: Probe) => Promise<void>;
  /** Awaited when a probe that was announced is finished; when it fails, its story says so. */
  readonly concluded?: (probe: Probe) => Promise<void>;
  /** Milliseconds between two looks at what other processes have decided. */
  readonly interval: number;
}

/** So often it is tried while another process writes; each time waits as long as the desk does. */
const attemptsToKeep = 10;

/** Carries what is approved to the relay, one probe at a time, and each of them at most once. */
export class Courier {
  readonly #settings: CourierSettings;
  #woken = false;
  #wake: () => void = () => undefined;
  #saidSpent = false;

  constructor(settings: CourierSettings) {
    this.#settings = settings;
  }

  /** Runs until the signal, or until the desk is closed. What is being sent at that moment has until `hurry`. */
  async run(signal: AbortSignal, hurry: AbortSignal = signal): Promise<void> {
    const { desk, sending } = this.#settings;
    signal.addEventListener('abort', () => this.wake(), { once: true });
    try {
      const uncertain = await this.#patiently(() => desk.takeUp(sending.mode), signal);
      for (const probe of uncertain ?? []) await this.#conclude(probe);
      while (sending.mode !== 'off' && !signal.aborted) {
        const seen = this.#look();
        await this.sendApproved(signal, hurry);
        await this.#change(seen, signal);
      }
    } catch (error) {
      if (!isFault(error, 'desk.closed')) throw error;
    }
  }

  /** Sends what is approved now, one after the other. */
  async sendApproved(signal: AbortSignal, hurry: AbortSignal = signal): Promise<void> {
    const { desk, sending } = this.#settings;
    while (!desk.killSwitch.isStopped) {
      const probe = await this.#patiently(() => desk.next(), signal);
      if (!probe) return;
      // Counted for all before it is counted here: what then is not sent was counted all the same.
      const why = await this.#objectionOfAll(probe);
      const reservation = await this.#patiently(
        () => (why === undefined ? desk.reserve(probe.id, sending) : desk.holdBack(probe.id, sending, why)),
        signal,
      );
      if (!reservation || reservation.is === 'stopped') return;
      await this.#proceed(probe, reservation, hurry);
    }
  }

  async #objectionOfAll(probe: Probe): Promise<string | undefined> {
    const { desk, sending, allowance } = this.#settings;
    const attempts = desk.wantedAttempts(probe, sending);
    return attempts.length === 0 ? undefined : allowance.take(attempts);
  }

  /** Looks at once whether there is something to do. */
  wake(): void {
    this.#woken = true;
    this.#wake();
  }

  async #proceed(approved: Probe, reservation: Reservation, signal: AbortSignal): Promise<void> {
    const { desk, relay, announce, emit } = this.#settings;
    switch (reservation.is) {
      case 'gone':
      case 'stopped':
        return;
      case 'refused':
        return tellRefused(reservation.probe, emit);
      case 'held':
        return this.#tellHeldAgain(approved, reservation);
      case 'reserved': {
        this.#saidSpent = false;
        const settle = (...words: Parameters<Desk['settle']>) => this.#keep(() => desk.settle(...words));
        const delivery = { desk, relay, settle, ...(announce && { announce }) };
        const probe = await deliver(reservation.probe, reservation.content, delivery, signal);
        await this.#conclude(probe);
        return tellConcluded(probe, emit);
      }
    }
  }

  // Whoever approved it by hand wants to know; that a mode has run out of budget is said once until it has some again.
  #tellHeldAgain({ decision }: Probe, { probe, over }: Extract<Reservation, { is: 'held' }>): void {
    const isRepetition = over !== undefined && decision?.is === 'automatic';
    if (!isRepetition || !this.#saidSpent) tellHeld(probe, this.#settings.emit);
    if (isRepetition) this.#saidSpent = true;
  }

  /** Writes down what has happened, whether or not it is time to stop. */
  async #keep<Result>(action: () => Result): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return action();
      } catch (error) {
        // What is not written stays as one that is being sent, which the next start calls uncertain.
        if (attempt === attemptsToKeep || !isFault(error, 'desk.busy')) throw error;
        await this.#sleep();
      }
    }
  }

  async #conclude(probe: Probe): Promise<void> {
    try {
      await this.#settings.concluded?.(probe);
    } catch (error) {
      const telling = { probe: probe.id, what: 'concluding failed', who: itself, why: reason(error) } as const;
      await this.#keep(() => this.#settings.desk.note(telling));
    }
  }

  /** Undefined when it is time to stop. */
  async #patiently<Result>(action: () => Result, signal: AbortSignal): Promise<Result | undefined> {
    while (!signal.aborted) {
      try {
        return action();
      } catch (error) {
        if (!isFault(error, 'desk.busy')) throw error;
        await this.#sleep();
      }
    }
    return undefined;
  }

  async #change(seen: string, signal: AbortSignal): Promise<void> {
    while (!this.#woken && !signal.aborted && this.#look() === seen) await this.#sleep();
    this.#woken = false;
  }

  /** Another text when there may be something to do. */
  #look(): string {
    const { desk } = this.#settings;
    desk.isSound();
    try {
      return `${desk.version()} ${desk.killSwitch.isStopped}`;
    } catch (error) {
      if (!isFault(error, 'desk.busy')) throw error;
      return 'somebody is writing';
    }
  }

  async #sleep(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#settings.interval);
    this.#wake = resolve;
    await promise;
    clearTimeout(timer);
  }
}

function isFault(error: unknown, code: string): boolean {
  return error instanceof Fault && error.code === code;
}
