import type { Machine } from '../machine.ts';
import type { Kind } from './kind.ts';

/** One key and its value. */
export interface Setting<Value> {
  readonly part: 'setting';
  readonly kind: Kind<unknown>;
  /** A sentence for the documentation, the starter file and the help. */
  readonly about: string;
  readonly fallback: Fallback<Value>;
}

/** What holds when nobody says anything. */
export type Fallback<Value> =
  | { readonly is: 'fixed'; readonly value: Value }
  | {
      readonly is: 'computed';
      /** What it will be, in words: its value is only known where the program runs. */
      readonly words: string;
      /** What somebody might write instead. */
      readonly example: string;
      value(machine: Machine): Value;
    };

/** Keys under a common name. */
export interface Group<Members extends Parts = Parts> {
  readonly part: 'group';
  readonly about: string;
  readonly members: Members;
}

/** Entries with names of the operator's choice; each is of one of several types and has the keys of that type. */
export interface Entries<Types extends EntryTypes = EntryTypes> {
  readonly part: 'entries';
  readonly about: string;
  readonly types: Types;
  /** The entries that are there when nothing is written; each is named like its type. */
  readonly usual: readonly (keyof Types & string)[];
  /** Names that the program keeps for itself. */
  readonly reserved: readonly string[];
}

export type Part = Setting<unknown> | Group | Entries;
export type Parts = { readonly [key: string]: Part };
export type EntryTypes = { readonly [type: string]: Group };

/** What the program gets to see of a part of the schema. */
export type Effective<P> =
  P extends Setting<infer Value>
    ? Value
    : P extends Group<infer Members>
      ? { readonly [Key in keyof Members]: Effective<Members[Key]> }
      : P extends Entries<infer Types>
        ? { readonly [name: string]: EffectiveEntry<Types> }
        : never;

type EffectiveEntry<Types extends EntryTypes> = {
  [Type in keyof Types & string]: { readonly type: Type } & Effective<Types[Type]>;
}[keyof Types & string];

/** The dotted keys of all settings that have one fixed place. */
export type KeysIn<Members extends Parts> = {
  [Key in keyof Members & string]: Members[Key] extends Setting<unknown>
    ? Key
    : Members[Key] extends Group<infer Inner>
      ? `${Key}.${KeysIn<Inner>}`
      : never;
}[keyof Members & string];

interface Fixed<Value> {
  readonly about: string;
  readonly default: NoInfer<Value>;
}

interface Computed<Value> {
  readonly about: string;
  readonly words: string;
  readonly example: string;
  readonly from: (machine: Machine) => NoInfer<Value>;
}

export function setting<Value>(kind: Kind<Value>, { about, default: value }: Fixed<Value>): Setting<Value> {
  return { part: 'setting', kind, about, fallback: { is: 'fixed', value } };
}

/** A setting whose default depends on the machine. */
export function computed<Value>(kind: Kind<Value>, { about, words, example, from }: Computed<Value>): Setting<Value> {
  return { part: 'setting', kind, about, fallback: { is: 'computed', words, example, value: from } };
}

/** A setting that stays undefined until somebody sets it; the words tell what the program then does. */
export function optional<Value>(
  kind: Kind<Value>,
  { about, words, example }: Omit<Computed<Value>, 'from'>,
): Setting<Value | undefined> {
  return { part: 'setting', kind, about, fallback: { is: 'computed', words, example, value: () => undefined } };
}

export function group<const Members extends Parts>(about: string, members: Members): Group<Members> {
  return { part: 'group', about, members };
}

export function entries<const Types extends EntryTypes>(parts: Omit<Entries<Types>, 'part'>): Entries<Types> {
  return { part: 'entries', ...parts };
}
