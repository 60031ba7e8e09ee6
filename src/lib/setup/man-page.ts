import type { ManifestParts } from './completion/vocabulary.ts';

type ManifestCommand = ManifestParts['commands'][string] & { readonly description?: string };

/** The manual, in the language of man(7), from what the help is made of. */
export function manPage({ commands, topics }: ManifestParts, version: string): string {
  const shown = Object.values(commands)
    .filter(({ hidden }) => !hidden)
    .sort((one, other) => (one.id < other.id ? -1 : 1)) as ManifestCommand[];
  return [
    `.TH SPAMTRAP 1 "" "spamtrap ${version}" "User Commands"`,
    '.SH NAME',
    'spamtrap \\- a sensor for unwanted mail',
    '.SH SYNOPSIS',
    '.B spamtrap',
    '.I COMMAND',
    '[\\fIFLAGS\\fR]',
    '.SH DESCRIPTION',
    paragraph(
      'It plays an open mail relay, stands as the catch-all behind a mail server, collects trap mailboxes and follows ' +
        'maildirs. Every message is on disk, byte for byte, before its sender is told that it was taken; from there it ' +
        'goes to a maildir, to files and to analysis back ends. It sends no mail anywhere unless an operator decides so.',
    ),
    '.SH COMMANDS',
    ...shown.flatMap(commandSection),
    '.SH TOPICS',
    ...Object.entries(topics).flatMap(([id, { description = '' }]) => [
      '.TP',
      `.B ${escape(id.replaceAll(':', ' '))}`,
      paragraph(description),
    ]),
    '.SH ENVIRONMENT',
    paragraph(
      'Each flag has a variable that begins with SPAMTRAP_, and so has each setting: relay.port is SPAMTRAP_RELAY_PORT. ' +
        'NO_COLOR takes the colours away. A flag counts more than a variable, and that more than a configuration file.',
    ),
    '.SH FILES',
    ...['./trap.yml', '~/.config/spamtrap/trap.yml', '/etc/spamtrap/trap.yml'].flatMap((path) => [
      '.TP',
      `.I ${escape(path)}`,
      'Configuration; the first that is there.',
    ]),
    '.TP',
    '.I ~/.local/state/spamtrap/COMMAND',
    'What a command keeps: journal, maildir, records, desk, its control socket.',
    '.SH EXIT STATUS',
    ...Object.entries(statuses).flatMap(([status, words]) => ['.TP', `.B ${status}`, words]),
    '',
  ].join('\n');
}

const statuses: Readonly<Record<string, string>> = {
  0: 'Done.',
  1: 'Failed.',
  2: 'Misused, or a faulty configuration.',
  3: 'Partly done: some mailboxes or messages are left.',
  4: 'Another instance holds the lock.',
  130: 'Interrupted.',
};

function commandSection({ id, summary = '', description = '', flags = {} }: ManifestCommand): string[] {
  const shown = Object.values(flags).filter(({ hidden }) => !hidden);
  return [
    `.SS "${escape(id.replaceAll(':', ' '))}"`,
    paragraph(summary),
    ...(description === '' ? [] : ['.PP', paragraph(description)]),
    ...shown.flatMap((flag) => {
      const value = flag.type === 'boolean' ? '' : ` \\fI${escape(valueName(flag))}\\fR`;
      const short = flag.char === undefined ? '' : `\\fB\\-${flag.char}\\fR, `;
      const no = flag.allowNo ? '[no\\-]' : '';
      return ['.TP', `${short}\\fB\\-\\-${no}${escape(flag.name)}\\fR${value}`, paragraph(flag.description ?? '')];
    }),
  ];
}

function valueName({
  helpValue,
  options,
}: {
  readonly helpValue?: string;
  readonly options?: readonly string[];
}): string {
  return (options && options.length > 0 ? options.join('|') : (helpValue ?? 'value')).replaceAll(/[<>]/g, '');
}

function paragraph(text: string): string {
  const plain = text
    .replaceAll(/<%=\s*config\.bin\s*%>/g, 'spamtrap')
    .replaceAll(/\s*\n\s*/g, ' ')
    .trim();
  return plain === '' ? '.br' : escape(plain);
}

/** Nothing in it is taken for a request, an escape or a hyphen where a minus is meant. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('’', '\\(cq')
    .replaceAll('…', '...')
    .replaceAll('→', '\\(->')
    .replaceAll('"', '\\(dq')
    .replace(/^\./, '\\&.');
}
