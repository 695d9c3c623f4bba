"""Allocations that fail: 75 with one sentence, never an abort, and no replica is counted as failed for it."""
import steps
from system_calls import disturbed


def run(scene, random):
    scene.prepare()
    found = []
    for step in steps.main_steps(scene) + [steps.GenerateStep(scene, "made.csv"), steps.file_step(scene, ".csv")]:
        step.restore()
        found.append((step, scene.program.counts(step.arguments, scene.folder, scene.report)))
    while True:
        step, counts = random.choice(found)
        call = random.choice(["memory", "large"])
        count = max(1, counts.get(call, 0))
        at = int(count ** random.random()) if random.random() < 0.4 else random.randint(1, count)
        how = random.choice(["fail", "on"])
        yield f"{step.name}: {call} {at} {how}", lambda s=step, c=call, a=at, h=how: disturbed(s, c, a, h, "ENOMEM")
