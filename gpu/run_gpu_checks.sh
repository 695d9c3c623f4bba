#!/bin/bash
# Checks and times symscan on a GPU machine, from inside a bundle (gpu/make_bundle.sh).
#   ./run_gpu_checks.sh [--budget SECONDS]     default 540: later steps are dropped when time is short
# Writes results.json, log.txt and peers.json into ${OUT:-./results}. Exit status: 1 if a test, a sanitizer or a benchmark
# failed, else 0. Without a CUDA device every step is skipped.
set -uo pipefail

budget=540
case "${1:-}" in
  '') ;;
  --budget) budget=${2:?--budget needs a number of seconds} ;;
  *) echo "usage: $0 [--budget SECONDS]" >&2; exit 2 ;;
esac
[[ $budget =~ ^[0-9]+$ ]] || { echo "--budget needs a whole number of seconds" >&2; exit 2; }

mkdir -p "${OUT:-./results}" || exit 2
out=$(cd "${OUT:-./results}" && pwd)
cd "$(dirname "$0")" || exit 2
here=$PWD
steps=$(mktemp) output=$(mktemp) table=$(mktemp)
trap 'rm -f "$steps" "$output" "$table"' EXIT
log=$out/log.txt
: > "$log"
failed=0

# cuBLAS is not in the bundle (size): the toolkit's, or the one that PyTorch's packages bring.
blas=$(python3 -c 'import glob, site, sysconfig
roots = {*site.getsitepackages(), sysconfig.get_path("purelib")}
print(":".join(d for r in sorted(roots) for d in glob.glob(r + "/nvidia/cu13/lib") + glob.glob(r + "/nvidia/cublas/lib")))' \
  2> /dev/null)

# Only for the bundle's own programs: Python brings its own libraries.
bundle_environment=("LD_LIBRARY_PATH=$here/lib:$here/bin${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}:${CUDA_HOME:-/usr/local/cuda}/lib64${blas:+:$blas}")
[ -e bin/libsymscan_cuda.so ] && bundle_environment+=("SYMSCAN_DEVICE_PLUGIN=$here/bin/libsymscan_cuda.so")

json_text() { LC_ALL=C tr -d '\000-\010\013-\037\177-\377' <<< "$1" | sed 's/\\/\\\\/g; s/"/\\"/g; s/\t/ /g' | paste -sd ' '; }

# record KIND NAME STATUS SECONDS REASON [RESULT]: STATUS is ok, failed or skipped; RESULT is JSON.
record() {
  [ -s "$steps" ] && echo "," >> "$steps"
  printf '  {"kind": "%s", "name": "%s", "status": "%s", "seconds": %s, "reason": "%s", "result": %s}' \
    "$1" "$(json_text "$2")" "$3" "$4" "$(json_text "$5")" "${6:-null}" >> "$steps"
  printf '%-10s %-50s %-8s %5s s  %s\n' "$1" "$2" "$3" "$4" "$5" >> "$table"
  printf '%s %s: %s %s\n' "$1" "$2" "$3" "$5"
}

# step KIND NAME LIMIT COMMAND...: runs a command within its limit and the budget, and records it. Its output goes to the log.
step() {
  local kind=$1 name=$2 limit=$3 left=$((budget - SECONDS)) start=$SECONDS status reason="" result=""
  shift 3
  if [ -z "$device" ]; then record "$kind" "$name" skipped 0 "no CUDA device"; return; fi
  if [ "$left" -lt 10 ]; then record "$kind" "$name" skipped 0 "no time left"; return; fi
  local cut=
  [ "$limit" -le "$left" ] || { limit=$left; cut=1; }
  timeout -k 5 "$limit" "$@" < /dev/null > "$output" 2>&1
  status=$?
  { echo "===== $kind $name: exit status $status"; tail -c 500000 "$output"; echo; } >> "$log"
  case $status in
    0)
      result=$(tail -n 1 "$output")
      [[ $result =~ ^(\{.*\}|\[.*\])$ ]] || result=""
      status=ok
      if grep -q '^\[  SKIPPED \]' "$output" && ! grep -q '^\[       OK \]' "$output"; then
        status=skipped reason="every test skipped; $(grep -m 1 -i 'no CUDA device' "$output")"
      fi ;;
    77) status=skipped reason=$(grep -i skip "$output" | tail -n 1) ;;
    124 | 137)
      reason="not done after $limit s"
      if [ -n "$cut" ] || [ "$kind" = sanitize ]; then status=skipped; else status=failed; fi ;;
    *)
      reason="exit status $status; $(grep -v '^ *$' "$output" | tail -n 1 | cut -c 1-200)"
      status=failed
      # compute-sanitizer on a virtual GPU that it cannot debug
      if [ "$kind" = sanitize ] && grep -q 'Device not supported' "$output"; then status=skipped; fi ;;
  esac
  [ "$status" = failed ] && [ "$kind" != peers ] && failed=1
  record "$kind" "$name" "$status" $((SECONDS - start)) "$reason" "$result"
}

