# DEBUG traps run before every command, so that one command too many would be seen.
trap 'echo "debug: line $LINENO of ${FUNCNAME:-main}"' DEBUG
:
in_function() {
  :
  trap -p DEBUG
  trap 'echo "debug of the function: $LINENO"' DEBUG
  :
}
in_function
trap -p
trap 'echo two' INT
trap - DEBUG
:
trap 'echo "functrace: $LINENO ${FUNCNAME[*]}"' DEBUG
set -T
in_function
trap 'echo three' INT
trap -p INT
trap - DEBUG
shopt -s extdebug
trap '[[ $BASH_COMMAND != skipped ]]' DEBUG
skipped
trap - DEBUG
echo end
