import { onTestFinished } from 'vitest';
import { NatsOutput, type NatsSettings } from '../../../src/lib/outputs/nats/nats-output.ts';
import type { NatsCluster } from '../../support/nats-cluster.ts';

export type Wish = Partial<Omit<NatsSettings, 'stream'>> & { readonly stream?: Partial<NatsSettings['stream']> };

const MiB = 2 ** 20;

export function settingsFor(cluster: NatsCluster, { stream, ...rest }: Wish = {}): NatsSettings {
  const name = stream?.name ?? 'SPAM';
  return {
    access: cluster.access(),
    subject: `${name}.mails`,
    record: 'full',
    sensor: 'test',
    objects: `${name}-large`,
    maxMessage: 64 * MiB,
    window: 64,
    confirmMs: 10_000,
    ...rest,
    stream: {
      name,
      subjects: [rest.subject ?? `${name}.mails`],
      replicas: undefined,
      retention: 'limits',
      whenFull: 'refuse',
      maxBytes: 256 * MiB,
      maxAgeMs: 3_600_000,
      duplicateMs: 120_000,
      ...stream,
    },
  };
}

/** Closed when the test is over. */
export function output(cluster: NatsCluster, wish: Wish = {}): NatsOutput {
  const made = new NatsOutput('nats', settingsFor(cluster, wish));
  onTestFinished(() => made.close());
  return made;
}
