export interface Token {
  readonly sort: 'name' | 'text' | 'number' | 'sign' | 'end';
  readonly text: string;
}

const pattern =
  /\s*(?:([rRuU]?)('(?:[^'\\\n]|\\[^])*'|"(?:[^"\\\n]|\\[^])*")|([A-Za-z_]\w*)|(\d+)|(==|!=|>=|<=|[()[\].,:<>-]))/y;

/** The words of a Python expression; undefined when there is something in it that simple ones do not have. */
export function pythonTokens(source: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  const text = source.trim();
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (!found) return undefined;
    const [, prefix = '', quoted, name, number, sign] = found;
    if (name !== undefined) tokens.push({ sort: 'name', text: name });
    else if (number !== undefined) tokens.push({ sort: 'number', text: number });
    else if (quoted !== undefined) tokens.push({ sort: 'text', text: unquoted(quoted, /r/i.test(prefix)) });
    else tokens.push({ sort: 'sign', text: sign! });
  }
  return [...tokens, { sort: 'end', text: '' }];
}

function unquoted(quoted: string, isRaw: boolean): string {
  const inner = quoted.slice(1, -1);
  if (isRaw) return inner;
  return inner.replaceAll(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([^]))/g,
    (whole, two?: string, four?: string, eight?: string, one?: string) => {
      if (one !== undefined) return escapes.get(one) ?? whole;
      const code = Number.parseInt((two ?? four ?? eight)!, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}

const escapes = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['\n', ''],
]);
