/** What may be typed, as completion needs it: taken from what the help is made of. */
export interface Vocabulary {
  readonly commands: readonly KnownCommand[];
  /** First words that have others behind them. */
  readonly topics: readonly { readonly words: string; readonly about: string }[];
}

export interface KnownCommand {
  /** As it is typed: `journal show`. */
  readonly words: string;
  readonly about: string;
  readonly flags: readonly KnownFlag[];
  /** The words one of which its first argument is, where they are known. */
  readonly argument: readonly string[];
}

export interface KnownFlag {
  /** With its dashes. */
  readonly name: string;
  readonly about: string;
  readonly value: FlagValue;
}

export type FlagValue = 'none' | 'file' | 'text' | readonly string[];

interface ManifestFlag {
  readonly name: string;
  readonly char?: string;
  readonly type: 'boolean' | 'option';
  readonly summary?: string;
  readonly description?: string;
  readonly helpValue?: string;
  readonly options?: readonly string[];
  readonly hidden?: boolean;
  readonly allowNo?: boolean;
}

interface ManifestCommand {
  readonly id: string;
  readonly summary?: string;
  readonly hidden?: boolean;
  readonly flags?: Readonly<Record<string, ManifestFlag>>;
  readonly args?: Readonly<Record<string, { readonly options?: readonly string[] }>>;
}

/** The manifest that the build writes of all commands, and the topics of the package. */
export interface ManifestParts {
  readonly commands: Readonly<Record<string, ManifestCommand>>;
  readonly topics: Readonly<Record<string, { readonly description?: string }>>;
}

export function vocabularyOf({ commands, topics }: ManifestParts): Vocabulary {
  const known = Object.values(commands)
    .filter(({ hidden }) => !hidden)
    .map(knownCommand)
    .sort((one, other) => (one.words < other.words ? -1 : 1));
  const named = Object.entries(topics).map(([id, { description = '' }]) => {
    return { words: id.replaceAll(':', ' '), about: firstLine(description) };
  });
  return { commands: known, topics: named };
}

function knownCommand({ id, summary = '', flags = {}, args = {} }: ManifestCommand): KnownCommand {
  return {
    words: id.replaceAll(':', ' '),
    about: firstLine(summary),
    flags: Object.values(flags).flatMap(knownFlags),
    argument: Object.values(args)[0]?.options ?? [],
  };
}

function knownFlags(flag: ManifestFlag): readonly KnownFlag[] {
  if (flag.hidden) return [];
  const about = firstLine(flag.summary ?? flag.description ?? '');
  const value = valueOf(flag);
  return [
    { name: `--${flag.name}`, about, value },
    ...(flag.allowNo ? [{ name: `--no-${flag.name}`, about, value }] : []),
    ...(flag.char === undefined ? [] : [{ name: `-${flag.char}`, about, value }]),
  ];
}

function valueOf({ type, options, helpValue = '' }: ManifestFlag): FlagValue {
  if (type === 'boolean') return 'none';
  if (options && options.length > 0) return options;
  return /<(?:file|folder|path|dir)/.test(helpValue) ? 'file' : 'text';
}

function firstLine(text: string): string {
  return text
    .split(/(?<=\.)\s|\n/)[0]!
    .replaceAll(/[[\]`]/g, '')
    .trim();
}

/** The words that may come next behind those, each with what it is. */
export function nextWords({ commands, topics }: Vocabulary, behind: string): ReadonlyMap<string, string> {
  const prefix = behind === '' ? '' : `${behind} `;
  const found = new Map<string, string>();
  for (const { words, about } of [...topics, ...commands]) {
    if (!words.startsWith(prefix) || words === behind) continue;
    const rest = words.slice(prefix.length).split(' ');
    const [next] = rest;
    // What a group of commands is said to be is better than what its first command is.
    if (rest.length === 1 || !found.has(next!)) found.set(next!, rest.length === 1 ? about : '');
  }
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Everything behind which words may come. */
export function stems({ commands, topics }: Vocabulary): readonly string[] {
  const found = new Set(['']);
  for (const { words } of [...topics, ...commands]) {
    const parts = words.split(' ');
    for (let count = 1; count < parts.length; count++) found.add(parts.slice(0, count).join(' '));
  }
  return [...found];
}
