"""Reads the table that `ncu --csv --page raw` prints: one line of names, one of units, one per launch."""
import csv

SECTIONS = ("LaunchStats", "Occupancy", "SpeedOfLight", "SchedulerStats", "WarpStateStats", "MemoryWorkloadAnalysis",
            "MemoryWorkloadAnalysis_Tables", "InstructionStats")
# What goes into results.json, where this version of ncu has it.
KEYS = {
    "gpu__time_duration.sum": "time",
    "sm__warps_active.avg.pct_of_peak_sustained_active": "achieved occupancy",
    "sm__maximum_warps_per_active_cycle_pct": "theoretical occupancy",
    "smsp__issue_active.avg.pct_of_peak_sustained_active": "issue slots busy",
    "sm__inst_executed.avg.per_cycle_active": "instructions per cycle and multiprocessor",
    "sm__throughput.avg.pct_of_peak_sustained_elapsed": "throughput of the multiprocessors",
    "dram__throughput.avg.pct_of_peak_sustained_elapsed": "throughput of the device memory",
    "lts__t_sector_hit_rate.pct": "hits in the L2 cache",
    "l1tex__data_bank_conflicts_pipe_lsu_mem_shared.sum": "bank conflicts of shared memory",
    "l1tex__data_pipe_lsu_wavefronts_mem_shared.sum": "wavefronts of shared memory",
    "launch__registers_per_thread": "registers per thread",
    "launch__shared_mem_per_block_dynamic": "dynamic shared memory per block",
    "launch__grid_size": "blocks",
    "launch__block_size": "threads per block",
    "launch__waves_per_multiprocessor": "waves",
    "launch__occupancy_limit_registers": "blocks allowed by registers",
    "launch__occupancy_limit_shared_mem": "blocks allowed by shared memory",
}
STALL = ("smsp__average_warps_issue_stalled_", "_per_issue_active.ratio")


def number(text):
    try:
        return float(text.replace(",", ""))
    except ValueError:
        return text


def read_metrics(output):
    """{metric: (value, unit)} of the first launch; empty where there is no table."""
    lines = [line for line in output.splitlines() if line.startswith('"')]
    table = list(csv.reader(lines))
    if len(table) < 3 or "Kernel Name" not in table[0]:
        return {}
    names, units, values = table[:3]
    return {name: (number(value), unit) for name, unit, value in zip(names, units, values) if value}


def key_numbers(metrics):
    """The chosen ones by their plain names, and the stalls, longest first."""
    found = {plain: {"value": metrics[name][0], "unit": metrics[name][1]} for name, plain in KEYS.items() if name in metrics}
    stalls = {name[len(STALL[0]):-len(STALL[1])]: value for name, (value, _) in metrics.items()
              if name.startswith(STALL[0]) and name.endswith(STALL[1]) and isinstance(value, float) and value > 0}
    if stalls:
        found["stalls, warps per issue"] = dict(sorted(stalls.items(), key=lambda item: -item[1]))
    return found


def judge_profile(path):
    """For Checks.step: the whole table goes to `path`, key numbers into the result."""

    def judge(outcome):
        metrics = read_metrics(outcome.output)
        if not metrics:
            if "ERR_NVGPUCTRPERM" in outcome.output or "LibraryNotLoaded" in outcome.output:
                return "skipped", "ncu may not read this GPU's counters here", None
            return "failed", f"ncu printed no table (exit status {outcome.code}); {outcome.last_line()[:200]}", None
        with open(path, "w") as file:
            file.writelines(f"{name:90} {value} {unit}\n" for name, (value, unit) in sorted(metrics.items()))
        found = key_numbers(metrics)
        shown = [f"{plain} {found[plain]['value']:g} {found[plain]['unit']}".strip()
                 for plain in ("achieved occupancy", "issue slots busy", "registers per thread")
                 if plain in found and isinstance(found[plain]["value"], float)]
        stalls = found.get("stalls, warps per issue", {})
        if stalls:
            shown.append("stalls: " + ", ".join(list(stalls)[:3]))
        return "ok", "; ".join(shown) or f"{len(metrics)} metrics", found

    return judge
