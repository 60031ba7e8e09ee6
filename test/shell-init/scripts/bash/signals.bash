# Signals and EXIT in functions, subshells and handlers, with all that makes a script strict.
set -euo pipefail
trap 'echo "bye  $?"' EXIT
trap
trap -p EXIT INT
trap "echo 'a  b' \"\$HOME\" *
echo 'second line'" INT TERM
trap -p
trap '' HUP
trap - INT
trap -p
trap -l
trap -- 'echo "usr1: $? ${FUNCNAME:-main}"' USR1
kill -USR1 $$
handled() { kill -USR1 $$; }
handled
(
  trap 'echo "exit of the subshell"' EXIT
  trap -p
  echo in the subshell
)
(trap -p)
captured=$(
  trap -p
  trap 'echo "exit of the substitution"' EXIT
)
echo "$captured"
set_in_function() {
  trap 'echo "set in a function"' EXIT
  deeper
}
deeper() { trap -p EXIT; }
set_in_function
. ./sourced.bash
from_sourced
once() { trap 'trap - USR2; echo once; trap -p USR2' USR2; }
once
kill -USR2 $$
words=(echo EXIT)
trap "${words[@]}"
trap -- - WINCH
trap '*' WINCH
trap -p WINCH EXIT
IFS=x
trap 'echo "IFS"' WINCH
trap -p WINCH
unset IFS
trap 'echo "end $?"' 0
if trap -q 2>/dev/null; then echo yes; else echo "status: $?"; fi
trap -p NOSUCH || echo "status: $?"
{ trap -p; } | cat
trap -p | cat
echo $(trap -p EXIT)
trap 'echo "background: exit"' EXIT &
wait
! trap -p EXIT || echo negated
for signal in INT TERM; do trap "echo $signal" $signal; done
kill -INT $$
eval 'trap "echo evaluated" TERM'
kill -TERM $$
exit 7
