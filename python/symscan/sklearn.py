"""An estimator of scikit-learn: ``SymmetryVAE().fit(X).transform(X)``."""
import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import _check_sample_weight, check_array, check_is_fitted, validate_data

from ._train import train

__all__ = ["SymmetryVAE"]


class SymmetryVAE(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """A small variational autoencoder whose latents are ordered by relevance. Of several trainings that differ in the seed
    the one with the lowest loss is kept.

    Parameters
    ----------
    latent_dim : int
    beta : float
        Weight of the KL term; the decoder's variance is beta / 2 in standardised units.
    hidden : sequence of int
        Widths of the encoder's hidden layers; the decoder mirrors them.
    activation : {"gelu", "tanh", "relu", "silu", "linear"}
        gelu, as in ``symscan.train`` without ``epochs``.
    n_seeds : int
        Trainings.
    epochs : "auto" or int
        "auto": until the relevances have settled.
    device : str
        As in ``symscan.train``.
    n_jobs : int or None
        Threads; None or -1: all cores. Results do not depend on it.
    random_state : int, RandomState instance or None

    Attributes
    ----------
    model_ : symscan.Model
    relevance_ : array [latent_dim]
        Mean KL of each latent, nats, most relevant first.
    loss_ : float
        Of the kept training: average over the rows, z sampled.
    run_ : symscan.Run
        Not pickled.
    """

    def __init__(self, latent_dim=2, *, beta=0.1, hidden=(64, 32), activation="gelu", n_seeds=3, epochs="auto", device="auto",
                 n_jobs=None, random_state=None):
        self.latent_dim = latent_dim
        self.beta = beta
        self.hidden = hidden
        self.activation = activation
        self.n_seeds = n_seeds
        self.epochs = epochs
        self.device = device
        self.n_jobs = n_jobs
        self.random_state = random_state

    def fit(self, X, y=None, sample_weight=None):
        """X: [n, D]; sample_weight: [n] event weights, or None."""
        X = validate_data(self, X, dtype=[np.float64, np.float32], ensure_min_samples=2)
        if sample_weight is not None:
            sample_weight = _check_sample_weight(sample_weight, X, dtype=np.float64)
        if int(self.n_seeds) < 1:
            raise ValueError(f"n_seeds is {self.n_seeds}; it must be at least 1")
        # Even a seed of 0 gives different ones here: they only have to be reproducible.
        seeds = check_random_state(self.random_state).randint(1, 2**31 - 1, size=int(self.n_seeds)).tolist()
        run = train(X, weights=sample_weight, latent_dim=int(self.latent_dim), beta=float(self.beta),
                    hidden=[int(width) for width in self.hidden], activation=self.activation, seeds=seeds, epochs=self.epochs,
                    device=self.device, threads=None if self.n_jobs in (None, -1) else int(self.n_jobs), name="X", progress=False)
        self.run_ = run
        self.model_ = run.best
        card = self.model_.card
        self.relevance_ = np.asarray(card["relevance"]["kl"])
        self.loss_ = card["loss"]
        return self

    @property
    def _n_features_out(self):
        check_is_fitted(self, "model_")
        return self.model_.latent_dim

    def _rows(self, X):
        check_is_fitted(self, "model_")
        return np.asarray(validate_data(self, X, dtype=[np.float64, np.float32], reset=False), dtype=np.float64)

    def transform(self, X):
        """Means of the latents, [n, latent_dim], most relevant first."""
        rows = self._rows(X)
        return self.model_.encode(rows)

    def inverse_transform(self, X):
        """Events of latents: [n, latent_dim] -> [n, D]."""
        check_is_fitted(self, "model_")
        return self.model_.decode(check_array(X, dtype=np.float64))

    def score_samples(self, X):
        """Minus the loss of each row, [n]: low for anomalies."""
        rows = self._rows(X)
        return -self.model_.loss(rows)

    def score(self, X, y=None):
        """Mean of score_samples."""
        return float(np.mean(self.score_samples(X)))

    def __getstate__(self):
        state = dict(super().__getstate__())
        state.pop("run_", None)
        return state
