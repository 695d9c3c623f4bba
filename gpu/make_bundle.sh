#!/bin/bash
# Packs what a bare GPU machine needs to check and time symscan: gpu/make_bundle.sh BUILD_DIR DEST
# Run DEST/run_gpu_checks.sh there. DEST is replaced; the list of programs is gpu/bundle.txt.
set -euo pipefail

[ $# -eq 2 ] || { echo "usage: $0 BUILD_DIR DEST" >&2; exit 2; }
build=$1 destination=$2
source=$(cd "$(dirname "$0")/.." && pwd)
limit_mib=64

if [ -e "$destination" ] && [ ! -e "$destination/run_gpu_checks.sh" ] && [ -n "$(ls -A "$destination")" ]; then
  echo "$destination is there and is no bundle: it is left alone" >&2
  exit 2
fi
rm -rf "$destination"
mkdir -p "$destination"/{bin,lib,tests,bench}
: > "$destination/sanitize.txt"
: > "$destination/benchmarks.txt"

# Copies a program of the build folder, without its debugging symbols.
add() {
  local file
  file=$(find "$build" -name CMakeFiles -prune -o -type f -name "$1" -print | head -n 1)
  [ -n "$file" ] || { echo "notice: $1 is not built, left out"; return 1; }
  cp "$file" "$2/"
  strip --strip-debug "$2/$1"
}

while read -r kind name arguments; do
  case "$kind" in
    '' | '#'*) ;;
    program) add "$name" "$destination/bin" || true ;;
    test) add "$name" "$destination/tests" || true ;;
    bench) if add "$name" "$destination/bench"; then echo "bench/$name $arguments" >> "$destination/benchmarks.txt"; fi ;;
    sanitize)
      for folder in tests bench; do
        if [ -e "$destination/$folder/$name" ]; then echo "$folder/$name $arguments" >> "$destination/sanitize.txt"; fi
      done ;;
    *) echo "gpu/bundle.txt: unknown word '$kind'" >&2; exit 2 ;;
  esac
done < "$source/gpu/bundle.txt"

# Shared libraries, except the C library and what belongs to the driver or to CUDA.
own='^(linux-vdso|ld-linux|libc|libm|libdl|libpthread|librt|libresolv|libcuda|libcudart|libcublas|libcublasLt)(-[a-z0-9-]+)?\.so'
for program in "$destination"/{bin,tests,bench}/*; do
  [ -f "$program" ] || continue
  ldd "$program" 2> /dev/null | awk '$2 == "=>" && $3 ~ /^\// {print $1, $3}' | while read -r name file; do
    if [[ ! $name =~ $own ]] && [ ! -e "$destination/bin/$name" ]; then cp -Ln "$file" "$destination/lib/$name"; fi
  done
done

cp "$source/gpu/run_gpu_checks.sh" "$destination/"
mkdir -p "$destination/peers"
cp "$source"/bench/peers/*.py "$destination/peers/"
cp -r "$source/configs" "$destination/"

size_kib=$(du -sk "$destination" | cut -f 1)
echo "$destination: $((size_kib / 1024)) MiB, $(find "$destination" -type f | wc -l) files"
if [ "$size_kib" -gt $((limit_mib * 1024)) ]; then
  echo "more than $limit_mib MiB; the largest files:" >&2
  find "$destination" -type f -printf '%k KiB %P\n' | sort -rn | sed -n 1,5p >&2
  exit 1
fi
