"""What all peers share: the dataset, the settings of the training, the initial weights, the check and the timing.

A peer is a class with these members; R is the number of replicas that it trains at once.
    sequential           True: trains one replica at a time, so R is 1 and its rate holds for any number of them
    __init__(R, device)  allocates; device is "cpu" or "cuda"; raises Unavailable with the reason where it cannot run
    start(seeds)         initial weights of R replicas, moments and step counters to zero
    epochs(count)        trains them; may return before the device has finished
    schedule             None, or a function of the step (an integer or an array): factor of the learning rate. Not for
                         CUDA graphs, which keep the rate that they were captured with
    synchronise()        waits for the device
    weights()            list of (weight [R, out, in], bias [R, out]) as numpy arrays, in the order of LAYERS
"""
import json
import os
import statistics
import time

import numpy as np

# The reference training; the variable names what differs from it.
PROBLEM = {"features": 2, "latents": 4, "rows": 10000, "activation": "tanh", "learning_rate": 1e-3, "beta2": 0.999}
PROBLEM |= json.loads(os.environ.get("SYMSCAN_PEERS_PROBLEM", "{}"))
FEATURES, HIDDEN, LATENTS = PROBLEM["features"], (64, 32), PROBLEM["latents"]
# (in, out); the third is mu, logvar
LAYERS = [(FEATURES, 64), (64, 32), (32, 2 * LATENTS), (LATENTS, 32), (32, 64), (64, FEATURES)]
ACTIVATION = PROBLEM["activation"]  # tanh; gelu, with its usual approximation by tanh; symscan's own: exact_gelu
ROWS, BATCH = PROBLEM["rows"], 128
STEPS = ROWS // BATCH  # per epoch. The 16 rows left over are dropped: every step has the same shape
BETA, LEARNING_RATE, BETA1, BETA2, EPSILON = 0.1, PROBLEM["learning_rate"], 0.9, PROBLEM["beta2"], 1e-8

CHECK_SEEDS, CHECK_EPOCHS = (1, 2, 3, 4), 30
ACTIVE_NATS = 0.01  # a latent with E KL_j above it is active
# Relative, of the means over the seeds; four times the scatter of such a mean, since shuffles and noise differ.
TOLERANCE = {"loss": 0.03, "kl": 0.05, "relevances": 0.05}
# What torch_eager reached on a CPU; used where PyTorch is missing.
RECORDED = {"loss": 0.3322, "kl": 2.529, "active_latents": [2, 2, 2, 2], "source": "recorded"}


class Unavailable(Exception):
    """A package or a device that a peer needs is missing."""


def dataset():
    """The circle, standardised: float32 [ROWS, FEATURES]. SYMSCAN_PEERS_DATA may name an NPY file that has its rows."""
    path = os.environ.get("SYMSCAN_PEERS_DATA")
    if path:
        rows = np.load(path).astype(np.float64)
        if rows.shape != (ROWS, FEATURES):
            raise ValueError(f"{path} has the shape {rows.shape} instead of {(ROWS, FEATURES)}")
    else:
        angle = np.random.default_rng(1).uniform(0, 2 * np.pi, ROWS)
        rows = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    deviation = rows.std(axis=0)
    constant = deviation < 1e-6 * np.abs(rows).max(axis=0)
    return ((rows - rows.mean(axis=0)) / np.where(constant, np.inf, deviation)).astype(np.float32)


def initial_weights(seeds):
    """Uniform weights (Glorot; gelu: He) and zero biases, stacked over seeds; the same for every peer."""
    generators = [np.random.default_rng(seed) for seed in seeds]
    layers = []
    for inputs, outputs in LAYERS:
        bound = np.sqrt(6 / (inputs if ACTIVATION == "gelu" else inputs + outputs))
        weights = [generator.uniform(-bound, bound, (outputs, inputs)) for generator in generators]
        layers.append((np.stack(weights).astype(np.float32), np.zeros((len(seeds), outputs), np.float32)))
    return layers


def normal_distribution(x):
    """Within 1e-7: Abramowitz & Stegun 7.1.26."""
    t = 1 / (1 + 0.3275911 * np.abs(x) / np.sqrt(2))
    tail = np.polyval([1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592, 0], t) * np.exp(-x * x / 2) / 2
    return np.where(x < 0, tail, 1 - tail)


def activate(values):
    if ACTIVATION == "tanh":
        return np.tanh(values)
    if ACTIVATION == "exact_gelu":
        return values * normal_distribution(values)
    return values / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (values + 0.044715 * values**3)))


