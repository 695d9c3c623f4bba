#!/usr/bin/env python3
"""Registers, spills, stack and shared memory of every CUDA kernel, compared with the recorded budget.

usage: resource_test.py BUDGET_JSON REPORT...            fails above the budget, on spills, and on a kernel without an entry
       resource_test.py --record BUDGET_JSON REPORT...   prints a budget for these reports, keeping the entries that hold

The reports are what `nvcc -Xptxas -v` prints (cmake/keep_report.sh keeps them). The budget is
    {"kernel name regex": {"max_registers": N, "max_spill_bytes": 0, "max_stack_bytes": N}}
for every architecture; a regex must match the whole name without its parameter list, and the first that matches counts.
Spills are the bytes of stores and loads together. Exit code 77: there is no report.
"""
import json
import os
import re
import subprocess
import sys

KERNEL = re.compile(r"Compiling entry function '(\S+)' for '(\S+)'")
FUNCTION = re.compile(r"Function properties for (\S+)")
FRAME = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
REGISTERS = re.compile(r"Used (\d+) registers")
CUMULATIVE_STACK = re.compile(r"(\d+) bytes cumulative stack size")
SHARED = re.compile(r"(\d+)(?:\+\d+)? bytes smem")


def read_report(path):
    """Kernels of one report: dictionaries. Functions that were not inlined add their spills to the kernel before them."""
    kernels = []
    with open(path) as file:
        for line in file:
            if found := KERNEL.search(line):
                kernels.append({"symbol": found[1], "architecture": found[2], "registers": None, "stores": 0, "loads": 0,
                                "stack": 0, "shared": 0})
            elif not kernels:
                continue
            elif found := FUNCTION.search(line):
                function = found[1]
            elif found := FRAME.search(line):
                if function == kernels[-1]["symbol"]:
                    kernels[-1]["stack"] = int(found[1])
                kernels[-1]["stores"] += int(found[2])
                kernels[-1]["loads"] += int(found[3])
            elif found := REGISTERS.search(line):
                kernels[-1]["registers"] = int(found[1])
                # Functions called by the kernel are in the cumulative size.
                if cumulative := CUMULATIVE_STACK.search(line):
                    kernels[-1]["stack"] = max(kernels[-1]["stack"], int(cumulative[1]))
                if shared := SHARED.search(line):
                    kernels[-1]["shared"] = int(shared[1])
    return kernels


def demangled(symbols):
    """Names without return type, anonymous namespaces and parameter lists."""
    result = subprocess.run(["c++filt"], input="\n".join(symbols), capture_output=True, text=True, check=True)
    names = []
    for name in result.stdout.splitlines():
        name = name.replace("(anonymous namespace)::", "")
        # The parameter list is the last balanced pair of parentheses.
        depth, end = 0, len(name)
        if name.endswith(")"):
            for end in range(len(name) - 1, -1, -1):
                depth += (name[end] == ")") - (name[end] == "(")
                if depth == 0:
                    break
        name = name[:end]
        names.append(name.removeprefix("void "))
    return names


def entry_for(budget, name):
    return next((entry for pattern, entry in budget.items() if re.fullmatch(pattern, name)), None)


def faults(kernel, entry):
    """Sentences about what is above the budget."""
    if kernel["registers"] is None:
        return ["the report names no registers"]
    if entry is None:
        return ["no entry in the budget"]
    spills = kernel["stores"] + kernel["loads"]
    limits = [("registers", kernel["registers"], entry["max_registers"]), ("bytes spilled", spills, entry["max_spill_bytes"]),
              ("bytes of stack", kernel["stack"], entry["max_stack_bytes"])]
    return [f"{value} {what}, budget {limit}" for what, value, limit in limits if value > limit]


def record(kernels, budget):
    """Prints the old entries that hold and new ones for the rest; spills are never recorded, they need a decision."""
    kept = {pattern: entry for pattern, entry in budget.items()
            if all(not faults(k, entry) for k in kernels if re.fullmatch(pattern, k["name"]))
            and any(re.fullmatch(pattern, k["name"]) for k in kernels)}
    new = {}
    for kernel in kernels:
        if entry_for(kept, kernel["name"]) is None:
            entry = new.setdefault(re.escape(kernel["name"]).replace(r"\ ", " "),
                                   {"max_registers": 0, "max_spill_bytes": 0, "max_stack_bytes": 0})
            entry["max_registers"] = max(entry["max_registers"], kernel["registers"] or 0)
            entry["max_stack_bytes"] = max(entry["max_stack_bytes"], kernel["stack"])
    lines = [f"  {json.dumps(pattern)}: {json.dumps(entry)}" for pattern, entry in (kept | new).items()]
    print("{\n" + ",\n".join(lines) + "\n}")


def main():
    arguments = [argument for argument in sys.argv[1:] if argument != "--record"]
    recording = len(arguments) < len(sys.argv) - 1
    if not arguments:
        sys.exit(__doc__)
    budget_path, reports = arguments[0], [path for path in arguments[1:] if os.path.exists(path)]
    if 0 < len(reports) < len(arguments) - 1:
        sys.exit(f"FAILED  no report {' '.join(path for path in arguments[1:] if path not in reports)}")
    kernels = [kernel for path in reports for kernel in read_report(path)]
    if not kernels:
        print("skipped: no report of ptxas, or none names a kernel")
        sys.exit(77)
    budget = {}
    if os.path.exists(budget_path):
        with open(budget_path) as file:
            budget = json.load(file)
    elif not recording:
        sys.exit(f"FAILED  there is no budget {budget_path}; --record prints one")
    for kernel, name in zip(kernels, demangled([kernel["symbol"] for kernel in kernels])):
        kernel["name"] = name
    kernels.sort(key=lambda kernel: (kernel["name"], kernel["architecture"]))
    if recording:
        return record(kernels, budget)

    width = max(len(kernel["name"]) for kernel in kernels)
    print(f"        {'kernel':{width}} arch      registers  spill stores  spill loads  stack  static shared")
    failed = 0
    for k in kernels:
        wrong = faults(k, entry_for(budget, k["name"]))
        failed += bool(wrong)
        print(f"{'FAILED' if wrong else 'ok':7} {k['name']:{width}} {k['architecture']:8} {k['registers'] or '?':>10} "
              f"{k['stores']:13} {k['loads']:12} {k['stack']:6} {k['shared']:14}")
        for sentence in wrong:
            print(f"        {sentence}")
    print(f"{len(kernels)} kernels compiled, {failed} failed")
    sys.exit(failed > 0)


main()
