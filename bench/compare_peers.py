"""The peers' side of bench/compare.py: which Python has their packages, and their processes."""
import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "peers"


class PeerFailed(Exception):
    """A peer gives no figure; the text says why."""


def find_interpreters(installed):
    """For torch and jax: a Python that imports them together with numpy, or None. `installed` is tried after the
    interpreters that SYMSCAN_PEERS_PYTHON names (separated by colons)."""
    named = [name for name in os.environ.get("SYMSCAN_PEERS_PYTHON", "").split(":") if name]
    found = {}
    for package in ("torch", "jax"):
        for interpreter in [*named, str(installed), sys.executable]:
            try:
                subprocess.run([interpreter, "-c", f"import numpy, {package}"], check=True, capture_output=True,
                               timeout=120)
                found[package] = interpreter
                break
            except (OSError, subprocess.SubprocessError):
                found[package] = None
    return found


def environment(cores, device, data, caches):
    """Of a process that computes on `cores`. One core: no library may start threads of its own."""
    threads = str(len(cores))
    variables = dict(os.environ, PYTHONDONTWRITEBYTECODE="1", TF_CPP_MIN_LOG_LEVEL="2",
                     XLA_PYTHON_CLIENT_PREALLOCATE="false", SYMSCAN_PEERS_DATA=str(data),
                     TORCHINDUCTOR_CACHE_DIR=str(caches))
    if device == "cpu":
        variables |= {name: threads for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")}
        variables |= {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}
        if len(cores) == 1:
            variables["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
    return variables


class Peer:
    """One peer in a process of its own that is pinned to `cores`; waits without computing between its turns."""

    def __init__(self, name, interpreter, device, cores, variables):
        self.name, self.waiting = name, b""
        self.started = time.perf_counter()
        self.process = subprocess.Popen([interpreter, str(FOLDER / "worker.py"), name, device], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, env=variables, start_new_session=True,
                                        preexec_fn=lambda: os.sched_setaffinity(0, cores))

    def ask(self, question, timeout):
        """Sends a question of peers/worker.py; the answer, or PeerFailed, after which the process is gone."""
        try:
            self.process.stdin.write(json.dumps(question).encode() + b"\n")
            self.process.stdin.flush()
            answer = json.loads(self.read_line(time.monotonic() + timeout))
        except TimeoutError:
            self.fail(f"'{question['do']}' was not done after {timeout:.0f} s")
        except (OSError, ValueError):
            self.stop()
            raise PeerFailed(f"its process ended with status {self.process.returncode}") from None
        if "error" in answer:
            self.fail(answer["error"])
        return answer

    def read_line(self, end):
        pipe = self.process.stdout.fileno()
        while b"\n" not in self.waiting:
            left = end - time.monotonic()
            if left <= 0 or not select.select([pipe], [], [], left)[0]:
                raise TimeoutError
            part = os.read(pipe, 65536)
            if not part:
                raise OSError("end of output")
            self.waiting += part
        line, self.waiting = self.waiting.split(b"\n", 1)
        return line

    def fail(self, reason):
        self.stop()
        raise PeerFailed(reason) from None

    def stop(self):
        """Ends the process and the compilers that it started."""
        if self.process.poll() is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                pipe.close()
            except OSError:
                pass
        self.process.wait()
