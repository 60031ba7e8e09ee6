# fish's own trap, in functions and out of them.
trap 'echo "bye $status"' EXIT
trap -p
trap 'echo usr1' USR1 USR2
kill -USR1 $fish_pid
kill -USR2 $fish_pid
trap -p SIGUSR1
trap - USR1
trap -p
trap USR2
trap -p
trap -l
echo "status: $status"
function set_in_function
    trap 'echo "set  in a function" *; echo second' USR1
    trap -p USR1
end
set_in_function
kill -USR1 $fish_pid
trap -x
echo "status: $status"
trap
echo "status: $status"
set words 'echo "two  words"' USR2
trap $words
kill -USR2 $fish_pid
trap -p | string match '*two*'
set captured (trap -p USR2)
echo "$captured"
if trap --nosuch 2>/dev/null
    echo yes
else
    echo no
end
