#!/usr/bin/env python3
"""TensorBoard's own reader finds in the event files of a run every number of its metrics.jsonl and summary.json, also after a
kill and --resume.

usage: tensorboard_test.py SYMSCAN; exit code 77: tensorboard is not installed.
"""
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

from reader_packages import need

need("tensorboard")

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util

SETTINGS = ["circle", "dataset.n=1500", "model.latent_dim=[1,3]", "model.hidden=[8]", "relevance.every=4", "seeds=[1,2]",
            "train.epochs=30", "train.batch_size=50", "--checkpoint-every", "0.02", "--device", "cpu", "--threads", "1",
            "--no-analysis", "--no-report", "--quiet", "--log", "tensorboard"]
NAMES = ["loss", "reconstruction", "kl", "validation_loss"]


def float32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def killed_and_resumed(arguments, run):
    """A training that is killed once some epochs are in its metrics, and then finished."""
    process = subprocess.Popen(arguments)
    metrics = run / "metrics.jsonl"
    while process.poll() is None and not (metrics.exists() and metrics.stat().st_size):
        time.sleep(0.01)
    process.kill()
    process.wait()
    subprocess.run([*arguments, "--resume"], check=True)


def expected_scalars(run, replica):
    """{tag: [(step, float32)]} of one replica, from the files of the run."""
    scalars = {}
    for line in (run / "metrics.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry["replica"] != replica["id"]:
            continue
        values = {name: entry[name] for name in NAMES if entry[name] is not None}
        for latent, value in enumerate(entry.get("relevance", {}).get("kl", []), 1):
            values[f"relevance/z{latent}"] = value
        for tag, value in values.items():
            scalars.setdefault(tag, []).append((entry["epoch"], float32(value)))
    relevance = replica["relevance"]
    for position, latent in enumerate(relevance["order"]):
        scalars[f"final_relevance/z{latent + 1}"] = [(replica["epochs"], float32(relevance["values"][position]))]
    return scalars


def problems_of(run):
    found, compared = [], 0
    summary = json.loads((run / "summary.json").read_text())
    for replica in summary["replicas"]:
        events = EventAccumulator(str(run / "tensorboard" / f"replica_{replica['id']:05}"))
        events.Reload()
        expected = expected_scalars(run, replica)
        if sorted(expected) != sorted(events.Tags()["scalars"]):
            found.append(f"replica {replica['id']}: curves {events.Tags()['scalars']} instead of {list(expected)}")
            continue
        for tag, points in expected.items():
            compared += len(points)
            if [(x.step, x.value) for x in events.Scalars(tag)] != points:
                found.append(f"replica {replica['id']}: other points in {tag}")
        text = tensor_util.make_ndarray(events.Tensors("settings")[0].tensor_proto).item().decode()
        for word in (f"latent_dim {replica['latent_dim']}", f"seed {replica['seed']}"):
            if word not in text:
                found.append(f"replica {replica['id']}: '{word}' is not in its settings '{text}'")
        plugin = events.SummaryMetadata("settings").plugin_data.plugin_name
        if plugin != "text":
            found.append(f"the settings are for the plugin '{plugin}'")
    return found, compared


def main():
    with tempfile.TemporaryDirectory() as folder:
        for name, settings in (("plain", ["train.validation_fraction=0"]), ("validated", ["train.validation_fraction=0.2"])):
            run = pathlib.Path(folder) / name
            killed_and_resumed([sys.argv[1], "train", *SETTINGS, *settings, "--out", str(run)], run)
            found, compared = problems_of(run)
            for problem in found:
                print(f"WRONG {name}: {problem}")
            print(f"{name}: {compared} points compared")
            if found or compared < 4 * 30 * 3:
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
