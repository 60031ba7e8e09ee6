import { scalarKind } from '../config/words/kind.ts';

const validReply = 'a reply such as "250 2.1.0 Ok", with a hyphen behind the code on all lines but the last';

export const reply = scalarKind<string>({
  valid: validReply,
  parse: (written) => (isReply(written) ? written : undefined),
});

/** Without this one the command is unknown, or the rule does not hold. */
export const rareReply = scalarKind<string>({
  valid: `${validReply}, or none`,
  parse: (written) => (written === 'none' || isReply(written) ? written : undefined),
});

/** The lines that follow this one are the features. */
export const welcome = scalarKind<string>({
  valid: 'one line with the code 250, such as "250 {host}"',
  parse: (written) => (/^250( |$)/.test(written) && isReply(written) ? written : undefined),
});

/** Said in place of another reply: it may begin with that one. */
export const lastReply = scalarKind<string>({
  valid: `${validReply}; {reply}, or {continued} and a line with {code}, stand for the reply in whose place it is said`,
  parse(written) {
    const meant = written
      .replace(/^\{continued\}(?=\n)/, '500-')
      .replace(/^\{reply\}$/, '500 ')
      .replaceAll(/^\{code\}/gm, '500');
    return isReply(meant) ? written : undefined;
  },
});

/** RFC 5321, 4.2: text is printable or a tab, and a code may stand alone. */
function isReply(written: string): boolean {
  const lines = written.split('\n');
  const code = written.slice(0, 3);
  return lines.every((line, index) => {
    const isLast = index === lines.length - 1;
    if (isLast && line === code) return /^[2-5]\d\d$/.test(line);
    return (
      /^[2-5]\d\d[ -][^\p{Cc}]*$/u.test(line.replaceAll('\t', ' ')) && line.startsWith(code + (isLast ? ' ' : '-'))
    );
  });
}
