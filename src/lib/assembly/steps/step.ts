/** One thing that is tried. */
export interface Step {
  readonly name: string;
  /**
   * Resolves with what was found, as a sentence. Throws a StepFault when it does not work, a StepWarning
   * when it works and something is to be said, a Skip when there is nothing to say.
   */
  run(signal: AbortSignal): Promise<string>;
  /** Whether those after it make no sense without it. */
  readonly needed: 'by the rest' | 'by itself';
}

export class StepFault extends Error {
  override readonly name = 'StepFault';
  readonly fix: string;

  constructor(message: string, fix: string, options?: ErrorOptions) {
    super(message, options);
    this.fix = fix;
  }
}

/** It works, and somebody should know something all the same. */
export class StepWarning extends Error {
  override readonly name = 'StepWarning';
  readonly fix: string;

  constructor(message: string, fix: string) {
    super(message);
    this.fix = fix;
  }
}

export class Skip extends Error {
  override readonly name = 'Skip';
}

/** What became of a step. */
export interface StepResult {
  /** Of what the step is a part: an output, a mailbox. */
  readonly subject: string;
  readonly step: string;
  readonly state: 'ok' | 'warning' | 'failed' | 'skipped';
  readonly detail: string;
  readonly fix?: string;
}

/** The steps for one subject, and what ends with them. */
export interface Examination {
  readonly steps: readonly Step[];
  close(): void;
}

/** One subject and what is to be tried of it. */
export interface Examined extends Examination {
  readonly subject: string;
  /** What sort of thing it is. */
  readonly type: string;
}
