#!/usr/bin/env python3
"""Checks and times symscan on a GPU machine, from inside a bundle (gpu/make_bundle.sh).

    ./run_gpu_checks.sh [--budget SECONDS]      default 330

In this order: the tests of the device; 1 200 trainings on the GPU, twice, and on all cores, compared bit for bit; the speed
of every tier and precision; a profile of the kernel; PyTorch and JAX on the same training; compute-sanitizer. Every stage and
every step has a limit. Writes results.json (after every step: a call that is cut short loses the step under way, no more),
peers.json, ncu.txt and log.txt into ${OUT:-./results}. Ends with one table.

Exit status: 1 if a test, the comparison, a benchmark or a sanitizer failed, else 0: steps that are skipped (no time left, a
tool is missing) and peers do not count. Without a CUDA device every step is skipped. 2: wrong usage.
"""
import argparse
import contextlib
import datetime
import glob
import importlib.util
import json
import os
import re
import shutil
import signal
import site
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from compare_runs import compare_runs
from kernel_profile import SECTIONS, judge_profile
from steps import Checks, run_command, say
from summary import summarise

BUNDLE = Path(__file__).resolve().parent.parent
NO_DEVICE = "no CUDA device"
DEVICE_LINE = re.compile(r"^\s*cuda:\d+\s+(.+?),", re.MULTILINE)
SMALL_TEST = "DeviceTest.ASmallTrainingUsesEveryKernelOfABlock"
STUDIES = "configs/paper/all.json"
REPLICAS, PEER_REPLICAS = "1,8,132,1056,10000", "1,132,1056"
LAYERED_REPLICAS = "1,8,132,1056"  # whole matrices per replica: adding 10 000 takes longer than the step may
# Seconds of each peer. Those that compile come last.
PEERS = {"jax_vmap_scan": 70, "torch_eager": 40, "torch_vmap_cuda_graph": 40, "torch_vmap": 40, "torch_cuda_graph": 30,
         "jax_scan": 40, "torch_compile": 60, "torch_vmap_compile_cuda_graph": 80, "torch_vmap_compile": 80}


def cuda_folder(*parts):
    return os.path.join(os.environ.get("CUDA_HOME", "/usr/local/cuda"), *parts)


def bundle_environment():
    """Of the bundle's own programs; Python brings its own libraries. cuBLAS is not in the bundle (size): the toolkit's is
    taken, or the one that PyTorch's packages bring."""
    roots = sorted({*site.getsitepackages(), sysconfig.get_path("purelib")})
    blas = [folder for root in roots for part in ("cu13/lib", "cublas/lib") for folder in glob.glob(f"{root}/nvidia/{part}")]
    libraries = [str(BUNDLE / "lib"), str(BUNDLE / "bin"), os.environ.get("LD_LIBRARY_PATH", ""), cuda_folder("lib64"), *blas]
    environment = {"LD_LIBRARY_PATH": ":".join(path for path in libraries if path)}
    plugin = BUNDLE / "bin" / "libsymscan_cuda.so"
    return environment | ({"SYMSCAN_DEVICE_PLUGIN": str(plugin)} if plugin.exists() else {})


def find_tool(name, *folders):
    return shutil.which(name) or next((found for folder in folders if (found := shutil.which(name, path=folder))), None)


def ask_nvidia_smi(*arguments):
    try:
        done = subprocess.run(["nvidia-smi", *arguments], capture_output=True, text=True, timeout=30)
        return done.stdout if done.returncode == 0 else ""
    except (OSError, subprocess.SubprocessError):
        return ""


def find_device(environment):
    """(name, driver) by nvidia-smi, else by symscan itself; empty texts: there is none."""
    lines = [line for line in ask_nvidia_smi("--query-gpu=name,driver_version", "--format=csv,noheader").splitlines()
             if "," in line]
    if lines:
        name, driver = lines[0].rsplit(",", 1)
        return name.strip(), driver.strip()
    found = DEVICE_LINE.search(run_command([str(BUNDLE / "bin/symscan"), "doctor"], 30, environment).output)
    return (found.group(1), "") if found else ("", "")


def has_package(name):
    return importlib.util.find_spec(name) is not None and importlib.util.find_spec("numpy") is not None


# What a program's end means: judge(outcome) gives (status, text, result), see Checks.step.

def judge_program(outcome):
    if outcome.code == 0:
        return "ok", outcome.last_line()[:120], None
    if outcome.code == 77:
        return "skipped", outcome.last_line()[:200], None
    return "failed", f"exit status {outcome.code}; {outcome.last_line()[:200]}", None


