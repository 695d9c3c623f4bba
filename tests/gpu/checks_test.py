"""run_gpu_checks.sh in a bundle of stubs: order, limits, what is kept when it is killed, exit status, table, filed page.

    checks_test.py SYMSCAN EMULATED_LIBRARY
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[2] / "gpu/checks"), str(Path(__file__).resolve().parent)]
from compare_runs import compare_runs  # noqa: E402
from fake_bundle import SOURCE, FakeBundle  # noqa: E402
from fake_run import write_run  # noqa: E402
from run_checks import judge_doctor, judge_googletest  # noqa: E402
from steps import Checks, run_command  # noqa: E402

SYMSCAN, EMULATED = sys.argv[1:3] if len(sys.argv) > 2 else (None, None)

ORDER = ["symscan doctor", "cuda_tests --gtest_filter=DeviceTest.*", "philox_cuda_test", "generate_cuda_test",
         "cuda_tests --gtest_filter=LayeredTest.*", "symscan train", "symscan train", "symscan train"]
ORDER += ["cuda_bench --list-tiers", "cuda_bench --list-precisions"]
ORDER += [f"cuda_bench --tier {tier} --precision {precision} --replicas 1,8,132,1056{'' if tier == 'layered' else ',10000'}"
          for tier in ("fused", "streamed", "layered") for precision in ("fp32", "tf32", "bf16")]
ORDER += [f"cuda_bench --tier {tier} --hidden 256,128" for tier in ("fused", "streamed", "layered")]
ORDER += ["cuda_bench --tier streamed --replicas 10000", "ncu --clock-control none --kernel-name regex:train_replicas"]
ORDER += [f"run_peers.py --device cuda --peers {name} " for name in
          ("jax_vmap_scan", "torch_eager", "torch_vmap_cuda_graph", "torch_vmap", "torch_cuda_graph", "jax_scan", "torch_compile",
           "torch_vmap_compile_cuda_graph", "torch_vmap_compile")]
ORDER += ["compute-sanitizer --tool memcheck", "compute-sanitizer --tool racecheck"]


class BundleTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="symscan_checks_test_")
        self.addCleanup(self.folder.cleanup)
        self.fake = FakeBundle(self.folder.name)

    def test_everything_passes_in_order_and_is_filed(self):
        process = self.fake.start()
        seen = set()
        while process.poll() is None:  # at any moment there is valid JSON: a call may be cut at any moment
            if (self.fake.out / "results.json").exists():
                seen.add(len(self.fake.results()["steps"]))
            time.sleep(0.005)
        output = process.communicate()[0]
        self.assertEqual(process.returncode, 0, output)
        calls = [call for call in self.fake.called() if not call.startswith("nvidia-smi")]
        self.assertEqual(len(calls), len(ORDER), "\n".join(calls))
        for call, expected in zip(calls, ORDER):
            self.assertTrue(call.startswith(expected), f"{call} instead of {expected}")
        results = self.fake.results()
        self.assertGreater(len(seen), 0.6 * len(results["steps"]), "results.json is not rewritten after every step")
        self.assertEqual({step["status"] for step in results["steps"]}, {"ok"}, output)
        self.assertEqual([results[key] for key in ("device", "driver", "commit", "complete", "under_way", "failed")],
                         ["Fake GPU 9000", "580.1", "abc1234", True, "", 0])
        self.assertEqual(sorted(os.listdir(self.fake.out)), ["log.txt", "ncu.txt", "peers.json", "results.json"])
        self.check_figures(results, output)
        self.check_page()

    def check_figures(self, results, output):
        self.assertEqual(self.fake.step("GPU, warm")["result"]["timings"]["steps_per_second"], 4000)
        self.assertGreater(self.fake.step("GPU, cold")["result"]["wall_seconds"], 0)
        self.assertIn("2 trainings, the same bits", self.fake.step("GPU and CPU, cmp")["text"])
        profile = self.fake.step("ncu, train_replicas")["result"]
        self.assertEqual(profile["registers per thread"], {"value": 168, "unit": "register/thread"})
        self.assertEqual(list(profile["stalls, warps per issue"].items()), [("wait", 1.25), ("barrier", 0.5)])
        ratios = {(ratio["peer"], ratio["replicas"]): ratio["ratio"] for ratio in results["ratios"]}
        self.assertEqual(ratios["torch_vmap", 1056], 1e5 / 105600)
        self.assertEqual(ratios["torch_eager", 132], 1000, "one replica at a time: its rate holds for any number")
        table = output[output.index("\nstep  "):]
        self.assertEqual(table.strip().splitlines()[:-1], results["table"])
        self.assertIn("symscan / torch_vmap, 1056 replicas", table)
        self.assertIn("speed: streamed, tf32", table)

    def check_page(self):
        bench = Path(self.folder.name) / "filed"
        done = subprocess.run([sys.executable, str(SOURCE / "bench/file_gpu_results.py"), str(self.fake.out), str(bench)],
                              capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((bench / "results/gpu_fake_gpu_9000.json").exists())
        page = (bench / "RESULTS.md").read_text()
        for part in ("| tier, precision \\ replicas | 1 | 8 | 132 | 1056 | 10000 |",
                     "| streamed, fp32 | **1,000** | **8,000** | **100,000** | **100,000** | **100,000** |",
                     "| layered, fp32 | 1,000 | 8,000 | 100,000 | 100,000 | - |", "Share of the fp32 floor",
                     "1.5 TFLOP/s fp32", "| GPU, warm |", "| torch_vmap | 1056 |", "| registers per thread | 168"):
            self.assertIn(part, page)
        self.assertNotIn("GPU: unverified", page)

    def test_no_device(self):
        self.fake.behave("nvidia-smi", "no device")
        self.fake.behave("symscan", "no device")
        code, output = self.fake.run()
        self.assertEqual(code, 0, output)
        self.assertTrue(output.startswith("no CUDA device\n"), output)
        results = self.fake.results()
        self.assertGreater(len(results["steps"]), 15)
        self.assertEqual({(step["status"], step["text"]) for step in results["steps"]}, {("skipped", "no CUDA device")})
        self.assertEqual([call for call in self.fake.called() if "nvidia-smi" not in call], ["symscan doctor"])
        done = subprocess.run([sys.executable, str(SOURCE / "bench/file_gpu_results.py"), str(self.fake.out), self.folder.name],
                              capture_output=True, text=True)
        self.assertEqual((done.returncode, "no CUDA device" in done.stderr), (1, True))

    def test_failures_count_and_skips_do_not(self):
        for program, how in (("cuda_tests", "one fails"), ("philox_cuda_test", "skip"), ("cuda_bench", "fail"),
                             ("symscan", "differ"), ("ncu", "fail"), ("compute-sanitizer", "finds"), ("run_peers.py", "fail")):
            self.fake.behave(program, how)
        code, output = self.fake.run()
        self.assertEqual(code, 1, output)
        self.assertIn("DeviceTest.One", self.fake.step("DeviceTest")["text"])
        self.assertEqual(self.fake.step("philox_cuda_test")["status"], "skipped")
        self.assertEqual(self.fake.step("generate_cuda_test")["status"], "ok")
        self.assertEqual(self.fake.step("GPU twice, cmp")["status"], "ok")
        compared = self.fake.step("GPU and CPU, cmp")
        self.assertEqual(compared["status"], "failed")
        self.assertIn("models.safetensors differs: model0.mu.weight, replica 7, element 1: 2.0 and 2.25; 1 replicas differ",
                      compared["text"])
        self.assertIn("exit status 3", self.fake.step("torch_eager")["text"])
        self.assertIn("2 error", self.fake.step("memcheck, DeviceTest.ASmallTrainingUsesEveryKernelOfABlock")["text"])
        failed = [step["stage"] for step in self.fake.results()["steps"] if step["status"] == "failed"]
        self.assertEqual(set(failed), {"device", "all.json", "speed", "profile", "peers", "sanitizer"})
        self.assertEqual(self.fake.results()["failed"], len([stage for stage in failed if stage != "peers"]))

    def test_killed_in_the_middle(self):
        for program, how, under_way in (("cuda_tests", "hang LayeredTest", "LayeredTest"),
                                        ("run_peers.py", "hang", "jax_vmap_scan")):
            shutil.rmtree(self.fake.out, ignore_errors=True)
            self.fake.behave(program, how)
            process = self.fake.start()
            end = time.monotonic() + 60
            while time.monotonic() < end:
                if (self.fake.out / "results.json").exists() and self.fake.results()["under_way"] == under_way:
                    break
                time.sleep(0.02)
            process.send_signal(signal.SIGKILL)
            process.communicate()
            results = self.fake.results()
            self.assertEqual((results["under_way"], results["complete"]), (under_way, False))
            self.assertEqual(self.fake.step("generate_cuda_test")["status"], "ok")
            self.assertIn("generate_cuda_test", "\n".join(results["table"]))
            self.fake.behave(program, "")

    def test_the_budget_ends_what_hangs_and_skips_the_rest(self):
        self.fake.behave("cuda_tests", "hang")
        begin = time.monotonic()
        code, output = self.fake.run("--budget", "4")
        self.assertEqual(code, 0, output)
        self.assertLess(time.monotonic() - begin, 15)
        self.assertTrue(self.fake.step("DeviceTest")["text"].startswith("not done after"), output)
        self.assertEqual(self.fake.step("philox_cuda_test")["text"], "no time left")
        self.assertTrue(self.fake.results()["complete"])

    def test_nobody_listens(self):
        self.fake.behave("nvidia-smi", "no device")
        self.fake.behave("symscan", "no device")
        process = self.fake.start()
        process.stdout.close()
        self.assertEqual(process.wait(60), 0)
        self.assertTrue(self.fake.results()["complete"])

    def test_wrong_usage(self):
        for arguments in (["--budget", "soon"], ["--budget", "0"], ["--budget"], ["further"]):
            self.assertEqual(self.fake.run(*arguments)[0], 2)

    def test_scripts_are_well_formed(self):
        scripts = [str(SOURCE / "gpu" / name) for name in ("run_gpu_checks.sh", "make_bundle.sh")]
        for script in scripts:
            self.assertEqual(subprocess.run(["bash", "-n", script]).returncode, 0, script)
        if shutil.which("shellcheck"):
            done = subprocess.run(["shellcheck", *scripts], capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stdout)


class StepsTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="symscan_steps_test_")
        self.addCleanup(self.folder.cleanup)

    def checks(self, budget):
        checks = Checks(self.folder.name, budget, {})
        self.addCleanup(checks.log.close)
        return checks

    def test_whose_limit_it_was(self):
        def judge(outcome):
            return "ok", outcome.last_line(), None

        command = [sys.executable, "-c", "import time; print('begun', flush=True); time.sleep(60)"]
        checks = self.checks(60)
        checks.stage("one", 60)
        checks.step("own", command, 0.5, judge)
        checks.step("own, may be", command, 0.5, judge, own_limit="skipped")
        checks.stage("two", 0.6)
        checks.step("stage", command, 30, judge, needs=0.1)
        checks.step("late", command, 30, judge)
        self.assertEqual([step["status"] for step in checks.steps], ["failed", "skipped", "skipped", "skipped"])
        self.assertIn("begun", (Path(self.folder.name) / "log.txt").read_text())

    def test_peers_do_not_count(self):
        checks = self.checks(60)
        checks.stage("peers", 60)
        checks.record("torch", "failed", 1, "")
        self.assertEqual(checks.failed(), [])
        checks.stage("device", 60)
        checks.record("test", "failed", 1, "")
        self.assertEqual(len(checks.failed()), 1)

    def test_what_a_program_started_is_ended(self):
        mark = Path(self.folder.name) / "mark"
        script = f"(sleep 1; echo here > {mark}) & sleep 60"
        run_command(["sh", "-c", script], 0.3, {})
        time.sleep(1.2)
        self.assertFalse(mark.exists())

    def test_programs_that_cannot_start(self):
        outcome = run_command(["/nowhere/at_all"], 5, {})
        self.assertEqual(outcome.code, 127)
        self.assertIn("cannot be started", outcome.output)

    def test_what_googletest_says(self):
        class Outcome:
            def __init__(self, code, output):
                self.code, self.output = code, output

            def last_line(self):
                return self.output.splitlines()[-1]

        self.assertEqual(judge_googletest(Outcome(0, "[  SKIPPED ] A.B (0 ms)\n[  PASSED  ] 0 tests."))[0], "skipped")
        self.assertEqual(judge_googletest(Outcome(139, "[ RUN      ] A.B\nlast"))[1], "exit status 139 in A.B; last")
        status, text, _ = judge_doctor(Outcome(0, "cuda: not used: 'x' needs libfoo.so\n"))
        self.assertEqual((status, "needs libfoo.so" in text), ("failed", True))

    def test_differences_of_summaries(self):
        for name, changed in (("one", False), ("other", True)):
            write_run(Path(self.folder.name) / name)
            if changed:
                summary = {"replicas": [{"id": 5, "loss": 1}, {"id": 7, "loss": 2.5}]}
                (Path(self.folder.name) / name / "summary.json").write_text(json.dumps(summary))
        status, text, _ = compare_runs(Path(self.folder.name) / "one", Path(self.folder.name) / "other")
        self.assertEqual((status, "replica 7, loss: 2 and 2.5" in text), ("failed", True), text)


class BundleScriptTest(unittest.TestCase):
    """make_bundle.sh on a build folder of two programs."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="symscan_bundle_test_")
        self.addCleanup(self.folder.cleanup)
        self.build, self.bundle = Path(self.folder.name) / "build", Path(self.folder.name) / "bundle"
        self.build.mkdir()
        for name in ("symscan", "cuda_tests"):
            shutil.copy(shutil.which("true"), self.build / name)

    def make(self, **environment):
        return subprocess.run([str(SOURCE / "gpu/make_bundle.sh"), str(self.build), str(self.bundle)], capture_output=True,
                              text=True, env={**os.environ, **environment})

    def test_what_is_in_it(self):
        done = self.make()
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("notice: cuda_bench is not built, left out", done.stdout)
        for name in ("bin/symscan", "tests/cuda_tests", "run_gpu_checks.sh", "checks/run_checks.py", "checks/steps.py",
                     "peers/run_peers.py", "peers/common.py", "configs/paper/all.json", "commit.txt"):
            self.assertTrue((self.bundle / name).exists(), name)
        self.assertTrue((self.bundle / "commit.txt").read_text().strip())
        self.assertEqual(self.make().returncode, 0, "a bundle is replaced")

    def test_too_large(self):
        done = self.make(BUNDLE_MIB="0")
        self.assertEqual(done.returncode, 1)
        self.assertIn("more than 0 MiB", done.stderr)

    def test_another_folder_is_left_alone(self):
        self.bundle.mkdir()
        (self.bundle / "mine").write_text("kept")
        self.assertEqual(self.make().returncode, 2)
        self.assertEqual((self.bundle / "mine").read_text(), "kept")


