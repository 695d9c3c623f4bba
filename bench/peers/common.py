"""What all peers share: the dataset, the settings of the training, the initial weights, the check and the timing.

A peer is a class with these members; R is the number of replicas that it trains at once.
    sequential           True: trains one replica at a time, so R is 1 and its rate holds for any number of them
    __init__(R, device)  allocates; device is "cpu" or "cuda"; raises Unavailable with the reason where it cannot run
    start(seeds)         initial weights of R replicas, moments and step counters to zero
    epochs(count)        trains them; may return before the device has finished
    synchronise()        waits for the device
    weights()            list of (weight [R, out, in], bias [R, out]) as numpy arrays, in the order of LAYERS
"""
import statistics
import time

import numpy as np

FEATURES, HIDDEN, LATENTS = 2, (64, 32), 4
LAYERS = [(2, 64), (64, 32), (32, 2 * LATENTS), (LATENTS, 32), (32, 64), (64, 2)]  # (in, out); the third is mu, logvar
ROWS, BATCH = 10000, 128
STEPS = ROWS // BATCH  # per epoch. The 16 rows left over are dropped: every step has the same shape
BETA, LEARNING_RATE, BETA1, BETA2, EPSILON = 0.1, 1e-3, 0.9, 0.999, 1e-8

CHECK_SEEDS, CHECK_EPOCHS = (1, 2, 3, 4), 30
ACTIVE_NATS = 0.01  # a latent with E KL_j above it is active
# Relative, of the means over CHECK_SEEDS; four times the scatter of such a mean, since shuffles and noise differ.
TOLERANCE = {"loss": 0.03, "kl": 0.05}
# What torch_eager reached on a CPU; used where PyTorch is missing.
RECORDED = {"loss": 0.3322, "kl": 2.529, "active_latents": [2, 2, 2, 2], "source": "recorded"}


class Unavailable(Exception):
    """A package or a device that a peer needs is missing."""


def dataset():
    """The circle, standardised: float32 [ROWS, FEATURES]."""
    angle = np.random.default_rng(1).uniform(0, 2 * np.pi, ROWS)
    rows = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return ((rows - rows.mean(axis=0)) / rows.std(axis=0)).astype(np.float32)


def initial_weights(seeds):
    """Glorot-uniform weights and zero biases, stacked over seeds; the same for every peer."""
    generators = [np.random.default_rng(seed) for seed in seeds]
    layers = []
    for inputs, outputs in LAYERS:
        bound = np.sqrt(6 / (inputs + outputs))
        weights = [generator.uniform(-bound, bound, (outputs, inputs)) for generator in generators]
        layers.append((np.stack(weights).astype(np.float32), np.zeros((len(seeds), outputs), np.float32)))
    return layers


def evaluate(layers):
    """Over the whole dataset, for each replica: loss with sampled z, sum of the KL_j, number of active latents."""
    x = dataset().astype(np.float64)
    noise = np.random.default_rng(2).standard_normal((ROWS, LATENTS))
    losses, kls, active = [], [], []
    for replica in range(len(layers[0][0])):
        parameters = [(weight[replica], bias[replica]) for weight, bias in layers]

        def layer(index, values):
            return values @ parameters[index][0].T + parameters[index][1]

        mu, logvar = np.split(layer(2, np.tanh(layer(1, np.tanh(layer(0, x))))), 2, axis=1)
        output = layer(5, np.tanh(layer(4, np.tanh(layer(3, mu + np.exp(logvar / 2) * noise)))))
        kl = ((mu**2 + np.exp(logvar) - 1 - logvar) / 2).mean(axis=0)
        losses.append(float(((output - x) ** 2).sum(axis=1).mean() + BETA * kl.sum()))
        kls.append(float(kl.sum()))
        active.append(int((kl > ACTIVE_NATS).sum()))
    return losses, kls, active


def train_for_check(make_peer, device):
    """What a peer reaches after CHECK_EPOCHS: mean loss and KL, active latents of each seed."""
    sequential = make_peer.sequential
    begin = time.perf_counter()
    peer = make_peer(1 if sequential else len(CHECK_SEEDS), device)
    losses, kls, active = [], [], []
    for seeds in [(seed,) for seed in CHECK_SEEDS] if sequential else [CHECK_SEEDS]:
        peer.start(seeds)
        peer.epochs(CHECK_EPOCHS)
        peer.synchronise()
        found = evaluate(peer.weights())
        losses, kls, active = losses + found[0], kls + found[1], active + found[2]
    seconds = round(time.perf_counter() - begin, 2)  # compilation included
    return {"loss": statistics.mean(losses), "kl": statistics.mean(kls), "active_latents": active, "losses": losses,
            "kls": kls, "seconds": seconds}


def disagreement(found, reference):
    """Why a peer does not train what the reference trains; an empty text when it does."""
    for what, tolerance in TOLERANCE.items():
        if not abs(found[what] / reference[what] - 1) < tolerance:
            return f"{what} {found[what]:.4f}, the reference reaches {reference[what]:.4f}"
    if found["active_latents"] != reference["active_latents"]:
        return f"active latents {found['active_latents']}, the reference has {reference['active_latents']}"
    return ""


def measure(make_peer, replicas, device, seconds):
    """Rate of training: median and spread over 3 to 7 repeats that take about `seconds` together."""
    peer = make_peer(replicas, device)
    peer.start(range(1, replicas + 1))

    def timed(count):
        peer.synchronise()
        start = time.perf_counter()
        peer.epochs(count)
        peer.synchronise()
        return time.perf_counter() - start

    timed(1)  # compiles
    count = max(1, int(seconds / 7 / timed(1)))
    times = []
    while len(times) < 3 or (len(times) < 7 and sum(times) < seconds):
        times.append(timed(count))
    rates = [replicas * STEPS * count / duration for duration in times]
    if not np.isfinite(evaluate([(w[:1], b[:1]) for w, b in peer.weights()])[0][0]):
        raise ArithmeticError("the loss is not finite after the timed training")
    return {"replicas": replicas, "replica_steps_per_second": statistics.median(rates), "slowest": min(rates),
            "fastest": max(rates), "repeats": len(rates), "epochs_per_repeat": count}
