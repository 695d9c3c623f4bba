"""A Slurm cluster of this process: munged, slurmctld and a slurmd per node, all in one folder, ended with it.

    with Cluster(folder, nodes=2) as cluster:
        cluster.slurm("sbatch", "--parsable", "job.sh")

Nothing of /etc/slurm and /etc/munge is read or written; a cluster that the machine belongs to is not touched. Each node has
two processors and one GPU, which is /dev/null: enough for Slurm to hand it out to one job at a time. No root is needed.
"""
import ctypes
import os
import pathlib
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "scancel", "squeue")
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
libc = ctypes.CDLL(None, use_errno=True)

SLURM_CONF = """\
ClusterName=symscan
SlurmctldHost=localhost(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire={cred_expire}
SlurmctldPort={controller_port}
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.%n.log
SlurmctldDebug=info
SlurmdDebug=info
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/builtin
SchedulerParameters=sched_interval=2
GresTypes=gpu
JobRequeue=1
KillWait={kill_wait}
MinJobAge=600
ReturnToService=0
SlurmctldTimeout=30
SlurmdTimeout=300
{nodes}
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""


class CannotStart(Exception):
    """Slurm cannot run here; the sentence says why."""


def need(repository):
    """The programs are there, or root installs them."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    if os.geteuid() == 0 and not all(shutil.which(x) for x in PROGRAMS):
        subprocess.run(["docker/install_packages.sh", "cluster"], cwd=repository, stdin=subprocess.DEVNULL, stdout=sys.stderr,
                       check=False)
    missing = [x for x in PROGRAMS if not shutil.which(x)]
    if missing:
        raise CannotStart(f"{', '.join(missing)} is missing; install slurmctld, slurmd, slurm-client and munge")


def slurm_version():
    text = subprocess.run(["slurmctld", "-V"], capture_output=True, text=True, check=True).stdout
    return tuple(int(x) for x in re.findall(r"\d+", text)[:2])


def user_name():
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError as error:
        raise CannotStart(f"user {os.getuid()} has no name, and Slurm asks for one") from error


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [x.getsockname()[1] for x in sockets]
    finally:
        for one in sockets:
            one.close()


def wait_until(condition, seconds, what):
    """The first true value of condition()."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(0.1)
    raise TimeoutError(f"{what}: not within {seconds} s")


def descendants(ancestor):
    """Processes that it started, directly or not. Orphans become children of this process (subreaper)."""
    parents = {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rsplit(")", 1)[1].split()[1])
        except OSError:
            pass  # has ended
    found = {ancestor}
    while True:
        more = {x for x, parent in parents.items() if parent in found} - found
        if not more:
            return found - {ancestor}
        found |= more


def end_descendants():
    """Kills until none is left: a process may start another one meanwhile."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        left = descendants(os.getpid())
        if not left:
            return
        for pid in left:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"processes {sorted(descendants(os.getpid()))} cannot be ended")


def run_in_child(work):
    """work() in a process that clears up after itself also when this one is killed, as ctest does after its time limit."""
    child = os.fork()
    if child == 0:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        sys.exit(work())
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda number, _: os.kill(child, number))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


