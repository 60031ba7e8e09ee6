import { onTestFinished } from 'vitest';
import { Broker, type BrokerSettings } from '../../src/lib/hpfeeds/broker/broker.ts';
import type { BrokerLimits } from '../../src/lib/hpfeeds/broker/limits.ts';
import type { BrokerNotice } from '../../src/lib/hpfeeds/broker/notice.ts';
import type { User } from '../../src/lib/hpfeeds/broker/user.ts';
import type { LinkSettings } from '../../src/lib/hpfeeds/client/link.ts';

const MiB = 2 ** 20;

export const usualLimits: BrokerLimits = {
  frame: MiB + 5,
  connections: 1000,
  perAddress: 1000,
  perIdentity: 1000,
  authTime: 60_000,
  backlog: 16 * MiB,
  backlogs: 256 * MiB,
  slowFor: 60_000,
};

export function user(ident: string, publishes: readonly string[], subscribes: readonly string[]): User {
  return { ident, secret: `${ident}'s`, owner: '', publishes: new Set(publishes), subscribes: new Set(subscribes) };
}

/** Users that a test changes while the broker runs. */
export class TestUsers {
  readonly #users = new Map<string, User>();

  constructor(...users: readonly User[]) {
    for (const one of users) this.put(one);
  }

  put(one: User): void {
    this.#users.set(one.ident, one);
  }

  remove(ident: string): void {
    this.#users.delete(ident);
  }

  find(ident: string): User | undefined {
    return this.#users.get(ident);
  }
}

export const writer = user('writer', ['spam.mails', 'other'], []);
export const reader = user('reader', [], ['spam.mails', 'other']);

export interface RunningBroker {
  readonly broker: Broker;
  readonly users: TestUsers;
  readonly port: number;
  readonly notices: BrokerNotice[];
  /** Resolves with the first notice of the kind, seen or to come. */
  readonly noticed: <Kind extends BrokerNotice['kind']>(kind: Kind) => Promise<Extract<BrokerNotice, { kind: Kind }>>;
}

export async function startBroker(
  settings: Partial<Omit<BrokerSettings, 'limits' | 'users'>> & {
    readonly limits?: Partial<BrokerLimits>;
    readonly users?: TestUsers;
    readonly address?: string;
  } = {},
): Promise<RunningBroker> {
  const { limits, users = new TestUsers(writer, reader), address = '127.0.0.1', ...rest } = settings;
  const notices: BrokerNotice[] = [];
  const waiting = new Map<string, (notice: BrokerNotice) => void>();
  const broker = new Broker({
    name: 'test',
    whenSlow: 'wait',
    ...rest,
    users,
    limits: { ...usualLimits, ...limits },
    notify(notice) {
      notices.push(notice);
      waiting.get(notice.kind)?.(notice);
    },
  });
  const { port } = await broker.listen({ address, port: 0 });
  onTestFinished(() => broker.close(AbortSignal.abort()));
  const noticed = <Kind extends BrokerNotice['kind']>(kind: Kind) => {
    type Wanted = Extract<BrokerNotice, { kind: Kind }>;
    const seen = notices.find((notice): notice is Wanted => notice.kind === kind);
    if (seen) return Promise.resolve(seen);
    const { promise, resolve } = Promise.withResolvers<Wanted>();
    waiting.set(kind, (notice) => resolve(notice as Wanted));
    return promise;
  };
  return { broker, users, port, notices, noticed };
}

export function linkTo(port: number, as: User, place: Partial<LinkSettings['place']> = {}): LinkSettings {
  return {
    place: { host: '127.0.0.1', port, ...place },
    ident: as.ident,
    secret: as.secret,
    connectMs: 60_000,
    greetingMs: 60_000,
  };
}
