/** One word of a filter as it is written, before anybody knows what it means. */
export interface Term {
  readonly refused: boolean;
  /** What stands before the first colon outside quotes. */
  readonly field: string | undefined;
  readonly alternatives: readonly Written[];
  /** As written, for complaints. */
  readonly text: string;
}

export interface Written {
  readonly text: string;
  /** In quotes nothing is special, and an asterisk is an asterisk. */
  readonly quoted: boolean;
}

const blank = /\s/;

/** The terms of a filter. A quote that is never closed goes to the end, because somebody may still be typing. */
export function termsIn(filter: string): readonly Term[] {
  const terms: Term[] = [];
  let at = 0;
  while (at < filter.length) {
    if (blank.test(filter.charAt(at))) at++;
    else {
      const { term, end } = termAt(filter, at);
      if (term.field !== undefined || term.alternatives.some(({ text, quoted }) => quoted || text !== '')) {
        terms.push(term);
      }
      at = end;
    }
  }
  return terms;
}

function termAt(filter: string, start: number): { readonly term: Term; readonly end: number } {
  const refused = filter.charAt(start) === '!';
  const named = /^([a-z][a-z0-9]*):(?!\/\/)/i.exec(filter.slice(refused ? start + 1 : start, start + 40));
  const field = named?.[1]?.toLowerCase();
  let at = start + (refused ? 1 : 0) + (named?.[0].length ?? 0);
  const alternatives: Written[] = [];
  let plain = '';
  let quoted = false;
  const finish = () => {
    alternatives.push({ text: plain, quoted });
    [plain, quoted] = ['', false];
  };
  for (; at < filter.length && !blank.test(filter.charAt(at)); at++) {
    const character = filter.charAt(at);
    if (character === '"' && plain === '' && !quoted) {
      const read = quotedAt(filter, at);
      [plain, quoted, at] = [read.text, true, read.end - 1];
    } else if (character === ',' && field !== undefined) finish();
    else plain += character;
  }
  finish();
  return { term: { refused, field, alternatives, text: filter.slice(start, at) }, end: at };
}

/** What stands between the quotes, in which a backslash takes the meaning from what follows it. */
function quotedAt(filter: string, start: number): { readonly text: string; readonly end: number } {
  let text = '';
  let at = start + 1;
  for (; at < filter.length && filter.charAt(at) !== '"'; at++) {
    if (filter.charAt(at) === '\\') at++;
    text += filter.charAt(at);
  }
  return { text, end: at + 1 };
}
