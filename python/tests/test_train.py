"""symscan.train: what goes in, what comes out."""
import json
import os
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import symscan

QUICK = {"latent_dim": 1, "beta": 0.1, "seeds": [1], "epochs": 2}


def losses(run):
    return [entry["loss"] for entry in run.summary["replicas"]]


def test_a_builtin_dataset_by_name():
    run = symscan.train("circle", **QUICK)
    assert run.name == "circle" and run.complete and run.directory is None
    assert [entry["status"] for entry in run.summary["replicas"]] == ["done"]


def test_lists_are_swept_and_ids_follow_the_command_line(circle):
    run = symscan.train(circle, latent_dim=[1, 2], beta=[0.1, 0.3], seeds=range(1, 3), epochs=1)
    replicas = run.replicas
    assert len(replicas) == 8 and set(replicas["latent_dim"]) == {1, 2} and set(replicas["beta"]) == {0.1, 0.3}


def test_the_same_bits_as_the_command_line(tmp_path, circle):
    program = os.environ.get("SYMSCAN_PROGRAM")
    if not program:
        pytest.skip("SYMSCAN_PROGRAM names no program")
    np.save(tmp_path / "ring.npy", circle)
    subprocess.run([program, "train", "--data", "ring.npy", "model.latent_dim=2", "loss.beta=0.1", "seeds=[3,4]",
                    "train.epochs=3", "--out", "run", "--quiet", "--no-report", "--no-analysis"], cwd=tmp_path, check=True)
    told = json.loads((tmp_path / "run/summary.json").read_text())
    # The file holds float32 or float64 as it was saved: float64, as the array.
    run = symscan.train(circle, latent_dim=2, beta=0.1, seeds=[3, 4], epochs=3)
    assert losses(run) == [entry["loss"] for entry in told["replicas"]]
    assert run.summary["replicas"][0]["relevance"] == told["replicas"][0]["relevance"]


def test_threads_do_not_change_results(circle):
    one = symscan.train(circle, latent_dim=2, beta=0.1, seeds=[1, 2, 3], epochs=2, threads=1)
    two = symscan.train(circle, latent_dim=2, beta=0.1, seeds=[1, 2, 3], epochs=2, threads=2)
    assert losses(one) == losses(two)


def test_what_is_left_open_is_chosen_from_the_data(circle):
    notes = []

    class Notes:
        def on_note(self, text):
            notes.append(text)

    run = symscan.train(circle[:300], epochs=1, callbacks=[Notes()])
    assert run.config["model"]["latent_dim"] == [1, 2] and run.config["seeds"] == "auto"
    assert any(note.startswith("chosen from the data") for note in notes)


def frames(values):
    """The same columns x, y in every kind of frame that is installed."""
    x, y = values[:, 0], values[:, 1]
    yield {"x": x, "y": y}
    yield np.rec.fromarrays([x, y], names="x,y").view(np.ndarray)
    pandas = pytest.importorskip("pandas")
    yield pandas.DataFrame({"x": x, "y": y})
    for package, make in (("polars", lambda p: p.DataFrame({"x": x, "y": y})), ("pyarrow", lambda p: p.table({"x": x, "y": y})),
                          ("awkward", lambda p: p.zip({"x": x, "y": y}))):
        try:
            module = __import__(package)
        except ImportError:
            continue
        yield make(module)


def test_every_kind_of_frame_is_the_same_data(circle):
    plain = symscan.train(circle, columns=["x", "y"], **QUICK)
    kinds = list(frames(circle))
    assert len(kinds) >= 3
    for frame in kinds:
        run = symscan.train(frame, **QUICK)
        assert losses(run) == losses(plain), type(frame)
        assert run.summary["datasets"][0]["columns"] == ["x", "y"]


def test_column_order_of_arrays_does_not_matter(circle):
    fortran = np.asfortranarray(circle)
    assert losses(symscan.train(fortran, **QUICK)) == losses(symscan.train(circle, **QUICK))
    assert losses(symscan.train(np.hstack([circle, circle])[:, ::2][:, :2], **QUICK)) != losses(symscan.train(circle, **QUICK))


def test_particles_by_name():
    rng = np.random.default_rng(2)
    muon = np.dtype([("pt", float), ("eta", float)])
    events = np.zeros(200, dtype=[("mu1", muon), ("mu2", muon)])
    for name in ("mu1", "mu2"):
        events[name]["pt"], events[name]["eta"] = rng.exponential(30, 200), rng.normal(size=200)
    run = symscan.train(events, **QUICK)
    assert run.summary["datasets"][0]["columns"] == ["pt(mu1)", "eta(mu1)", "pt(mu2)", "eta(mu2)"]


