/** How a cluster is, as a console and a command show it. All of it is JSON. */
export interface ClusterView {
  readonly cluster: string;
  readonly servers: readonly ServerView[];
  readonly sensors: readonly MemberView[];
  readonly leases: LeasesView;
  readonly streams: readonly StreamView[];
  /** Which rules are published for all; null where none are. */
  readonly rules: { readonly publishedAt: string; readonly by: string; readonly version: number } | null;
  /** What is used of the budget of all; null where there is none. */
  readonly budget: { readonly attempts: number; readonly spentUntil: string | null } | null;
}

/** The servers that keep copies of what the sensors have in common. */
export interface ServerView {
  readonly name: string;
  readonly is: 'leader' | 'follower';
  readonly alive: boolean;
  /** Whether it has everything that the leader has. */
  readonly upToDate: boolean;
}

export interface MemberView {
  readonly session: string;
  readonly sensor: string;
  readonly command: string;
  readonly version: string;
  readonly startedAt: string;
  readonly accepted: number;
  readonly lastMinute: number;
  readonly outputs: readonly { readonly name: string; readonly behindBytes: number; readonly failing: boolean }[];
  readonly rules: string | null;
  readonly mailboxes: { readonly named: number; readonly held: number } | null;
}

export interface LeasesView {
  readonly total: number;
  /** Of those that somebody has who is alive. */
  readonly held: number;
  /** How many each sensor has. */
  readonly bySensor: Readonly<Record<string, number>>;
}

export interface StreamView {
  readonly stream: string;
  readonly messages: number;
  readonly bytes: number;
  /** Null where there is no limit. */
  readonly maxBytes: number | null;
  readonly replicas: number;
  readonly leader: string | null;
  /** Servers that have a copy and are away, or behind. */
  readonly missing: readonly string[];
  readonly consumers: readonly ConsumerView[];
}

export interface ConsumerView {
  readonly consumer: string;
  /** Messages that it has not been given yet. */
  readonly pending: number;
  /** Given, and not confirmed. */
  readonly unconfirmed: number;
  readonly redelivered: number;
}
