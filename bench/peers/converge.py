#!/usr/bin/env python3
"""One peer's training from a standing start, timed until its relevances are what is asked; bench/time_to_converged.py
starts it. Only for peers that stack their models.

    converge.py NAME DEVICE SETTING LONGEST STOP STARTED SEEDS

SETTING and LONGEST (steps) choose the plan of schedules.py; it is left after STOP steps. STARTED is the time.monotonic()
at which the process was started. Every look at the relevances prints one line of JSON: steps done, seconds since STARTED
and processor seconds, both without the looks themselves, and for each seed the loss and the relevances (largest first).
"""
import importlib
import json
import os
import resource
import sys
import time

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what libraries print goes to standard error


def processor_seconds():
    """Of this process and of compilers that have ended."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def train(name, device, setting, longest, stop, started, seeds):
    import common
    from run_peers import MODULES
    from schedules import LOSS_DRAWS, plan

    module = importlib.import_module(MODULES[name])
    module.configure(False)
    factor, looks = plan(setting, common.STEPS, longest)
    peer = module.PEERS[name](len(seeds), device)
    peer.schedule = factor
    peer.start(seeds)
    done, looking, looking_cpu = 0, 0.0, 0.0
    for steps in looks:
        if steps > stop:
            break
        peer.epochs((steps - done) // common.STEPS)
        peer.synchronise()
        done, now, cpu = steps, time.monotonic(), processor_seconds()
        losses, _, _, relevances = common.evaluate(peer.weights(), LOSS_DRAWS)
        print(json.dumps({"steps": steps, "seconds": now - started - looking, "cpu_seconds": cpu - looking_cpu,
                          "losses": losses, "relevances": relevances}), file=answers, flush=True)
        looking += time.monotonic() - now
        looking_cpu += processor_seconds() - cpu


def main():
    name, device, setting, longest, stop, started, seeds = sys.argv[1:]
    train(name, device, setting, int(longest), int(stop), float(started), json.loads(seeds))


main()
