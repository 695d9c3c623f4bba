"""Starts symscan, with faults or without, and says how it ended."""
import os
import pathlib
import shlex
import signal
import subprocess
import time


class Outcome:
    """How one start of the program ended."""

    def __init__(self, code, output, errors, seconds, hung, repeat):
        self.code = code        # exit code; -N: ended by signal N
        self.output, self.errors = output, errors
        self.seconds = seconds  # since the start, or since the signal that was sent
        self.hung = hung        # it had to be killed
        self.repeat = repeat    # a shell command that does the same

    def sentences(self):
        """What the program said was wrong; warnings and progress are left out."""
        return [x for x in self.errors.splitlines() if x.startswith("symscan: ") and not x.startswith("symscan: warning: ")]

    def how(self):
        if self.hung:
            return f"still at work after {self.seconds:.0f} s"
        return f"signal {-self.code}" if self.code < 0 else f"exit code {self.code}"


def catches(pid, number):
    """Whether a process has a handler for this signal."""
    try:
        lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return False
    return any(x.startswith("SigCgt:") and int(x.split()[1], 16) >> (number - 1) & 1 for x in lines)


class Program:
    def __init__(self, path, shim):
        self.path, self.shim = pathlib.Path(path).resolve(), pathlib.Path(shim).resolve()

    def command(self, arguments):
        return [str(self.path), *map(str, arguments)]

    def environment(self, faults):
        """faults: UNDER, CALLS, AT, ... as in shim.c, without the prefix."""
        environment = {x: y for x, y in os.environ.items() if not x.startswith("FAULTS_")}
        if faults:
            environment["LD_PRELOAD"] = str(self.shim)
            environment.update({f"FAULTS_{x}": str(y) for x, y in faults.items()})
        return environment

    def repeat(self, arguments, faults):
        settings = [f"FAULTS_{x}={shlex.quote(str(y))}" for x, y in (faults or {}).items() if x not in ("REPORT", "RECORD")]
        return " ".join(settings + ([f"LD_PRELOAD={self.shim}"] if faults else []) + [shlex.join(self.command(arguments))])

    def start(self, arguments, faults=None, **options):
        settings = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE,
                    "env": self.environment(faults)}
        return subprocess.Popen(self.command(arguments), **{**settings, **options})

    def run(self, arguments, faults=None, limit=60, **options):
        begin = time.monotonic()
        process = self.start(arguments, faults, **options)
        return self.wait(process, limit, begin, self.repeat(arguments, faults))

    @staticmethod
    def wait(process, limit, begin, repeat):
        hung = False
        try:
            output, errors = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired:
            hung = True
            process.kill()
            output, errors = process.communicate()
        texts = [(x or b"").decode(errors="replace") for x in (output, errors)]
        return Outcome(process.returncode, *texts, time.monotonic() - begin, hung, repeat)

    def signalled(self, arguments, after, number, limit=10):
        """Sends signal `number` so many seconds after the program has begun to look at signals (before, while its libraries are
        loaded, the system ends it). The outcome's seconds count from the signal. None: had ended before."""
        process = self.start(arguments)
        begin = time.monotonic()
        while process.poll() is None and time.monotonic() < begin + 3 and not catches(process.pid, signal.SIGTERM):
            time.sleep(0.001)
        try:
            process.communicate(timeout=after)
            return None
        except subprocess.TimeoutExpired:
            pass
        process.send_signal(number)
        repeat = f"{self.repeat(arguments, None)} & sleep {after:.3f}; kill -{signal.Signals(number).name[3:]} $!"
        return self.wait(process, limit, time.monotonic(), repeat)

    def counts(self, arguments, under, report):
        """How many calls of each kind there are in an undisturbed run."""
        pathlib.Path(report).unlink(missing_ok=True)
        self.run(arguments, {"UNDER": under, "REPORT": report})
        lines = pathlib.Path(report).read_text().splitlines() if pathlib.Path(report).exists() else []
        return {x.split()[0]: int(x.split()[1]) for x in lines}
