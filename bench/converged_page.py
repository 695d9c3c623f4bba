"""The section of bench/RESULTS.md about bench/time_to_converged.py."""
from page_table import figure, table

COLUMNS = ["program, setting", "seeds at the target", "steps", "seconds", "processor seconds", "time / symscan's",
           "seconds by the rule"]


def least(times, what="seconds"):
    return min((one[what] for one in times), default=None)


def row(entry, own):
    """own: symscan's seconds to the target, or None."""
    seconds = least(entry["times"])
    ratio = seconds / own if seconds and own else None
    return [f"{entry['program']}, {entry['setting']}" + (" (best)" if entry["best"] and entry["program"] != "symscan" else ""),
            f"{entry['seeds']} of {len(entry['looks'][-1]['losses'])}", figure(entry["target_steps"]), figure(seconds),
            figure(least(entry["times"], "cpu_seconds")), figure(ratio), figure(least(entry.get("rule_times", [])))]


def problem_parts(problem):
    programs = problem["programs"]
    own = least(programs[0]["times"])
    plural = "s" if problem["latents"] > 1 else ""
    parts = [f"**{problem['name']}**, {problem['latents']} latent{plural}, {problem['rows']:,} rows of {problem['features']} "
             f"features; lowest loss {problem['lowest_loss']:.4f}\n",
             table(COLUMNS, [row(entry, own) for entry in programs])]
    missing = [entry for entry in programs if entry["seeds"] < len(entry["looks"][-1]["losses"])]
    if missing:
        parts.append("Losses at the end of the longest training, where seeds do not count: " + "; ".join(
            f"{entry['program']}, {entry['setting']}: " + ", ".join(f"{loss:.4f}" for loss in entry["looks"][-1]["losses"])
            for entry in missing) + ".\n")
    symscan = programs[0]
    parts.append(f"Symscan's own end by the rule leaves {symscan['rule_at_target']} of the {symscan['seeds']} seeds at the "
                 "target.\n")
    if problem["reasons"]:
        parts.append("Not measured:\n\n" + "\n".join(f"- {what}: {why}" for what, why in problem["reasons"].items()) + "\n")
    return parts


def converged_section(result, charts):
    machine = result["machine"]
    parts = [f"Time until the relevances are within 0.02 nats of their final values and the loss within 1 % of the lowest, from "
             f"the start of the process, four seeds at once; what is timed is said in [time_to_converged.py]"
             f"(time_to_converged.py). Processor: {machine['cpu']}, {machine['cores']} cores. {result['date'][:10]}, commit "
             f"{result['commit'] or 'unknown'}. Longest training: {result['longest']:,} steps at most, constant and cosine half "
             f"of it. Least of up to {result['repeats']} timings; of settings that are not the best, one.\n"]
    parts.append(f"Command: `{result['command']}`.\n")
    if result["load_before"] > 0.5:
        parts.append(f"Other programs used the machine (load {result['load_before']:.1f}): the figures are noisy. Processor "
                     "seconds suffer least.\n")
    for problem in result["problems"]:
        parts += problem_parts(problem)
    return parts + charts
