"""The estimator of scikit-learn."""
import pickle

import numpy as np
import pytest

pytest.importorskip("sklearn")
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

from symscan.sklearn import SymmetryVAE  # noqa: E402


def expected_failures(estimator):
    # A training visits rows in batches: a row of weight 2 is no pair of rows.
    reason = "batches: a weight is no repetition of rows"
    few = "16 rows whose weights leave 5 effective ones: fewer than ten are refused"
    return {"check_sample_weights_not_overwritten": few, "check_sample_weight_equivalence_on_dense_data": reason, "check_sample_weight_equivalence_on_sparse_data": reason}


@parametrize_with_checks([SymmetryVAE(latent_dim=1, hidden=(8,), n_seeds=1, epochs=2, random_state=0)],
                         expected_failed_checks=expected_failures)
def test_scikit_learns_own_checks(estimator, check):
    check(estimator)


def test_fit_and_transform(circle):
    estimator = SymmetryVAE(latent_dim=2, n_seeds=2, epochs=20, random_state=1).fit(circle)
    z = estimator.transform(circle)
    assert z.shape == (1000, 2) and estimator.relevance_[0] >= estimator.relevance_[1]
    assert estimator.inverse_transform(z).shape == circle.shape
    assert estimator.score_samples(np.array([[5.0, 5.0]]))[0] < estimator.score_samples(circle).min()
    assert list(estimator.get_feature_names_out()) == ["symmetryvae0", "symmetryvae1"]
    again = SymmetryVAE(latent_dim=2, n_seeds=2, epochs=20, random_state=1).fit(circle)
    assert np.array_equal(again.transform(circle), z)
    assert np.array_equal(pickle.loads(pickle.dumps(estimator)).transform(circle), z)


def test_in_a_pipeline_with_weights(circle):
    weights = np.ones(len(circle))
    pipeline = make_pipeline(StandardScaler(), SymmetryVAE(latent_dim=1, n_seeds=1, epochs=2))
    pipeline.fit(circle, symmetryvae__sample_weight=weights)
    assert pipeline.transform(circle).shape == (1000, 1)


def test_an_estimator_that_is_not_fitted(circle):
    from sklearn.exceptions import NotFittedError

    for work in (SymmetryVAE().transform, SymmetryVAE().inverse_transform, SymmetryVAE().score_samples):
        with pytest.raises(NotFittedError):
            work(circle)
