import type { Network } from '../net/network.ts';
import type { Feature, FieldName } from './fields.ts';

/** What a text is compared with; in folded case. */
export type Pattern =
  | { readonly is: 'inside'; readonly text: string }
  | { readonly is: 'whole'; readonly text: string }
  | { readonly is: 'beginning'; readonly text: string }
  /** The pieces between asterisks, in their order, from the beginning to the end. */
  | { readonly is: 'pieces'; readonly pieces: readonly string[] };

export type Comparison = '<' | '<=' | '=' | '>=' | '>';

/** One of the alternatives has to hold. */
export type Test =
  | { readonly on: 'text'; readonly field: FieldName; readonly patterns: readonly Pattern[] }
  /** A bare word: wherever people would look for it. */
  | { readonly on: 'anything'; readonly patterns: readonly Pattern[] }
  | { readonly on: 'network'; readonly networks: readonly Network[] }
  | { readonly on: 'time'; readonly bound: 'since' | 'until'; readonly moment: number }
  | {
      readonly on: 'amount';
      readonly field: 'size' | 'recipients';
      readonly comparison: Comparison;
      readonly amount: number;
    }
  | { readonly on: 'feature'; readonly features: readonly Feature[] };

export interface Condition {
  readonly test: Test;
  /** Whether it may not hold. */
  readonly refused: boolean;
}

/** All conditions have to hold; without any, everything is meant. */
export type Query = readonly Condition[];
