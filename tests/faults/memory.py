"""Memory that is not there: 75 with one sentence, never an abort, and no replica is counted as failed for it."""
import resource

import steps
from rules import INTERRUPTED, wrong_end
from system_calls import disturbed

LEAST_SPACE, MOST_SPACE = 64 << 20, 192 << 20  # bytes of address space: below, the program cannot begin; above, it wants no more


def in_little_space(step, size):
    """Runs one step in an address space of so many bytes."""
    step.restore()
    outcome = step.scene.program.run(step.arguments, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (size, size)))
    problem = wrong_end(outcome, {0, INTERRUPTED})
    if not problem and outcome.code == 0:
        problem = step.wrong_bytes()
    afterwards = step.finish()
    return "; ".join(x for x in (problem, afterwards) if x) or None, f"ulimit -v {size >> 10}; {outcome.repeat}"


def run(scene, random):
    scene.prepare()
    found = []
    for step in steps.main_steps(scene) + [steps.GenerateStep(scene, "made.csv"), steps.file_step(scene, ".csv")]:
        step.restore()
        found.append((step, scene.program.counts(step.arguments, scene.folder, scene.report)))
    while True:
        step, counts = random.choice(found)
        if random.random() < 0.3:
            size = random.randrange(LEAST_SPACE, MOST_SPACE)
            yield f"{step.name}: address space {size}", lambda s=step, x=size: in_little_space(s, x)
            continue
        call = random.choice(["memory", "large"])
        count = max(1, counts.get(call, 0))
        at = int(count ** random.random()) if random.random() < 0.4 else random.randint(1, count)
        how = random.choice(["fail", "on"])
        yield f"{step.name}: {call} {at} {how}", lambda s=step, c=call, a=at, h=how: disturbed(s, c, a, h, "ENOMEM")
