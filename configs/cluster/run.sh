#!/bin/sh
# Runs a symscan command as the job of a scheduler.
#   run.sh [-d FOLDER] COMMAND [ARGUMENT ...]
# Signals of the scheduler are handed on to the command. Exit code 1 (some replicas failed, the results are complete) becomes 0:
# repeating the job would not change it, and `symscan status` and `symscan merge` tell. All other codes are the command's.
# -d FOLDER: makes the folder first, for schedulers that want to find it however the command ends.
if [ "$1" = -d ]; then
  mkdir -p "$2" || exit 75
  shift 2
fi

# A signal may come before there is a command.
hand_on() { [ -n "$!" ] || exit 75; kill -"$1" "$!" 2>/dev/null; }
for signal in TERM INT HUP USR1 XCPU; do
  # shellcheck disable=SC2064
  trap "hand_on $signal" "$signal"
done
"$@" &
# A signal ends `wait` before the command has ended.
while :; do
  wait "$!"
  code=$?
  kill -0 "$!" 2>/dev/null || break
done
[ "$code" -eq 1 ] && code=0
exit "$code"
