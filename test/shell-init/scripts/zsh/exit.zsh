# EXIT in a function is the end of that function, and nothing that the function calls ends it.
set_and_fail() {
  trap 'echo "exit of set_and_fail: $? [$funcstack]"' EXIT
  trap 'echo hup' HUP
  echo body
  return 3
}
set_and_fail
echo "after: $?"
outer() {
  trap 'echo outer' EXIT
  set_and_fail
  trap - EXIT
  set_and_fail
}
outer
replaced() {
  trap 'echo first' EXIT
  trap 'echo second' EXIT
  trap 'echo usr1' USR1
  kill -USR1 $$
  trap
}
replaced
() {
  trap 'echo "exit of a function without a name"' EXIT
  echo in it
}
(
  trap 'echo "exit of the subshell"' EXIT
  set_and_fail
)
captured=$(
  trap 'echo "exit of the substitution"' EXIT
  set_and_fail
  trap
)
print -r -- "[$captured]"
trap 'echo "shell exit: $?"' EXIT
trap
set_and_fail
TRAPEXIT() { echo "TRAPEXIT" }
trap
set_and_fail
trap 'echo "shell exit: $?"' EXIT
local_traps() {
  setopt local_options local_traps
  trap 'echo local usr2' USR2
  trap 'echo local exit' EXIT
  trap
}
local_traps
trap
. ./sourced.zsh
from_sourced
eval set_and_fail
ignored() {
  trap '' EXIT
  set_and_fail
}
ignored
function_trap() {
  TRAPEXIT() { echo "TRAPEXIT of function_trap" }
  trap 'echo quit' QUIT
  set_and_fail
}
function_trap
trap | cat
trap >listing.txt
cat listing.txt
trap 'return 5' USR1
returned() {
  kill -USR1 $$
  echo not reached
}
returned
echo "status: $?"
trap 'echo "background: exit"' EXIT &
wait
exit 4
