"""Runs the steps of the checks within their limits and keeps results.json up to date, so that a call that is cut short
loses nothing but the step under way."""
import contextlib
import json
import os
import signal
import subprocess
import tempfile
import time

LOG_PART = 200_000  # bytes of a step's output that are kept in the log, from its end
LEAST_SECONDS = 3  # a step is not begun with less


def write_atomically(path, text):
    temporary = f"{path}.tmp"
    with open(temporary, "w") as file:
        file.write(text)
    os.replace(temporary, path)


def say(text):
    """Prints; nobody may be listening any more, and the steps go on."""
    with contextlib.suppress(BrokenPipeError):
        print(text, flush=True)


class Outcome:
    """What came of a command: status "ok", "failed" or "skipped", its output and the JSON that it leaves behind."""

    def __init__(self, code, output, seconds, timed_out):
        self.code, self.output, self.seconds, self.timed_out = code, output, seconds, timed_out

    def last_line(self):
        lines = [line.strip() for line in self.output.splitlines() if line.strip()]
        return lines[-1] if lines else ""


def kill_group(process):
    """Ends a process and everything that it started. One that started a group of its own may end that first."""
    for number, seconds in ((signal.SIGTERM, 1), (signal.SIGKILL, None)):
        with contextlib.suppress(ProcessLookupError, subprocess.TimeoutExpired):
            os.killpg(process.pid, number)
            process.wait(seconds)


def run_command(command, limit, environment):
    """Runs it for at most `limit` seconds in a process group of its own. Its output goes to a file: a pipe would keep
    waiting for what it leaves behind."""
    start = time.monotonic()
    with tempfile.TemporaryFile() as file:
        try:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                                       env={**os.environ, **environment}, start_new_session=True)
        except OSError as error:
            return Outcome(127, f"{command[0]} cannot be started: {error.strerror}", 0.0, False)
        timed_out = False
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            timed_out = True
        finally:
            kill_group(process)
        file.seek(0)
        output = file.read().decode(errors="replace")
    return Outcome(process.returncode, output, time.monotonic() - start, timed_out)


class Checks:
    """The steps so far. Every step belongs to a stage; a stage has a limit of its own, and all have the budget."""

    def __init__(self, out, budget, facts, device_missing=""):
        self.out, self.budget, self.facts, self.device_missing = out, budget, facts, device_missing
        self.start = time.monotonic()
        self.steps, self.stage_name, self.stage_end = [], "", self.start + budget
        self.summary = lambda steps: {}
        self.log = open(os.path.join(out, "log.txt"), "w")
        self.save("")

    def stage(self, name, limit):
        self.stage_name, self.stage_end = name, time.monotonic() + limit

    def left(self):
        """Seconds that the next step may take, by its stage and by the budget."""
        now = time.monotonic()
        return min(self.start + self.budget, self.stage_end) - now

    def write_log(self, text):
        self.log.write(text if text.endswith("\n") else text + "\n")
        self.log.flush()

    def step(self, name, command, limit, judge, needs=LEAST_SECONDS, environment=None, own_limit="failed"):
        """Runs a command and records it. judge(outcome) of a command that ended: (status, text, result). `needs`: seconds
        below which it is not worth beginning. A command that exceeds its own limit has the status `own_limit`; one that is
        stopped because its stage or the budget ends is skipped."""
        if not self.begin(name, needs):
            return None
        left = self.left()
        outcome = run_command(command, min(limit, left), environment or {})
        self.write_log(f"===== {self.stage_name}: {name}: {' '.join(command)}\n"
                       f"===== exit status {outcome.code}, {outcome.seconds:.1f} s\n{outcome.output[-LOG_PART:]}")
        if outcome.timed_out:
            status, text, result = judge(outcome)
            status = own_limit if limit <= left else "skipped"
            text = f"not done after {min(limit, left):.0f} s" + (f"; {text}" if result else "")
        else:
            status, text, result = judge(outcome)
        self.record(name, status, outcome.seconds, text, result)
        return outcome if status == "ok" else None

    def do(self, name, function):
        """Records what function() finds: (status, text, result)."""
        if self.begin(name, 0):
            start = time.monotonic()
            status, text, result = function()
            self.record(name, status, time.monotonic() - start, text, result)

    def begin(self, name, needs):
        if self.device_missing:
            self.record(name, "skipped", 0, self.device_missing)
            return False
        if needs and self.left() < needs:
            self.record(name, "skipped", 0, "no time left")
            return False
        self.save(name)
        return True

    def skip(self, name, reason):
        self.record(name, "skipped", 0, self.device_missing or reason)

    def record(self, name, status, seconds, text, result=None):
        self.steps.append({"stage": self.stage_name, "name": name, "status": status, "seconds": round(seconds, 2),
                           "text": text, "result": result})
        self.save("")
        say(f"{status:8} {seconds:6.1f} s  {self.stage_name}: {name}: {text}")

    def result(self, name):
        """What an earlier step found, or None."""
        return next((step["result"] for step in self.steps if step["name"] == name), None)

    def failed(self):
        return [step for step in self.steps if step["status"] == "failed" and step["stage"] != "peers"]

    def save(self, under_way, complete=False):
        found = {**self.facts, "seconds": round(time.monotonic() - self.start, 1), "complete": complete,
                 "under_way": under_way, "failed": len(self.failed()), **self.summary(self.steps), "steps": self.steps}
        write_atomically(os.path.join(self.out, "results.json"), json.dumps(found, indent=1) + "\n")
