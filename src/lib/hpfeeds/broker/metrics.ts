import type { RefusalCategory } from './conversation.ts';

/** Bounds of the sizes of what is published, as the reference has them: 1 KiB, doubled up to 4 MiB. */
export const sizeBounds: readonly number[] = Array.from({ length: 13 }, (_, power) => 2 ** (10 + power));

/** Numbers of one channel, for one identity. Held where they are counted: nothing is looked up for each message. */
export class ChannelMetrics {
  subscriptions = 0;
  published = 0;
  publishedBytes = 0;
  /** How many were of a size up to each bound, and not up to the one before; the last ones are larger than all. */
  readonly sizes: number[] = Array.from({ length: sizeBounds.length + 1 }, () => 0);

  count(bytes: number): void {
    this.published++;
    this.publishedBytes += bytes;
    // 32 - clz32(n - 1) is the power of two that holds n.
    const power = 32 - Math.clz32(bytes - 1) - 10;
    this.sizes[bytes <= 1024 ? 0 : Math.min(power, sizeBounds.length)]!++;
  }
}

/** Numbers of one identity. */
export class IdentMetrics {
  ready = 0;
  lost = 0;
  connected = 0;
  sendBuffer = 0;
  receiveBuffer = 0;
  receiveFill = 0;
  sendFill = 0;
  sendDrain = 0;
  deadlineStart = 0;
  deadlineRecover = 0;
  dropped = 0;
  owner = '';
  readonly errors = new Map<RefusalCategory, number>();
  readonly channels = new Map<string, ChannelMetrics>();

  channel(name: string): ChannelMetrics {
    let metrics = this.channels.get(name);
    if (!metrics) this.channels.set(name, (metrics = new ChannelMetrics()));
    return metrics;
  }

  refused(category: RefusalCategory): void {
    this.errors.set(category, (this.errors.get(category) ?? 0) + 1);
  }
}

/** What a broker counts. It knows only idents that have a user, so that strangers cannot make it grow. */
export class BrokerMetrics {
  connections = 0;
  made = 0;
  /** Of those who have not said who they are, or not truly. */
  readonly strangers = new IdentMetrics();
  readonly idents = new Map<string, IdentMetrics>();

  ident(name: string): IdentMetrics {
    let metrics = this.idents.get(name);
    if (!metrics) this.idents.set(name, (metrics = new IdentMetrics()));
    return metrics;
  }
}
