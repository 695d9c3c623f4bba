"""bench/time_to_converged.py without PyTorch and JAX: targets, the rule, schedules, processes of peers, the page.

    converged_test.py [SYMSCAN]
"""
import json
import sys
import tempfile
import unittest
from pathlib import Path

try:
    import numpy as np
except ImportError:
    sys.exit(77)

BENCH = Path(__file__).resolve().parents[2] / "bench"
sys.path.insert(0, str(BENCH))
from compare_peers import PeerFailed  # noqa: E402
from converged_page import converged_section  # noqa: E402
from converged_programs import EVENTS, SEEDS, Peer, Symscan, merge, read_muons  # noqa: E402
from convergence import arriving, best, first_at_target, first_settled  # noqa: E402
from peers.schedules import plan, round_ends, rounds_factor  # noqa: E402

SYMSCAN = sys.argv[1] if len(sys.argv) > 1 else None
FAKE_PEER = """#!/bin/sh
[ "$2" = broken ] && { echo "no such device" >&2; exit 3; }
[ "$2" = slow ] && exec sleep 60
seeds=$(echo "$8" | tr -d '[],')
set -- $seeds
echo "{\\"steps\\": 78, \\"seconds\\": $1, \\"cpu_seconds\\": 1, \\"losses\\": [0.$1, 0.$2], \\"relevances\\": [[$1], [$2]]}"
"""


def look(steps, losses, relevances):
    return {"steps": steps, "seconds": steps / 1000, "cpu_seconds": steps / 500, "losses": losses, "relevances": relevances}


# The first seed is near its end after 3 looks; the second stays in a worse optimum.
LOOKS = [look(1000, [1.0, 1.4], [[2.0, 1.0], [2.5, 1.0]]), look(3000, [0.9, 1.2], [[2.3, 1.1], [2.4, 0.9]]),
         look(7000, [0.801, 1.1], [[2.51, 1.21], [2.4, 0.8]]), look(15000, [0.8, 1.1], [[1.2, 2.5], [0.8, 2.4]])]


class TargetTest(unittest.TestCase):
    def test_seeds_in_a_worse_optimum_do_not_count(self):
        self.assertEqual(arriving(LOOKS, 0.8), [0])
        self.assertEqual(first_at_target(LOOKS, 0.8)["steps"], 7000)
        self.assertIsNone(first_at_target(LOOKS, 0.7))

    def test_relevances_that_are_there_do_not_help_a_loss_that_is_not(self):
        early = [look(500, [0.82, 1.1], LOOKS[-1]["relevances"]), *LOOKS]
        self.assertEqual(first_at_target(early, 0.8)["steps"], 7000)

    def test_the_rule_waits_for_every_seed(self):
        self.assertEqual(first_settled(LOOKS)["steps"], 15000)
        self.assertIsNone(first_settled(LOOKS[:3]))

    def test_more_seeds_go_before_speed(self):
        alone = [look(200, [0.8, 1.1], [[1.0], [1.0]])]
        both = [look(400, [0.8, 0.8], [[1.0], [1.0]])]
        self.assertEqual(best({"alone": alone, "both": both}, 0.8), "both")
        self.assertEqual(best({"alone": alone, "rounds": LOOKS}, 0.8), "alone")
        self.assertIsNone(best({"alone": alone}, 0.5))


