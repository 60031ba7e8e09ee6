/** What a process says with its exit status; scripts rely on these numbers. */
export const exitCodes = {
  done: 0,
  failed: 1,
  usage: 2,
  partly: 3,
  locked: 4,
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

export interface FaultDetails {
  /** A stable word for scripts, e.g. `journal.damaged`. */
  readonly code: string;
  /** What the operator can do now, as a sentence. */
  readonly fix: string;
  readonly exit?: ExitCode;
  readonly cause?: unknown;
}

/**
 * A failure that an operator can act on: it says what happened, where, and what to do.
 * Anything else that is thrown is a bug of ours and is shown with its stack.
 */
export class Fault extends Error {
  readonly code: string;
  readonly fix: string;
  readonly exit: ExitCode;

  constructor(message: string, { code, fix, exit = exitCodes.failed, cause }: FaultDetails) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'Fault';
    this.code = code;
    this.fix = fix;
    this.exit = exit;
  }
}

/** The words of any thrown value, without a stack. */
export function reason(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** The system's error name (`ENOSPC`, `EIO`, …) where there is one. */
export function errno(thrown: unknown): string | undefined {
  const code = thrown instanceof Error ? (thrown as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
