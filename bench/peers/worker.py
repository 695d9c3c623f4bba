#!/usr/bin/env python3
"""One peer in a process of its own that trains when it is told to; bench/compare.py starts it.

    worker.py NAME cpu|cuda

Standard input and output carry one JSON object a line. Questions:
    {"do": "check", "seeds": [..], "reference": {..}}  trains these; answer: what common.train_for_check finds, and
                                                      "disagreement" with the reference, an empty text where there is none
    {"do": "prepare", "replicas": R, "seconds": S}    compiles for R replicas, chooses epochs that take about S seconds
    {"do": "turn", "replicas": R}                     trains them; answer: {"epochs": .., "seconds": ..}
    {"do": "finite"}                                  are all losses finite?
An answer {"error": ".."} says why there is none. The end of standard input ends the process.
"""
import importlib
import json
import os
import sys

answers = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # what libraries print goes to standard error


class Worker:
    def __init__(self, name, device):
        import common
        from run_peers import MODULES

        self.common, self.device = common, device
        module = importlib.import_module(MODULES[name])
        self.versions = module.configure(False)
        self.make_peer = module.PEERS[name]
        self.peers, self.watches = {}, {}

    def check(self, seeds, reference):
        peer, found = self.common.train_for_check(self.make_peer, self.device, seeds)
        self.peers[peer.replicas] = peer
        return found | {"disagreement": self.common.disagreement(found, reference), "versions": self.versions}

    def prepare(self, replicas, seconds):
        peer = self.peers.get(replicas) or self.make_peer(replicas, self.device)
        peer.start(range(1, replicas + 1))
        self.watches[replicas] = self.common.Stopwatch(peer, seconds)
        return {"epochs": self.watches[replicas].count, "steps_per_epoch": self.common.STEPS}

    def turn(self, replicas):
        watch = self.watches[replicas]
        return {"epochs": watch.count, "seconds": watch.turn()}

    def finite(self):
        for watch in self.watches.values():
            watch.check_finite()
        return {}


def main():
    worker = None
    for line in sys.stdin:
        question = json.loads(line)
        try:
            worker = worker or Worker(*sys.argv[1:3])
            answer = getattr(worker, question.pop("do"))(**question)
        except Exception as error:
            from run_peers import describe

            answer = {"error": describe(error)}
        print(json.dumps(answer), file=answers, flush=True)


main()
