"""What is written beside runs: never in the place of their own files, never by a run that is gone."""
import importlib.util
import json
import os

import numpy as np
import pytest

import symscan

QUICK = dict(latent_dim=1, beta=0.1, seeds=1, epochs=2, progress=False)


def points(radius=1.0, n=200):
    turn = np.random.default_rng(1).uniform(0, 2 * np.pi, n)
    return radius * np.c_[np.cos(turn), np.sin(turn)]


def test_files_of_a_run_are_not_replaced(tmp_path):
    out = tmp_path / "run"
    run = symscan.train(points(), out=out, **QUICK)
    before = {name: (out / name).read_bytes() for name in ("results.sqlite", "config.json", "models.safetensors")}
    for name in before:
        with pytest.raises(symscan.UsageError, match="file of the run"):
            run.models[0].export(out / name, format="onnx")
        with pytest.raises(symscan.UsageError, match="file of the run"):
            run.report(out / name)
    assert {name: (out / name).read_bytes() for name in before} == before
    assert os.path.samefile(run.report(out / "report.html").path, out / "report.html")
    run.models[0].export(out / "mine.onnx")
    with pytest.raises(symscan.UsageError, match="is a folder"):
        run.report(tmp_path)


def test_a_run_that_was_replaced_writes_no_report(tmp_path):
    out = tmp_path / "run"
    symscan.train(points(), out=out, **QUICK)
    old = symscan.open_run(out)
    symscan.train(points() * [1, 0.5], out=out, overwrite=True, **QUICK)
    with pytest.raises(symscan.UsageError, match="open it again"):
        old.report()
    assert not (out / "analysis.json").exists()


def test_a_temporary_report_is_there_as_long_as_it_is_held():
    report = symscan.train(points(), **QUICK).report()
    assert os.path.exists(report.path)


def test_a_config_file_is_what_its_dictionary_is(tmp_path):
    content = {"dataset": {"kind": "circle", "n": 200}}
    (tmp_path / "c.json").write_text(json.dumps(content))
    for options in (dict(), dict(settings={"train.learning_rate": 0.002})):
        from_file = symscan.train(tmp_path / "c.json", **QUICK, **options)
        from_dict = symscan.train(config=content, **QUICK, **options)
        assert list(from_file.replicas["loss"]) == list(from_dict.replicas["loss"])
    (tmp_path / "m.json").write_text('{"model": {"hidden": [4]} // small\n}')
    run = symscan.train(points(), config=tmp_path / "m.json", **QUICK)


def test_columns_that_are_not_needed_may_hold_anything():
    x = points()
    model = symscan.train(x, columns=["x", "y"], **QUICK).models[0]
    expected = model.encode(x)
    pandas = pytest.importorskip("pandas")
    names = {"x": x[:, 0], "y": x[:, 1]}
    frame = pandas.concat([pandas.DataFrame(names), pandas.DataFrame({"": 1, "t": ["a"] * 200})], axis=1)
    frame = pandas.concat([frame, frame[["t"]]], axis=1)
    records = np.zeros(200, dtype=[("y", float), ("x", float), ("name", "U3")])
    records["x"], records["y"] = x.T
    for data in (frame, {**names, "t": [2**60] * 200}, records, symscan.load_table):
        if data is symscan.load_table:
            data = symscan.load_table("circle", n=200)
            assert model.encode(data).shape == (200, 1)
        else:
            assert np.array_equal(model.encode(data), expected)
    with pytest.raises(symscan.DataError, match="there is no column 'y'; there are x, z"):
        model.encode({"x": x[:, 0], "z": x[:, 1]})


def test_an_exported_module_knows_columns_by_their_names(tmp_path):
    pandas = pytest.importorskip("pandas")
    x = points()
    symscan.train(x, columns=["x", "y"], **QUICK).models[0].export(tmp_path / "ring.py")
    spec = importlib.util.spec_from_file_location("ring_by_name", tmp_path / "ring.py")
    ring = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(ring)
    frame = pandas.DataFrame({"y": x[:, 1], "other": 0, "x": x[:, 0]})
    assert np.array_equal(ring.encode(frame)[0], ring.encode(x)[0])
    with pytest.raises(ValueError, match="no column 'y'"):
        ring.encode(frame[["x", "other"]])


@pytest.mark.parametrize("arguments, sentence", [
    (dict(weights=np.ones(200) * 1j), "complex"), (dict(threads=2**70), "4096"), (dict(threads="a"), "whole number"),
    (dict(checkpoint_every=-1), "above 0"),
    (dict(settings={"train.learning_rate": float("nan")}), "train.learning_rate is nan"),
    (dict(config={"train": {"learning_rate": float("inf")}}), "train.learning_rate is inf"), (dict(out="a\0b"), "zero character")])
def test_refusals(arguments, sentence):
    with pytest.raises(symscan.Error, match=sentence):
        symscan.train(points(), **QUICK, **arguments)


def test_one_value_is_no_column():
    with pytest.raises(symscan.DataError, match="is one value"):
        symscan.train({"x": points()[:, 0], "y": 1.0}, **QUICK)
