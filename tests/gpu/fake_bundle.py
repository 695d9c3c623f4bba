"""A bundle whose programs are stubs, and tools that answer as nvidia-smi, ncu and compute-sanitizer do. Every figure is made
up: none of it leaves the temporary folder."""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]

# Every stub appends what it was called with to $CALLS; the file $BEHAVIOUR/NAME tells it to do otherwise than well.
STUB = """#!{python} -SE
import os, sys, time
from pathlib import Path
name, arguments = Path(sys.argv[0]).name, sys.argv[1:]
with open(os.environ["CALLS"], "a") as calls:
    calls.write(" ".join([name, *arguments]) + "\\n")
told = Path(os.environ["BEHAVIOUR"], name)
behaviour = told.read_text().strip() if told.exists() else ""
if behaviour == "hang" or behaviour.startswith("hang ") and behaviour[5:] in " ".join(arguments):
    time.sleep(60)
if behaviour == "fail":
    print("something is wrong")
    sys.exit(3)
if behaviour == "skip":
    print("skipped: for a reason")
    sys.exit(77)
"""

SYMSCAN = """
sys.path.insert(0, {tests!r})
from fake_run import write_run
if arguments[0] == "doctor":
    print("symscan 0.1.0\\n  cuda:0  Fake GPU 9000, compute capability 9.0, memory 79.1 GiB free"
          if behaviour != "no device" else "cuda: not used: no driver")
else:
    folder, device = arguments[arguments.index("--out") + 1], arguments[arguments.index("--device") + 1]
    write_run(folder, changed=behaviour == "differ" and device == "cpu")
"""

CUDA_TESTS = """
chosen = arguments[0].split("=")[1]
print(f"[ RUN      ] {chosen}\\n[       OK ] {chosen} (1 ms)")
print("[  FAILED  ] DeviceTest.One" if behaviour == "one fails" else "[  PASSED  ] 3 tests.")
sys.exit(behaviour == "one fails")
"""

# Rates: 1000 per replica until 100 000 are reached; the chosen tier is "streamed".
CUDA_BENCH = """
import json
if arguments[0] == "--list-tiers":
    print("fused\\nstreamed\\nlayered")
elif arguments[0] == "--list-precisions":
    print("fp32\\ntf32\\nbf16")
else:
    option = dict(zip(arguments[::2], arguments[1::2]))
    rows = []
    for count in map(int, option["--replicas"].split(",")):
        row = {"tier": option.get("--tier", "streamed"), "precision": option.get("--precision", "fp32"), "replicas": count,
               "hidden": [int(width) for width in option.get("--hidden", "64,32").split(",")],
               "chosen": option.get("--tier") == "streamed"}
        if count == 10000 and row["tier"] == "streamed" and len(option["--replicas"]) > 5:
            rows.append(row | {"skipped": "would take about 20 s, 3 s are left"})
        else:
            rows.append(row | {"steps_per_second": min(1e3 * count, 1e5), "share_of_fp32_peak": 0.1})
    if "--json" in option:
        floors = {"fp32_tflops": 1.5, "copy_gigabytes_per_second": 2.5, "launch_microseconds": 3.5}
        Path(option["--json"]).write_text(json.dumps({"rows": rows, "floors": floors}))
"""

PEERS = """
import json
option = dict(zip(arguments[::2], arguments[1::2]))
path, peer = Path(option["--json"]), option["--peers"]
found = json.loads(path.read_text()) if path.exists() else {"peers": {}}
counts = map(int, option["--replicas"].split(",")) if "vmap" in peer else [1]
rows = [{"replicas": count, "replica_steps_per_second": 100.0 * count} for count in counts]
found["peers"][peer] = {"results": rows, "reason": None}
path.write_text(json.dumps(found))
"""

NVIDIA_SMI = """
print("No devices were found" if behaviour == "no device" else "Fake GPU 9000, 580.1" if "--query-gpu" in arguments[0] else "-q")
"""

NCU = '''
print("==PROF== Connected")
print('"ID","Kernel Name","launch__registers_per_thread","sm__warps_active.avg.pct_of_peak_sustained_active",'
      '"smsp__average_warps_issue_stalled_barrier_per_issue_active.ratio",'
      '"smsp__average_warps_issue_stalled_wait_per_issue_active.ratio"')
print('"","","register/thread","%","inst","inst"')
print('"0","train_replicas","168","12.5","0.5","1.25"')
'''

SANITIZER = """
print("========= ERROR SUMMARY: 2 errors" if behaviour == "finds" else "========= ERROR SUMMARY: 0 errors")
print("[  PASSED  ] 1 test.")
sys.exit(99 if behaviour == "finds" else 0)
"""


class FakeBundle:
    def __init__(self, root):
        self.root, self.bundle, self.out = Path(root), Path(root) / "bundle", Path(root) / "out"
        self.calls, self.behaviour, self.tools = (self.root / name for name in ("calls", "behaviour", "tools"))
        for folder in (self.bundle / "bin", self.bundle / "tests", self.bundle / "bench", self.bundle / "peers", self.behaviour,
                       self.tools, self.root / "packages"):
            folder.mkdir(parents=True)
        shutil.copytree(SOURCE / "gpu/checks", self.bundle / "checks", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copy(SOURCE / "gpu/run_gpu_checks.sh", self.bundle)
        (self.bundle / "commit.txt").write_text("abc1234\n")
        programs = {"bin/symscan": SYMSCAN, "tests/cuda_tests": CUDA_TESTS, "tests/philox_cuda_test": "\nprint('0 differ')\n",
                    "tests/generate_cuda_test": "\nprint('0 failures')\n", "bench/cuda_bench": CUDA_BENCH,
                    "peers/run_peers.py": PEERS}
        for name, body in programs.items():
            self.add_stub(self.bundle / name, body)
        for name, body in {"nvidia-smi": NVIDIA_SMI, "ncu": NCU, "compute-sanitizer": SANITIZER}.items():
            self.add_stub(self.tools / name, body)
        for package in ("numpy", "torch", "jax"):
            (self.root / "packages" / f"{package}.py").write_text("")

    def add_stub(self, path, body):
        text = STUB.replace("{python}", sys.executable) + body.replace("{tests!r}", repr(str(SOURCE / "tests/gpu")))
        path.write_text(text)
        path.chmod(0o755)

    def behave(self, program, how):
        (self.behaviour / program).write_text(how)

    def environment(self):
        return {**os.environ, "PATH": f"{self.tools}:{os.environ['PATH']}", "OUT": str(self.out), "CALLS": str(self.calls),
                "BEHAVIOUR": str(self.behaviour), "PYTHONPATH": str(self.root / "packages"), "PYTHONDONTWRITEBYTECODE": "1",
                "CUDA_HOME": str(self.root)}

    def start(self, *arguments):
        return subprocess.Popen([str(self.bundle / "run_gpu_checks.sh"), *arguments], env=self.environment(), cwd=self.root,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, *arguments):
        process = self.start(*arguments)
        output = process.communicate(timeout=120)[0]
        return process.returncode, output

    def results(self):
        return json.loads((self.out / "results.json").read_text())

    def step(self, name):
        return next(step for step in self.results()["steps"] if step["name"] == name)

    def called(self):
        return self.calls.read_text().splitlines() if self.calls.exists() else []
