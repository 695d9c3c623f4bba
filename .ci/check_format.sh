#!/usr/bin/env bash
# Are all sources formatted as .clang-format says? Versions of clang-format differ, so only version 14 is asked.
set -euo pipefail
cd "$(dirname "$0")/.."
tool=$(command -v clang-format-14 || command -v clang-format || true)
if [ -z "$tool" ] || ! "$tool" --version | grep -q 'version 14\.'; then
  echo "format: not checked, there is no clang-format 14"
  exit 0
fi
find bench gpu host kernels tests \( -name '*.hpp' -o -name '*.cpp' -o -name '*.cu' \) -print0 |
  xargs -0 -n 40 -P "$(nproc)" "$tool" --dry-run --Werror
echo "format: all sources are formatted"
