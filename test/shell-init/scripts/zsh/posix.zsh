# With posix_traps there is one EXIT, the shell's; the option counts as it is where trap is called.
setopt posix_traps
set_in_function() {
  trap 'echo "exit: $?"' EXIT
  trap
  echo body
  return 3
}
set_in_function
echo "after: $?"
trap
trap - EXIT
set_in_function
unsetopt posix_traps
local_option() {
  setopt local_options posix_traps
  set_in_function
  echo local_option
}
local_option
trap
switched() {
  setopt local_options posix_traps
  trap 'echo posix' EXIT
  unsetopt posix_traps
  trap 'echo function' EXIT
}
switched
trap
as_sh() {
  emulate -L sh
  trap 'echo "as sh"' EXIT
  echo as_sh
}
as_sh
trap
set_in_function
exit 2
