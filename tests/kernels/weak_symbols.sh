#!/bin/sh
# usage: weak_symbols.sh LIBRARY NM; fails if an object compiled for AVX defines a weak symbol that another object might
# share: the linker keeps one copy for the whole program.
set -eu
found=$("$2" -C "$1" | awk '/cpu_backend.cpp.o:/ { inside = 1; next } /\.o:$/ { inside = 0 }
  inside && ($2 == "W" || $2 == "V") && !/::(avx512|avx2|baseline)::/')
objects=$("$2" -C "$1" | grep -c 'cpu_backend.cpp.o:')
[ "$objects" -ge 1 ] || { echo "no executor found in $1"; exit 1; }
[ -z "$found" ] || { echo "shared symbols:"; echo "$found"; exit 1; }
echo "$objects executors, no shared symbols"
