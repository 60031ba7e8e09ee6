import { isoTime } from '../../text/time.ts';
import type { Endpoint } from './endpoint.ts';
import type { AttemptReport, RelayOutcome, RelayReport } from './report.ts';
import { remoteQueueId } from './remote-queue-id.ts';

/** Everything that was tried, in its order. */
export class Trail {
  readonly #attempts: AttemptReport[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  add(attempt: AttemptReport): void {
    this.#attempts.push(attempt);
  }

  /** A server to which no connection is begun. */
  leaveOut(
    server: Omit<Endpoint, 'address'> & Partial<Endpoint>,
    result: 'forbidden' | 'passedOver',
    why: string,
  ): void {
    this.#attempts.push({ at: isoTime(this.#now()), ms: 0, ...server, result, why });
  }

  /** What it all amounts to, and the words of the server that decided it. */
  get sum(): Omit<RelayReport, 'recipients' | 'dotSent' | 'content' | 'by'> {
    const attempts = [...this.#attempts];
    const decisive = this.#decisive();
    if (!decisive) return { outcome: 'unreachable', why: 'there is no server to try', attempts };
    const { host, address, port, result, phase, why, tls, reply, quit, exception } = decisive;
    const queueId = result === 'relayed' && reply ? remoteQueueId(reply) : undefined;
    const place = address === undefined || address === host ? host : `${host} [${address}]`;
    return {
      outcome: outcomes[result],
      why: `${place}: ${why}`,
      ...(address !== undefined && phase !== undefined && { server: { host, address, port } }),
      ...(tls && { tls }),
      ...(reply && { reply }),
      ...(queueId !== undefined && { queueId }),
      ...(quit && { quit }),
      ...(exception !== undefined && !reply && { exception }),
      attempts,
    };
  }

  // The one that ended it; else the last that said no; else the last that failed.
  #decisive(): AttemptReport | undefined {
    for (const kinds of order) {
      const found = this.#attempts.findLast(({ result }) => kinds.includes(result));
      if (found) return found;
    }
    return undefined;
  }
}

const outcomes: Readonly<Record<AttemptReport['result'], RelayOutcome>> = {
  relayed: 'relayed',
  uncertain: 'uncertain',
  refused: 'refused',
  postponed: 'refused',
  unfit: 'refused',
  lost: 'unreachable',
  forbidden: 'refused',
  passedOver: 'unreachable',
};

const order: readonly (readonly AttemptReport['result'][])[] = [
  ['relayed', 'uncertain', 'refused'],
  ['postponed', 'unfit'],
  ['lost'],
  ['forbidden'],
  ['passedOver'],
];