def judge_doctor(outcome):
    status, text, _ = judge_program(outcome)
    found = DEVICE_LINE.search(outcome.output)
    if status == "ok" and not found:
        why = next((line.strip() for line in outcome.output.splitlines() if "not used" in line), "it names no CUDA device")
        return "failed", f"there is a GPU, but symscan does not use it: {why}", None
    return status, found.group(0).strip(" ,") if found else text, None


def judge_googletest(outcome):
    passed = re.search(r"^\[  PASSED  \] (\d+) tests?", outcome.output, re.MULTILINE)
    skipped = set(re.findall(r"^\[  SKIPPED \] ([\w./]+)", outcome.output, re.MULTILINE))
    failed = sorted(set(re.findall(r"^\[  FAILED  \] ([\w./]+\.[\w./]+)", outcome.output, re.MULTILINE)))
    if failed:
        return "failed", f"{len(failed)} failed: {', '.join(failed)}"[:300], {"failed": failed}
    if outcome.code != 0 or not passed:
        running = re.findall(r"^\[ RUN      \] ([\w./]+)", outcome.output, re.MULTILINE)
        inside = f" in {running[-1]}" if running else ""
        return "failed", f"exit status {outcome.code}{inside}; {outcome.last_line()[:200]}", None
    count = int(passed.group(1))
    if count == 0:
        return "skipped", "every test was skipped" if skipped else "there are no such tests", None
    return "ok", f"{count} tests passed" + (f", {len(skipped)} skipped" if skipped else ""), None


def judge_sanitizer(outcome):
    if "Device not supported" in outcome.output:
        return "skipped", "compute-sanitizer cannot look into this GPU", None
    found = re.search(r"ERROR SUMMARY: (\d+) error|RACECHECK SUMMARY: (\d+) hazard", outcome.output)
    status, text, _ = judge_googletest(outcome)
    if found and int(found.group(1) or found.group(2)) > 0:
        first = next((line for line in outcome.output.splitlines() if line.startswith("=========") and
                      re.search("Invalid|Error|hazard|Uninit", line)), "")
        return "failed", f"{found.group(0)}; {first.strip('= ')[:200]}", None
    return status, f"{found.group(0)}; {text}" if found else text, None


def judge_bench(path):
    """cuda_bench rewrites `path` after every measurement."""

    def judge(outcome):
        status, text, _ = judge_program(outcome)
        try:
            result = json.loads(Path(path).read_text())
        except (OSError, ValueError):
            return status, text, None
        rows = [row for row in result["rows"] if "steps_per_second" in row]
        if status == "ok" and not rows:
            return "skipped", next((row["skipped"] for row in result["rows"]), "nothing was measured"), result
        if status != "ok" or not rows:
            return status, text, result
        best = max(rows, key=lambda row: row["steps_per_second"])
        share = f", {100 * best['share_of_fp32_peak']:.1f} % of fp32" if "share_of_fp32_peak" in best else ""
        left_out = [str(row["replicas"]) for row in result["rows"] if "skipped" in row]
        note = f"; without {', '.join(left_out)}" if left_out else ""
        return "ok", f"{best['steps_per_second']:.4g} steps/s at {best['replicas']} replicas{share}{note}", result

    return judge


def judge_peer(name, path):
    def judge(outcome):
        try:
            found = json.loads(Path(path).read_text())["peers"][name]
        except (OSError, ValueError, KeyError):
            return "failed", f"exit status {outcome.code}; {outcome.last_line()[:200]}", None
        rows = [row for row in found["results"] or [] if row.get("replica_steps_per_second")]
        text = ", ".join(f"{row['replicas']}: {row['replica_steps_per_second']:.4g} steps/s" for row in rows)
        if found["reason"]:
            text = f"{text}; {found['reason']}" if text else found["reason"]
        return "ok" if rows else "skipped" if outcome.code == 0 else "failed", text[:300], found["results"]

    return judge