def evaluate(layers, draws=1):
    """Over the whole dataset, for each replica: loss with `draws` sampled z per row, sum of the KL_j, number of active
    latents, and the relevances: the KL_j, largest first."""
    x = dataset().astype(np.float64)
    noise = np.random.default_rng(2).standard_normal((draws, ROWS, LATENTS))
    losses, kls, active, relevances = [], [], [], []
    for replica in range(len(layers[0][0])):
        parameters = [(weight[replica], bias[replica]) for weight, bias in layers]

        def layer(index, values):
            return values @ parameters[index][0].T + parameters[index][1]

        mu, logvar = np.split(layer(2, activate(layer(1, activate(layer(0, x))))), 2, axis=1)
        output = layer(5, activate(layer(4, activate(layer(3, mu + np.exp(logvar / 2) * noise)))))
        kl = ((mu**2 + np.exp(logvar) - 1 - logvar) / 2).mean(axis=0)
        losses.append(float(((output - x) ** 2).sum(axis=-1).mean() + BETA * kl.sum()))
        kls.append(float(kl.sum()))
        active.append(int((kl > ACTIVE_NATS).sum()))
        relevances.append(sorted(kl.tolist(), reverse=True))
    return losses, kls, active, relevances


def train_for_check(make_peer, device, seeds=CHECK_SEEDS):
    """What a peer reaches after CHECK_EPOCHS: mean loss and KL, active latents of each seed. Returns the peer, too."""
    begin = time.perf_counter()
    peer = make_peer(1 if make_peer.sequential else len(seeds), device)
    found = [], [], [], []
    for together in [(seed,) for seed in seeds] if make_peer.sequential else [seeds]:
        peer.start(together)
        peer.epochs(CHECK_EPOCHS)
        peer.synchronise()
        for values, more in zip(found, evaluate(peer.weights())):
            values += more
    losses, kls, active, relevances = found
    seconds = round(time.perf_counter() - begin, 2)  # compilation included
    return peer, {"loss": statistics.mean(losses), "kl": statistics.mean(kls), "active_latents": active,
                  "relevances": np.mean(relevances, axis=0).tolist(), "losses": losses, "kls": kls, "seconds": seconds}


def disagreement(found, reference):
    """Why a peer does not train what the reference trains; an empty text when it does."""
    for what in ("loss", "kl"):
        if not abs(found[what] / reference[what] - 1) < TOLERANCE[what]:
            return f"{what} {found[what]:.4f}, the reference reaches {reference[what]:.4f}"
    if found["active_latents"] != reference["active_latents"]:
        return f"active latents {found['active_latents']}, the reference has {reference['active_latents']}"
    for ours, theirs in zip(found["relevances"], reference.get("relevances", [])):
        if not abs(ours - theirs) < max(TOLERANCE["relevances"] * theirs, ACTIVE_NATS):
            return f"a relevance of {ours:.4f} nats, the reference has {theirs:.4f}"
    return ""


class Stopwatch:
    """Times a peer that has been started."""

    def __init__(self, peer, seconds):
        self.peer = peer
        self.timed(1)  # compiles
        self.count = max(1, int(seconds / self.timed(1)))  # epochs that take about `seconds`

    def timed(self, count):
        self.peer.synchronise()
        start = time.perf_counter()
        self.peer.epochs(count)
        self.peer.synchronise()
        return time.perf_counter() - start

    def turn(self):
        """Seconds for self.count epochs of all replicas."""
        return self.timed(self.count)

    def check_finite(self):
        if not np.isfinite(evaluate([(w[:1], b[:1]) for w, b in self.peer.weights()])[0][0]):
            raise ArithmeticError("the loss is not finite after the timed training")


def measure(make_peer, replicas, device, seconds):
    """Rate of training: median and spread over 3 to 7 repeats that take about `seconds` together."""
    peer = make_peer(replicas, device)
    peer.start(range(1, replicas + 1))
    watch = Stopwatch(peer, seconds / 7)
    times = []
    while len(times) < 3 or (len(times) < 7 and sum(times) < seconds):
        times.append(watch.turn())
    watch.check_finite()
    rates = [replicas * STEPS * watch.count / duration for duration in times]
    return {"replicas": replicas, "replica_steps_per_second": statistics.median(rates), "slowest": min(rates),
            "fastest": max(rates), "repeats": len(rates), "epochs_per_repeat": watch.count}
