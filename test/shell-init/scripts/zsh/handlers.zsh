# trap called by traps: zsh has no EXIT of functions there.
trap 'trap - USR1; echo once; trap' USR1
kill -USR1 $$
trap
clean_up() {
  trap - EXIT INT
  echo clean up
}
trap 'clean_up; trap - EXIT; exit 3' INT
trap 'echo normal' EXIT
outer() {
  trap 'trap "echo set by a handler" USR2; echo handler; deeper' USR1
  kill -USR1 $$
  kill -USR2 $$
}
deeper() { trap 'echo hup' HUP }
outer
trap
TRAPALRM() {
  trap - TERM
  trap 'echo term' TERM
}
kill -ALRM $$
kill -TERM $$
trap
kill -INT $$
