import { readFileSync } from 'node:fs';

/** One system call of a trace. */
export interface SystemCall {
  readonly thread: string;
  readonly name: string;
  /** The name of the file behind the first argument, or `TCP:[here->there]`; empty where there is none. */
  readonly target: string;
  /** All strings among the arguments, put together: the bytes that were read or written, or the paths. */
  readonly bytes: string;
  readonly result: string;
  /** Lines of the trace: a call that begins on a later line than another one ends was made after it. */
  readonly began: number;
  readonly ended: number;
}

/** strace words that write every call of these names to a file, with what is behind each file descriptor. */
export function tracing(file: string, calls: readonly string[], stringLength: number): string[] {
  return ['-yy', '-s', String(stringLength), '-e', `trace=${calls.join(',')}`, '-e', 'signal=none', '-o', file];
}

/**
 * strace words that kill the process as it makes the nth such call on this path, which then does not happen. A path
 * stands for the first argument, or for the file behind it. strace counts for each thread.
 */
export function killAt(file: string, { call, path, nth = 1 }: Step): string[] {
  const calls = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${nth}`];
  return ['-yy', ...paths(path), ...calls, '-e', 'signal=none', '-o', file];
}

/** strace words that let the nth such call on this path fail without being made. */
export function failAt(file: string, { call, path, nth = 1 }: Step, error: string): string[] {
  const calls = ['-e', `trace=${call}`, '-e', `inject=${call}:error=${error}:when=${nth}`];
  return ['-yy', ...paths(path), ...calls, '-e', 'signal=none', '-o', file];
}

export interface Step {
  readonly call: string;
  /** Without it the call on whatever path. */
  readonly path?: string | readonly string[];
  /** Also a range, as strace writes it: `1..3`. */
  readonly nth?: number | string;
}

function paths(path: Step['path'] = []): string[] {
  return [path].flat().flatMap((each) => ['-P', each]);
}

const wholeCall = /^(\w+)\((.*)\) += (.*)$/s;

/** The calls of a finished trace, in the order in which they ended. */
export function readTrace(file: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, { readonly text: string; readonly began: number }>();
  for (const [line, content] of readFileSync(file, 'latin1').split('\n').entries()) {
    const [, thread, text] = /^(\d+) +(.*)$/.exec(content) ?? [];
    if (thread === undefined || text === undefined) continue;
    const begun = / <unfinished \.\.\.>$/.exec(text);
    if (begun) {
      unfinished.set(thread, { text: text.slice(0, begun.index), began: line });
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>/.exec(text);
    const start = resumed ? unfinished.get(thread) : undefined;
    const call = wholeCall.exec(resumed ? `${start?.text ?? ''}${text.slice(resumed[0].length)}` : text);
    if (call) calls.push({ thread, began: start?.began ?? line, ended: line, ...parts(call) });
  }
  return calls;
}

function parts([, name = '', words = '', result = '']: RegExpExecArray): Omit<
  SystemCall,
  'thread' | 'began' | 'ended'
> {
  const target = /^\d+<((?:->|[^<>])*)>/.exec(words)?.[1] ?? '';
  const strings = [...words.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => unescaped(text));
  return { name, target, bytes: strings.join(''), result };
}

const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', v: '\v', f: '\f' };

function unescaped(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|(.))/g, (_, octal: string | undefined, letter: string) =>
    octal === undefined ? (letters[letter] ?? letter) : String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
