import { fishQuoted } from './quote.ts';
import { nextWords, stems, type KnownFlag, type Vocabulary } from './vocabulary.ts';

export function fishCompletion(vocabulary: Vocabulary): string {
  const { commands } = vocabulary;
  const known = [...new Set([...commands.map(({ words }) => words), ...stems(vocabulary)])].filter(
    (words) => words !== '',
  );
  const lines = stems(vocabulary).flatMap((stem) =>
    [...nextWords(vocabulary, stem)].map(([word, about]) => offer(stem, `-f -a ${word}`, about)),
  );
  const flags = commands.flatMap(({ words, flags: all }) =>
    all.map((flag) => offer(words, flagWords(flag), flag.about)),
  );
  const choices = commands.flatMap(({ words, argument }) =>
    argument.length === 0 ? [] : [offer(words, `-f -a ${fishQuoted(argument.join(' '))}`, '')],
  );
  return `# Completion of spamtrap for fish: spamtrap completion fish | source
set -g __spamtrap_known ${known.map(fishQuoted).join(' ')}
function __spamtrap_at
    set -l at
    for word in (commandline -opc)[2..-1]
        string match -q -- '-*' $word; and continue
        set -l next (string join ' ' $at $word)
        contains -- $next $__spamtrap_known; or break
        set at $next
    end
    test "$at" = "$argv[1]"
end
for __spamtrap_name in spamtrap trap
${[...lines, ...choices, ...flags].map((line) => `    ${line}`).join('\n')}
end
set -e __spamtrap_name
`;
}

function offer(at: string, what: string, about: string): string {
  const condition = fishQuoted(`__spamtrap_at ${fishQuoted(at)}`);
  return `complete -c $__spamtrap_name -n ${condition} ${what}${about === '' ? '' : ` -d ${fishQuoted(about)}`}`;
}

function flagWords({ name, value }: KnownFlag): string {
  const flag = name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`;
  if (value === 'none') return `-f ${flag}`;
  if (value === 'file') return `-r -F ${flag}`;
  if (value === 'text') return `-x ${flag}`;
  return `-x ${flag} -a ${fishQuoted(value.join(' '))}`;
}
