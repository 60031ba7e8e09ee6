import { oursFunction } from './ours.ts';

// Why no plain function: bash hides ERR, DEBUG and RETURN traps from functions, takes back what a function does to
// them, and fires a RETURN trap that a function sets when that function returns. Only a command in the caller's own
// context does what the builtin does. An alias is that, and although it stands before the arguments it can choose by
// them: BASH_COMMAND holds the whole command, as typed, before bash expands the command's name.
//
// `"${_spamtrap_via[_spamtrap_at]-builtin}" trap …` is `builtin trap …` unless the subscript, which is evaluated as
// arithmetic each time, comes out as 1. Arithmetic cannot compare text; a lookup can: cutting from BASH_COMMAND what
// would be a call of ours leaves nothing, so the key is just `x`. Text from BASH_COMMAND is a key and nothing else,
// so that no part of it is ever evaluated.

const typed = '${BASH_COMMAND##*_spamtrap_at?-builtin?? trap ';

export function bashInit(words: readonly string[]): string {
  const tests = words.flatMap((word) => [word, `${word} *`]).map((end) => `\${_spamtrap_yes[x${typed}${end}}]-0}`);
  return `# spamtrap shell-init bash
#
# Sends our subcommands to spamtrap; everything else stays bash's own trap, in the caller's own context.
# - Prompts and scripts get an alias. The word must stand as it is: trap serve, not trap "$command".
# - Where bash expands no aliases (bash -c with all on one line, \\trap, bash before 4.2) a function stands in. There, a
#   list of traps leaves out ERR, DEBUG and RETURN, and under set -T or set -E such traps see the function.
# - set -x and BASH_COMMAND show the alias's text instead of trap; a DEBUG trap is not run more often.
# - Inside the commands of a trap, write spamtrap serve.
# - Nothing is defined in posix mode, where trap can be no function.
if [[ ! -o posix ]]; then
${indent(oursFunction(words))}
  function _spamtrap {
    shift
    if _spamtrap_ours "$@"; then
      command spamtrap "$@"
    else
      builtin trap "$@"
    fi
  }
  # Older ones lack what the alias is made of.
  if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] >= 402)); then
    # A script gets aliases only if it asks itself, and has none that would wake up.
    if [[ $- != *i* && \${BASH_SOURCE[0]-$0} == "$0" ]] && ((\${#BASH_ALIASES[@]} == 0)); then
      shopt -s expand_aliases
    fi
    declare -gA _spamtrap_yes=([x]=1)
    declare -ga _spamtrap_value=(0 1) _spamtrap_via=([1]=_spamtrap)
    declare -g _spamtrap_at='_spamtrap_value[${tests.join('|')}]'
    alias trap='"\${_spamtrap_via[_spamtrap_at]-builtin}" trap'
  fi
  # At a prompt the alias is enough, and functions that are older than it keep the builtin.
  if [[ $- != *i* || -n \${BASH_EXECUTION_STRING-} ]] || ! shopt -q expand_aliases || ! alias trap >/dev/null 2>&1; then
${indent(indent(fallback))}
    export -nf trap
  fi
  export -nf _spamtrap _spamtrap_ours
fi
`;
}

// A trap that bash would take back at the function's return is replaced by one that takes itself away when it fires;
// a RETURN trap is set by one that fires at this function's return and puts the wanted one in its own place.
// DEBUG comes last, because it would see all that follows.
const fallback = `function trap {
  if _spamtrap_ours "$@"; then
    command spamtrap "$@"
    return
  fi
  local IFS=' '
  case " $* " in
    (*' RETURN '* | *' ERR '* | *' DEBUG '*) ;;
    (*)
      builtin trap "$@"
      return
      ;;
  esac
  if [[ $1 == -- ]]; then shift; fi
  if (($# == 1)); then set -- - "$1"; fi
  if [[ $1 == -?* ]]; then
    builtin trap "$@"
    return
  fi
  local action=$1 signal seen=
  shift
  for signal; do
    case $signal in
      (RETURN | ERR | DEBUG) seen+=" $signal " ;;
      (*) builtin trap -- "$action" "$signal" || return ;;
    esac
  done
  local err=$action return=$action debug=$action
  if [[ $action == - ]]; then
    err='builtin trap - ERR' return='builtin trap - RETURN' debug='builtin trap - DEBUG'
  fi
  if [[ $seen == *' ERR '* ]]; then builtin trap -- "$err" ERR; fi
  if [[ $seen == *' RETURN '* ]]; then
    printf -v return 'builtin trap -- %q RETURN' "$return"
    builtin trap -- "$return" RETURN
  fi
  if [[ $seen == *' DEBUG '* ]]; then builtin trap -- "$debug" DEBUG; fi
}`;

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