device="" driver=""
if command -v nvidia-smi > /dev/null; then
  IFS=',' read -r device driver < <(timeout 60 nvidia-smi --query-gpu=name,driver_version --format=csv,noheader 2> /dev/null |
    grep -v 'No devices')
  { timeout 60 nvidia-smi -q; echo; } >> "$log" 2>&1
fi
if [ -z "$device" ] && compgen -G '/dev/nvidia[0-9]*' > /dev/null; then device="a GPU that nvidia-smi does not name"; fi
driver=${driver# }
[ -n "$device" ] && echo "device: $device, driver: ${driver:-unknown}" || echo "no CUDA device"

[ -x bin/symscan ] && step doctor "symscan doctor" 60 env "${bundle_environment[@]}" bin/symscan doctor

for program in tests/*; do
  [ -x "$program" ] && step test "${program#tests/}" 150 env "${bundle_environment[@]}" "$program"
done

while read -r -a command; do
  [ ${#command[@]} -gt 0 ] && step bench "${command[*]}" 150 env "${bundle_environment[@]}" "${command[@]}"
done < <(cat benchmarks.txt 2> /dev/null)

sanitizer=$(PATH=$PATH:${CUDA_HOME:-/usr/local/cuda}/bin:${CUDA_HOME:-/usr/local/cuda}/compute-sanitizer \
  command -v compute-sanitizer)
while read -r -a command; do
  [ ${#command[@]} -gt 0 ] || continue
  for tool in memcheck racecheck initcheck synccheck; do
    name="$tool ${command[*]}"
    if [ -n "$device" ] && [ -z "$sanitizer" ]; then
      record sanitize "$name" skipped 0 "compute-sanitizer is not installed"
    else
      step sanitize "$name" 120 env "${bundle_environment[@]}" \
        "${sanitizer:-}" --tool "$tool" --error-exitcode 99 --print-limit 20 "${command[@]}"
    fi
  done
done < <(cat sanitize.txt 2> /dev/null)

if ! command -v python3 > /dev/null || ! python3 -c 'import importlib.util as u, sys
sys.exit(not (u.find_spec("numpy") and (u.find_spec("torch") or u.find_spec("jax"))))' 2> /dev/null; then
  record peers "PyTorch and JAX" skipped 0 "python3 has neither torch nor jax with numpy"
else
  left=$((budget - SECONDS))
  step peers "PyTorch and JAX" "$budget" env PYTHONDONTWRITEBYTECODE=1 python3 peers/run_peers.py --device cuda \
    --replicas 1,8,132,1056 --seconds 2 --peer-timeout 120 --budget $((left > 15 ? left - 10 : 5)) --json "$out/peers.json"
fi

tail -c 15000000 "$log" > "$output" && cat "$output" > "$log"
{
  printf '{"device": "%s", "driver": "%s", "date": "%s", "seconds": %s, "failed": %s, "steps": [\n' \
    "$(json_text "$device")" "$(json_text "$driver")" "$(date -u +%FT%TZ)" "$SECONDS" "$failed"
  cat "$steps"
  printf '\n]}\n'
} > "$out/results.json"
echo
cat "$table"
echo "$(grep -c ' failed  ' "$table") failed; results in $out"
exit "$failed"
