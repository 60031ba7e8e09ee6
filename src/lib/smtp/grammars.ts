import type { Grammar } from './grammar.ts';
import { eximGrammar } from './grammars/exim.ts';
import { postfixGrammar } from './grammars/postfix.ts';
import type { Persona } from './persona.ts';

export const grammars: Readonly<Record<Persona['grammar'], Grammar>> = {
  postfix: postfixGrammar,
  exim: eximGrammar,
};
