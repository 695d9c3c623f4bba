#!/bin/bash
# Packs what a bare GPU machine needs to check and time symscan: gpu/make_bundle.sh BUILD_DIR DEST
# Run DEST/run_gpu_checks.sh there. DEST is replaced; the list of programs is gpu/bundle.txt. BUNDLE_MIB: the most that it
# may take, 40 by default.
set -euo pipefail

[ $# -eq 2 ] || { echo "usage: $0 BUILD_DIR DEST" >&2; exit 2; }
build=$1 destination=$2
source=$(cd "$(dirname "$0")/.." && pwd)
limit_mib=${BUNDLE_MIB:-40}

if [ -e "$destination" ] && [ ! -e "$destination/run_gpu_checks.sh" ] && [ -n "$(ls -A "$destination")" ]; then
  echo "$destination is there and is no bundle: it is left alone" >&2
  exit 2
fi
rm -rf "$destination"
mkdir -p "$destination"/{bin,lib,tests,bench,checks,peers}

# Programs without symbols, except those that the dynamic linker reads.
while read -r folder name; do
  [[ -n $folder && $folder != '#'* ]] || continue
  file=$(find "$build" -name CMakeFiles -prune -o -type f -name "$name" -print | head -n 1)
  [ -n "$file" ] || { echo "notice: $name is not built, left out"; continue; }
  cp "$file" "$destination/$folder/"
  strip --strip-unneeded "$destination/$folder/$name"
done < "$source/gpu/bundle.txt"

# Shared libraries, except the C library and what belongs to the driver or to CUDA.
own='^(linux-vdso|ld-linux|libc|libm|libdl|libpthread|librt|libresolv|libcuda|libcudart|libcublas|libcublasLt)(-[a-z0-9-]+)?\.so'
for program in "$destination"/{bin,tests,bench}/*; do
  [ -f "$program" ] || continue
  ldd "$program" 2> /dev/null | awk '$2 == "=>" && $3 ~ /^\// {print $1, $3}' | while read -r name file; do
    if [[ ! $name =~ $own ]] && [ ! -e "$destination/bin/$name" ]; then cp -Ln "$file" "$destination/lib/$name"; fi
  done
done

# They are more than half of the bundle: run_gpu_checks.sh unpacks them.
tar -C "$destination" -czf "$destination/lib.tar.gz" lib
rm -r "${destination:?}/lib"

cp "$source/gpu/run_gpu_checks.sh" "$destination/"
cp "$source"/gpu/checks/*.py "$destination/checks/"
cp "$source"/bench/peers/*.py "$destination/peers/"
cp -r "$source/configs" "$destination/"
git -C "$source" describe --always --dirty --abbrev=7 --exclude '*' > "$destination/commit.txt" 2> /dev/null ||
  echo unknown > "$destination/commit.txt"

size_kib=$(du -sk "$destination" | cut -f 1)
echo "$destination: $(((size_kib + 1023) / 1024)) MiB, $(find "$destination" -type f | wc -l) files"
if [ "$size_kib" -gt $((limit_mib * 1024)) ]; then
  echo "more than $limit_mib MiB: build for fewer GPUs (CMAKE_CUDA_ARCHITECTURES); the largest files:" >&2
  find "$destination" -type f -printf '%k KiB %P\n' | sort -rn | sed -n 1,5p >&2
  exit 1
fi
