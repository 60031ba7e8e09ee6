import { oneOf, suggestion } from '../../document/suggestion.ts';
import { scalarKind, type Kind } from './kind.ts';

export function choice<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return scalarKind<Word>({
    valid: oneOf(words),
    parse: (text) => words.find((word) => word === text),
    suggest: (text) => suggestion(text, words).suggestion,
  });
}

const truths = new Map([
  ['true', true],
  ['false', false],
]);

export const flag = scalarKind<boolean>({
  valid: 'true or false',
  parse: (text) => truths.get(text.toLowerCase()),
});
