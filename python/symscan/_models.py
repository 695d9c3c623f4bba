"""Trained models in use."""
from __future__ import annotations

import json
import os
import warnings
from typing import Any, Optional

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _core
from ._errors import DataError, SymscanWarning, UsageError
from ._tables import has_names, rows_of


def _threads(threads: Optional[int]) -> int:
    if threads is None:
        return len(os.sched_getaffinity(0))
    if isinstance(threads, str) or int(threads) != threads or not 1 <= threads <= 4096:
        raise UsageError(f"threads is {threads!r}; it must be a whole number from 1 to 4096, or None: all cores")
    return int(threads)


class Model:
    """A trained autoencoder. Events are rows in raw units, [n, D], with the columns of ``columns``; a data frame may have
    them in any order, and others beside them. Latents, [n, L], are in the order of their relevance. Arithmetic is float64 on
    the float32 weights; the result does not depend on ``threads`` (default: all cores)."""

    def __init__(self, core: _core.Model) -> None:
        self._core = core

    @property
    def columns(self) -> list[str]:
        """[D] names of the features."""
        return list(self._core.columns)

    @property
    def latent_dim(self) -> int:
        """L"""
        return self._core.latents

    @property
    def card(self) -> dict[str, Any]:
        """Program, run, dataset with its preprocessing, settings, tau, losses and relevances, as a dictionary."""
        return json.loads(self._core.card())

    @property
    def relevance(self) -> list[float]:
        """[L] by the run's relevance.measure, nats for the KL, most relevant first."""
        return self.card["relevance"]["values"]

    def _rows(self, X: Any) -> NDArray[np.float64]:
        # Columns of frames and records are known by their names, those of arrays by their places.
        rows = rows_of(X, self.columns if has_names(X) else None)
        if rows.shape[1] != len(self.columns):
            if np.ndim(X) == 1 and len(rows) == len(self.columns):
                raise DataError("one event is a row of an array with two dimensions: [[...]]")
            raise DataError(f"the array has {rows.shape[1]} columns, and the model was trained on {len(self.columns)}: "
                            f"{', '.join(self.columns)}")
        for note in self._core.notes_on(rows):
            warnings.warn(note, SymscanWarning, stacklevel=4)
        return rows

    def encode(self, X: Any, threads: Optional[int] = None) -> NDArray[np.float64]:
        """Means of the latents of each event, [n, L]."""
        return self._core.encode(self._rows(X), _threads(threads))[0]

    def posterior(self, X: Any, threads: Optional[int] = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Means and standard deviations of the latents of each event, each [n, L]."""
        mean, deviation, _ = self._core.encode(self._rows(X), _threads(threads))
        return mean, deviation

    def kl(self, X: Any, threads: Optional[int] = None) -> NDArray[np.float64]:
        """KL of each latent of each event to the prior, [n, L], nats. Its mean over the training's events is the
        relevance."""
        return self._core.encode(self._rows(X), _threads(threads))[2]

    def decode(self, Z: ArrayLike, threads: Optional[int] = None) -> NDArray[np.float64]:
        """Events of latents: [n, L] -> [n, D], raw units. A data frame has the columns z1, z2, ..."""
        names = [f"z{j}" for j in range(1, self.latent_dim + 1)]
        rows = rows_of(Z, names if has_names(Z) else None)
        return self._core.decode(rows, _threads(threads))

    def reconstruct(self, X: Any, threads: Optional[int] = None) -> NDArray[np.float64]:
        """Events as the model gives them back, [n, D], raw units."""
        return self._core.reconstruct(self._rows(X), _threads(threads))[0]

    def reconstruction_error(self, X: Any, threads: Optional[int] = None) -> NDArray[np.float64]:
        """Squared error of each event over all features, [n], in the prepared (standardised) units of the training."""
        return self._core.reconstruct(self._rows(X), _threads(threads))[1]

    def loss(self, X: Any, threads: Optional[int] = None) -> NDArray[np.float64]:
        """Loss of each event, [n]: scale * reconstruction error + beta * KL. An anomaly score: divided by beta it is the
        negative log-likelihood bound in nats, up to a constant."""
        return self._core.reconstruct(self._rows(X), _threads(threads))[3]

    def sample(self, n: int, seed: int = 1, noise: bool = False, threads: Optional[int] = None) -> NDArray[np.float64]:
        """New events, [n, D]: latents from the prior, decoded. ``noise``: with the decoder's own, of variance tau in
        prepared units."""
        for name, value in (("n", n), ("seed", seed)):
            if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < 0 or value >= 2**63:
                raise UsageError(f"{name} is {value!r}; it must be a whole number from 0 on")
        if int(n) * len(self.columns) > 2**33:
            raise UsageError(f"n is {n}; a sample has at most 2^33 values")
        return self._core.sample(int(n), int(seed), bool(noise), _threads(threads))

    def jacobian(self, X: Any, threads: Optional[int] = None) -> NDArray[np.float64]:
        """d decode / d z at the mean of each event, [n, D, L], raw units."""
        return self._core.jacobian(self._rows(X), _threads(threads))

    def export(self, file: str | os.PathLike[str], format: Optional[str] = None, part: Optional[str] = None,
               float32: bool = False) -> None:
        """Writes the model for other programs: ONNX (.onnx; ``part``: "model", "encoder" or "decoder"; inputs are float64, or
        float32), safetensors (.safetensors), or a Python module that needs NumPy alone (.py). docs/models.md says what is in
        them. Replaces the file if there is one."""
        self._core.export_to(os.fspath(file), format or "", part or "", bool(float32))

    def __reduce__(self) -> tuple[Any, ...]:
        return _from_state, self._core.state()

    def __repr__(self) -> str:
        relevances = ", ".join(f"{value:.3g}" for value in self.relevance)
        return f"<symscan.Model: {len(self.columns)} features, {self.latent_dim} latents, relevances {relevances}>"


def _from_state(description: str, parameters: bytes) -> Model:
    return Model(_core.model_from_state(description, parameters))
