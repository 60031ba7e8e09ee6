import type { Machine } from '../machine.ts';
import { type Origin, scalar, type Written } from '../../document/written.ts';

/** One sort of value: how it is read, what would be valid, and how it is shown. */
export interface Kind<Value> {
  /** Completes the sentence "write …". */
  readonly valid: string;
  /** Values of this kind are shown to nobody, not even in a fault. */
  readonly confidential?: true;
  /** Returns undefined only after a refusal. */
  read(written: Written, reader: Reader): Value | undefined;
  /** The text of a variable or of a flag, in the form that `read` understands. */
  written(text: string, origin: Origin): Written;
  /** As a person would write it: `written` and `read` lead back to the same value. */
  show(value: Value): string;
}

/** What a kind may know and do while it reads the value of one setting. */
export interface Reader {
  readonly machine: Machine;
  readonly key: string;
  readonly refuse: (written: Written, valid: string, suggestion?: string) => undefined;
}

export interface ScalarKind<Value> {
  readonly valid: string;
  /** Undefined for text that is no such value. */
  readonly parse: (text: string, origin: Origin, machine: Machine) => Value | undefined;
  readonly show?: (value: Value) => string;
  readonly suggest?: (text: string) => string | undefined;
}

/** A kind whose values are a single word or number. Quotes around it make no difference. */
export function scalarKind<Value>({ valid, parse, show = String, suggest }: ScalarKind<Value>): Kind<Value> {
  return {
    valid,
    read(written, { machine, refuse }) {
      if (written.form !== 'scalar' || written.empty) return refuse(written, valid);
      return parse(written.text, written.origin, machine) ?? refuse(written, valid, suggest?.(written.text));
    },
    written: scalar,
    show,
  };
}
