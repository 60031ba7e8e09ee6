import { flagsFunction, pathFunction, valuesFunction, wordsFunction } from './tables.ts';
import type { Vocabulary } from './vocabulary.ts';

const bare = (word: string) => word;

export function bashCompletion(vocabulary: Vocabulary): string {
  return `# Completion of spamtrap for bash: eval "$(spamtrap completion bash)"
${pathFunction(vocabulary)}
${wordsFunction(vocabulary, bare)}
${flagsFunction(vocabulary, bare)}
${valuesFunction(vocabulary)}
_spamtrap() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]}
  local _spamtrap_at _spamtrap_found _spamtrap_value
  COMPREPLY=()
  _spamtrap_path "\${COMP_WORDS[@]:1:COMP_CWORD-1}"
  _spamtrap_values "$_spamtrap_at" "$before"
  case $_spamtrap_value in
    (file) compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    (text) return ;;
    (none) ;;
    (*) mapfile -t COMPREPLY < <(compgen -W "$_spamtrap_value" -- "$current"); return ;;
  esac
  case $current in
    (-*) _spamtrap_flags "$_spamtrap_at" ;;
    (*) _spamtrap_words "$_spamtrap_at" ;;
  esac
  if ((\${#_spamtrap_found[@]})); then
    mapfile -t COMPREPLY < <(compgen -W "\${_spamtrap_found[*]}" -- "$current")
  else
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -F _spamtrap spamtrap trap
`;
}
