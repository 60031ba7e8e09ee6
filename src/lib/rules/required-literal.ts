const literal = /[A-Za-z0-9 @:/_,;=<>"'&%!#~-]/;
const quantifier = /[*?{]/;
const shortest = 3;

/**
 * A text without which a pattern cannot match, so that most texts need not be shown to it at all: the longest run of
 * plain characters outside of groups and classes. Undefined when there is none, or no telling.
 */
export function requiredLiteral(pattern: string): string | undefined {
  const runs: string[] = [];
  let run = '';
  const end = () => {
    runs.push(run);
    run = '';
  };
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === '|') return undefined;
    const isPlain = literal.test(character) && !quantifier.test(pattern.charAt(at + 1));
    if (isPlain) {
      run += character;
      continue;
    }
    end();
    const after = skipped(pattern, at);
    if (after === undefined) return undefined;
    at = after;
  }
  end();
  const longest = runs.reduce((best, each) => (each.length > best.length ? each : best), '');
  return longest.length >= shortest ? longest : undefined;
}

/** Where the last character lies of what begins here and is no plain text; undefined when that is not simple. */
function skipped(pattern: string, at: number): number | undefined {
  switch (pattern.charAt(at)) {
    case '\\':
      return skipEscape(pattern, at);
    case '[':
      return skipClass(pattern, at);
    case '(':
      return skipGroup(pattern, at);
    case '{': {
      const close = pattern.indexOf('}', at);
      return close < 0 ? undefined : close;
    }
    default:
      return at;
  }
}

// `\Q…\E` quotes, and the letters behind `\p`, `\x` and octal digits belong to the escape.
function skipEscape(pattern: string, at: number): number | undefined {
  return /[A-Za-z0-9]/.test(pattern.charAt(at + 1)) && !/[bBdDsSwWAz]/.test(pattern.charAt(at + 1))
    ? undefined
    : at + 1;
}

function skipClass(pattern: string, at: number): number | undefined {
  for (let index = at + 1; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    // A class within a class, or a bracket that is first and so none that closes.
    if (character === '[' || (character === ']' && index <= at + 2)) return undefined;
    if (character === '\\') index++;
    else if (character === ']') return index;
  }
  return undefined;
}

function skipGroup(pattern: string, at: number): number | undefined {
  let depth = 0;
  for (let index = at; index < pattern.length; index++) {
    const character = pattern.charAt(index);
    if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return index;
    else if (character === '\\' || character === '[') {
      const end = skipped(pattern, index);
      if (end === undefined) return undefined;
      index = end;
    }
  }
  return undefined;
}
