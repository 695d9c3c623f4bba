"""System calls that fail: each call of each command, with each errno that it may have, once or from then on.

A fault that may pass ends with 75 or is overcome; one that says no (EACCES) may also end with 42. Exit code 0 means the right
bytes at once. When the fault is over, the run is finished and has the bytes of the undisturbed one.
"""
import errno

import steps
from rules import INTERRUPTED, REFUSED, wrong_end

ERRORS = {
    "open": ["EMFILE", "ENFILE", "EACCES", "EIO", "ENOSPC", "ENOMEM"], "write": ["ENOSPC", "EIO", "EDQUOT", "EINTR", "EFBIG"],
    "sync": ["EIO", "ENOSPC"], "rename": ["ENOSPC", "EIO", "EACCES"], "unlink": ["EIO", "EACCES"],
    "mkdir": ["ENOSPC", "EDQUOT", "EACCES"], "truncate": ["ENOSPC", "EIO"], "allocate": ["ENOSPC", "EINTR"],
    "close": ["EIO", "EINTR"], "read": ["EIO", "EINTR", "ESTALE"], "map": ["ENOMEM", "EACCES"],
    "lock": ["ENOLCK", "EINTR", "EIO"], "list": ["EMFILE", "EACCES"], "thread": ["EAGAIN"],
}


def disturbed(step, call, at, how, error):
    """Runs one step with one fault: (what is wrong or None, command)."""
    scene = step.scene
    step.restore()
    faults = {"UNDER": scene.folder, "CALLS": call, "AT": at, "HOW": how, "ERRNO": getattr(errno, error)}
    outcome = scene.program.run(step.arguments, faults)
    allowed = {0, INTERRUPTED} | ({REFUSED} if error == "EACCES" else set())
    problem = wrong_end(outcome, allowed)
    if not problem and outcome.code == 0:
        problem = step.wrong_bytes()
    afterwards = step.finish()
    return "; ".join(x for x in (problem, afterwards) if x) or None, outcome.repeat


def faults_of(step, calls):
    """(call, number, how, error) of all faults that this step can meet."""
    scene = step.scene
    step.restore()
    counts = scene.program.counts(step.arguments, scene.folder, scene.report)
    for call in calls:
        for at in range(1, counts.get(call, 0) + 1):
            for error in ERRORS[call]:
                yield call, at, "fail", error
                if error not in ("EINTR", "EACCES"):
                    yield call, at, "on", error
            if call in ("read", "write"):
                yield call, at, "short", "EIO"


def by_step(scene, random):
    """(step, faults by call), shuffled."""
    scene.prepare()
    for step in steps.main_steps(scene) + steps.file_steps(scene):
        found = list(faults_of(step, ERRORS))
        by_call = {}
        for fault in random.sample(found, len(found)):
            by_call.setdefault(fault[0], []).append(fault)
        yield step, by_call


def interleaved(pairs, random):
    """Cases of all steps and calls in turn, so that few of them are of many kinds."""
    lists = [[(step, fault) for fault in faults] for step, by_call in pairs for faults in by_call.values()]
    while lists:
        for faults in random.sample(lists, len(lists)):
            yield faults.pop()
        lists = [x for x in lists if x]


def run(scene, random):
    for step, (call, at, how, error) in interleaved(by_step(scene, random), random):
        yield f"{step.name}: {call} {at} {how} {error}", lambda s=step, f=(call, at, how, error): disturbed(s, *f)
