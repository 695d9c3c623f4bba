"""Signals at any moment of any command: exit code 75 within two seconds, and going on gives the same bytes.

A machine that is busy may be late once: only a command that is late twice at the same moment is wrong.
"""
import signal

import steps
from rules import INTERRUPTED, contents, wrong_end

SIGNALS = [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1, signal.SIGXCPU]
LIMIT_SECONDS = 2


def write_large_table(path, rows, columns):
    """A table that takes seconds to read or to analyse; values without any law."""
    state, lines = 1, [",".join(f"c{x}" for x in range(columns))]
    for _ in range(min(rows, 2000)):
        values = []
        for _ in range(columns):
            state = state * 6364136223846793005 % 2**63 + 1442695040888963407
            values.append(f"{state % 1000003 / 1000003:.6f}")
        lines.append(",".join(values))
    body = "\n".join(lines[1:]) + "\n"
    path.write_text(lines[0] + "\n" + body * max(1, rows // 2000))


def stopped(step, after, number):
    """Interrupts one step; (problem, command)."""
    problem, repeat = None, ""
    for _ in range(2):
        step.restore()
        outcome = step.scene.program.signalled(step.arguments, after, number)
        if outcome is None:  # it had ended before
            return None, ""
        repeat = outcome.repeat
        problem = None if outcome.code == 0 and outcome.seconds <= LIMIT_SECONDS else wrong_end(outcome, {INTERRUPTED})
        if outcome.seconds > LIMIT_SECONDS:
            problem = f"ended {outcome.seconds:.1f} s after the signal"
        elif problem and "sentences" in problem:
            problem = None  # who sent the signal knows
        if not problem or outcome.seconds <= LIMIT_SECONDS:
            break
    if step.finish_with:
        problem = "; ".join(x for x in (problem, step.finish()) if x) or None
    return problem, repeat


def long_step(scene):
    """Some seconds of training, whose end is compared."""
    settings = ["circle", "dataset.n=2000", "train.epochs=40", "model.latent_dim=[1,2]", "seeds=2", "--no-analysis"]
    scene.clear()
    scene.must(scene.train(settings=settings))
    truth = contents(scene.run, ["summary.json", "models.safetensors", "metrics.jsonl"])
    return steps.Step(scene, "train long", scene.train(settings=settings), None, scene.train("--resume", settings=settings), truth)


def large_steps(scene):
    """What is interrupted and not finished: it would take too long."""
    tall, wide = scene.folder / "tall.csv", scene.folder / "wide.csv"
    write_large_table(tall, 400000, 8)
    write_large_table(wide, 300, 150)
    small = ["model.latent_dim=1", "model.hidden=[4]", "train.steps=1", "seeds=1"]
    read = scene.train(settings=["--data", tall, *small])
    analyse = scene.train(settings=["--data", wide, *small])
    scene.clear()
    scene.must([*analyse, "--no-analysis", "--no-report"])
    scene.keep("wide")
    return [steps.Step(scene, "train, tall table", read, None, None, None),
            steps.Step(scene, "train, wide table", analyse, None, None, None),
            steps.Step(scene, "analyze, wide table", ["analyze", scene.run], "wide", None, None)]


def duration(step, most):
    step.restore()
    return step.scene.program.run(step.arguments, limit=most).seconds


def run(scene, random):
    scene.prepare()
    found = [(x, duration(x, 8)) for x in steps.main_steps(scene) + [long_step(scene)] + large_steps(scene)]
    while True:
        for step, seconds in random.sample(found, len(found)):
            after, number = random.uniform(0, seconds), random.choice(SIGNALS)
            yield f"{step.name}: {number.name} after {after:.3f} s", lambda s=step, a=after, n=number: stopped(s, a, n)
