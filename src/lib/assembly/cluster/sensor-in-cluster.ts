import { randomBytes } from 'node:crypto';
import { Cluster } from '../../cluster/cluster.ts';
import { MailboxShare, type MailboxShareSettings } from '../../cluster/mailbox-share.ts';
import type { Member } from '../../cluster/member.ts';
import type { Settings } from '../../config/schema.ts';
import { reason } from '../../errors.ts';
import type { EventHub } from '../../events/hub.ts';
import type { ClusterView } from '../../monitor/cluster-view.ts';
import { FollowRules } from '../../cluster/follow-rules.ts';
import type { Figures } from '../../monitor/figures.ts';
import type { OutputView } from '../../monitor/sensor-view.ts';
import type { Program } from '../control/control-service.ts';
import { copiesFrom, natsAccessFrom } from '../nats-access.ts';
import type { Service } from '../service-group.ts';
import { lookAtCluster } from './look.ts';
import { SharedMailboxes } from './shared-mailboxes.ts';

export interface InClusterSettings {
  readonly settings: Settings;
  readonly program: Program;
  readonly figures: Figures;
  readonly outputs: () => Promise<readonly OutputView[]>;
  readonly hub: EventHub;
}

/** For who asks a running sensor how its cluster is. */
export interface ClusterAnswer {
  readonly view: ClusterView | null;
  /** Why there is nothing to be seen. */
  readonly is: string;
}

/** Whoever asks each second gets what is not older than that. */
const freshFor = 3_000;

const monotonic = () => performance.now();

/** A running sensor as one of those that belong together. Whether the others can be reached stops no mail. */
export class SensorInCluster implements Service {
  readonly name = 'cluster';
  readonly #settings: InClusterSettings;
  readonly #cluster: Cluster;
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #share: MailboxShare | undefined;
  #rules: string | null = null;
  #seen: { readonly at: number; readonly answer: Promise<ClusterAnswer> } | undefined;

  /** Undefined where no cluster is configured. */
  static async of(given: InClusterSettings): Promise<SensorInCluster | undefined> {
    const { settings, hub } = given;
    const { cluster, sensor } = settings;
    const access = await natsAccessFrom('cluster', cluster, `spamtrap ${sensor.name}`);
    if (access === undefined) return undefined;
    return new SensorInCluster(given, (describe) => {
      return new Cluster({
        access,
        name: cluster.name,
        replicas: copiesFrom(cluster),
        leaseMs: cluster.lease,
        session: randomBytes(12).toString('hex'),
        describe,
        emit: hub.emit,
        monotonic,
        random: Math.random,
      });
    });
  }

  private constructor(given: InClusterSettings, open: (describe: () => Promise<Member>) => Cluster) {
    this.#settings = given;
    this.#cluster = open(() => this.#describe());
    given.hub.listen((event) => {
      if (event.event === 'rules.loaded') this.#rules = event.revision;
    });
  }

  /** For who collects; undefined where everybody collects what he names. */
  shareMailboxes(how: Pick<MailboxShareSettings, 'collect' | 'handsOn'>): SharedMailboxes | undefined {
    const { settings, hub } = this.#settings;
    if (settings.cluster.mailboxes === 'own') return undefined;
    this.#share = new MailboxShare({
      session: this.#cluster.session,
      sensor: settings.sensor.name,
      leaseMs: settings.cluster.lease,
      ...how,
      isAlive: () => this.#cluster.isAlive,
      emit: hub.emit,
      now: Date.now,
      monotonic,
    });
    this.#cluster.add(this.#share);
    return new SharedMailboxes(this.#cluster, this.#share, settings.sensor.name);
  }

  /** Has `take` called with the rules that are published for all, whenever they are others than before. */
  followRules(take: (text: string) => void, refused: (detail: string) => void): void {
    this.#cluster.add(new FollowRules(take, refused));
  }

  /** How the cluster is, by the connection that this sensor has. */
  status(): Promise<ClusterAnswer> {
    if (this.#seen === undefined || monotonic() - this.#seen.at > freshFor) {
      this.#seen = { at: monotonic(), answer: this.#look() };
    }
    return this.#seen.answer;
  }

  async #look(): Promise<ClusterAnswer> {
    try {
      const view = await lookAtCluster(this.#cluster.link, this.#settings.settings.cluster);
      return { view, is: 'No sensor is alive.' };
    } catch (error) {
      return { view: null, is: reason(error) };
    }
  }

  async start(fatal: (error: unknown) => void): Promise<void> {
    this.#running = this.#cluster.run(this.#stop.signal).catch(fatal);
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #describe(): Promise<Member> {
    const { settings, program, figures, outputs } = this.#settings;
    const { startedAt, intakes } = figures.at();
    const all = Object.values(intakes);
    const views = await outputs().catch(() => []);
    return {
      sensor: settings.sensor.name,
      ...program,
      startedAt,
      accepted: sum(all.map(({ messages }) => messages)),
      lastMinute: sum(all.flatMap(({ bySecond }) => bySecond)),
      outputs: views.map(({ output, behindBytes, failingSince }) => {
        return { name: output, behindBytes, failing: failingSince !== null };
      }),
      rules: this.#rules,
      mailboxes: this.#share?.figures ?? null,
    };
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
