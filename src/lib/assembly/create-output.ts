import { join } from 'node:path';
import type { Emit } from '../events/event.ts';
import { Publisher } from '../hpfeeds/client/publisher.ts';
import { AmqpOutput } from '../outputs/amqp/amqp-output.ts';
import { HpfeedsOutput } from '../outputs/hpfeeds/hpfeeds-output.ts';
import { JsonlOutput } from '../outputs/jsonl.ts';
import { MaildirOutput } from '../outputs/maildir.ts';
import { NatsOutput } from '../outputs/nats/nats-output.ts';
import type { Output } from '../outputs/output.ts';
import type { OutputPlan } from './output-plan.ts';

export interface OutputSurroundings {
  readonly dataDir: string;
  readonly sensor: string;
  readonly software: string;
  readonly emit: Emit;
}

export function createOutput(name: string, plan: OutputPlan, surroundings: OutputSurroundings): Output {
  const { dataDir, sensor, software } = surroundings;
  switch (plan.type) {
    case 'maildir':
      return new MaildirOutput(name, { path: plan.path ?? join(dataDir, 'maildir'), software });
    case 'jsonl': {
      const { path = join(dataDir, 'records'), record, rotateSize, keepFiles } = plan;
      return new JsonlOutput(name, { path, record, rotateSize, keepFiles, sensor });
    }
    case 'hpfeeds':
      return hpfeedsOutput(name, plan, surroundings);
    case 'amqp':
      return amqpOutput(name, plan, surroundings);
    case 'nats':
      return natsOutput(name, plan, surroundings);
  }
}

function hpfeedsOutput(
  name: string,
  plan: Extract<OutputPlan, { type: 'hpfeeds' }>,
  { sensor, emit }: OutputSurroundings,
): Output {
  const { access, handover: level, echoChannel, connectTimeout, confirmTimeout, frameLimit } = plan;
  const { host, port, tls, ident, secret } = access;
  const publisher = new Publisher({
    place: { host, port, tls },
    ident,
    secret,
    level,
    echo: echoChannel,
    frameLimit,
    connectMs: connectTimeout,
    greetingMs: connectTimeout,
    confirmMs: confirmTimeout,
    now: Date.now,
    onUp: ({ broker, address, port, by }) =>
      emit({ event: 'output.connected', output: name, broker, address, port, confirmedBy: by }),
  });
  return new HpfeedsOutput(name, { ...plan, sensor }, publisher);
}

function amqpOutput(
  name: string,
  plan: Extract<OutputPlan, { type: 'amqp' }>,
  { sensor, emit }: OutputSurroundings,
): Output {
  const { vhost, connectTimeout: connectMs, heartbeat: heartbeatMs, confirmTimeout: confirmMs } = plan;
  const { host, port, tls, ident, secret } = plan.access;
  const access = { place: { host, port, tls }, vhost, ident, secret, connectMs, heartbeatMs };
  const onUp = (at: { broker: string; address: string; port: number }) =>
    emit({ event: 'output.connected', output: name, ...at, confirmedBy: 'confirms' });
  return new AmqpOutput(name, { ...plan, access, sensor, confirmMs, onUp });
}

function natsOutput(
  name: string,
  plan: Extract<OutputPlan, { type: 'nats' }>,
  { sensor, emit }: OutputSurroundings,
): Output {
  return new NatsOutput(name, {
    ...plan,
    sensor,
    onUp({ doubts, ...at }) {
      emit({ event: 'output.connected', output: name, ...at, confirmedBy: 'stream' });
      for (const detail of doubts) emit({ event: 'output.doubted', output: name, detail });
    },
  });
}
