# Arguments arrive as they were given, whatever the options say about words.
trap "echo 'a  b' \"\$0\" *
echo 'second line'" USR1
trap
setopt rc_quotes ksh_arrays sh_word_split no_equals glob_subst csh_junkie_quotes
trap 'echo "it''s"' USR1
trap
kill -USR1 $$
words=('echo "$1  $2"' USR1)
set -- one two
trap "${words[@]}"
trap
kill -USR1 $$
trap -- 'echo ~ $((1 + 1)) `echo substituted` \n' USR2
trap
kill -USR2 $$
trap '' HUP
trap
trap - HUP
trap USR1
trap
trap - USR2
trap
trap -
trap
for option in -l -p --help; do
  trap $option
  echo "status: $?"
done
trap 'echo zero' 0
trap 'echo ten' 10
trap
kill -USR1 $$
set -u
IFS=x
trap 'echo sig' SIGUSR1
alias -g USR2=BROKEN
alias builtin=false
trap 'echo $USR1' TERM
trap
