import type { ExitCode } from '../errors.ts';

/**
 * What is said on the control socket: one JSON object on each line. The server greets; then a client asks as often as
 * it likes, and each question is answered under its number. Who asks for `events` is sent those from then on too.
 */
export const controlVersion = 1;

/** The first line of a server. */
export interface Greeting {
  readonly control: number;
  readonly command: string;
  readonly version: string;
  readonly pid: number;
  readonly dataDir: string;
}

export interface Question {
  readonly id: number;
  readonly ask: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

export interface FaultAnswer {
  readonly code: string;
  readonly message: string;
  readonly fix: string;
  /** The exit code of a command that meets it. */
  readonly exit: ExitCode;
}

export type Answer =
  | { readonly id: number | null; readonly answer: unknown }
  | { readonly id: number | null; readonly fault: FaultAnswer };

/** A question longer than that is none. */
export const longestQuestion = 64 * 2 ** 10;

/** Throws a SyntaxError that says what is wrong with a line. */
export function readQuestion(line: string): Question {
  const parsed = JSON.parse(line) as Partial<Question> | null;
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new SyntaxError('it is no object');
  const { id, ask, with: given = {} } = parsed;
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw new SyntaxError('"id" is no whole number');
  if (typeof ask !== 'string') throw new SyntaxError('"ask" is no text');
  if (typeof given !== 'object' || given === null) throw new SyntaxError('"with" is no object');
  return { id, ask, with: given };
}

export function toLine(message: Greeting | Question | Answer): string {
  return `${JSON.stringify(message)}\n`;
}
