import { quoted } from './quote.ts';
import { nextWords, stems, type FlagValue, type Vocabulary } from './vocabulary.ts';

// Functions that bash and zsh have in common: what was typed so far goes in, what may come is put into an array.

/** Of the words typed, those that name a command. */
export function pathFunction(vocabulary: Vocabulary): string {
  const known = [...new Set([...vocabulary.commands.map(({ words }) => words), ...stems(vocabulary)])].filter(
    (words) => words !== '',
  );
  return `_spamtrap_path() {
  local word
  _spamtrap_at=
  for word; do
    case $word in (-*) continue ;; esac
    case "\${_spamtrap_at:+$_spamtrap_at }$word" in
      (${known.map(quoted).join('|')}) _spamtrap_at="\${_spamtrap_at:+$_spamtrap_at }$word" ;;
      (*) return 0 ;;
    esac
  done
}`;
}

export function wordsFunction(vocabulary: Vocabulary, entry: (word: string, about: string) => string): string {
  const cases = stems(vocabulary).map((stem) => {
    const words = [...nextWords(vocabulary, stem)].map(([word, about]) => entry(word, about));
    return `    (${quoted(stem)}) _spamtrap_found=(${words.join(' ')}) ;;`;
  });
  const choices = vocabulary.commands.flatMap(({ words, argument }) =>
    argument.length === 0
      ? []
      : [`    (${quoted(words)}) _spamtrap_found=(${argument.map((word) => entry(word, '')).join(' ')}) ;;`],
  );
  return `_spamtrap_words() {
  _spamtrap_found=()
  case $1 in
${[...cases, ...choices].join('\n')}
  esac
}`;
}

export function flagsFunction({ commands }: Vocabulary, entry: (word: string, about: string) => string): string {
  const cases = commands.map(({ words, flags }) => {
    const all = [...flags, { name: '--help', about: 'Show help.' }].map(({ name, about }) => entry(name, about));
    return `    (${quoted(words)}) _spamtrap_found=(${all.join(' ')}) ;;`;
  });
  return `_spamtrap_flags() {
  _spamtrap_found=()
  case $1 in
${cases.join('\n')}
  esac
}`;
}

/** What the value of a flag is: `none`, `file`, `text`, or the words that it may be. */
export function valuesFunction({ commands }: Vocabulary): string {
  const cases = commands.flatMap(({ words, flags }) =>
    flags.flatMap(({ name, value }) =>
      value === 'none' ? [] : [`    (${quoted(`${words} ${name}`)}) _spamtrap_value=${quoted(valueText(value))} ;;`],
    ),
  );
  return `_spamtrap_values() {
  _spamtrap_value=none
  case "$1 $2" in
${cases.join('\n')}
  esac
}`;
}

function valueText(value: FlagValue): string {
  return typeof value === 'string' ? value : value.join(' ');
}
