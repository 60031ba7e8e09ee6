import { quoted } from './quote.ts';
import { flagsFunction, pathFunction, valuesFunction, wordsFunction } from './tables.ts';
import type { Vocabulary } from './vocabulary.ts';

const described = (word: string, about: string) =>
  quoted(about === '' ? word : `${word}:${about.replaceAll('\\', '\\\\').replaceAll(':', '\\:')}`);

export function zshCompletion(vocabulary: Vocabulary): string {
  return `# Completion of spamtrap for zsh: eval "$(spamtrap completion zsh)"
${pathFunction(vocabulary)}
${wordsFunction(vocabulary, described)}
${flagsFunction(vocabulary, described)}
${valuesFunction(vocabulary)}
_spamtrap() {
  local _spamtrap_at _spamtrap_value
  local -a _spamtrap_found
  _spamtrap_path "\${(@)words[2,CURRENT-1]}"
  _spamtrap_values "$_spamtrap_at" "\${words[CURRENT-1]}"
  case $_spamtrap_value in
    (file) _files; return ;;
    (text) _message 'a value'; return ;;
    (none) ;;
    (*) compadd -- \${=_spamtrap_value}; return ;;
  esac
  case \${words[CURRENT]} in
    (-*) _spamtrap_flags "$_spamtrap_at" ;;
    (*) _spamtrap_words "$_spamtrap_at" ;;
  esac
  if ((\${#_spamtrap_found})); then
    _describe 'spamtrap' _spamtrap_found
  else
    _files
  fi
}
(( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit -u }
compdef _spamtrap spamtrap trap
`;
}
