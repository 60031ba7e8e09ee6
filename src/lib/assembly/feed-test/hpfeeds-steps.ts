import { randomBytes } from 'node:crypto';
import { echoChannel, receiptsChannel } from '../../hpfeeds/capability.ts';
import { FeedFault } from '../../hpfeeds/client/feed-fault.ts';
import { byEcho } from '../../hpfeeds/client/handovers/echo.ts';
import { byEnd } from '../../hpfeeds/client/handovers/end.ts';
import { byReceipts } from '../../hpfeeds/client/handovers/receipts.ts';
import type { Handover } from '../../hpfeeds/client/handover.ts';
import { Link } from '../../hpfeeds/client/link.ts';
import type { Publication } from '../../hpfeeds/client/publication.ts';
import { publishedLength } from '../../hpfeeds/wire/encode.ts';
import { safeFrame } from '../../hpfeeds/wire/limits.ts';
import { printableWithin } from '../../text/printable.ts';
import { formatSize } from '../../text/units.ts';
import { feedFixes } from '../feed-fault.ts';
import type { OutputPlan } from '../output-plan.ts';
import { latencyOf } from './latency.ts';
import { reachSteps, type Reached } from '../steps/reach-steps.ts';
import { Skip, StepFault, type Examination, type Step } from '../steps/step.ts';
import { testLetter } from './test-letter.ts';

type HpfeedsPlan = Extract<OutputPlan, { type: 'hpfeeds' }>;

export interface Trial {
  readonly sensor: string;
  /** Whether a message that says what it is may go to whoever listens. */
  readonly publishes: 'a test message' | 'nothing';
}

const rounds = 100;
const echoMs = 5_000;
/** Seconds; who greets and who hears it may be some way apart. */
const mostSkew = 2;

/** What is tried of an hpfeeds output, on connections of its own. */
export function hpfeedsSteps(name: string, plan: HpfeedsPlan, trial: Trial): Examination {
  const { access, channels, record, handover, echoChannel: configured, frameLimit, connectTimeout } = plan;
  const { host, port, tls, ident, secret } = access;
  const place = { host, port, tls };
  const reached: Reached = { socket: undefined };
  const settings = { place, ident, secret, connectMs: connectTimeout, greetingMs: connectTimeout };
  const echo = configured ?? echoChannel(ident);
  const confirmMs = Math.min(plan.confirmTimeout, echoMs);
  let link: Link | undefined;
  let greetedAt = 0;
  /** How this broker confirms; found out by the step that shows that we are let in. */
  let by: Handover = byEnd(confirmMs);

  const publish = async (batch: readonly Publication[], signal: AbortSignal) => {
    if (link === undefined || link.fault !== undefined) {
      link = await Link.open(settings, signal);
      by.begin(link);
    }
    await by.hand(link, batch, signal);
    if (by.keeps) return;
    link.close();
    link = undefined;
  };

  const steps: Step[] = [
    ...reachSteps(place, connectTimeout, reached),
    {
      name: 'greeting',
      needed: 'by the rest',
      async run(signal) {
        link = await Link.greet(reached.socket!, settings, signal);
        greetedAt = Date.now();
        return `the broker calls itself "${printableWithin(link.broker, 60)}"`;
      },
    },
    {
      name: 'clock',
      needed: 'by itself',
      async run() {
        const { brokerTime } = link!;
        if (brokerTime === undefined) throw new Skip('this broker does not tell its time');
        const skew = Math.round((greetedAt - brokerTime) / 100) / 10;
        if (Math.abs(skew) < mostSkew) return `the clocks agree within ${mostSkew} s`;
        const ahead = skew > 0 ? 'ahead of' : 'behind';
        throw new StepFault(
          `this machine is ${Math.abs(skew)} s ${ahead} the broker`,
          'Let both follow a time server.',
        );
      },
    },
    {
      name: 'identity',
      needed: 'by the rest',
      async run(signal) {
        const attempt = byEcho(echo, confirmMs);
        attempt.begin(link!);
        try {
          await attempt.hand(link!, [], signal);
          by = attempt;
          return `"${ident}" is let in, and may use the echo channel ${echo}`;
        } catch (error) {
          if (!(error instanceof FeedFault) || !isNoEcho(error)) throw error;
          // Not to be let in would have been said in other words; the end of a connection shows that we are.
          link!.close();
          link = undefined;
          await publish([], signal);
          return `"${ident}" is let in; it may not use the echo channel ${echo}`;
        }
      },
    },
    ...channels.map((channel): Step => {
      return {
        name: `publish on ${channel}`,
        needed: 'by itself',
        async run(signal) {
          if (trial.publishes === 'nothing')
            throw new Skip('it could only be tried with a message, and none is wanted');
          await publish([{ channel, ...testLetter(trial.sensor, record) }], signal);
          return 'allowed: a test message went out';
        },
      };
    }),
    {
      name: 'frame limit',
      needed: 'by itself',
      async run(signal) {
        if (!by.keeps) throw new Skip('without an echo channel a large frame would go to whoever listens');
        const largest = frameLimit - publishedLength(ident, echo, 0);
        try {
          await publish([{ channel: echo, payload: randomBytes(largest), sha256: '' }], signal);
          return `a frame of ${formatSize(frameLimit)} is taken`;
        } catch (error) {
          const why = error instanceof Error ? error.message : String(error);
          const smaller = frameLimit > safeFrame ? ` ${formatSize(safeFrame)} is what all brokers take.` : '';
          const fix = `Set outputs.${name}.frameLimit to what the broker takes.${smaller}`;
          throw new StepFault(`a frame of ${formatSize(frameLimit)} is not taken: ${printableWithin(why, 200)}`, fix);
        }
      },
    },
    {
      name: 'round trip',
      needed: 'by itself',
      async run(signal) {
        const durations: number[] = [];
        for (let round = 0; round < (by.keeps ? rounds : 5); round++) {
          const startedAt = performance.now();
          await publish([], signal);
          durations.push(performance.now() - startedAt);
        }
        const how = by.keeps ? 'through a subscription of our own' : 'with a connection for each batch';
        return `${latencyOf(durations)}, ${how}`;
      },
    },
    {
      name: `handover ${handover}`,
      needed: 'by itself',
      async run(signal) {
        if (handover === 'socket') return 'reachable; nothing confirms what arrives';
        if (handover === 'broker')
          return `reachable, ${by.keeps ? 'by echo' : 'by the end of a connection for each batch'}`;
        if (trial.publishes === 'nothing') throw new Skip('it could only be tried with a message, and none is wanted');
        const stored = byReceipts(confirmMs);
        const own = await Link.open(settings, signal);
        try {
          stored.begin(own);
          await stored.hand(own, [{ channel: channels[0]!, ...testLetter(trial.sensor, record) }], signal);
          return `reachable: a test message was said to be stored on ${receiptsChannel}`;
        } finally {
          own.close();
        }
      },
    },
  ];
  return {
    steps: steps.map((step) => ({ ...step, run: (signal) => explained(step.run(signal)) })),
    close() {
      link?.close();
      reached.socket?.destroy();
    },
  };
}

function isNoEcho({ kind }: FeedFault): boolean {
  return kind === 'publish denied' || kind === 'subscribe denied' || kind === 'timeout';
}

async function explained(work: Promise<string>): Promise<string> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof FeedFault)) throw error;
    throw new StepFault(printableWithin(error.message, 300), feedFixes[error.kind], { cause: error });
  }
}
