#!/usr/bin/env python3
"""How fast do PyTorch and JAX do symscan's reference training? Checks each peer against torch_eager (one that comes
before it: against what torch_eager reached on a CPU), then times it.

    python3 bench/peers/run_peers.py --device cuda --replicas 1,8,132,1056 --seconds 10 --json peers.json

Every peer runs in a process of its own. Where a package or a device is missing, or a peer fails or disagrees, its entry
in the JSON file is {"results": null, "reason": "..."}. Rates are training steps per second, summed over the replicas
trained at once. Peers that train one replica at a time are timed once: their rate holds for any number of replicas.
The spread in the table is (fastest - slowest) / median of the repeats. On a CPU that others use too, OMP_NUM_THREADS=1
keeps PyTorch's threads from waiting for each other.
"""
import argparse
import contextlib
import importlib
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
import time

# The reference first, then the fastest: where time is short, the last are left out.
MODULES = {"torch_eager": "torch_peers", "jax_vmap_scan": "jax_peers",
           "torch_vmap_compile_cuda_graph": "torch_graph_peers", "torch_vmap_cuda_graph": "torch_graph_peers",
           "torch_cuda_graph": "torch_graph_peers", "jax_scan": "jax_peers", "torch_compile": "torch_peers",
           "torch_vmap_compile": "torch_vmap_peers", "torch_vmap": "torch_vmap_peers"}


def run_one(name, arguments, reference, write):
    """In the child: checks and times one peer; write(dict) saves what is known so far."""
    result = {"results": None, "reason": "stopped before its check was over"}
    write(result)
    try:
        import common
        module = importlib.import_module(MODULES[name])
        result["versions"] = module.configure(arguments.tf32)
        make_peer = module.PEERS[name]
        _, result["check"] = common.train_for_check(make_peer, arguments.device)
        reference = reference or (result["check"] if name == "torch_eager" else common.RECORDED)
        result["check"]["reference"] = reference.get("source", "torch_eager")
        result["reason"] = common.disagreement(result["check"], reference)
        if result["reason"]:
            return write(result)
        result |= {"results": [], "reason": None}
        for replicas in [1] if make_peer.sequential else arguments.replicas:
            try:
                measured = common.measure(make_peer, replicas, arguments.device, arguments.seconds)
            except Exception as error:  # out of memory, say: the smaller counts are kept
                measured = {"replicas": replicas, "replica_steps_per_second": None, "reason": describe(error)}
            result["results"].append(measured)
            write(result)
    except Exception as error:
        write(result | {"results": None, "reason": describe(error)})


def describe(error):
    text = " ".join(str(error).split())
    return text[:300] if type(error).__name__ == "Unavailable" else f"{type(error).__name__}: {text[:300]}"


def read_json(path):
    """None where there is nothing to read."""
    try:
        with open(path) as file:
            return json.load(file)
    except (OSError, ValueError):
        return None


def run_child(name, arguments, reference, timeout, write):
    """Runs one peer in a process group of its own and returns what it wrote; write(result so far) is called meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/result.json"
        command = [sys.executable, __file__, "--device", arguments.device, "--seconds", str(arguments.seconds),
                   "--replicas", ",".join(map(str, arguments.replicas)), "--json", path, "--child", name,
                   "--reference", json.dumps(reference)] + ["--tf32"] * arguments.tf32
        environment = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", "TF_CPP_MIN_LOG_LEVEL": "2"} | os.environ
        child = subprocess.Popen(command, start_new_session=True, env=environment)
        ended = ""
        end, known = time.monotonic() + timeout, None
        try:
            while child.poll() is None:
                left = end - time.monotonic()
                if left <= 0:
                    raise subprocess.TimeoutExpired(command, timeout)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(min(left, 0.5))
                if (found := read_json(path)) not in (None, known):
                    known = found
                    write(found)
            if child.returncode:
                ended = f"its process ended with status {child.returncode}"
        except subprocess.TimeoutExpired:
            ended = f"not done after {timeout:.0f} s"
        finally:
            try:
                os.killpg(child.pid, signal.SIGKILL)  # compilers that it left behind, too
            except ProcessLookupError:
                pass
            child.wait()
        result = read_json(path) or {"results": None, "reason": "nothing was written"}
        if ended:
            result["reason"] = f"{ended}; {result['reason'] or 'what was measured is kept'}"
        return result


def write_json(path, value):
    with open(path + ".tmp", "w") as file:
        json.dump(value, file, indent=1)
        file.write("\n")
    os.replace(path + ".tmp", path)


def print_row(name, result):
    for row in result["results"] or [{}]:
        if row.get("replica_steps_per_second"):
            spread = (row["fastest"] - row["slowest"]) / row["replica_steps_per_second"]
            print(f"{name:30} {row['replicas']:8} {row['replica_steps_per_second']:16,.0f} {100 * spread:8.1f} %", flush=True)
        else:
            print(f"{name:30} {row.get('replicas', '-'):>8} {'-':>16}   {row.get('reason') or result['reason']}", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    parser.add_argument("--replicas", type=lambda text: [int(part) for part in text.split(",")], default=[1, 8, 132])
    parser.add_argument("--seconds", type=float, default=5, help="time of the repeats of one measurement, about")
    parser.add_argument("--peers", default=",".join(MODULES), help="names, separated by commas; default: all")
    parser.add_argument("--json", default="peers.json", help="file to write")
    parser.add_argument("--peer-timeout", type=float, default=300, help="seconds after which one peer is stopped")
    parser.add_argument("--budget", type=float, default=1e9, help="seconds for everything; later peers are left out")
    parser.add_argument("--tf32", action="store_true", help="let matrix products round to TF32 (GPU); default: float32")
    parser.add_argument("--keep", action="store_true", help="keep what the file says of other peers")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--reference", type=json.loads, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        return run_one(arguments.child, arguments, arguments.reference, lambda value: write_json(arguments.json, value))

    names = arguments.peers.split(",")
    unknown = [name for name in names if name not in MODULES]
    if unknown:
        parser.error(f"no such peer: {', '.join(unknown)}; there are {', '.join(MODULES)}")
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # the peer under way is ended, too
    end = time.monotonic() + arguments.budget
    kept = (read_json(arguments.json) if arguments.keep else None) or {}
    output = {"device": arguments.device, "tf32": arguments.tf32, "machine": platform.processor() or platform.machine(),
              "cpus": len(os.sched_getaffinity(0)), "peers": kept.get("peers", {})}
    print(f"{'peer':30} {'replicas':>8} {'replica-steps/s':>16} {'spread':>10}")

    def write(name, result):
        output["peers"][name] = result
        write_json(arguments.json, output)

    for name in names:
        eager = output["peers"].get("torch_eager") or {}
        reference = eager["check"] if eager.get("results") else None
        left = end - time.monotonic()
        if left < 10:
            result = {"results": None, "reason": "no time left"}
        else:
            result = run_child(name, arguments, reference, min(arguments.peer_timeout, left),
                               lambda found, name=name: write(name, found))
        write(name, result)
        print_row(name, result)


if __name__ == "__main__":
    main()
