import { exitCodes, Fault } from '../../errors.ts';
import type { Given } from '../../control/attendant.ts';
import { printableWithin } from '../../text/printable.ts';

/** A text that a question has to come with. */
export function textOf(given: Given, key: string): string {
  const value = given[key];
  if (typeof value === 'string' && value !== '') return value;
  throw wrong(key, 'is no text');
}

export function optionalTextOf(given: Given, key: string): string | undefined {
  return given[key] === undefined || given[key] === null ? undefined : textOf(given, key);
}

export function textsOf(given: Given, key: string): readonly string[] {
  const value = given[key] ?? [];
  if (Array.isArray(value) && value.every((each) => typeof each === 'string')) return value;
  throw wrong(key, 'is no list of texts');
}

function wrong(key: string, how: string): Fault {
  return new Fault(`"${printableWithin(key, 40)}" ${how}.`, {
    code: 'control.given',
    fix: 'docs/control.md tells what each question comes with.',
    exit: exitCodes.usage,
  });
}
