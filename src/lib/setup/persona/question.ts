import type { AnyOccasion } from '../../smtp/persona.ts';
import type { Answer } from './answer.ts';

/** What is said to learn a reply; all but the last line lead up to it. */
export interface Question {
  readonly occasion: AnyOccasion;
  readonly lines: readonly string[];
  /** Which replies have something to teach: a refusal is no success, and the other way round. */
  readonly expects: 'success' | 'refusal' | 'any';
  /** What a reply may repeat of the question. */
  readonly argument?: string;
}

/** A question that was asked. */
export interface Asked {
  readonly question: Question;
  readonly answer: Answer;
}

export const ownName = 'client.example.net';
export const ownAddress = 'postmaster@example.net';