class PeersTest(unittest.TestCase):
    def test_the_file_keeps_other_peers(self):
        with tempfile.TemporaryDirectory(prefix="symscan_peers_test_") as folder:
            path = Path(folder) / "peers.json"
            path.write_text(json.dumps({"peers": {"jax_scan": {"results": [{"replicas": 1}], "reason": None}}}))
            # No peer is done after a second, whether its packages are there or not.
            done = run_command([sys.executable, str(SOURCE / "bench/peers/run_peers.py"), "--device", "cuda", "--peers",
                                "torch_eager", "--peer-timeout", "1", "--json", str(path), "--keep"], 60, {})
            self.assertEqual(done.code, 0, done.output)
            peers = json.loads(path.read_text())["peers"]
            self.assertEqual(peers["jax_scan"]["results"], [{"replicas": 1}])
            self.assertIsNone(peers["torch_eager"]["results"])
            self.assertTrue(peers["torch_eager"]["reason"])


@unittest.skipUnless(EMULATED and os.path.exists(EMULATED), "there is no emulated device")
class RealProgramTest(unittest.TestCase):
    """What the checks read of symscan's own files and sentences."""

    def test_doctor_and_run_directories(self):
        environment = {"SYMSCAN_DEVICE_PLUGIN": EMULATED}
        doctor = run_command([SYMSCAN, "doctor"], 20, environment)
        status, text, _ = judge_doctor(doctor)
        self.assertEqual((status, text), ("ok", "cuda:0  emulated device"), doctor.output)
        with tempfile.TemporaryDirectory(prefix="symscan_runs_test_") as folder:
            for device in ("cuda", "cpu"):
                done = run_command([SYMSCAN, "train", "circle", "dataset.n=200", "train.epochs=1", "model.latent_dim=[1,2]",
                                    "seeds=[1,2]", "--device", device, "--no-analysis", "--no-report", "--quiet", "--out",
                                    f"{folder}/{device}"], 60, environment)
                self.assertEqual(done.code, 0, done.output)
            status, text, result = compare_runs(f"{folder}/cuda", f"{folder}/cpu")
            self.assertEqual((status, result), ("ok", {"identical": True, "replicas": 4}), text)
            models = Path(folder, "cpu", "models.safetensors")
            content = bytearray(models.read_bytes())
            content[-1] ^= 1
            models.write_bytes(content)
            status, text, _ = compare_runs(f"{folder}/cuda", f"{folder}/cpu")
            self.assertEqual(status, "failed")
            self.assertRegex(text, r"model1\.output\.\w+, replica 3, element")


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
