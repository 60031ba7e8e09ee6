# Statuses and error traps: one error is one error, where trap is called.
trap 'echo "zerr: $? [$funcstack]"' ZERR
false
in_function() {
  trap 'echo no' NOSUCH
  echo "status: $?"
}
in_function
trap 'echo no' NOSUCH
echo "status: $?"
trap 'echo no' NOSUCH || echo caught
trap 'if' INT || echo cannot be parsed
trap 'echo half' INT NOSUCH TERM
trap
trap - NOSUCH
echo "status: $?"
trap 99
echo "status: $?"
trap - ZERR
false
trap 'echo "err: $?"' ERR
false
trap
setopt err_return
returns() {
  trap 'echo no' NOSUCH
  echo not reached
}
returns || echo "returned: $?"
unsetopt err_return
set -e
trap 'echo bye' EXIT
trap 'echo no' NOSUCH || echo fine
if trap 'echo no' NOSUCH; then echo yes; else echo no; fi
trap 'echo no' NOSUCH
echo not reached
