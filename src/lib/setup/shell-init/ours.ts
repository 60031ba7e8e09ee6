import { signalNames } from './signals.ts';

/** A function of bash and zsh that tells whether a call of `trap` means us. */
export function oursFunction(words: readonly string[]): string {
  return `function _spamtrap_ours {
  case \${1-} in
    (${words.join('|')}) shift ;;
    (*) return 1 ;;
  esac
  (($#)) || return 0
  local word
  for word; do
    case \${word#SIG} in
      (${signalNames.join('|')}) ;;
      (*) return 0 ;;
    esac
  done
  return 1
}`;
}
