# What the builtin says of itself, and to wrong use.
trap --help
trap --version
echo "status: $?"
trap -z
echo "status: $?"
trap onlyone
echo "status: $?"
trap INT
echo "status: $?"
trap -- -p
echo "status: $?"
trap 'echo a
echo b' EXIT INT
trap
