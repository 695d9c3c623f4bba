#!/usr/bin/env python3
"""Files what run_gpu_checks.sh wrote as bench/results/gpu_<card>.json and makes bench/RESULTS.md show it.

    bench/file_gpu_results.py FOLDER [BENCH_FOLDER]

FOLDER holds results.json; what results.json says of a step is enough for the page. An older file of the same card is
replaced. BENCH_FOLDER (default: the one of this script) holds results/ and RESULTS.md.
"""
import json
import re
import sys
from pathlib import Path

import results_page


def card_name(device):
    """NVIDIA A100-SXM4-40GB -> nvidia_a100_sxm4_40gb"""
    return re.sub(r"[^a-z0-9]+", "_", device.lower()).strip("_")


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    source = Path(sys.argv[1]) / "results.json"
    try:
        found = json.loads(source.read_text())
    except (OSError, ValueError) as error:
        sys.exit(f"{source} cannot be read: {error}")
    if found.get("kind") != "gpu_checks":
        sys.exit(f"{source} was not written by run_gpu_checks.sh")
    if not found["device"]:
        sys.exit(f"{source} holds no results: there was no CUDA device")
    bench = Path(sys.argv[2]) if len(sys.argv) == 3 else results_page.FOLDER
    target = bench / "results" / f"gpu_{card_name(found['device'])}.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    del found["table"]  # made from the steps
    target.write_text(json.dumps(found, indent=1) + "\n")
    print(target)
    results_page.write_page(bench)


if __name__ == "__main__":
    main()
