import { signalNames } from './signals.ts';

// In fish `trap` is a function that fish loads when it is first called. It is loaded here and kept under another name;
// it works with event handlers, which are global, so that being called by a function of ours changes nothing.

export function fishInit(words: readonly string[]): string {
  return `# spamtrap shell-init fish
#
# Sends our subcommands to spamtrap; everything else stays fish's own trap.
# - The call traces that fish prints with an error name one more function.
if not functions -q _spamtrap_fish_trap; and functions -q trap
    functions --copy trap _spamtrap_fish_trap
end
function _spamtrap_ours
    contains -- "$argv[1]" ${words.join(' ')}; or return 1
    set -e argv[1]
    test (count $argv) -gt 0; or return 0
    for word in $argv
        contains -- (string replace -r '^SIG' '' -- $word) ${signalNames.join(' ')}; or return 0
    end
    return 1
end
function trap --description 'Perform an action when the shell receives a signal, or run spamtrap'
    if _spamtrap_ours $argv
        command spamtrap $argv
    else
        _spamtrap_fish_trap $argv
    end
end
`;
}