class ScheduleTest(unittest.TestCase):
    def test_rounds_double_and_end_in_time(self):
        self.assertEqual(round_ends(78, 64000), [1950, 5850, 13650, 29250, 60450])
        self.assertEqual(round_ends(78, 100), [1950])

    def test_every_round_warms_up_and_decays(self):
        factor = rounds_factor([2000, 6000])
        for start, length in ((0, 2000), (2000, 4000)):
            self.assertAlmostEqual(float(factor(start)), 0.01)
            self.assertEqual(factor(start + 99), 1)
            self.assertEqual(factor(start + 3 * length // 4), 1)
            self.assertAlmostEqual(float(factor(start + length - 1)), 4 / length)
        steps = np.arange(6000)
        self.assertEqual(factor(steps).tolist(), [float(factor(step)) for step in steps])

    def test_lengths_are_whole_epochs(self):
        for setting in ("rounds", "constant", "cosine"):
            factor, looks = plan(setting, 39, 10000)
            self.assertTrue(all(steps % 39 == 0 and steps <= 10000 for steps in looks))
            self.assertEqual(looks, sorted(set(looks)))
        self.assertIsNone(plan("constant", 39, 10000)[0])
        factor, looks = plan("cosine", 39, 10000)
        self.assertAlmostEqual(float(factor(looks[-1])), 0)


class ProgramsTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="symscan_converged_test_")
        self.addCleanup(folder.cleanup)
        self.scratch = Path(folder.name)

    def peer(self, name):
        python = self.scratch / "python"
        python.write_text(FAKE_PEER)
        python.chmod(0o755)
        return Peer(name, str(python), "circle", (self.scratch / "circle.npy", 10000, 2), self.scratch)

    def test_processes_share_the_seeds(self):
        looks = self.peer("good").train("rounds", 78, 78, 30)
        self.assertEqual(looks[0]["relevances"], [[seed] for seed in SEEDS])
        self.assertEqual(len(looks), 1)

    def test_failures_have_reasons(self):
        with self.assertRaisesRegex(PeerFailed, "status 3: no such device"):
            self.peer("broken").train("rounds", 78, 78, 30)
        with self.assertRaisesRegex(PeerFailed, "not done after 0 s"):
            self.peer("slow").train("rounds", 78, 78, 0.2)

    def test_the_slowest_process_tells_the_time(self):
        parts = [[look(78, [0.1, 0.3], [[1], [3]])], [look(78, [0.2, 0.4], [[2], [4]]) | {"seconds": 9}]]
        merged = merge(parts, [[0, 2], [1, 3]])[0]
        self.assertEqual((merged["seconds"], merged["losses"]), (9, [0.1, 0.2, 0.3, 0.4]))

    def test_muons(self):
        rows = read_muons(EVENTS)
        self.assertEqual(rows.shape, (5000, 8))
        mass = np.sqrt(rows[:, [0, 4]].sum(axis=1)**2 - sum(rows[:, [i, i + 4]].sum(axis=1)**2 for i in (1, 2, 3)))
        self.assertAlmostEqual(float(np.median(mass)), 91.2, delta=1)

    @unittest.skipUnless(SYMSCAN, "needs symscan")
    def test_symscan(self):
        symscan = Symscan(SYMSCAN, self.scratch)
        rows = symscan.write_rows("circle")
        self.assertEqual(rows[1:], (10000, 2))
        looks = symscan.rounds("circle", rows, 2000)
        self.assertEqual([one["steps"] for one in looks], [25 * 79])
        for own, seed in zip(json.loads((self.scratch / "run/summary.json").read_text())["replicas"], range(4)):
            self.assertAlmostEqual(looks[0]["relevances"][seed][0], own["relevance"]["kl"][0], delta=1e-4)
            self.assertAlmostEqual(looks[0]["losses"][seed], own["loss"], delta=0.02)


class PageTest(unittest.TestCase):
    def test_table(self):
        symscan = {"program": "symscan", "setting": "rounds", "best": True, "seeds": 1, "looks": LOOKS, "target_steps": 7000,
                   "times": [{"seconds": 2.0, "cpu_seconds": 3.0}, {"seconds": 2.5, "cpu_seconds": 2.9}],
                   "rule_times": [{"seconds": 4.0}], "rule_at_target": 1}
        peer = symscan | {"program": "jax_vmap_scan", "times": [{"seconds": 7.0, "cpu_seconds": 9.0}], "rule_times": []}
        lost = peer | {"setting": "constant", "best": False, "seeds": 0, "target_steps": None, "times": []}
        problem = {"name": "circle", "rows": 10000, "features": 2, "latents": 1, "lowest_loss": 0.8,
                   "programs": [symscan, peer, lost], "reasons": {"torch_vmap_compile, rounds": "no Python"}}
        result = {"machine": {"cpu": "one", "cores": 2}, "date": "2026-01-01T00", "commit": None, "longest": 64000,
                  "repeats": 2, "load_before": 3.0, "problems": [problem], "command": "make bench"}
        page = "\n".join(converged_section(json.loads(json.dumps(result)), []))
        self.assertIn("| symscan, rounds | 1 of 2 | 7,000 | 2 | 1 | 2.9 | 1 | 4 (1 of 2) |", page)
        self.assertIn("| jax_vmap_scan, rounds (best, timed once) | 1 of 2 | 7,000 | 7 | 3.5 | 9 | 3.1 | - |", page)
        self.assertIn("| jax_vmap_scan, constant | 0 of 2 | - | - | - | - | - | - |", page)
        self.assertIn("- torch_vmap_compile, rounds: no Python", page)
        self.assertIn("load 3.0", page)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
