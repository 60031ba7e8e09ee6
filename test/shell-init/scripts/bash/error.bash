# ERR traps: hidden from functions unless errtrace is set, and removed for good when removed.
trap 'echo "err: $? in line $LINENO"' ERR
false
in_function() {
  false
  trap -p
  trap 'echo "err of the function"' ERR
  false
  trap - ERR
  false
}
in_function
false
trap -p ERR
trap - ERR
false
trap -p
set -E
trap 'echo "errtrace: $FUNCNAME $LINENO $BASH_COMMAND"' ERR
in_function
trap 'echo no' NOSUCH
echo "status: $?"
trap 'echo two' INT NOSUCH TERM
trap -p
(
  false
  echo in a subshell
  trap -p
)
captured=$(
  false
  trap -p
)
echo "$captured"
set -e
trap 'echo "bye: $?"' EXIT
trap 'echo no' NOSUCH || echo caught
if trap 'echo no' NOSUCH; then echo yes; else echo no; fi
trap 'echo no' NOSUCH
echo not reached
