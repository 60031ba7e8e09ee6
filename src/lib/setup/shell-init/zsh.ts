import { oursFunction } from './ours.ts';

// Why no plain function: in zsh `trap … EXIT` waits for the end of the function that it stands in, which would be ours,
// and under LOCAL_TRAPS the same holds for every trap. But such an EXIT trap runs after its function is gone, with the
// caller's options, in the caller's scope. So ours sets one on itself, and that one calls the builtin: there, with the
// arguments as they were, POSIX_TRAPS and LOCAL_TRAPS mean what they mean to the caller.
//
// All of it has to be readable to a zsh that emulates sh, where <-> and (a|b) are no patterns.
//
// An EXIT trap cannot change the status of a function that has returned, so the status that the builtin is going to
// have is found out beforehand. It ends as the failing side of an `&&`, which ZERR and ERR_EXIT overlook inside and
// see at the caller's.

export function zshInit(words: readonly string[]): string {
  return `# spamtrap shell-init zsh
#
# Sends our subcommands to spamtrap; everything else stays zsh's own trap, in the caller's own scope and options.
# - A DEBUG trap sees the commands of this function too, and so does xtrace.
# - In the commands of a trap, what is set counts for the whole shell, also where EXIT or local_traps mean a function.
${oursFunction(words)}
function _spamtrap_valid {
  emulate -L zsh
  if [[ \${1-} == -- ]]; then shift; fi
  if (( ! $# )); then return 0; fi
  if [[ $1 == - ]]; then
    shift
  elif ! _spamtrap_signal "$1"; then
    # Without a signal this only looks whether the commands can be parsed.
    builtin trap -- "$1" 2>/dev/null || return 1
    shift
  fi
  local word
  for word; do
    _spamtrap_signal "$word" || return 1
  done
}
function _spamtrap_signal {
  local name=\${1#SIG}
  case $name in
    (ERR|CLD|IO|POLL) return 0 ;;
    ('' | *[!0-9]*) (( \${signals[(Ie)$name]} )) ;;
    (*) (( name < $#signals )) ;;
  esac
}
function trap {
  if _spamtrap_ours "$@"; then
    command spamtrap "$@"
    return
  fi
  local context=\${ZSH_EVAL_CONTEXT%:shfunc} inside=
  if [[ $context == *:trap* ]]; then
    inside=\${context##*:trap}.
  elif [[ " \${funcstack[*]-}" == *' TRAP'* ]]; then
    inside=shfunc
  fi
  if [[ -n $inside ]]; then
    # zsh runs no EXIT trap of a function inside another trap. Where no function stands between that trap and us, what
    # is done to EXIT has to outlast this function; a function in between would take it back itself.
    setopt local_options no_local_traps
    if [[ $inside != *shfunc* ]]; then setopt posix_traps; fi
    builtin trap "$@"
    return
  fi
  emulate -L zsh
  setopt no_aliases
  local valid=
  if _spamtrap_valid "$@"; then valid=yes; fi
  builtin trap -- "builtin trap \${(j: :)\${(@qqqq)@}} || :" EXIT
  [[ -n $valid ]] && :
}
`;
}