def test_weights_by_name_or_as_an_array(circle):
    weights = np.random.default_rng(3).uniform(0.5, 2, len(circle))
    named = symscan.train({"x": circle[:, 0], "y": circle[:, 1], "w": weights}, weights="w", **QUICK)
    given = symscan.train({"x": circle[:, 0], "y": circle[:, 1]}, weights=weights, **QUICK)
    without = symscan.train({"x": circle[:, 0], "y": circle[:, 1]}, **QUICK)
    assert losses(named) == losses(given) != losses(without)


def test_float32_keeps_its_rounding_in_mind(circle):
    values = np.column_stack([circle[:, 0], 1000 + 1e-4 * circle[:, 1]]).astype(np.float32)
    run = symscan.train(values, **QUICK)
    assert run.summary["datasets"][0]["constant_columns"] == ["x1"]


def test_a_table_can_be_used_again(circle):
    table = symscan.load_table("circle", n=300)
    assert table.values.shape == (300, 2) and table.columns == ["x", "y"]
    first, second = symscan.train(table, **QUICK), symscan.train(table, **QUICK)
    assert losses(first) == losses(second) and table.rows == 300


@pytest.mark.parametrize("data, sentence", [
    (np.array([["a", "b"]] * 20), "not numbers"),
    (np.full((20, 2), np.nan), "row 1, column 'x0'"),
    (np.zeros((2, 2, 2)), "3 dimensions"),
    (np.zeros((0, 2)), "no rows"),
    ({"x": [1.0, 2.0], "y": [1.0]}, "different lengths"),
    ({"x": ["a", "b"]}, "no column of numbers"),
])
def test_bad_data_is_told(data, sentence):
    with pytest.raises(symscan.DataError, match=sentence):
        symscan.train(data, **QUICK)


@pytest.mark.parametrize("arguments, error, sentence", [
    ({"latent_dim": 0}, symscan.ConfigError, "latent_dim"),
    ({"beta": "much"}, symscan.ConfigError, "beta"),
    ({"settings": ["loss.betta=1"]}, symscan.ConfigError, "did you mean"),
    ({"device": "tpu"}, symscan.UsageError, "device"),
    ({"columns": ["x"]}, symscan.DataError, "1 names for 2 columns"),
    ({"weights": [1.0]}, symscan.DataError, "weights has 1 values"),
    ({"resume": True, "overwrite": True}, symscan.UsageError, "exclude"),
])
def test_bad_arguments_are_told(circle, arguments, error, sentence):
    with pytest.raises(error, match=sentence) as raised:
        symscan.train(circle, **{**QUICK, **arguments})
    assert "\n" not in str(raised.value) and isinstance(raised.value, symscan.Error)


def test_no_such_dataset():
    with pytest.raises(symscan.ConfigError, match="did you mean 'circle'"):
        symscan.train("cirlce", **QUICK)
    with pytest.raises(symscan.DataError):
        symscan.train("nowhere.csv", **QUICK)


def test_missing_values_of_a_frame_are_told():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame({"x": [1.0, 2.0, None] * 5, "y": range(15)})
    with pytest.raises(symscan.DataError, match="column 'x' has 5 missing values"):
        symscan.train(frame, **QUICK)


def test_a_directory_is_a_run_of_the_command_line(tmp_path, circle):
    out = tmp_path / "run"
    run = symscan.train(circle, out=out, **QUICK)
    assert json.loads((out / "summary.json").read_text()) == run.summary
    del run
    assert losses(symscan.open_run(out)) == [json.loads((out / "summary.json").read_text())["replicas"][0]["loss"]]
    with pytest.raises(symscan.Error, match="resume"):
        symscan.train(circle, out=out, **QUICK)
    assert symscan.train(circle, out=out, resume=True, **QUICK).complete


def test_tensorboard_logs(tmp_path, circle):
    symscan.train(circle, out=tmp_path / "run", log="tensorboard", **QUICK)
    assert list((tmp_path / "run/tensorboard").rglob("events.out.tfevents.*"))
    with pytest.raises(symscan.UsageError, match="give out"):
        symscan.train(circle, log="tensorboard", **QUICK)


INTERRUPTED = """
import sys, numpy as np, symscan
angle = np.linspace(0, 6.28, 4000)
print("begins", flush=True)
try:
    symscan.train(np.column_stack([np.cos(angle), np.sin(angle)]), latent_dim=2, beta=0.1, seeds=list(range(1, 40)),
                  epochs=400, out=sys.argv[1], progress=False)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    sys.exit(5)
"""