class Cluster:
    def __init__(self, folder, nodes=2, cred_expire=5, kill_wait=10):
        self.folder = pathlib.Path(folder)
        self.nodes = [f"node{x}" for x in range(1, nodes + 1)]
        self.daemons = {}
        ports = free_ports(nodes + 1)
        what = "CPUs=2 RealMemory=4096 Gres=gpu:1 State=UNKNOWN"
        lines = [f"NodeName={name} NodeHostname=localhost NodeAddr=127.0.0.1 Port={port} {what}"
                 for name, port in zip(self.nodes, ports[1:])]
        self.write("slurm.conf", SLURM_CONF.format(user=user_name(), folder=self.folder, controller_port=ports[0],
                                                   nodes="\n".join(lines), cred_expire=cred_expire, kill_wait=kill_wait))
        self.write("gres.conf", f"NodeName={','.join(self.nodes)} Name=gpu File=/dev/null\n")
        if slurm_version() >= (23, 11):  # which wants control groups, needed or not
            self.write("cgroup.conf", "CgroupPlugin=disabled\n")
        self.write("munge.key", os.urandom(64))
        # Variables of a job in which this may run itself are not those of the new cluster's jobs.
        self.environment = {x: y for x, y in os.environ.items() if not x.startswith(("SLURM", "SBATCH", "SRUN"))}
        self.environment["SLURM_CONF"] = str(self.folder / "slurm.conf")

    def write(self, name, text):
        path = self.folder / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        path.chmod(0o600 if name == "munge.key" else 0o644)

    def __enter__(self):
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(1))  # unwinds, as SIGINT does
        try:
            self.start_daemons()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        end_descendants()

    def start_daemons(self):
        files = {"socket": "munge.socket", "key-file": "munge.key", "pid-file": "munged.pid", "seed-file": "munge.seed"}
        self.start("munged", "munged", "--foreground", *[f"--{x}={self.folder / y}" for x, y in files.items()])
        self.wait_for(lambda: (self.folder / "munge.socket").exists(), "munged")
        (self.folder / "state").mkdir()
        self.start("slurmctld", "slurmctld", "-D", "-i")
        self.wait_for(lambda: self.slurm("scontrol", "ping", check=False).returncode == 0, "slurmctld")
        for name in self.nodes:
            self.start_node(name)
        for name in self.nodes:
            self.wait_for(lambda name=name: self.node_state(name) == "IDLE", name)

    def start(self, name, *words):
        def with_parent():
            os.setpgid(0, 0)  # Ctrl-C is for the test, which then ends them
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        with open(self.folder / f"{name}.out", "ab") as output:
            self.daemons[name] = subprocess.Popen(words, env=self.environment, stdin=subprocess.DEVNULL, stdout=output,
                                                  stderr=output, preexec_fn=with_parent, cwd=self.folder)

    def wait_for(self, condition, name):
        def ready_or_ended():
            return condition() or any(x.poll() is not None for x in self.daemons.values())
        try:
            wait_until(ready_or_ended, 30, name)
        except TimeoutError as error:
            raise CannotStart(f"{error}: {self.last_words(name)}") from error
        for daemon, process in self.daemons.items():
            if process.poll() is not None:
                raise CannotStart(f"{daemon} ended with exit code {process.returncode}: {self.last_words(daemon)}")

    def last_words(self, name):
        lines = [x for y in self.folder.glob(f"*{name}*") if y.suffix in (".out", ".log") for x in y.read_text().splitlines()]
        errors = [x for x in lines if "rror" in x or "fatal" in x] or lines
        return " | ".join(errors[-3:])

    # ---- what a user and an administrator do

    def slurm(self, *words, check=True, **more):
        """One of Slurm's commands; its output is text."""
        done = subprocess.run(words, env={**self.environment, **more}, capture_output=True, text=True, timeout=60, check=False)
        if check and done.returncode:
            raise RuntimeError(f"{' '.join(words)}: exit code {done.returncode}: {done.stderr.strip()}")
        return done

    def node_state(self, name):
        text = self.slurm("scontrol", "--oneliner", "show", "node", name, check=False).stdout
        return text.split("State=")[1].split()[0] if "State=" in text else "unknown"

    def start_node(self, name):
        self.start(name, "slurmd", "-D", "-N", name)

    def lose_node(self, name):
        """As when a machine loses its power: slurmd, the job's processes and what watches them end at once, unasked."""
        slurmd = self.daemons.pop(name)
        slurmd.kill()
        slurmd.wait()
        watchers = self.watchers(name)
        jobs = set().union(*(descendants(x) for x in watchers))
        for pid in [*watchers, *jobs]:  # in this order: nobody is left who would tell that a job ended
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def watchers(self, name):
        """The slurmstepd of a node: they write into its log."""
        log, found = str(self.folder / f"slurmd.{name}.log"), []
        for pid in descendants(os.getpid()):
            try:
                if any(os.readlink(x) == log for x in pathlib.Path(f"/proc/{pid}/fd").iterdir()):
                    found.append(pid)
            except OSError:
                pass  # has ended
        return found
