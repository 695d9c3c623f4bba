"""What results.json says at its top: the speed of symscan against each peer, and the table of all steps."""


def bench_rows(steps):
    """Every row that cuda_bench measured."""
    for step in steps:
        if step["stage"] == "speed" and step["result"]:
            yield from (row for row in step["result"]["rows"] if "steps_per_second" in row)


def peer_rows(steps):
    """(peer, replicas at once, steps per second)."""
    for step in steps:
        if step["stage"] == "peers" and step["result"]:
            for row in step["result"]:
                if row.get("replica_steps_per_second"):
                    yield step["name"], row["replicas"], row["replica_steps_per_second"]


def ratios(steps):
    """symscan's rate over each peer's, in float32, on the reference network, in the tier that symscan chooses. A peer that
    trains one replica at a time (its name is without vmap) has the same rate for any number."""
    ours = {row["replicas"]: row["steps_per_second"] for row in bench_rows(steps)
            if row["chosen"] and row["precision"] == "fp32" and row["hidden"] == [64, 32]}
    found = []
    for name, replicas, rate in peer_rows(steps):
        counts = [replicas] if "vmap" in name else sorted(set(ours) & {1, 132, 1056})
        found += [{"peer": name, "replicas": count, "peer_steps_per_second": rate, "symscan_steps_per_second": ours[count],
                   "ratio": ours[count] / rate} for count in counts if count in ours]
    return found


def table(steps, all_ratios):
    """Lines of text: every step, then the ratios."""
    lines = [f"{'step':58} {'status':8} {'seconds':>7}  reason or key figure"]
    for step in steps:
        name = f"{step['stage']}: {step['name']}"
        lines.append(f"{name:58} {step['status']:8} {step['seconds']:7.1f}  {step['text']}")
    for ratio in all_ratios:
        name = f"symscan / {ratio['peer']}, {ratio['replicas']} replicas"
        lines.append(f"{name:58} {'ratio':8} {'':7}  {ratio['ratio']:.3g} ({ratio['symscan_steps_per_second']:.4g} and "
                     f"{ratio['peer_steps_per_second']:.4g} steps/s)")
    return lines


def summarise(steps):
    all_ratios = ratios(steps)
    return {"ratios": all_ratios, "table": table(steps, all_ratios)}
