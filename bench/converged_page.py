"""The section of bench/RESULTS.md about bench/time_to_converged.py."""
from page_table import figure, table

COLUMNS = ["program, setting", "seeds at the target", "steps", "seconds", "/ symscan's", "processor seconds",
           "/ symscan's", "by the rule (seeds at the target)"]


def least(times, what="seconds"):
    return min((one[what] for one in times), default=None)


def row(entry, symscan):
    name = f"{entry['program']}, {entry['setting']}"
    if entry["best"] and entry is not symscan:
        name += " (best)" if len(entry["times"]) > 1 else " (best, timed once)"
    seeds = len(entry["looks"][-1]["losses"])
    cells = [name, f"{entry['seeds']} of {seeds}", figure(entry["target_steps"])]
    for what in ("seconds", "cpu_seconds"):
        own, value = least(symscan["times"], what), least(entry["times"], what)
        cells += [figure(value), figure(value / own if value and own else None)]
    rule = least(entry.get("rule_times", []))
    return [*cells, "-" if rule is None else f"{figure(rule)} ({entry['rule_at_target']} of {seeds})"]


def problem_parts(problem):
    programs = problem["programs"]
    plural = "s" if problem["latents"] > 1 else ""
    parts = [f"**{problem['name']}**, {problem['latents']} latent{plural}, {problem['rows']:,} rows of {problem['features']} "
             f"features; lowest loss {problem['lowest_loss']:.4f}\n",
             table(COLUMNS, [row(entry, programs[0]) for entry in programs])]
    missing = [entry for entry in programs if entry["seeds"] < len(entry["looks"][-1]["losses"])]
    if missing:
        parts.append("Losses at the end of the longest training, where seeds do not count: " + "; ".join(
            f"{entry['program']}, {entry['setting']}: " + ", ".join(f"{loss:.4f}" for loss in entry["looks"][-1]["losses"])
            for entry in missing) + ".\n")
    if problem["reasons"]:
        parts.append("Not measured:\n\n" + "\n".join(f"- {what}: {why}" for what, why in problem["reasons"].items()) + "\n")
    return parts


def converged_section(result, charts):
    machine = result["machine"]
    parts = [f"Time until the relevances are within 0.02 nats of their final values and the loss within 1 % of the lowest, "
             f"from the start of the process, four seeds at once; what is timed is said in [time_to_converged.py]"
             f"(time_to_converged.py). Processor: {machine['cpu']}, {machine['cores']} cores. {result['date'][:10]}, commit "
             f"{result['commit'] or 'unknown'}. Longest training: {result['longest']:,} steps at most, constant and cosine "
             f"half of it. Least of {result['repeats']} timings; of settings that are not the best, one.\n"]
    parts.append(f"Command: `{result['command']}`.\n")
    if result["load_before"] > 0.5:
        parts.append(f"Other programs used the machine (load {result['load_before']:.1f}): figures are noisy, seconds most: "
                     "a program that computes for longer meets more of the others. Processor seconds suffer least.\n")
    if "note" in result:
        parts.append(f"{result['note']}\n")
    for problem in result["problems"]:
        parts += problem_parts(problem)
    return parts + charts
