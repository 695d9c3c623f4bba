"""SIGKILL before any system call that writes, or at any time, once or several times in a row."""
import time

import steps

WRITING = "open,write,sync,rename,unlink,mkdir,truncate,close,lock"


def killed_before_calls(step, places):
    """Each start is killed before its call number `place`; then the run is finished."""
    step.restore()
    for place in places:
        faults = {"UNDER": step.scene.folder, "CALLS": WRITING, "AT": place, "HOW": "kill"}
        outcome = step.scene.program.run(going_on(step), faults)
    return step.finish(), outcome.repeat


def going_on(step):
    """The command, such that it may be repeated."""
    if step.arguments[0] == "train" and "--overwrite" not in step.arguments and "--resume" not in step.arguments:
        return [*step.arguments, "--resume"]
    return [*step.arguments, "--overwrite"] if step.arguments[0] == "generate" else step.arguments


def killed_at_times(step, times):
    step.restore()
    for seconds in times:
        process = step.scene.program.start(going_on(step))
        time.sleep(seconds)
        process.kill()
        process.communicate()
    return step.finish(), step.scene.program.repeat(going_on(step), None) + f" & sleep {times[-1]:.3f}; kill -9 $!"


def run(scene, random):
    scene.prepare()
    found = []
    for step in steps.main_steps(scene) + [steps.GenerateStep(scene, "made.csv")]:
        step.restore()
        begin = time.monotonic()
        counts = scene.program.counts(step.arguments, scene.folder, scene.report)
        count = sum(counts.get(x, 0) for x in WRITING.split(","))
        found.append((step, count, time.monotonic() - begin))
    while True:
        for step, count, seconds in random.sample(found, len(found)):
            times = random.choice([1, 1, 1, 3])
            if random.random() < 0.7:
                places = [random.randint(1, max(1, count)) for _ in range(times)]
                yield f"{step.name}: before calls {places}", lambda s=step, p=places: killed_before_calls(s, p)
            else:
                moments = [random.uniform(0, seconds) for _ in range(times)]
                yield f"{step.name}: at times {moments}", lambda s=step, m=moments: killed_at_times(s, m)
