"""The part of bench/RESULTS.md that shows what run_gpu_checks.sh found on a GPU machine."""
from page_table import figure, table

NO_GPU_RESULTS = """## GPU: unverified

No GPU has run symscan yet. `make gpu-bundle`, then `build/gpu_bundle/run_gpu_checks.sh` on a machine with one, does the tests,
the comparison with the CPU and the benchmarks; `bench/file_gpu_results.py FOLDER` puts what it wrote here.
"""


def rows_of(result):
    return [row for step in result["steps"] if step["stage"] == "speed" and step["result"] for row in step["result"]["rows"]]


def speed_tables(result):
    """For each network: steps per second, and share of the fp32 floor, against the number of replicas."""
    rows = rows_of(result)
    parts = []
    for hidden in dict.fromkeys(tuple(row["hidden"]) for row in rows):
        here = [row for row in rows if tuple(row["hidden"]) == hidden]
        counts = sorted({row["replicas"] for row in here})
        for heading, key, factor in (("Steps per second, all replicas together", "steps_per_second", 1),
                                     ("Share of the fp32 floor, %", "share_of_fp32_peak", 100)):
            lines = []
            for tier, precision in dict.fromkeys((row["tier"], row["precision"]) for row in here):
                # A later row of the same setting was measured where the first had no time.
                found = {row["replicas"]: row for row in here if (row["tier"], row["precision"]) == (tier, precision) and
                         key in row}
                if not found:
                    continue
                chosen = ["**{}**" if found.get(count, {}).get("chosen") else "{}" for count in counts]
                lines.append([f"{tier}, {precision}"] + [
                    text.format(figure(factor * found[count][key]) if count in found else "-")
                    for text, count in zip(chosen, counts)])
            if lines:
                widths = ", ".join(map(str, hidden))
                parts.append(f"**{heading}**, hidden layers {widths} (bold: the tier that symscan chooses)\n")
                parts.append(table(["tier, precision \\ replicas", *map(str, counts)], lines))
    return parts


def floors_line(result):
    floors = next((step["result"]["floors"] for step in result["steps"]
                   if step["stage"] == "speed" and step["result"] and "floors" in step["result"]), None)
    if not floors:
        return []
    return [f"Floors measured with them: {floors['fp32_tflops']:.1f} TFLOP/s fp32, "
            f"{floors['copy_gigabytes_per_second']:.0f} GB/s copy, {floors['launch_microseconds']:.1f} us per launch.\n"]


def product_table(result):
    """Wall time of configs/paper/all.json."""
    lines = [[step["name"], figure(step["result"]["wall_seconds"]), figure(step["result"]["timings"]["training_seconds"]),
              figure(step["result"]["timings"]["steps_per_second"])]
             for step in result["steps"] if step["stage"] == "all.json" and step["result"] and "timings" in step["result"]]
    compared = [f"{step['text']} ({step['status']})." for step in result["steps"]
                if step["stage"] == "all.json" and step["name"].endswith("cmp")]
    parts = ["**`symscan train configs/paper/all.json`**, seconds\n",
             table(["", "whole command", "training", "steps per second"], lines)] if lines else []
    return parts + ([" ".join(compared) + "\n"] if compared else [])


def ratio_table(result):
    lines = [[ratio["peer"], ratio["replicas"], figure(ratio["peer_steps_per_second"]), figure(ratio["symscan_steps_per_second"]),
              figure(ratio["ratio"])] for ratio in result["ratios"]]
    return ["**Against PyTorch and JAX** on the same GPU, fp32\n",
            table(["peer", "replicas", "its steps per second", "symscan's", "ratio"], lines)] if lines else []


def profile_table(result):
    found = next((step["result"] for step in result["steps"] if step["stage"] == "profile" and step["result"]), None)
    if not found:
        return []
    lines = [[name, f"{value['value']} {value['unit']}".strip()] for name, value in found.items() if "value" in value]
    stalls = found.get("stalls, warps per issue", {})
    lines += [[f"stall: {name}, warps per issue", figure(value)] for name, value in list(stalls.items())[:5]]
    return ["**Profile of the kernel** (Nsight Compute)\n", table(["", ""], lines)]


def gpu_section(result, _charts):
    """Lines of the page for a results.json of run_gpu_checks.sh."""
    where = f" in {result['under_way']}" if result["under_way"] else ""
    cut = "" if result["complete"] else f" The call was cut short{where}."
    parts = [f"Device: {result['device']}, driver {result['driver'] or 'unknown'}, {result['cores']} cores. "
             f"{result['date'][:10]}, commit {result['commit']}; {result['failed']} steps failed.{cut} "
             "Command: `run_gpu_checks.sh`.\n"]
    parts += floors_line(result) + speed_tables(result) + product_table(result) + ratio_table(result) + profile_table(result)
    lines = [[f"{step['stage']}: {step['name']}", step["status"], figure(step["seconds"]), step["text"]]
             for step in result["steps"]]
    return parts + ["**Steps**\n", table(["step", "status", "seconds", "reason or key figure"], lines)]
