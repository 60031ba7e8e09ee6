/**
 * Names by which `trap` knows what to wait for. `trap status EXIT INT` is somebody's own function `status` as a trap,
 * although `status` may be one of our words as well: a word of ours with nothing but such names behind it stays theirs.
 */
export const signalNames =
  'EXIT ERR ZERR DEBUG RETURN HUP INT QUIT ABRT ALRM TERM PIPE USR1 USR2 CHLD CONT TSTP TTIN TTOU WINCH'.split(' ');
