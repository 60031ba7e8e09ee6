import { randomBytes } from 'node:crypto';
import { NatsLink } from '../../nats/link.ts';
import { NatsFault } from '../../nats/nats-fault.ts';
import { Objects } from '../../nats/objects.ts';
import { publishAll } from '../../nats/publish.ts';
import { useStream } from '../../nats/stream.ts';
import { printableWithin } from '../../text/printable.ts';
import { natsFixes } from '../nats-fault.ts';
import type { NatsPlan } from '../output-plan.ts';
import { Skip, StepFault, type Examination, type Step } from '../steps/step.ts';
import type { Trial } from './hpfeeds-steps.ts';
import { latencyOf } from './latency.ts';
import { testLetter } from './test-letter.ts';

const rounds = 100;

/** What is tried of a NATS output, on a connection of its own. */
export function natsSteps(plan: NatsPlan, trial: Trial): Examination {
  const { access, stream, subject, objects, record, window, confirmMs } = plan;
  let link: NatsLink | undefined;
  const steps: Step[] = [
    {
      name: 'connect',
      needed: 'by the rest',
      async run(signal) {
        link = await NatsLink.open(access, signal);
        const { name, version, address, port } = link.server;
        return `${printableWithin(name, 64)} (${printableWithin(version, 32)}) at ${address} port ${port} lets us in`;
      },
    },
    {
      name: 'round trip',
      needed: 'by itself',
      async run() {
        const durations: number[] = [];
        for (let round = 0; round < rounds; round++) {
          const startedAt = performance.now();
          await link!.connection.flush();
          durations.push(performance.now() - startedAt);
        }
        return `${latencyOf(durations)}, to the server and back`;
      },
    },
    {
      name: 'stream',
      needed: 'by the rest',
      async run() {
        const { info, doubts } = await useStream(link!, stream);
        if (doubts.length > 0) throw new StepFault(`${stream.name}: ${doubts.join('; ')}`, natsFixes.stream);
        const leader = info.cluster?.leader === undefined ? '' : `, led by ${printableWithin(info.cluster.leader, 64)}`;
        return `${stream.name} takes ${subject} and keeps ${info.config.num_replicas} of each${leader}`;
      },
    },
    {
      name: 'object store',
      needed: 'by itself',
      async run() {
        const { replicas, maxAgeMs } = stream;
        await Objects.use(link!, { bucket: objects, replicas, maxAgeMs });
        return `${objects} is there for messages of more than ${link!.longest} bytes`;
      },
    },
    {
      name: `publish as ${subject}`,
      needed: 'by itself',
      async run() {
        if (trial.publishes === 'nothing') throw new Skip('it could only be tried with a message, and none is wanted');
        const { payload, sha256 } = testLetter(trial.sensor, record);
        const headers = { messageId: randomBytes(16).toString('hex'), sha256, sensor: trial.sensor };
        const startedAt = performance.now();
        await publishAll(link!, [{ subject, payload, headers }], { stream: stream.name, window, confirmMs });
        return `confirmed after ${(performance.now() - startedAt).toFixed(1)} ms: a test message is in ${stream.name}`;
      },
    },
  ];
  return {
    steps: steps.map((step) => ({ ...step, run: (signal) => explained(step.run(signal)) })),
    close: () => void link?.close(),
  };
}

async function explained(work: Promise<string>): Promise<string> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof NatsFault)) throw error;
    throw new StepFault(printableWithin(error.message, 300), natsFixes[error.kind], { cause: error });
  }
}
