import { readdirSync, readFileSync } from 'node:fs';

// A script is what a client does, in the notation that README.md in this folder explains.

/** What a server has to be like for a script. */
export interface Surroundings {
  readonly tls: boolean;
  readonly auth: 'always' | 'secure' | 'never';
  /** Whom it lets in: the one user that there is, or everybody, when the script has no wrong credentials. */
  readonly accept: 'listed' | 'all';
  readonly size?: number;
  readonly recipients?: number;
}

export type Step =
  /** Lines that leave in one segment; `replies` of them are answered. */
  | { readonly do: 'send'; readonly lines: readonly SentLine[]; readonly replies: number }
  /** Content, which a client sends only when it was asked for it. */
  | { readonly do: 'content'; readonly lines: readonly string[] }
  /** Bytes without an end of line, and then nothing. */
  | { readonly do: 'hang'; readonly text: string }
  | { readonly do: 'handshake' }
  | { readonly do: 'awaitClose' };

export interface SentLine {
  readonly mark: 'C' | 'P' | 'p';
  readonly text: string;
}

export interface Section {
  readonly title: string;
  /** TLS begins with the first byte. */
  readonly tlsFirst: boolean;
  /** The client does not wait for the greeting. */
  readonly early: boolean;
  /** What every case begins with. A section that is one dialogue has one case and no preamble. */
  readonly preamble: readonly Step[];
  readonly cases: readonly (readonly Step[])[];
}

export interface Script {
  readonly name: string;
  readonly surroundings: Surroundings;
  readonly sections: readonly Section[];
}

const folder = new URL('./scripts/', import.meta.url);

export function scripts(): Script[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .map((file) => parseScript(file.slice(0, -'.txt'.length), readFileSync(new URL(file, folder), 'utf8')));
}

export function parseScript(name: string, text: string): Script {
  let surroundings: Surroundings = { tls: true, auth: 'never', accept: 'listed' };
  const sections: { title: string; tlsFirst: boolean; early: boolean; each: boolean; paragraphs: string[][] }[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const section = sections.at(-1);
    if (line.startsWith('#')) continue;
    const head = /^(---|\*\*\*) (.*?)(?: \((tls|early)\))?$/.exec(line);
    if (head) {
      sections.push({
        title: head[2]!,
        tlsFirst: head[3] === 'tls',
        early: head[3] === 'early',
        each: head[1] === '***',
        paragraphs: [[]],
      });
    } else if (line.startsWith('! ')) surroundings = parseSurroundings(line.slice(2), surroundings);
    else if (line === '') section?.paragraphs.push([]);
    else if (section && /^(?:[CPpBN]: |=>$|~~$)/.test(line)) section.paragraphs.at(-1)!.push(line);
    else throw new Error(`${name}:${index + 1}: "${line}" is no line of a script`);
  }
  return {
    name,
    surroundings,
    sections: sections.map(({ title, tlsFirst, early, each, paragraphs }) => {
      const [first = [], ...rest] = paragraphs.filter((paragraph, at) => (each && at === 0) || paragraph.length > 0);
      return each
        ? { title, tlsFirst, early, preamble: parseSteps(first), cases: rest.map(parseSteps) }
        : { title, tlsFirst, early, preamble: [], cases: [parseSteps([...first, ...rest.flat()])] };
    }),
  };
}

function parseSurroundings(text: string, before: Surroundings): Surroundings {
  let surroundings = before;
  for (const word of text.split(' ')) {
    const [key, value] = word.split('=') as [string, string];
    if (key === 'tls') surroundings = { ...surroundings, tls: value !== 'no' };
    else if (key === 'auth') surroundings = { ...surroundings, auth: value as Surroundings['auth'] };
    else if (key === 'accept') surroundings = { ...surroundings, accept: value as Surroundings['accept'] };
    else if (key === 'size') surroundings = { ...surroundings, size: Number(value) };
    else if (key === 'recipients') surroundings = { ...surroundings, recipients: Number(value) };
    else throw new Error(`"${word}" is nothing that a server can be`);
  }
  return surroundings;
}

function parseSteps(lines: readonly string[]): Step[] {
  const steps: Step[] = [];
  for (const line of lines) {
    const [mark, text] = [line[0]!, line.slice(3)];
    const last = steps.at(-1);
    if (line === '=>') steps.push({ do: 'awaitClose' });
    else if (line === '~~') steps.push({ do: 'handshake' });
    else if (mark === 'N') steps.push({ do: 'hang', text });
    else if (mark === 'B') {
      if (last?.do === 'content') steps[steps.length - 1] = { ...last, lines: [...last.lines, text] };
      else steps.push({ do: 'content', lines: [text] });
    } else if (mark === 'C') steps.push({ do: 'send', lines: [{ mark, text }], replies: 1 });
    else {
      const sent = { mark: mark as 'P' | 'p', text };
      const replies = mark === 'P' ? 1 : 0;
      const group = last?.do === 'send' && last.lines[0]!.mark !== 'C' ? last : undefined;
      if (group)
        steps[steps.length - 1] = { do: 'send', lines: [...group.lines, sent], replies: group.replies + replies };
      else steps.push({ do: 'send', lines: [sent], replies });
    }
  }
  return steps;
}

/** Servers are slow to start, and many scripts want the same one. */
export function forEachSurroundings<Server>(
  start: (surroundings: Surroundings) => Promise<Server>,
): (surroundings: Surroundings) => Promise<Server> {
  const started = new Map<string, Promise<Server>>();
  return (surroundings) => {
    const key = JSON.stringify(surroundings);
    const server = started.get(key) ?? start(surroundings);
    started.set(key, server);
    return server;
  };
}