class Stages:
    def __init__(self, checks, environment, scratch):
        self.checks, self.environment, self.scratch = checks, environment, scratch

    def run(self, name, program, arguments, limit, judge, **options):
        """A step with one of the bundle's programs."""
        path = BUNDLE / program
        if not path.exists():
            return self.checks.skip(name, f"{program} is not in this bundle")
        return self.checks.step(name, [str(path), *arguments], limit, judge, environment=self.environment, **options)

    def tests(self):
        self.checks.stage("device", 45)
        self.run("symscan doctor", "bin/symscan", ["doctor"], 30, judge_doctor)
        self.run("DeviceTest", "tests/cuda_tests", ["--gtest_filter=DeviceTest.*"], 30, judge_googletest)
        for program in ("philox_cuda_test", "generate_cuda_test"):
            self.run(program, f"tests/{program}", [], 20, judge_program)
        self.run("LayeredTest", "tests/cuda_tests", ["--gtest_filter=LayeredTest.*"], 40, judge_googletest)

    def train(self, name, folder, device):
        """symscan train STUDIES; its timings and wall time are the result."""

        def judge(outcome):
            status, text, _ = judge_program(outcome)
            try:
                timings = json.loads((Path(folder) / "timings.json").read_text())
            except (OSError, ValueError):
                return ("failed" if status == "ok" else status), text or "there is no timings.json", None
            text = f"{outcome.seconds:.2f} s wall, {timings['training_seconds']:.2f} s training, " \
                   f"{timings['steps_per_second']:.4g} steps/s" if status == "ok" else text
            return status, text, {"wall_seconds": outcome.seconds, "timings": timings}

        return self.run(name, "bin/symscan", ["train", str(BUNDLE / STUDIES), "--device", device, "--quiet", "--overwrite",
                                              "--out", folder], 30, judge)

    def product(self):
        self.checks.stage("all.json", 30)
        folders = {name: str(self.scratch / name) for name in ("cuda_cold", "cuda_warm", "cpu")}
        cold = self.train("GPU, cold", folders["cuda_cold"], "cuda")
        warm = self.train("GPU, warm", folders["cuda_warm"], "cuda")
        cpu = self.train("CPU, all cores", folders["cpu"], "cpu")
        for name, both, ours, theirs in (("GPU twice, cmp", cold and warm, "cuda_cold", "cuda_warm"),
                                         ("GPU and CPU, cmp", warm and cpu, "cuda_warm", "cpu")):
            if both:
                self.checks.do(name, lambda ours=ours, theirs=theirs: compare_runs(folders[ours], folders[theirs]))
            else:
                self.checks.skip(name, "one of the two runs is missing")
        for folder in folders.values():
            shutil.rmtree(folder, ignore_errors=True)

    def names(self, option):
        """The tiers or precisions that cuda_bench knows."""
        if self.checks.device_missing or not (BUNDLE / "bench/cuda_bench").exists():
            return ["all"]
        outcome = run_command([str(BUNDLE / "bench/cuda_bench"), option], 10, self.environment)
        return outcome.output.split() if outcome.code == 0 else ["all"]

    def bench(self, name, arguments, limit, **options):
        path = str(self.scratch / "bench.json")
        Path(path).unlink(missing_ok=True)
        return self.run(name, "bench/cuda_bench", [*arguments, "--seconds", "0.25", "--limit", str(max(limit - 2, 1)), "--json",
                                                   path], limit, judge_bench(path), **options)

    def speed(self):
        tiers, precisions = self.names("--list-tiers"), self.names("--list-precisions")
        self.checks.stage("speed", 15 + 15 * len(tiers))
        for tier in tiers:
            for precision in precisions:
                replicas = LAYERED_REPLICAS if tier == "layered" else REPLICAS
                self.bench(f"{tier}, {precision}", ["--tier", tier, "--precision", precision, "--replicas", replicas], 10)
        for tier in tiers:
            self.bench(f"{tier}, fp32, [256,128]", ["--tier", tier, "--hidden", "256,128", "--replicas", "1,132,1056"], 10)
        for tier in tiers:  # what there was no time for, with what is left
            rows = (self.checks.result(f"{tier}, fp32") or {"rows": []})["rows"]
            late = [str(row["replicas"]) for row in rows if row.get("skipped", "").startswith("would take")]
            if late:
                self.bench(f"{tier}, fp32, later", ["--tier", tier, "--replicas", ",".join(late)],
                           max(self.checks.left(), 1))

    def profile(self):
        self.checks.stage("profile", 20)
        name = "ncu, train_replicas"
        ncu = find_tool("ncu", cuda_folder("bin"), *sorted(glob.glob("/opt/nvidia/nsight-compute/*"), reverse=True))
        if not ncu:
            return self.checks.skip(name, "ncu is not installed")
        if not (BUNDLE / "bench/cuda_bench").exists():
            return self.checks.skip(name, "bench/cuda_bench is not in this bundle")
        sections = [part for section in SECTIONS for part in ("--section", section)]
        # Clocks are left as they are: the machine may be shared.
        command = [ncu, "--clock-control", "none", "--kernel-name", "regex:train_replicas", "--launch-skip", "2",
                   "--launch-count", "1", *sections, "--csv", "--page", "raw", str(BUNDLE / "bench/cuda_bench"),
                   "--replicas", "1056", "--seconds", "0.02"]
        # Tools get no library path: they bring libraries of their own, and the program finds the bundle's by itself.
        self.checks.step(name, command, 20, judge_profile(os.path.join(self.checks.out, "ncu.txt")), own_limit="skipped")

    def peers(self):
        self.checks.stage("peers", 130)
        path = os.path.join(self.checks.out, "peers.json")
        for name, limit in PEERS.items():
            package = name.split("_")[0]
            if not has_package(package):
                self.checks.skip(name, f"python3 has no {package} with numpy")
                continue
            needs = 25 if "compile" in name else 12
            seconds = max(min(limit, self.checks.left()) - 2, 1)
            command = [sys.executable, str(BUNDLE / "peers/run_peers.py"), "--device", "cuda", "--peers", name, "--replicas",
                       PEER_REPLICAS, "--seconds", "1.5", "--peer-timeout", f"{seconds:.1f}", "--json", path, "--keep"]
            self.checks.step(name, command, limit, judge_peer(name, path), needs=needs, own_limit="skipped",
                             environment={"PYTHONDONTWRITEBYTECODE": "1"})

    def sanitizers(self):
        self.checks.stage("sanitizer", 80)
        sanitizer = find_tool("compute-sanitizer", cuda_folder("bin"), cuda_folder("compute-sanitizer"))
        for tool, limit in (("memcheck", 35), ("racecheck", 60)):
            name = f"{tool}, {SMALL_TEST}"
            if not sanitizer:
                self.checks.skip(name, "compute-sanitizer is not installed")
                continue
            self.checks.step(name, [sanitizer, "--tool", tool, "--error-exitcode", "99", "--print-limit", "20",
                                    str(BUNDLE / "tests/cuda_tests"), f"--gtest_filter={SMALL_TEST}"], limit, judge_sanitizer,
                             own_limit="skipped")

    def all(self):
        for stage in (self.tests, self.product, self.speed, self.profile, self.peers, self.sanitizers):
            stage()


