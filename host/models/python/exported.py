"""A trained autoencoder, written by symscan export. It needs NumPy only.

Events are rows in raw units, [N, D], with the columns in the order of COLUMNS; a data frame may have them in
any order, and others beside them. Latents are in the order of their relevance, the most relevant one first, [N, L].
The definitions are those of symscan encode, decode, reconstruct and sample; arithmetic is float64 on the float32
weights.

    mean, deviation = encode(x)     what the encoder says of events: normal distributions of the latents
    x = decode(z)                   the events that the decoder makes of latents
    x = reconstruct(x)              events as the model gives them back, with z = mean
    score = loss(x)                 the loss of each event, an anomaly score
    x = sample(1000)                new events: latents from the prior, decoded
    module = torch_module()         the same as a torch.nn.Module

CARD says what was trained on what, with which settings and which result. WEIGHTS are the network's.
"""
import base64
import json
import math

import numpy as np


def _tensor(shape, text):
    """float32 of a base64 text, little-endian, row-major."""
    return np.frombuffer(base64.b64decode(text), "<f4").astype(np.float32).reshape(shape)


# (card and weights)

COLUMNS = CARD["dataset"]["columns"]
BETA = CARD["beta"]  # loss = scale * squared error + BETA * KL
TAU = CARD["tau"]    # variance of the decoder's noise, prepared units
_OFFSET = np.array(CARD["dataset"]["offset"], dtype=float)  # prepared = (raw - offset) / scale
_SCALE = np.array(CARD["dataset"]["scale"], dtype=float)
_CONSTANT_VALUES = np.array(_CONSTANTS, dtype=float)  # NaN where the column varied
_CONSTANT = ~np.isnan(_CONSTANT_VALUES)
_FLOAT64_WEIGHTS = {name: tensor.astype(float) for name, tensor in WEIGHTS.items()}


def _gelu(x):
    return 0.5 * x * np.vectorize(math.erfc, otypes=[float])(-x * math.sqrt(0.5))


def _silu(x):
    with np.errstate(over="ignore"):  # exp(-x) may be infinite, and the result is 0
        return x / (1 + np.exp(-x))


_activate = {"tanh": np.tanh, "relu": lambda x: np.maximum(x, 0), "gelu": _gelu, "silu": _silu,
             "linear": lambda x: x}[_ACTIVATION]


def _rows(values, columns, what):
    values = np.asarray(values, dtype=float)
    if values.ndim != 2 or values.shape[1] != columns:
        raise ValueError(f"{what} must have the shape [N, {columns}], not {list(values.shape)}")
    if not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0][0])
        raise ValueError(f"row {row} of {what} is not finite")
    return values


def _layer(name, x):
    return x @ _FLOAT64_WEIGHTS[name + ".weight"].T + _FLOAT64_WEIGHTS[name + ".bias"]


def _prepared(x):
    if hasattr(x, "columns"):  # a data frame: its columns are known by their names
        missing = [name for name in COLUMNS if name not in x.columns]
        if missing:
            raise ValueError(f"events have no column {missing[0]!r}")
        x = x[COLUMNS]
    x = _rows(x, len(COLUMNS), "events")
    return (np.where(_CONSTANT, _CONSTANT_VALUES, x) - _OFFSET) / _SCALE


def _posterior(prepared):
    h = prepared
    for i in range(_HIDDEN_LAYERS):
        h = _activate(_layer(f"encoder.{i}", h))
    return _layer("mu", h), _layer("logvar", h)


def _decoded(z):
    h = _rows(z, CARD["latent_dim"], "latents")
    for i in range(_HIDDEN_LAYERS):
        h = _activate(_layer(f"decoder.{i}", h))
    return _layer("output", h)


def _raw(prepared):
    return np.where(_CONSTANT, _CONSTANT_VALUES, prepared * _SCALE + _OFFSET)


def encode(x):
    """Mean and standard deviation of the latents of events, [N, L] each."""
    mean, log_variance = _posterior(_prepared(x))
    return mean, np.exp(0.5 * log_variance)


def decode(z):
    """Events of latents, [N, D]."""
    return _raw(_decoded(z))


def reconstruct(x):
    """Events as the model gives them back, with z = mean, [N, D]."""
    return _raw(_decoded(_posterior(_prepared(x))[0]))


def reconstruction_error(x):
    """Squared error over all columns, prepared units, [N]."""
    prepared = _prepared(x)
    return ((_decoded(_posterior(prepared)[0]) - prepared) ** 2).sum(axis=1)


def kl(x):
    """KL divergence of the latents from the prior, nats, [N]."""
    mean, log_variance = _posterior(_prepared(x))
    return 0.5 * (mean ** 2 + np.exp(log_variance) - 1 - log_variance).sum(axis=1)


def loss(x):
    """The loss of each event with z = mean, an anomaly score, [N]."""
    return _RECONSTRUCTION_SCALE * reconstruction_error(x) + BETA * kl(x)


def sample(n, rng=None, noise=False):
    """n new events: latents from the prior, decoded; with the decoder's noise if asked for. rng: a
    numpy.random.Generator."""
    rng = np.random.default_rng() if rng is None else rng
    prepared = _decoded(rng.standard_normal((n, CARD["latent_dim"])))
    if noise:
        prepared = prepared + math.sqrt(TAU) * rng.standard_normal(prepared.shape)
    return _raw(prepared)


def torch_module():
    """The model as a torch.nn.Module with encode(x) -> (mean, deviation), decode(z), and forward(x) -> reconstruction.
    The network is float32, everything before and after it float64. The names of its state are those of WEIGHTS."""
    import torch
    from torch import nn

    def linear(name):
        out, width = WEIGHTS[name + ".weight"].shape
        return nn.Linear(width, out)

    class Autoencoder(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.ModuleList(linear(f"encoder.{i}") for i in range(_HIDDEN_LAYERS))
            self.mu, self.logvar = linear("mu"), linear("logvar")
            self.decoder = nn.ModuleList(linear(f"decoder.{i}") for i in range(_HIDDEN_LAYERS))
            self.output = linear("output")
            self.activation = {"tanh": nn.Tanh, "relu": nn.ReLU, "gelu": nn.GELU, "silu": nn.SiLU,
                               "linear": nn.Identity}[_ACTIVATION]()
            constants = {"offset": _OFFSET, "scale": _SCALE, "constant": _CONSTANT, "constant_values": _CONSTANT_VALUES}
            for name, values in constants.items():
                self.register_buffer(name, torch.tensor(values), persistent=False)

        def encode(self, x):
            x = torch.where(self.constant, self.constant_values, x.to(self.offset.dtype))
            h = ((x - self.offset) / self.scale).to(self.mu.weight.dtype)
            for layer in self.encoder:
                h = self.activation(layer(h))
            return self.mu(h), torch.exp(0.5 * self.logvar(h))

        def decode(self, z):
            h = z.to(self.mu.weight.dtype)
            for layer in self.decoder:
                h = self.activation(layer(h))
            x = self.output(h).to(self.offset.dtype) * self.scale + self.offset
            return torch.where(self.constant, self.constant_values, x)

        def forward(self, x):
            return self.decode(self.encode(x)[0])

    module = Autoencoder()
    module.load_state_dict({name: torch.tensor(values) for name, values in WEIGHTS.items()})
    return module
