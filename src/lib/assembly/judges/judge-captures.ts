import { readFileSync } from 'node:fs';
import type { Capture } from '../../capture/capture.ts';
import { Fault, reason } from '../../errors.ts';
import type { Judge, Judged, Judgement } from '../../judge/judge.ts';
import type { JudgementStore } from '../../judge/judgement-store.ts';
import { bookmarkAt, resume } from '../../journal/bookmark.ts';
import { journalEnd } from '../../journal/ends.ts';
import type { JournalLayout } from '../../journal/layout.ts';
import { isBefore, type Position } from '../../journal/position.ts';
import { JournalReader } from '../../journal/reader.ts';
import { DialFault } from '../../net/dial.ts';

export interface JudgeLimits {
  readonly maxSize: number;
  readonly timeout: number;
  readonly atOnce: number;
}

export interface Judging {
  readonly judge: Judge;
  readonly store: JudgementStore;
  readonly layout: JournalLayout;
  readonly limits: JudgeLimits;
  readonly now: () => number;
}

/** A message about which a judge fails so often is at fault itself. */
const mostAttempts = 3;

/** A reader of the journal that asks one judge about every message, in its own time. */
export class JudgeReader {
  readonly #judging: Judging;
  readonly #attempts = new Map<string, number>();

  constructor(judging: Judging) {
    this.#judging = judging;
  }

  /**
   * Asks on to the end of the journal as it is now; true when there was something to ask about. It throws a Fault when
   * the judge cannot be reached: what it was to be asked is asked later.
   */
  async catchUp(signal: AbortSignal): Promise<boolean> {
    const { judge, store, layout } = this.#judging;
    const from = resume(layout, store.reached(judge.name));
    const end = journalEnd(layout, from);
    if (!isBefore(from, end)) return false;
    const reader = new JournalReader(layout, from, () => end);
    try {
      for (let batch = this.#gather(reader); batch !== undefined && !signal.aborted; batch = this.#gather(reader)) {
        const judgements = await Promise.all(batch.captures.map((capture) => this.#ask(capture, signal)));
        if (signal.aborted) break;
        store.add(judge.name, judgements, bookmarkAt(layout, batch.next), new Date(this.#judging.now()).toISOString());
        this.#attempts.clear();
      }
      return true;
    } finally {
      reader.close();
    }
  }

  #gather(reader: JournalReader): { readonly captures: readonly Capture[]; readonly next: Position } | undefined {
    const captures: Capture[] = [];
    let next: Position | undefined;
    while (captures.length < this.#judging.limits.atOnce) {
      const entry = reader.next();
      if (entry === undefined) break;
      next = entry.next;
      if (entry.kind === 'capture') captures.push(entry.capture);
    }
    return next && { captures, next };
  }

  async #ask(capture: Capture, signal: AbortSignal): Promise<Judgement & { readonly id: string }> {
    const { judge, limits } = this.#judging;
    const { id, size } = capture.facts;
    if (size > limits.maxSize) {
      return { id, verdicts: [`${judge.name}=too-large`], detail: 'larger than judges.maxSize' };
    }
    for (;;) {
      try {
        const within = AbortSignal.any([signal, AbortSignal.timeout(limits.timeout)]);
        return { id, ...(await judge.judge(judgedFrom(capture), within)) };
      } catch (error) {
        if (signal.aborted) return { id, verdicts: [], detail: '' };
        if (isUnreachable(error)) throw unreachable(judge.name, error);
        const attempts = (this.#attempts.get(id) ?? 0) + 1;
        this.#attempts.set(id, attempts);
        if (attempts >= mostAttempts) return { id, verdicts: [`${judge.name}=failed`], detail: reason(error) };
      }
    }
  }
}

function judgedFrom({ facts, content }: Capture): Judged {
  const { envelope, evidence } = facts;
  return {
    bytes: content.kind === 'bytes' ? content.bytes : readFileSync(content.path),
    from: envelope.from,
    to: envelope.to,
    ...(evidence && { peer: evidence.peer.address }),
    ...(evidence?.helo !== undefined && { helo: evidence.helo }),
  };
}

/** Nobody was there at all: no message is to blame. */
function isUnreachable(error: unknown): boolean {
  if (error instanceof DialFault) return true;
  return ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EAI_AGAIN'].includes(
    (error as { code?: string }).code ?? '',
  );
}

function unreachable(name: string, cause: unknown): Fault {
  return new Fault(`The judge ${name} cannot be reached: ${reason(cause)}.`, {
    code: 'judges.unreachable',
    fix: `Start it, or set "judges.${name}" as it is. Messages wait for it in the journal.`,
    cause,
  });
}
