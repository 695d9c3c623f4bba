#!/usr/bin/env python3
"""The files of configs/cluster for Kubernetes and HTCondor: published schemas, what they promise, and what they start.

    manifests_test.py SYMSCAN

Kubernetes: every manifest, as kustomize renders it where there is kubectl, against the schemas of the package kubernetes-validate
(1.33, where backoffLimitPerIndex became stable, and the newest); then exit codes, security and arguments. HTCondor: the submit
files as HTCondor's own parser reads them (package htcondor), and sweep.dag. What the files start is started: run.sh hands on
signals and exit codes, the commands of the shards train and end as the scheduler expects.
Exit code 77: a package is missing; the packages are those of install_packages.sh in this folder.
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CLUSTER = ROOT / "configs/cluster"
PYTHON = ROOT / "build/cluster/bin/python"
VERSIONS = ("1.33", None)  # None: the newest of the package
problems = []


def expect(condition, text):
    if not condition:
        problems.append(text)


# ---- Kubernetes

def render(folder):
    """The objects that `kubectl apply -k` would send."""
    import yaml
    if shutil.which("kubectl"):
        done = subprocess.run(["kubectl", "kustomize", folder], capture_output=True, text=True, check=False)
        expect(done.returncode == 0, f"kubectl kustomize {folder.name}: {done.stderr.strip()}")
        return [x for x in yaml.safe_load_all(done.stdout) if x]
    return [yaml.safe_load(x.read_text()) for x in sorted((CLUSTER / "kubernetes").glob("*.yaml")) if x.stem != "kustomization"]


def check_schema(objects, where):
    import kubernetes_validate
    for thing in objects:
        name = f"{where}: {thing['kind']} {thing['metadata']['name']}"
        for version in VERSIONS:
            version = version or kubernetes_validate.latest_version()
            try:
                kubernetes_validate.validate(thing, version, strict=True)
            except kubernetes_validate.ValidationError as error:
                expect(False, f"{name}, Kubernetes {version}: {error.message}")


def action_for(job, code=None, condition=None):
    """What the rules of a Job do with a pod that ends so; the first that fits counts."""
    for rule in job["spec"]["podFailurePolicy"]["rules"]:
        codes = rule.get("onExitCodes")
        if codes and code is not None and (code in codes["values"]) == (codes["operator"] == "In"):
            return rule["action"]
        if condition and any(x["type"] == condition and x.get("status", "True") == "True" for x in rule.get("onPodConditions", [])):
            return rule["action"]
    return "Count"


def check_job(job, where):
    spec, pod = job["spec"], job["spec"]["template"]["spec"]
    container = pod["containers"][0]
    actions = {code: action_for(job, code) for code in (2, 42, 75, 137)}
    expect(actions == {2: "FailIndex", 42: "FailIndex", 75: "Ignore", 137: "Count"}, f"{where}: exit codes lead to {actions}")
    expect(action_for(job, condition="DisruptionTarget") == "Ignore", f"{where}: an evicted pod counts as failed")
    expect(spec.get("completionMode") == "Indexed" and spec.get("backoffLimitPerIndex", 0) >= 1, f"{where}: retries are not per index")
    expect(spec.get("podReplacementPolicy") == "Failed", f"{where}: two pods may write one run directory")
    expect(pod["restartPolicy"] == "Never" and pod["terminationGracePeriodSeconds"] >= 30, f"{where}: no time for a checkpoint")
    expect(pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] > 0, f"{where}: runs as root")
    expect(pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault", f"{where}: no seccomp profile")
    own = container["securityContext"]
    expect(own["readOnlyRootFilesystem"] and own["allowPrivilegeEscalation"] is False and own["capabilities"]["drop"] == ["ALL"],
           f"{where}: the container may do more than it needs")
    volumes = {x["name"] for x in pod["volumes"]}
    for mount in container["volumeMounts"]:
        expect(mount["name"] in volumes, f"{where}: there is no volume {mount['name']}")
    expect(any(x["mountPath"] == "/tmp" for x in container["volumeMounts"]), f"{where}: /tmp cannot be written")
    program = container["command"][0]
    expect(program.startswith("/usr/local/share/symscan/configs/"), f"{where}: {program} is not in the image")
    program = ROOT / program.removeprefix("/usr/local/share/symscan/")
    expect(os.access(program, os.X_OK), f"{where}: {program} is not a program")


def arguments_of(job, index):
    """The command line of a pod, with its environment put in as the kubelet does."""
    container = job["spec"]["template"]["spec"]["containers"][0]
    values = {}
    for entry in container.get("env", []):
        source = entry.get("valueFrom", {})
        field = source.get("fieldRef", {}).get("fieldPath", "")
        if field == "metadata.annotations['batch.kubernetes.io/job-completion-index']":
            values[entry["name"]] = str(index)
        elif source.get("resourceFieldRef", {}).get("resource") == "limits.cpu":
            values[entry["name"]] = container["resources"]["limits"]["cpu"]
        else:
            values[entry["name"]] = entry["value"]
    words = [re.sub(r"\$\((\w+)\)", lambda x: values.get(x[1], x[0]), word) for word in container["args"]]
    expect(not any("$(" in x for x in words), f"not all of {words} is known to the kubelet")
    return words


def check_kubernetes(program, folder):
    gpus = {}
    for name in ("kubernetes", "kubernetes_cpu"):
        objects = render(CLUSTER / name)
        check_schema(objects, name)
        jobs = {x["metadata"]["name"]: x for x in objects if x["kind"] == "Job"}
        for job in jobs.values():
            check_job(job, f"{name}: {job['metadata']['name']}")
        if set(jobs) != {"symscan-shards", "symscan-merge"}:
            expect(False, f"{name}: the jobs are {sorted(jobs)}")
            return
        shards, merge = jobs["symscan-shards"], jobs["symscan-merge"]
        gpus[name] = shards["spec"]["template"]["spec"]["containers"][0]["resources"]["limits"].get("nvidia.com/gpu")
        count = shards["spec"]["completions"]
        expect("gpu" not in str(merge), f"{name}: the merge asks for a GPU")
        expect(f"shard_*_of_{count}" in " ".join(arguments_of(merge, 0)), f"{name}: the merge takes another number of shards")
        folders = set()
        for index in range(count):
            words = arguments_of(shards, index)
            expect(f"{index}/{count}" == words[words.index("--shard") + 1], f"{name}: pod {index} trains {words}")
            folders.add(words[words.index("--out") + 1])
        expect(len(folders) == count, f"{name}: shards share a folder")
        if not shutil.which("kubectl"):
            print("kubectl is missing: patches of kubernetes_cpu are not applied")
            break
    expect(gpus["kubernetes"] == 1 and not gpus.get("kubernetes_cpu"), f"GPUs per pod: {gpus}")
    (folder / "scratch").mkdir()
    check_trains(program, in_folder(words, folder), "kubernetes", folder)
    check_merges(program, [arguments_of(shards, x) for x in range(count)], arguments_of(merge, 0), folder)


def in_folder(words, folder):
    """Paths of the pod as paths of this machine."""
    words = [x.replace("/config/", f"{CLUSTER}/kubernetes/").replace("/runs/", f"{folder}/runs/") for x in words]
    return [str(folder / "scratch") if x == "/scratch" else x for x in words]


def check_merges(program, shards, merge, folder):
    """All pods, then the merge: the bytes of the undivided run. Before the last pod it is to be repeated."""
    for index, words in reversed(list(enumerate(shards))):
        words = in_folder(words, folder)
        if index == 0:
            code, _ = end_of(start(program, in_folder(merge, folder), folder))
            expect(code == 75, f"merge.yaml: with a shard missing it ends with {code}, not 75")
        code, errors = end_of(start(program, [*words, *SMALL], folder))
        expect(code == 0, f"shards.yaml: shard {index} ends with {code}: {errors}")
    code, errors = end_of(start(program, in_folder(merge, folder), folder))
    expect(code == 0, f"merge.yaml: ends with {code}: {errors}")
    undivided = ["symscan", "train", CLUSTER / "kubernetes/config.json", "--out", folder / "undivided", "--quiet", *SMALL]
    expect(end_of(start(program, undivided, folder))[0] == 0, "the undivided run does not train")
    for name in ("summary.json", "models.safetensors", "metrics.jsonl", "config.json", "analysis.json"):
        path = folder / "runs/merged" / name
        expect(path.exists() and path.read_bytes() == (folder / "undivided" / name).read_bytes(),
               f"merge.yaml: {name} is not that of the undivided run")


# ---- HTCondor

def check_htcondor(program, folder):
    import htcondor2
    texts = {x.name: x.read_text() for x in (CLUSTER / "htcondor").glob("*.sub")}
    shards, merge = (htcondor2.Submit(texts[x]) for x in ("shards.sub", "merge.sub"))
    value = {key: shards.expand(key) for key in shards.keys()}
    wanted = {"checkpoint_exit_code": "75", "MY.JobFlavour": '"workday"', "request_gpus": "1", "executable": "run.sh",
              "when_to_transfer_output": "ON_EXIT_OR_EVICT", "transfer_checkpoint_files": "shard_0_of_8",
              "transfer_output_files": "shard_0_of_8"}
    for key, text in wanted.items():
        expect(value.get(key) == text, f"shards.sub: {key} = {value.get(key)}, not {text}")
    expect(shards.getQArgs() == "$(shards)", f"shards.sub: queue {shards.getQArgs()}")
    check_holds(value["on_exit_hold"], {0: False, 1: False, 2: True, 42: True, 137: False}, "shards.sub")
    check_holds(merge.expand("on_exit_hold"), {0: False, 2: True, 42: True, 75: True}, "merge.sub")
    expect(f"shard_*_of_{value['shards']}" in merge.expand("arguments"), "merge.sub takes another number of shards")
    dag = (CLUSTER / "htcondor/sweep.dag").read_text()
    jobs = dict(re.findall(r"^JOB (\w+) (\S+)$", dag, re.M))
    expect(set(jobs.values()) == set(texts), f"sweep.dag names {jobs}, not {sorted(texts)}")
    expect(f"PARENT {find(jobs, 'shards.sub')} CHILD {find(jobs, 'merge.sub')}" in dag, "sweep.dag merges before the shards")

    words = [x.replace("shard_", f"{folder}/htcondor_shard_") for x in value["arguments"].split()]
    words = [str(CLUSTER / "kubernetes/config.json") if x == value["config"] else x for x in words]
    check_trains(program, words, "htcondor", folder)
    # After `seconds` the command ends with the code that means "stored, start it again".
    words[words.index(value["seconds"])] = "1"
    words = [x.replace("htcondor_shard_", "again_") for x in words]
    code, _ = end_of(start(program, [*words, *SLOW], folder))
    expect(code == 75, f"shards.sub: a shard ends with {code} at its checkpoint, not 75")


def find(jobs, file):
    return next(name for name, x in jobs.items() if x == file)


def check_holds(expression, wanted, where):
    import classad2
    for code, held in wanted.items():
        ad = classad2.ClassAd()
        ad["ExitBySignal"], ad["ExitCode"] = False, code
        ad["held"] = classad2.ExprTree(expression)
        expect(ad.eval("held") == held, f"{where}: exit code {code} {'does not hold' if held else 'holds'} the job")


# ---- what they start

SMALL = ["train.epochs=1", "model.latent_dim=[1,2]", "loss.beta=[0.1,0.3]", "dataset.n=300"]  # sixteen trainings
SLOW = ["train.epochs=100000", "model.latent_dim=[1,2]", "loss.beta=[0.1,0.3]", "dataset.n=300"]


def start(program, words, folder):
    path = f"{pathlib.Path(program).parent}:{os.environ['PATH']}"
    return subprocess.Popen([CLUSTER / "run.sh", *words], cwd=folder, env={**os.environ, "PATH": path},
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)


def end_of(process, seconds=60):
    """Exit code and errors of a command; one that does not end is killed."""
    try:
        _, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return "no end", "not done in time"
    return process.returncode, errors.strip()


def check_trains(program, words, where, folder):
    """A shard trains, says 0 when it is repeated, and ends with 75 when the scheduler takes it away."""
    for attempt in ("first", "repeated"):
        code, errors = end_of(start(program, [*words, *SMALL], folder))
        expect(code == 0, f"{where}: {attempt} start of a shard ends with {code}: {errors}")
    out = words.index("--out") + 1
    words = [*words[:out], words[out] + "_taken", *words[out + 1:]]
    words = [x + "_taken" if x == words[out].removesuffix("_taken") else x for x in words]
    process = start(program, [*words, *SLOW], folder)
    time.sleep(2)
    process.send_signal(signal.SIGTERM)
    code, errors = end_of(process)
    expect(code == 75, f"{where}: a shard ends with {code} at SIGTERM: {errors}")
    words = ["no_such_config.json" if x.endswith("config.json") else x for x in words]
    code, _ = end_of(start(program, words, folder))
    expect(code == 42, f"{where}: a config that is missing ends with {code}, not 42")


def check_run_sh(folder):
    for code, wanted in {0: 0, 1: 0, 2: 2, 42: 42, 75: 75}.items():
        got, _ = end_of(start("symscan", ["-d", folder / "made", "sh", "-c", f"exit {code}"], folder))
        expect(got == wanted, f"run.sh: exit code {code} becomes {got}, not {wanted}")
    expect((folder / "made").is_dir(), "run.sh -d makes no folder")
    for name in ("TERM", "USR1", "INT", "HUP", "XCPU"):
        script = f"trap 'sleep 0.3; exit 75' {name}; echo ready; while :; do sleep 0.05; done"
        process = start("symscan", ["sh", "-c", script] if name != "INT" else [sys.executable, "-c", INTERRUPTED], folder)
        process.stdout.readline()
        process.send_signal(getattr(signal, f"SIG{name}"))
        code, _ = end_of(process, 20)
        expect(code == 75, f"run.sh: SIG{name} is not handed on (exit code {code})")


# A shell does not trap signals that were ignored when it started, as SIGINT is in the background.
INTERRUPTED = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: sys.exit(75))
print("ready", flush=True)
time.sleep(20)
"""


def main(program):
    try:
        import classad2  # noqa: F401
        import htcondor2  # noqa: F401
        import kubernetes_validate  # noqa: F401
        import yaml  # noqa: F401
    except ImportError as missing:
        if PYTHON.exists() and pathlib.Path(sys.prefix) != PYTHON.parents[1]:
            os.execv(PYTHON, [PYTHON, *sys.argv])
        print(f"{missing}; tests/cluster/install_packages.sh installs it")
        return 77
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_run_sh(folder)
        check_kubernetes(program, folder)
        check_htcondor(program, folder)
    print("\n".join(problems) or "all files are as they should be")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(str(pathlib.Path(sys.argv[1]).resolve())))
