"""cuda_bench on the emulated device: options, what it measures, what it leaves out and why.

    bench_test.py CUDA_BENCH EMULATED_LIBRARY
"""
import json
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROGRAM, LIBRARY = sys.argv[1:3]
SMALL = ["--library", LIBRARY, "--rows", "130", "--hidden", "8,4", "--features", "3", "--latents", "2", "--seconds", "0.02"]


def run(*arguments, **environment):
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, env={**os.environ, **environment}, timeout=100)


class BenchTest(unittest.TestCase):
    def names(self, option):
        return run(option).stdout.split()

    def measure(self, *arguments, **environment):
        done = run(*SMALL, *arguments, **environment)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout.splitlines()[-1])

    def test_every_tier_and_precision(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "bench.json"
            found = self.measure("--tier", "all", "--precision", "all", "--replicas", "1,5", "--json", str(path))
            self.assertEqual(json.loads(path.read_text()), found)
            self.assertEqual(os.listdir(folder), ["bench.json"])
        tiers, precisions = self.names("--list-tiers"), self.names("--list-precisions")
        self.assertTrue({"fused", "streamed", "cached", "layered"} <= set(tiers))
        rows = {(row["tier"], row["precision"], row["replicas"]): row for row in found["rows"]}
        self.assertEqual(set(rows), {(tier, precision, count) for tier in tiers for precision in precisions for count in (1, 5)})
        for key, row in rows.items():
            self.assertNotIn("skipped", row, key)
            self.assertTrue(0 < row["slowest"] <= row["steps_per_second"] <= row["fastest"], row)
            self.assertGreaterEqual(row["repeats"], 3)
            self.assertGreater(row["evaluated_rows_per_second"], 0)
            self.assertEqual((row["hidden"], row["features"], row["latents"]), ([8, 4], 3, 2))
        self.assertEqual(sum(row["chosen"] for row in found["rows"]), 2 * len(precisions), "one tier is symscan's choice")
        # forward and both gradients of every layer but the first, which has no input gradient
        multiply_adds = 2 * 3 * 8 + 3 * (8 * 4 + 4 * 4 + 2 * 4 + 4 * 8 + 8 * 3)
        self.assertEqual(found["step_flops"], 2 * 128 * multiply_adds)

    def test_a_network_too_wide_for_a_block(self):
        found = self.measure("--tier", "fused,layered", "--replicas", "1", SYMSCAN_EMULATED_SHARED="1000")
        fused, layered = found["rows"]
        self.assertRegex(fused["skipped"], r"needs \d+ bytes of shared memory per block, the device has 1000")
        self.assertGreater(layered["steps_per_second"], 0)
        self.assertTrue(layered["chosen"])

    def test_device_memory_is_respected(self):
        found = self.measure("--tier", "fused", "--replicas", "1,100000", SYMSCAN_EMULATED_MEMORY="2000000")
        self.assertGreater(found["rows"][0]["steps_per_second"], 0)
        self.assertRegex(found["rows"][1]["skipped"], r"needs about \S+ MB of device memory, 1\.\d+ MB may be taken")

    def test_time_is_respected(self):
        found = self.measure("--tier", "layered", "--replicas", "4,2000", "--limit", "1")
        self.assertGreater(found["rows"][0]["steps_per_second"], 0)
        self.assertRegex(found["rows"][1]["skipped"], r"would take about \S+ s, \S+ s are left")

    def test_without_a_device(self):
        done = run(*SMALL, SYMSCAN_EMULATED_DEVICES="0")
        self.assertEqual((done.returncode, done.stdout), (77, "skipped: no CUDA device: no CUDA device\n"))
        self.assertEqual(run("--library", "/nowhere.so").returncode, 77)

    def test_wrong_usage(self):
        for arguments in (["--tier", "quick"], ["--precision", "fp8"], ["--replicas", "0"], ["--replicas", "1,"],
                          ["--seconds", "x"], ["--hidden"], ["--further", "1"]):
            done = run(*arguments)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn("usage: cuda_bench", done.stderr)
        self.assertIn("is not one of: all, fused", run("--tier", "quick").stderr)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
