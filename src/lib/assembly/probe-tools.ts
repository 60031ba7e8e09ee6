import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Settings } from '../config/schema.ts';
import { Fault } from '../errors.ts';
import type { Desk, Shown } from '../probe/desk/desk.ts';
import { hasDesk } from '../probe/desk/layout.ts';
import { KillSwitch } from '../probe/kill-switch.ts';
import { waitingStates, type Probe, type StoryEntry } from '../probe/probe.ts';
import { recreateBudget } from '../probe/recreate-budget.ts';
import { planRoute } from '../probe/relay/plan-route.ts';
import type { Route } from '../probe/relay/route.ts';
import { existingJournal } from './data-dirs.ts';
import { deskStart, sendingOf } from './desk-settings.ts';
import { openDesk } from './open-desk.ts';
import { destinationsOf, routeMeans } from './probe-relay.ts';

/** The desk of a sensor, as commands use it; whether the sensor runs makes no difference. */
export class ProbeTools {
  readonly dataDir: string;
  readonly #settings: Settings;
  readonly #desk: Desk;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.dataDir = existingJournal(settings.dataDir).dataDir;
    if (!hasDesk(this.dataDir)) throw noDesk(this.dataDir);
    this.#desk = openDesk(this.dataDir, settings.probes, () => undefined);
  }

  waiting(): readonly Probe[] {
    return this.#desk.list({ states: waitingStates });
  }

  all(): readonly Probe[] {
    return this.#desk.list();
  }

  history(since: number): readonly Probe[] {
    return this.#desk.history({ since });
  }

  /** What happened to the desk itself. */
  ownStory(): readonly StoryEntry[] {
    return this.#desk.ownStory();
  }

  show(id: string): Shown {
    return this.#desk.show(id);
  }

  contentOf(id: string): Buffer | undefined {
    return this.#desk.contentOf(id);
  }

  budget() {
    return this.#desk.budgetState();
  }

  approve(id: string, by: string): Probe {
    return this.#desk.approve(id, by);
  }

  deny(id: string, by: string, why?: string): Probe {
    return this.#desk.deny(id, by, why);
  }

  /** Asks DNS where a probe would go. Nothing is connected to. */
  async routes({ envelope, recipients }: Probe): Promise<readonly RouteOf[]> {
    const { probes, relay } = this.#settings;
    const { mode } = sendingOf(probes);
    const start = deskStart(this.#settings, this.dataDir, relay.hostname);
    const addresses = recipients.length > 0 ? recipients.map(({ address }) => address) : envelope.to;
    const domains = new Set(addresses.map((address) => address.slice(address.lastIndexOf('@') + 1).toLowerCase()));
    const means = routeMeans(start, AbortSignal.timeout(30_000));
    return Promise.all(
      [...domains].slice(0, 10).map(async (domain) => {
        const route = await planRoute(destinationsOf(mode, probes, 0)(domain), means);
        return { domain, route };
      }),
    );
  }

  /** Waits for a running sensor to do what was decided; gives up after so many milliseconds. */
  async outcomeOf(id: string, patience: number): Promise<Probe> {
    const end = Date.now() + patience;
    for (;;) {
      const { probe } = this.#desk.show(id);
      if ((probe.state !== 'approved' && probe.state !== 'sending') || Date.now() >= end) return probe;
      await sleep(100);
    }
  }

  /** Why nothing is sent at all; undefined while something may be. */
  get stopped(): string | undefined {
    const state = this.#desk.killSwitch.state();
    return state.is === 'stopped' ? state.why : undefined;
  }

  close(): void {
    this.#desk.close();
  }
}

export interface RouteOf {
  readonly domain: string;
  readonly route: Route;
}

/** The switch needs nothing but the data directory; where there is a desk, its story tells who used it and why. */
export function stopRelaying(settings: Settings, by: string, why: string): string {
  const done = atSwitch(
    settings,
    (desk) => desk.stop(by, why),
    (bare) => bare.stop(by, why, Date.now()),
  );
  return done === 'stopped' ? 'Nothing is sent from now on.' : 'It was stopped already; nothing is sent.';
}

export function resumeRelaying(settings: Settings, by: string): string {
  const done = atSwitch(
    settings,
    (desk) => desk.resume(by),
    (bare) => bare.resume(),
  );
  return done === 'running again' ? 'What is approved is sent again.' : 'It was not stopped.';
}

function atSwitch<Done>(settings: Settings, told: (desk: Desk) => Done, bare: (killSwitch: KillSwitch) => Done): Done {
  const { dataDir } = existingJournal(settings.dataDir);
  if (!hasDesk(dataDir)) return bare(new KillSwitch(dataDir));
  const desk = openDesk(dataDir, settings.probes, () => undefined);
  try {
    return told(desk);
  } finally {
    desk.close();
  }
}

/** For a desk that is closed: sets its files aside, and begins with a budget that is spent for a day. */
export function renewBudget(settings: Settings, by: string): string {
  const { dataDir } = existingJournal(settings.dataDir);
  const newIdentity = () => randomBytes(16).toString('hex');
  const { movedTo, spentUntil } = recreateBudget(dataDir, { now: Date.now(), newIdentity, by });
  const aside = movedTo === undefined ? '' : ` What was there lies in ${movedTo}.`;
  return `The budget begins anew, and counts as spent until ${spentUntil}.${aside} Start the sensor again.`;
}

function noDesk(dataDir: string): Fault {
  return new Fault(`There is no probe desk in ${dataDir}.`, {
    code: 'desk.missing',
    fix: 'It comes with the first start of "spamtrap serve-relay", unless probes.mode is off.',
  });
}
