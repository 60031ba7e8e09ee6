import type { Capture } from '../capture/capture.ts';
import type { Id } from '../capture/id.ts';
import type { EvidenceEntry, SessionEntry } from '../journal/reader.ts';

/** What became of one capture at an output. */
export type Outcome = { readonly kind: 'delivered' } | { readonly kind: 'refused'; readonly why: string };

export const delivered: Outcome = { kind: 'delivered' };

/** Where captures are handed on. The dispatcher drives it; it never looks into the journal itself. */
export interface Output {
  readonly name: string;

  /**
   * Gets ready. `after` is the newest id that is known to be delivered; what comes after it may have been delivered
   * already, if the process died before it could say so.
   */
  open(after: Id | undefined): Promise<void>;

  /**
   * Hands the captures on, in their order, and says for each what became of it. It throws when that cannot be said
   * now: then the whole batch comes again. It throws BatchRefused when one of them is at fault and it is not known
   * which.
   */
  deliver(batch: readonly Capture[]): Promise<readonly Outcome[]>;

  /** Makes everything delivered so far safe against power loss. */
  checkpoint(): Promise<void>;

  close(): Promise<void>;
}

/** What the journal keeps beside messages: sessions, and messages of which a rule kept only the evidence. */
export type WitnessedEntry = EvidenceEntry | SessionEntry;

/** An output that also sees what carries no message, in the order of the journal between the captures. */
export interface Witness extends Output {
  /** Takes note of the entries. When it throws they come again, and so may captures that came with them. */
  witness(entries: readonly WitnessedEntry[]): Promise<void>;
}

export function isWitness(output: Output): output is Witness {
  return 'witness' in output;
}

/** An output with a state of its own, safe as of each checkpoint: what it took since then dies with the process. */
export interface StateKeeper extends Output {
  /**
   * The newest id that the state on disk holds, asked before open(). What comes after it comes again; where it does
   * not reach the last checkpoint, something is lost, and everything that the journal still has comes again.
   */
  recall(): Promise<Id | undefined>;
}

export function isStateKeeper(output: Output): output is StateKeeper {
  return 'recall' in output;
}

/**
 * An output whose other side may lose what it has confirmed, when it dies at once, until a checkpoint has shown that it
 * is there. What came since the last one comes again after a restart, and whenever a checkpoint throws TakenBack.
 */
export interface Doubter extends Output {
  readonly trusts: 'checkpoints';
}

export function isDoubter(output: Output): output is Doubter {
  return 'trusts' in output;
}

/** What was confirmed since the last checkpoint is not there any more. */
export class TakenBack extends Error {
  override readonly name = 'TakenBack';
}

/** An output to which facts matter, and content hardly ever: its bytes are not compared with their hash each time. */
export interface FactsReader extends Output {
  readonly reads: 'facts';
}

export function readsFacts(output: Output): output is FactsReader {
  return 'reads' in output;
}

/** The other side refused a batch without naming the culprit. */
export class BatchRefused extends Error {
  override readonly name = 'BatchRefused';
}

/** The other side cannot be used, and it is no use to try again before that time. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
  readonly retryAfterMs: number;

  constructor(message: string, retryAfterMs: number) {
    super(message);
    this.retryAfterMs = retryAfterMs;
  }
}
