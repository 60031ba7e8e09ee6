# Sourced by others, and a script of its own.
trap 'echo "usr1 of the sourced file"' USR1
from_sourced() {
  trap 'echo "from_sourced: exit"' EXIT
  echo from_sourced
}
from_sourced
