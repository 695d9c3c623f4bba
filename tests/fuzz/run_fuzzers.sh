#!/usr/bin/env bash
# run_fuzzers.sh BUILD SECONDS [TARGET ...]: builds the fuzzers in the folder BUILD and runs each for SECONDS. New inputs go to
# BUILD/corpus/TARGET; those that crash, hang or take too much memory to BUILD/found. Exit code 1 if there are any.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=$1 seconds=$2
shift 2
mkdir -p "$build"
cmake --preset fuzz -B "$build" > "$build/configure.log" 2>&1 || { cat "$build/configure.log"; exit 1; }
cmake --build "$build" --target fuzzers
targets=("$@")
if [ $# -eq 0 ]; then
  for folder in tests/fuzz/corpus/*; do targets+=("$(basename "$folder")"); done
fi
mkdir -p "$build/found"
for target in "${targets[@]}"; do
  mkdir -p "$build/corpus/$target"
  echo "== $target"
  leaks=1
  case $target in hdf5 | inspect) leaks=0 ;; esac  # the HDF5 library loses memory when it refuses a file
  ASAN_OPTIONS=detect_leaks=$leaks:allocator_may_return_null=1 "$build/fuzz_$target" "$build/corpus/$target" "tests/fuzz/corpus/$target" -max_total_time="$seconds" -timeout=10 \
    -rss_limit_mb=2048 -max_len=65536 -artifact_prefix="$build/found/$target-" -print_final_stats=1 > "$build/$target.log" 2>&1 || true
  grep -E 'stat::number_of_executed|^SUMMARY|runtime error' "$build/$target.log" | head -5 || true
done
if [ -n "$(ls "$build/found")" ]; then
  echo "inputs that were not survived:"
  ls "$build/found"
  exit 1
fi
