# RETURN traps belong to the function that sets them, and to those that inherit tracing.
set_and_fail() {
  trap 'echo "return of $FUNCNAME: $?"' RETURN
  echo body
  return 3
}
set_and_fail
echo "after: $?"
plain() { echo plain; }
plain
trap -p
outer() {
  trap 'echo clean up; trap - RETURN' RETURN
  inner
  echo outer
}
inner() {
  trap 'echo inner returns' RETURN
  echo inner
}
outer
trap -p
outer
set_and_fail
removed() {
  trap 'echo never' RETURN
  trap - RETURN
}
removed
trap -p RETURN
replaced() {
  trap 'echo first' RETURN
  trap 'echo second' RETURN
  trap -p RETURN
}
replaced
trap -p
last_words() { [[ $1 ]] && trap 'echo last words' RETURN; }
last_words yes
last_words ''
declare -ft plain
plain
trap '' RETURN
plain
trap -p
set -T
replaced
plain
removed
set_and_fail
plain
trap - RETURN
plain
. ./sourced.bash
from_sourced
