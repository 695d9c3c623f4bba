"""JAX: an epoch is one jitted lax.scan over its steps; one model at a time, or R of them by vmap over the epoch."""
import jax
import jax.numpy as jnp
import numpy as np

from common import ACTIVATION, BATCH, BETA, BETA1, BETA2, EPSILON, LATENTS, LEARNING_RATE, ROWS, STEPS, Unavailable
from common import dataset, initial_weights


def configure(tf32):
    jax.config.update("jax_default_matmul_precision", "tensorfloat32" if tf32 else "float32")
    return {"jax": jax.__version__}


bend = jnp.tanh if ACTIVATION == "tanh" else jax.nn.gelu


def loss(layers, x, noise):
    def layer(index, values):
        weight, bias = layers[index]
        return values @ weight.T + bias

    mu, logvar = jnp.split(layer(2, bend(layer(1, bend(layer(0, x))))), 2, axis=-1)
    output = layer(5, bend(layer(4, bend(layer(3, mu + jnp.exp(logvar / 2) * noise)))))
    kl = (mu**2 + jnp.exp(logvar) - 1 - logvar).sum(-1) / 2
    return (((output - x) ** 2).sum(-1) + BETA * kl).mean()


def adam(parameters, gradients, first, second, step, rate):
    """One update of Adam; returns parameters and both moments."""
    tree = jax.tree.map
    first = tree(lambda m, g: BETA1 * m + (1 - BETA1) * g, first, gradients)
    second = tree(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, second, gradients)
    rate, scale = rate / (1 - BETA1**step), 1 / (1 - BETA2**step)
    parameters = tree(lambda p, m, v: p - rate * m / (jnp.sqrt(v * scale) + EPSILON), parameters, first, second)
    return parameters, first, second


def epoch(state, key, data, rates):
    """One replica, one epoch. state: parameters, both moments, number of steps done. rates: learning rates [STEPS]."""
    shuffle_key, noise_key = jax.random.split(key)
    order = jax.random.permutation(shuffle_key, ROWS)[:STEPS * BATCH].reshape(STEPS, BATCH)

    def step(state, inputs):
        parameters, first, second, count = state
        rows, key, rate = inputs
        gradients = jax.grad(loss)(parameters, data[rows], jax.random.normal(key, (BATCH, LATENTS)))
        return (*adam(parameters, gradients, first, second, count + 1.0, rate), count + 1), None

    return jax.lax.scan(step, state, (order, jax.random.split(noise_key, STEPS), rates))[0]


class Scan:
    sequential = True
    schedule = None

    def __init__(self, replicas, device):
        try:
            self.device = jax.devices(device)[0]
        except RuntimeError as error:
            raise Unavailable(f"JAX finds no {device} device") from error
        self.replicas = replicas
        self.data = jax.device_put(dataset(), self.device)
        self.run_epoch = jax.jit(self.replica_epoch(), donate_argnums=0)
        self.next_keys = jax.jit(jax.vmap(lambda key: tuple(jax.random.split(key))))

    def replica_epoch(self):
        return epoch

    def start(self, seeds):
        with jax.default_device(self.device):
            parameters = self.layout(initial_weights(seeds))
            zeros = jax.tree.map(np.zeros_like, parameters)
            count = self.layout(np.zeros(len(seeds), np.float32))
            self.state = jax.device_put((parameters, zeros, zeros, count), self.device)
            self.keys = jax.vmap(jax.random.key)(jnp.array(list(seeds)))
        self.steps_done = 0

    def layout(self, tree):
        return jax.tree.map(lambda array: array[0], tree)

    def epochs(self, count):
        for _ in range(count):
            self.keys, epoch_keys = self.next_keys(self.keys)
            self.state = self.run_epoch(self.state, self.layout(epoch_keys), self.data, self.rates())
            self.steps_done += STEPS

    def rates(self):
        """Learning rates of the next epoch."""
        steps = self.steps_done + np.arange(STEPS)
        factors = self.schedule(steps) if self.schedule else np.ones(STEPS)
        return (LEARNING_RATE * factors).astype(np.float32)

    def synchronise(self):
        jax.block_until_ready(self.state)

    def weights(self):
        shape = (self.replicas,) if self.sequential else ()
        return [tuple(np.asarray(array).reshape(*shape, *array.shape) for array in layer) for layer in self.state[0]]


class VmapScan(Scan):
    sequential = False

    def replica_epoch(self):
        return jax.vmap(epoch, in_axes=(0, 0, None, None))

    def layout(self, tree):
        return tree


PEERS = {"jax_scan": Scan, "jax_vmap_scan": VmapScan}
