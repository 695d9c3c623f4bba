#!/usr/bin/env bash
# clang-tidy on the sources that changed since BASE (default: the last commit shared with main; on main itself, the commit
# before). A changed header is checked through its source file, or through one that includes it. Nothing is built.
#   tidy_changed.sh [BASE]
# After TIDY_SECONDS (240) no further file is begun; the files left out are named.
set -euo pipefail
cd "$(dirname "$0")/.."
say() { echo "clang-tidy: $*"; }
command -v clang-tidy >/dev/null || { say "not run, it is not installed"; exit 0; }

base=${1:-}
for branch in origin/main main origin/HEAD; do
  [ -n "$base" ] || base=$(git merge-base HEAD "$branch" 2>/dev/null || true)
done
[ "$base" != "$(git rev-parse HEAD 2>/dev/null)" ] || base=$(git rev-parse -q --verify HEAD~1 || true)
[ -n "$base" ] || { say "not run, this copy has no history to compare with"; exit 0; }

sources() {  # most changed lines first
  git diff --numstat --diff-filter=d "$base" -- host kernels | sort -rn | cut -f3 | while read -r file; do
    case $file in
      *.cpp) echo "$file" ;;
      *.hpp) if [ -e "${file%.hpp}.cpp" ]; then echo "${file%.hpp}.cpp"; else
               git grep -l "#include \"$file\"" -- 'host/*.cpp' 'kernels/*.cpp' | sed -n 1p || true; fi ;;
    esac
  done | awk '!seen[$0]++'
}
mapfile -t files < <(sources)
[ ${#files[@]} -gt 0 ] || { say "no source of host/ or kernels/ changed since ${base:0:9}"; exit 0; }

# Without precompiled headers, which only the compiler that made them reads.
mkdir -p build
cmake --preset cpu-only -B build/tidy -DCMAKE_DISABLE_PRECOMPILE_HEADERS=ON -DSYMSCAN_UNITY=OFF > build/tidy.log 2>&1 ||
  { cat build/tidy.log; exit 1; }
export TIDY_END=$(($(date +%s) + ${TIDY_SECONDS:-240}))
check() {
  grep -q "\"file\": \".*/$1\"" build/tidy/compile_commands.json || exit 0  # not compiled here
  if [ "$(date +%s)" -ge "$TIDY_END" ]; then echo "$1" >> build/tidy.left; exit 0; fi
  clang-tidy -quiet -p build/tidy "$1" 2>/dev/null
}
export -f check
rm -f build/tidy.left
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" bash -c 'check "$1"' tidy
left=$(wc -l 2>/dev/null < build/tidy.left || echo 0)
say "$((${#files[@]} - left)) of ${#files[@]} files changed since ${base:0:9} are clean"
[ "$left" = 0 ] || say "no time was left for: $(tr '\n' ' ' < build/tidy.left)(make tidy checks all)"
