"""Learning rates of a training as people write them, and where its relevances are looked at.

A setting is what differs from the reference training of common.py, a schedule, and the lengths that are tried:
    rounds    symscan's default: gelu, Adam with beta2 0.99, rounds of doubling length; warm-up of 100 steps, constant
              5e-3, linear decay to 0 over the last fourth (kernels/rounds.hpp). Looked at after every round.
    constant  tanh, 1e-3, the optimiser's defaults. Looked at every 2000 steps.
    cosine    tanh, from 1e-2 along half a cosine to 0. Its length must be known beforehand: trainings of doubling
              length, each from the start. Looked at after the last step.
Lengths are in whole epochs.
"""
import numpy as np

LOSS_DRAWS = 16  # z per row of a look, the same for all programs: the loss is then known to a few per mille
FIRST_ROUND, WARM_UP, DECAY, EVERY = 2000, 100, 0.25, 2000
SETTINGS = {"rounds": {"activation": "gelu", "learning_rate": 5e-3, "beta2": 0.99},
            "constant": {"activation": "tanh", "learning_rate": 1e-3, "beta2": 0.999},
            "cosine": {"activation": "tanh", "learning_rate": 1e-2, "beta2": 0.999}}


def round_ends(steps_per_epoch, longest):
    """Steps done at the ends of the rounds that end by `longest`."""
    first = max(1, FIRST_ROUND // steps_per_epoch) * steps_per_epoch
    ends = [first * (2**count - 1) for count in range(1, 40)]
    return [end for end in ends if end <= longest] or ends[:1]


def rounds_factor(ends):
    """factor(step) of the learning rate; step counts from 0 and may be an array."""
    edges = np.array([0, *ends])

    def factor(step):
        number = np.minimum(np.searchsorted(edges, step, side="right"), len(ends))
        start, end = edges[number - 1], edges[number]
        left = (end - step) / (end - start)
        return np.minimum(left / DECAY, 1) * np.minimum((step - start + 1) / WARM_UP, 1)

    return factor


def cosine_factor(length):
    return lambda step: (1 + np.cos(np.pi * np.asarray(step) / length)) / 2


def plan(setting, steps_per_epoch, longest):
    """(factor of the learning rate or None, steps after which the relevances are looked at); the last is the end."""
    whole = max(1, longest // steps_per_epoch) * steps_per_epoch
    if setting == "rounds":
        ends = round_ends(steps_per_epoch, longest)
        return rounds_factor(ends), ends
    if setting == "cosine":
        return cosine_factor(whole), [whole]
    every = max(1, EVERY // steps_per_epoch) * steps_per_epoch
    return None, [*range(every, whole, every), whole]
