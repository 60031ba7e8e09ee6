# Sourced by others, and a script of its own.
trap 'echo "sourced: return"' RETURN
from_sourced() {
  trap 'echo "from_sourced: return"' RETURN
  trap -p
}
from_sourced
