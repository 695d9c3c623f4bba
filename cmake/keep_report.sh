#!/bin/sh
# Compiler launcher that keeps what `nvcc -Xptxas -v` tells about each kernel (CMAKE_CUDA_COMPILER_LAUNCHER).
#   keep_report.sh nvcc ... -o X.o
# The "ptxas info" lines go to X.o.ptxas, which is replaced when the compilation has succeeded; all other output and the exit
# status are the compiler's. tests/kernels/resource_test.py reads these reports.
set -u

object="" previous=""
for argument in "$@"; do
  [ "$previous" = -o ] && object=$argument
  previous=$argument
done
case "$object" in
  *.o | *.obj) ;;
  *) exec "$@" ;;
esac

output=$(mktemp) errors=$(mktemp) || exit 1
trap 'rm -f "$output" "$errors" "$object.ptxas.$$"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
"$@" > "$output" 2> "$errors"
status=$?

# The line with the stack frame and the spills follows "Function properties" and begins with blanks.
info='^ptxas info |^ +[0-9]+ bytes stack frame, '
grep -Ev "$info" "$output"
grep -Ev "$info" "$errors" >&2
if [ "$status" -eq 0 ]; then
  cat "$output" "$errors" | grep -E "$info" > "$object.ptxas.$$"
  mv -f "$object.ptxas.$$" "$object.ptxas"
fi
exit "$status"
