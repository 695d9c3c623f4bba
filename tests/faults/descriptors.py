"""Output that nobody reads, that is full or that was closed before the start: the run's files are right all the same."""
import os
import signal

import steps
from rules import INTERRUPTED, wrong_end


def closed_at_start(*numbers):
    def close():
        for number in numbers:
            os.close(number)
    return close


def check(step, allowed, options, shown):
    step.restore()
    outcome = step.scene.program.run(step.arguments, **options)
    problem = wrong_end(outcome, allowed)
    if problem and "sentences" in problem:
        problem = None  # there may be nobody to tell
    if not problem and outcome.code == 0:
        problem = step.wrong_bytes()
    lock = step.scene.run / ".lock"
    if not problem and lock.exists() and lock.stat().st_size > 200:
        problem = f"{lock.stat().st_size} bytes of output are in .lock"
    if not problem and outcome.code != 0:
        problem = step.finish()
    return problem, f"{outcome.repeat} {shown}"


def with_closed_reader(step, which):
    """A pipe whose reader has gone, as after `| head`."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        # Python ignores SIGPIPE; a shell's child does not.
        restore = {"preexec_fn": lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL)}
        return check(step, {0}, {**restore, **{x: writer for x in which}}, f"with closed pipes as {', '.join(which)}")
    finally:
        os.close(writer)


def with_full_output(step, which):
    with open("/dev/full", "wb") as full:
        return check(step, {0, INTERRUPTED}, {x: full for x in which}, f"with /dev/full as {', '.join(which)}")


def run(scene, random):
    scene.prepare()
    found = []
    for step in steps.main_steps(scene) + [steps.file_step(scene, ".csv"), steps.GenerateStep(scene, "made.csv")]:
        # Without --quiet there is more to be lost.
        step.arguments = [x for x in step.arguments if x != "--quiet"]
        for numbers in [(0,), (1,), (2,), (1, 2), (0, 1, 2)]:
            shown = " ".join(f"{x}>&-" if x else "<&-" for x in numbers)
            # The test has no need for the streams; those left are closed by the child itself.
            options = {"preexec_fn": closed_at_start(*numbers)}
            found.append((f"{step.name}: {shown}", lambda s=step, o=options, x=shown: check(s, {0, INTERRUPTED}, o, x)))
        for which in (["stdout"], ["stderr"], ["stdout", "stderr"]):
            found.append((f"{step.name}: nobody reads {which}", lambda s=step, w=which: with_closed_reader(s, w)))
            found.append((f"{step.name}: full {which}", lambda s=step, w=which: with_full_output(s, w)))
    yield from random.sample(found, len(found))