def facts(environment):
    """What results.json says of the machine and the build."""
    name, driver = find_device(environment)
    with contextlib.suppress(OSError):
        commit = (BUNDLE / "commit.txt").read_text().strip()
        return {"kind": "gpu_checks", "device": name, "driver": driver, "commit": commit, "cores": os.cpu_count(),
                "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")}
    sys.exit(f"{BUNDLE} is no bundle: it has no commit.txt; gpu/make_bundle.sh makes one")


def parse_arguments():
    parser = argparse.ArgumentParser(prog="run_gpu_checks.sh", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--budget", type=int, default=330, help="seconds for everything; what comes later is skipped")
    arguments = parser.parse_args()
    if arguments.budget < 1:
        parser.error("--budget needs a whole number of seconds above 0")
    return arguments


def stop(number, _frame):
    """The step under way is ended, too: see run_command."""
    sys.exit(128 + number)


def main():
    arguments = parse_arguments()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    out = os.path.abspath(os.environ.get("OUT") or "results")
    os.makedirs(out, exist_ok=True)
    for earlier in ("peers.json", "ncu.txt"):
        Path(out, earlier).unlink(missing_ok=True)
    environment = bundle_environment()
    known = facts(environment)
    say(f"device: {known['device']}, driver {known['driver'] or 'unknown'}" if known["device"] else NO_DEVICE)
    checks = Checks(out, arguments.budget, known, "" if known["device"] else NO_DEVICE)
    checks.summary = summarise
    if known["device"]:
        checks.write_log(ask_nvidia_smi("-q"))
    with tempfile.TemporaryDirectory(prefix="symscan_checks_") as scratch:
        Stages(checks, environment, Path(scratch)).all()
    checks.save("", complete=True)
    say("\n" + "\n".join(summarise(checks.steps)["table"]))
    say(f"{len(checks.failed())} failed, {time.monotonic() - checks.start:.0f} s; results in {out}")
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what could not be printed is not tried again
    sys.exit(1 if checks.failed() else 0)


if __name__ == "__main__":
    main()
