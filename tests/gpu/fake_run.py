"""A run directory of made-up figures; for the stub of symscan, which starts quickly without more imports."""
import json
import struct
from pathlib import Path


def write_run(folder, changed=False):
    """Two replicas, 5 and 7, as a run directory; with `changed`, one weight of the second differs."""
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    values = [0.5, 1.0, 1.5, 2.25 if changed else 2.0]
    header = json.dumps({"__metadata__": {"model0": json.dumps({"replicas": [5, 7]})},
                         "model0.mu.weight": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}).encode()
    (folder / "models.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + struct.pack("<4f", *values))
    (folder / "summary.json").write_text(json.dumps({"replicas": [{"id": 5, "loss": 1}, {"id": 7, "loss": 2}]}))
    (folder / "timings.json").write_text(json.dumps({"training_seconds": 0.25, "steps_per_second": 4000.0}))