def test_ctrl_c_saves_and_raises(tmp_path):
    out = tmp_path / "run"
    process = subprocess.Popen([sys.executable, "-c", INTERRUPTED, str(out)], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "begins\n"
    for _ in range(300):
        if (out / "results.sqlite").exists():
            break
        time.sleep(0.1)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    begin = time.monotonic()
    assert process.communicate(timeout=60)[0] == "interrupted\n" and process.returncode == 5
    assert time.monotonic() - begin < 20
    run = symscan.open_run(out)
    assert not run.complete


def test_an_exception_of_a_callback_comes_out(circle):
    class Ends:
        def on_progress(self, progress):
            raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        symscan.train(circle, latent_dim=2, beta=0.1, seeds=list(range(1, 30)), epochs=300, callbacks=[Ends()])


def test_other_threads_go_on_while_it_trains(circle):
    counted = []
    ended = threading.Event()

    def count():
        while not ended.is_set():
            counted.append(time.monotonic())
            time.sleep(0.005)

    thread = threading.Thread(target=count)
    thread.start()
    begin = time.monotonic()
    symscan.train(circle, latent_dim=2, beta=0.1, seeds=list(range(1, 5)), epochs=60, threads=1)
    seconds = time.monotonic() - begin
    ended.set()
    thread.join()
    # At 5 ms each it would be 200 a second; without the GIL's release next to none.
    assert len(counted) > 20 * seconds


def test_no_gpu_is_a_python_warning(circle, monkeypatch):
    monkeypatch.setenv("SYMSCAN_DEVICE_PLUGIN", "/nowhere/none.so")
    with pytest.raises(symscan.UsageError):
        symscan.train(circle, device="cuda", **QUICK)


def test_masked_arrays_are_told(circle):
    masked = np.ma.masked_less(circle, -0.9)
    for data in (masked, {"x": masked[:, 0], "y": circle[:, 1]}):
        with pytest.raises(symscan.DataError, match="masked values"):
            symscan.train(data, **QUICK)
    assert symscan.train(np.ma.masked_less(circle, -2), **QUICK).complete


def test_names_of_columns(circle):
    pandas = pytest.importorskip("pandas")
    assert symscan.train(pandas.DataFrame(circle), **QUICK).summary["datasets"][0]["columns"] == ["x0", "x1"]
    for names, sentence in ((["a", "a"], "two columns of the table are called 'a'"), (["a\nb", "c"], "without line breaks"),
                            (["", "b"], "not empty")):
        with pytest.raises(symscan.DataError, match=sentence):
            symscan.train(pandas.DataFrame(circle, columns=names), **QUICK)
        with pytest.raises(symscan.DataError, match=sentence):
            symscan.analyse(circle, columns=names)
    frame = pandas.DataFrame({"x": circle[:, 0], "y": circle[:, 1], "w": 1.0})
    with pytest.raises(symscan.DataError, match="no column 'zz'; there are x, y, w"):
        symscan.train(frame, columns=["x", "zz"], **QUICK)
    with pytest.raises(symscan.UsageError, match="list of names"):
        symscan.train(frame, columns="x", **QUICK)


def test_columns_called_like_members(circle):
    pandas = pytest.importorskip("pandas")
    for name in ("fields", "column_names", "columns"):
        run = symscan.train(pandas.DataFrame({"x": circle[:, 0], name: circle[:, 1]}), **QUICK)
        assert run.summary["datasets"][0]["columns"] == ["x", name]
    numbered = pandas.DataFrame(circle)
    assert symscan.train(numbered, columns=[1, 0], **QUICK).summary["datasets"][0]["columns"] == ["x1", "x0"]


def test_whole_numbers_beyond_float64_are_told(circle):
    with pytest.raises(symscan.DataError, match="2\\^53"):
        symscan.train({"x": circle[:, 0], "event": 2**60 + np.arange(len(circle))}, **QUICK)


def test_lazy_frames_and_plain_awkward_arrays(circle):
    polars, awkward = pytest.importorskip("polars"), pytest.importorskip("awkward")
    plain = losses(symscan.train(circle, columns=["x", "y"], **QUICK))
    assert losses(symscan.train(polars.DataFrame({"x": circle[:, 0], "y": circle[:, 1]}).lazy(), **QUICK)) == plain
    assert losses(symscan.train(awkward.Array(circle), **QUICK)) == plain


def test_a_cell_with_a_directory_may_be_run_again(tmp_path, circle):
    first = symscan.train(circle, out=tmp_path / "run", **QUICK)
    again = symscan.train(circle, out=tmp_path / "run", overwrite=True, **QUICK)
    assert losses(first) == losses(again) and symscan.train(circle, out=tmp_path / "run", resume=True, **QUICK).complete


@pytest.mark.parametrize("arguments", [{"callbacks": [3]}, {"threads": -1}, {"threads": 1.5}, {"resume": True}, {"overwrite": True}])
def test_arguments_that_would_be_ignored(circle, arguments):
    with pytest.raises(symscan.UsageError):
        symscan.train(circle, **{**QUICK, **arguments})
