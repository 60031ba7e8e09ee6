import { oneOf, suggestion } from '../../document/suggestion.ts';
import type { Place, Reading } from './reading.ts';

/** The text of a single value. */
export function textIn(reading: Reading, place: Place, valid: string, isValid = (_text: string) => true) {
  const { written } = place;
  if (written.form !== 'scalar' || written.empty || !isValid(written.text)) return reading.refuse(place, valid);
  return written.text;
}

/** One text or a list of them; of those that are not valid each is a fault of its own. */
export function textsIn(reading: Reading, place: Place, valid: string): readonly Place[] {
  const { written } = place;
  if (written.form !== 'list') return isText(place) ? [place] : refuseAll(reading, place, valid);
  const items = reading.items(place, valid) ?? [];
  if (items.length === 0) return refuseAll(reading, place, valid);
  return items.filter((item) => isText(item) || reading.refuse(item, valid));
}

function isText({ written }: Place): boolean {
  return written.form === 'scalar' && !written.empty;
}

function refuseAll(reading: Reading, place: Place, valid: string): readonly Place[] {
  reading.refuse(place, valid);
  return [];
}

export function textOf({ written }: Place): string {
  return written.form === 'scalar' ? written.text : '';
}

export function choiceIn<Choice extends string>(
  reading: Reading,
  place: Place,
  choices: readonly Choice[],
): Choice | undefined {
  const { written } = place;
  const chosen = written.form === 'scalar' ? choices.find((choice) => choice === written.text) : undefined;
  if (chosen !== undefined) return chosen;
  const near = written.form === 'scalar' ? suggestion(written.text, choices).suggestion : undefined;
  return reading.refuse(place, oneOf(choices), near);
}

export function truthIn(reading: Reading, place: Place): boolean | undefined {
  const chosen = choiceIn(reading, place, ['true', 'false']);
  return chosen === undefined ? undefined : chosen === 'true';
}

/** A number made of a text by a reader that knows its unit. */
export function amountIn(
  reading: Reading,
  place: Place,
  valid: string,
  parse: (text: string) => number | undefined,
): number | undefined {
  const { written } = place;
  const amount = written.form === 'scalar' && !written.empty ? parse(written.text) : undefined;
  return amount ?? reading.refuse(place, valid);
}

export function wholeNumber(text: string): number | undefined {
  return /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export function countNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
