import numpy as np
import pytest

import symscan


@pytest.fixture(scope="session")
def circle():
    """[1000, 2] on the unit circle."""
    angle = np.random.default_rng(1).uniform(0, 2 * np.pi, 1000)
    return np.column_stack([np.cos(angle), np.sin(angle)])


@pytest.fixture(scope="session")
def run(circle):
    """Two seeds of a small model, trained for a few epochs."""
    return symscan.train(circle, columns=["x", "y"], latent_dim=2, beta=0.1, seeds=[1, 2], epochs=20, name="ring")
