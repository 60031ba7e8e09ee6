import { randomBytes } from 'node:crypto';
import { AmqpFault, type AmqpFaultKind } from '../../outputs/amqp/amqp-fault.ts';
import { AmqpLink, type Letter } from '../../outputs/amqp/amqp-link.ts';
import { within } from '../../patience.ts';
import { printableWithin } from '../../text/printable.ts';
import type { OutputPlan } from '../output-plan.ts';
import type { Trial } from './hpfeeds-steps.ts';
import { latencyOf } from './latency.ts';
import { reachSteps, type Reached } from '../steps/reach-steps.ts';
import { Skip, StepFault, type Examination, type Step } from '../steps/step.ts';
import { testLetter } from './test-letter.ts';

type AmqpPlan = Extract<OutputPlan, { type: 'amqp' }>;

const fixes: Readonly<Record<AmqpFaultKind, string>> = {
  resolve: 'Check the name, and the resolver of this machine.',
  connect: 'Check that the broker runs, its address and port, and firewalls on the way.',
  tls: 'Check whether that port speaks TLS, and name the CA or the fingerprint of its certificate (tls.ca, tls.pins).',
  timeout: 'Check that it is an AMQP broker which listens there, and that it is alive.',
  credentials: 'Check identity and secret: they have to be those that the broker knows.',
  vhost: 'Check vhost, and let the identity use it: rabbitmqctl set_permissions -p VHOST IDENTITY ".*" ".*" ".*".',
  exchange: 'Check exchange: it has to be one of the type topic, and the identity needs the right to it.',
  unroutable: 'Bind a queue to the exchange with that key, or set queue and let spamtrap make one.',
  blocked: 'Give the broker memory or disk; until then everything waits in the journal.',
  refused: 'Look into the log of the broker.',
  lost: 'Look into the log of the broker.',
};

const rounds = 100;
const attributes = { contentType: 'application/json', headers: {} };

/** What is tried of an AMQP output, on a connection of its own. */
export function amqpSteps(plan: AmqpPlan, trial: Trial): Examination {
  const { access, vhost, exchange, routingKeys, queue, record, connectTimeout, confirmTimeout, heartbeat } = plan;
  const { host, port, tls, ident, secret } = access;
  const place = { host, port, tls };
  const reached: Reached = { socket: undefined };
  let link: AmqpLink | undefined;
  const letter = (key: string, payload: Buffer): Letter => {
    return {
      exchange,
      key,
      payload,
      id: randomBytes(8).toString('hex'),
      timestamp: Math.floor(Date.now() / 1000),
      ...attributes,
    };
  };

  const steps: Step[] = [
    ...reachSteps(place, connectTimeout, reached),
    {
      name: 'login',
      needed: 'by the rest',
      async run(signal) {
        reached.socket?.destroy();
        const to = { place, vhost, ident, secret, connectMs: connectTimeout, heartbeatMs: heartbeat };
        link = await AmqpLink.open(to, signal);
        return `"${ident}" is let in, to the virtual host "${vhost}"`;
      },
    },
    {
      name: 'exchange',
      needed: 'by the rest',
      async run() {
        await link!.useExchange(exchange);
        if (queue !== undefined) await link!.keepIn(queue, exchange, routingKeys);
        return `"${exchange}" can be used${queue === undefined ? '' : `, and the queue "${queue}" is bound to it`}`;
      },
    },
    {
      name: 'round trip',
      needed: 'by itself',
      async run() {
        // A key that nobody else has: it reaches only the queue that goes with this connection.
        const key = `spamtrap.feed-test.${randomBytes(8).toString('hex')}`;
        let back: () => void = () => undefined;
        await link!.listen(exchange, key, () => back());
        const durations: number[] = [];
        for (let round = 0; round < rounds; round++) {
          const startedAt = performance.now();
          const arrived = new Promise<void>((resolve) => (back = resolve));
          await Promise.all([link!.publish([letter(key, Buffer.from(`${round}`))]), arrived]);
          durations.push(performance.now() - startedAt);
        }
        return `${latencyOf(durations)}, confirmed and back through a queue of our own`;
      },
    },
    ...routingKeys.map((key): Step => {
      return {
        name: `publish as ${key}`,
        needed: 'by itself',
        async run() {
          if (trial.publishes === 'nothing')
            throw new Skip('it could only be tried with a message, and none is wanted');
          await link!.publish([letter(key, testLetter(trial.sensor, record).payload)]);
          return 'confirmed: a test message is in at least one queue';
        },
      };
    }),
  ];
  return {
    steps: steps.map((step) => ({ ...step, run: (signal) => explained(inTime(step.run(signal), confirmTimeout)) })),
    close() {
      link?.close();
      reached.socket?.destroy();
    },
  };
}

function inTime(work: Promise<string>, ms: number): Promise<string> {
  return within({ ms, late: () => new AmqpFault('timeout', `the broker does not answer within ${ms} ms`) }, work);
}

async function explained(work: Promise<string>): Promise<string> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof AmqpFault)) throw error;
    throw new StepFault(printableWithin(error.message, 300), fixes[error.kind], { cause: error });
  }
}
