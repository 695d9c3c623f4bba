"""Run, findings, models, report."""
import json
import os
import pickle

import numpy as np
import pytest

import symscan


def test_frames_of_replicas_and_relevances(run):
    pytest.importorskip("pandas")
    assert list(run.replicas.index) == [0, 1] and list(run.replicas["seed"]) == [1, 2]
    assert list(run.relevance.columns) == ["z1", "z2"]
    assert (run.relevance["z1"] >= run.relevance["z2"]).all()
    assert run.relevances("activity").shape == (2, 2)
    with pytest.raises(symscan.UsageError, match="there is no measure"):
        run.relevances("mass")


def test_findings_are_sentences_and_objects(run):
    findings = run.findings
    assert "1 degree of freedom" in str(findings)
    assert findings.dimension.value == 1 and findings["ring"].dimension.value == 1
    assert any("x^2 + y^2" in constraint.equation for constraint in findings.constraints)
    assert json.loads(findings.to_json()) == findings.to_dict()
    assert "<li>" in findings._repr_html_() and "dimension" in dir(findings[0])
    with pytest.raises(AttributeError, match="there is no 'dimensions' here"):
        findings[0].dimensions


def test_a_table_is_analysed_without_training(circle):
    findings = symscan.analyse(circle, columns=["x", "y"], candidates=["rotation(x,y)"], name="ring")
    assert findings.name == "ring" and findings.dimension.value == 1
    assert findings.symmetry.algebra == "so(2)"
    assert [candidate.name for candidate in findings.candidates if candidate.named] == ["rotation(x,y)"]
    assert not any("training" in sentence.lower() for sentence in findings.sentences)
    # A thousand rows do not bound a change of the distribution, ten thousand do.
    many = symscan.analyse("circle", candidates="rotation(x,y)", only_named=True)
    assert [candidate.verdict for candidate in many.candidates] == ["symmetry"]
    with pytest.raises(symscan.DataError):
        symscan.analyse(circle, columns=["x", "y"], candidates=["rotation(a,b)"])
    with pytest.raises(symscan.UsageError, match="fields"):
        symscan.analyse(circle, fields="cubic")


def test_models_encode_and_decode(run, circle):
    model = run.models[0]
    z = model.encode(circle)
    assert z.shape == (1000, 2) and z.dtype == np.float64
    assert np.array_equal(model.decode(z), model.reconstruct(circle))
    mean, deviation = model.posterior(circle)
    kl = 0.5 * (mean**2 + deviation**2 - 1 - 2 * np.log(deviation))
    np.testing.assert_allclose(model.kl(circle), kl, rtol=1e-9, atol=1e-12)
    # The relevances of the run are these averages, in float32 arithmetic.
    np.testing.assert_allclose(kl.mean(axis=0), model.relevance, rtol=1e-4)
    scale = circle.std(axis=0)
    error = (((model.reconstruct(circle) - circle) / scale) ** 2).sum(axis=1)
    np.testing.assert_allclose(model.reconstruction_error(circle), error, rtol=1e-9)
    np.testing.assert_allclose(model.loss(circle), error + 0.1 * kl.sum(axis=1), rtol=1e-9)


def test_the_jacobian_is_the_derivative(run, circle):
    model, rows, step = run.models[1], circle[:5], 1e-6
    z, jacobian = model.encode(rows), model.jacobian(rows)
    assert jacobian.shape == (5, 2, 2)
    for latent in range(2):
        shift = np.zeros(2)
        shift[latent] = step
        # Central differences: the error is step^2 times the third derivative, and rounding / step.
        numeric = (model.decode(z + shift) - model.decode(z - shift)) / (2 * step)
        np.testing.assert_allclose(jacobian[:, :, latent], numeric, atol=1e-7)


def test_samples_are_the_same_for_one_seed(run):
    model = run.best
    first = model.sample(50, seed=3)
    assert first.shape == (50, 2)
    np.testing.assert_allclose(model.sample(80, seed=3)[:50], first, rtol=1e-12)
    assert not np.allclose(model.sample(50, seed=4), first)
    assert not np.allclose(model.sample(50, seed=3, noise=True), first)


def test_arrays_are_not_copied_on_the_way_out(run, circle):
    z = run.models[0].encode(circle)
    assert z.flags.c_contiguous and z.flags.writeable and not z.flags.owndata


def test_frames_may_have_other_columns_in_another_order(run, circle):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"label": ["a"] * 1000, "y": circle[:, 1], "x": circle[:, 0]})
    assert np.array_equal(run.models[0].encode(frame), run.models[0].encode(circle))
    with pytest.raises(symscan.DataError, match="there is no column 'x'"):
        run.models[0].encode(frame[["y"]])
    with pytest.raises(symscan.DataError, match="3 columns"):
        run.models[0].encode(np.zeros((5, 3)))
    with pytest.raises(symscan.DataError, match="row 2, column 'y' is not finite"):
        run.models[0].encode(np.array([[1, 0], [1, np.inf]]))


def test_a_constant_column_that_differs_is_a_warning(circle):
    data = np.column_stack([circle, np.full(len(circle), 0.105)])
    run = symscan.train(data, columns=["x", "y", "m"], latent_dim=1, beta=0.1, seeds=[1], epochs=2)
    assert np.array_equal(run.models[0].reconstruct(data)[:, 2], data[:, 2])
    data[3, 2] = 5
    with pytest.warns(symscan.SymscanWarning, match="'m' was 0.105 in all rows"):
        run.models[0].encode(data)


