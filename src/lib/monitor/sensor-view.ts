import type { FiguresAt } from './figures.ts';

/** What a console is told of a sensor, each second. All of it is JSON. */
export interface SensorView extends FiguresAt {
  readonly command: string;
  readonly version: string;
  readonly pid: number;
  readonly dataDir: string;
  readonly configuration: string | null;
  readonly outputs: readonly OutputView[];
  readonly journal: { readonly bytes: number } | null;
  readonly disk: { readonly free: number; readonly total: number };
  readonly memory: { readonly resident: number };
  /** Seconds of a processor since the start. */
  readonly cpu: number;
}

export interface OutputView {
  readonly output: string;
  readonly paused: boolean;
  readonly lastId: string | null;
  readonly behindBytes: number;
  /** When the oldest message came that it has yet to do. */
  readonly oldest: string | null;
  readonly quarantined: number;
  readonly delivered: number;
  readonly lastMinute: number;
  readonly failingSince: string | null;
  readonly lastError: { readonly detail: string; readonly at: string; readonly attempts: number } | null;
}

export interface MailboxView {
  readonly mailbox: string;
  readonly phase: string;
  readonly folders: readonly string[];
  readonly missing: readonly string[];
  readonly figures: Readonly<Record<string, number>>;
  readonly lastMailAt?: string | undefined;
  readonly lastSearchAt?: string | undefined;
  readonly nextAttemptAt?: string | undefined;
  readonly lastFault?: { readonly at: string; readonly why: string; readonly detail: string } | undefined;
}

export interface ProbeView {
  readonly id: string;
  readonly state: string;
  readonly line: string;
}

/** Something that was opened to be read, in pages. */
export interface Document {
  readonly title: string;
  readonly pages: readonly Page[];
  /** What can be copied: the sha256 of a message. */
  readonly copied?: string;
}

export interface Page {
  readonly name: string;
  /** Text of any origin. */
  readonly lines: readonly string[];
}