def test_models_are_pickled(run, circle):
    model = pickle.loads(pickle.dumps(run.models[1]))
    assert np.array_equal(model.encode(circle), run.models[1].encode(circle)) and model.card == run.models[1].card
    description, parameters = run.models[1]._core.state()
    for broken in (description[:-3], "{}", description.replace('"latent_dim":2', '"latent_dim":3'), description.replace("tanh", "sine")):
        with pytest.raises(symscan.DataError, match="no model of symscan"):
            symscan._core.model_from_state(broken, parameters)
    with pytest.raises(symscan.DataError, match="weights in place of"):
        symscan._core.model_from_state(description, parameters[:-4])


def test_models_are_exported(run, circle, tmp_path):
    model = run.models[0]
    model.export(tmp_path / "ring.py")
    import importlib.util

    spec = importlib.util.spec_from_file_location("ring", tmp_path / "ring.py")
    ring = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(ring)
    # Both compute in float64 on the same weights, in another order.
    np.testing.assert_allclose(ring.loss(circle), model.loss(circle), rtol=1e-9, atol=1e-12)
    model.export(tmp_path / "encoder.onnx", part="encoder", float32=True)
    assert (tmp_path / "encoder.onnx").stat().st_size > 1000
    with pytest.raises(symscan.UsageError):
        model.export(tmp_path / "ring.docx")


def test_replicas_that_are_not_there(run):
    assert len(run.models) == 2
    with pytest.raises(IndexError):
        run.models[2]
    # Losses of several betas cannot be compared.
    many = symscan.train("circle", latent_dim=1, beta=[0.1, 0.3], seeds=[1], epochs=1)
    with pytest.raises(symscan.UsageError, match="choose one"):
        many.best


def test_two_runs_side_by_side(run):
    disk = symscan.train("disk", latent_dim=2, beta=0.1, seeds=[1], epochs=1)
    comparison = symscan.compare(run, disk)
    assert "degrees of freedom" in str(comparison) and comparison.page.startswith("<!doctype html>")
    assert isinstance(comparison.to_dict(), dict)
    assert "same" in str(symscan.compare(run, run))


def test_reports(run, tmp_path):
    report = run.report(tmp_path / "page.html")
    assert report.path == str(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>") and "<iframe" in report._repr_html_()
    out = tmp_path / "run"
    kept = symscan.train("circle", latent_dim=1, beta=0.1, seeds=[1], epochs=1, out=out)
    assert kept.report().path == str(out / "report.html") and (out / "analysis.json").exists()
    assert "<table>" in run._repr_html_() and "2 done" in repr(run)


def test_figures(run, tmp_path):
    try:
        paths = run.figures(tmp_path / "figures", "svg")
    except symscan.Error as error:
        pytest.skip(str(error))  # built without the engine
    assert len(paths) > 3 and all(os.path.getsize(path) > 500 for path in paths) and paths == sorted(paths)
    assert "\\begin{tabular}" in run.latex()
    with pytest.raises(symscan.UsageError, match="jpeg"):
        run.figures(tmp_path, "jpeg")



def test_the_progress_of_notebooks_and_terminals(capsys):
    from symscan import _display

    line = _display._Line(__import__("sys").stderr)
    line.show(0.5, "3 of 6 replicas")
    line.close()
    assert "50% 3 of 6 replicas" in capsys.readouterr().err
    assert isinstance(_display.progress_display(False), _display._Silent)


def test_sorted_rows_are_not_called_asymmetric():
    rows = np.random.default_rng(0).normal(size=(2000, 2))
    said = " ".join(symscan.analyse(rows[np.argsort(rows[:, 0])], columns=["x", "y"]).sentences)
    assert "keeps none" not in said and "Shuffle the rows" in said


def test_few_values_obey_no_law(circle):
    codes = np.random.default_rng(1).choice([0, 1, 2, 3], len(circle))
    findings = symscan.analyse({"x": circle[:, 0], "y": circle[:, 1], "q": codes})
    assert not any("cos(q)" in law.equation for law in findings.laws)
    assert findings.dimension.value == 2


def test_what_was_asked_for_does_not_replace_what_is_known(run):
    known = run.findings.to_json()
    assert run.analyse(candidates="rotation(x,y)", only_named=True).to_json() != known
    assert run.findings.to_json() == known and "dimension" in dir(run.findings)


@pytest.mark.parametrize("arguments", [{"n": -1}, {"n": 2.5}, {"n": 2, "seed": None}, {"n": 2, "seed": -1}, {"n": 10**15}])
def test_samples_that_cannot_be(run, arguments):
    with pytest.raises(symscan.UsageError):
        run.best.sample(**arguments)


def test_latents_of_a_frame_are_known_by_name(run, circle):
    pandas = pytest.importorskip("pandas")
    z = run.best.encode(circle)
    frame = pandas.DataFrame({"z2": z[:, 1], "z1": z[:, 0]})
    assert np.array_equal(run.best.decode(frame), run.best.decode(z))
    with pytest.raises(symscan.DataError, match="\\[\\[...\\]\\]"):
        run.best.encode([1.0, 0.0])


def test_temporary_reports_go_with_the_run(circle):
    import os

    run = symscan.train(circle, latent_dim=1, beta=0.1, seeds=[1], epochs=1)
    path = run.report().path
    assert run.report().path == path and os.path.exists(path)
    del run
    import gc

    gc.collect()
    assert not os.path.exists(path)
    with pytest.raises(symscan.UsageError, match="there is no folder"):
        symscan.train(circle, latent_dim=1, beta=0.1, seeds=[1], epochs=1).report("nowhere/page.html")
