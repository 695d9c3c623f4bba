"""Sweeps in pieces: shards, their joining, pools of workers."""
import gc
import os
import pickle
import signal
import subprocess
import threading
import time
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import symscan

SWEEP = dict(latent_dim=[1, 2], beta=[0.1, 0.3], seeds=[1, 2], epochs=3, progress=False)
FILES = ("summary.json", "models.safetensors", "metrics.jsonl", "config.json")


class Inline(Executor):
    """Each task at once, in this thread; `fails(number)` may raise in the place of the task with this number, from 1."""

    def __init__(self, fails=lambda number: None):
        self._max_workers, self._fails, self.shards = 2, fails, []

    def submit(self, function, /, *arguments, **keywords):
        self.shards.append(arguments[2])
        future = Future()
        try:
            self._fails(len(self.shards))
            future.set_result(function(*arguments, **keywords))
        except Exception as error:  # pylint: disable=broad-exception-caught
            future.set_exception(error)
        return future


class StopsAfter:
    """A callback that is Ctrl-C after some shards."""

    def __init__(self, shards):
        self.shards = shards

    def on_progress(self, progress):
        if progress["finished_shards"] == self.shards:
            raise KeyboardInterrupt


def files(run):
    folder = run if isinstance(run, (str, os.PathLike)) else run.directory
    content = {}
    for name in FILES:
        with open(os.path.join(folder, name), "rb") as file:
            content[name] = file.read()
    return content


def spawned(workers=2):
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


@pytest.fixture(scope="module")
def whole(circle, tmp_path_factory):
    """Eight replicas, trained without a pool."""
    return symscan.train(circle, columns=["x", "y"], out=tmp_path_factory.mktemp("whole") / "run", **SWEEP)


def train_shards(data, folder, count, **options):
    return [symscan.train(data, columns=["x", "y"], shard=(index, count), out=folder / f"shard_{index}_of_{count}",
                          **{**SWEEP, **options}) for index in range(count)]


# ---- shards and their joining

def test_shards_join_to_the_whole_run(circle, whole, tmp_path):
    shards = train_shards(circle, tmp_path, 3)
    merged = symscan.merge([shard.directory for shard in shards], out=tmp_path / "run", data=circle, columns=["x", "y"])
    assert files(merged) == files(whole)
    assert merged.findings.to_json() == whole.findings.to_json()
    with pytest.raises(symscan.DataError, match="not the one that the shards"):
        symscan.merge([shard.directory for shard in shards], out=tmp_path / "other", data=circle * 2, columns=["x", "y"])
    with pytest.raises(symscan.Error, match="already holds a run"):
        symscan.merge([shard.directory for shard in shards], out=tmp_path / "run")
    symscan.merge([shard.directory for shard in shards], out=tmp_path / "run", overwrite=True)


def test_a_shard_says_nothing_about_the_whole(circle, tmp_path):
    shard = symscan.train(circle, shard="1/3", out=tmp_path / "shard", **SWEEP)
    statuses = [entry["status"] for entry in shard.summary["replicas"]]
    assert shard.complete and len(statuses) == 8 and {"done", "elsewhere"} == set(statuses)
    for look in (lambda: shard.findings, shard.report):
        with pytest.raises(symscan.UsageError, match="merge"):
            look()


def test_status_counts_and_merge_names_what_is_missing(circle, tmp_path):
    train_shards(circle, tmp_path, 3)
    there = [tmp_path / "shard_0_of_3", tmp_path / "shard_2_of_3"]
    status = symscan.status(there)
    assert [run["state"] for run in status["runs"]] == ["trained", "trained"]
    assert status["missing_shards"] == ["1/3"] and status["done"] == status["replicas"] < 8
    assert symscan.status(tmp_path / "nothing")["runs"][0]["state"] == "missing"
    with pytest.raises(symscan.TemporaryError, match=r"1/3 \(missing\)"):
        symscan.merge(there, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_shards_of_other_configs_are_refused(circle, tmp_path):
    first = train_shards(circle, tmp_path / "a", 2)[0]
    other = train_shards(circle, tmp_path / "b", 2, epochs=4)[1]
    with pytest.raises(symscan.ConfigError, match="train.epochs"):
        symscan.merge([first.directory, other.directory], out=tmp_path / "run")


@pytest.mark.parametrize("options, sentence", [
    (dict(shard="0/2"), "give out"),
    (dict(shard="2/2", out="x"), "2/2"),
    (dict(shard=(1, 2, 3), out="x"), "shard is"),
    (dict(shard="0/2", out="x", pool=Inline()), "leave shard out"),
    (dict(shards=4), "for a pool"),
    (dict(shards=0, pool=Inline()), "above 0"),
    (dict(shards=9, pool=Inline()), "only 8 replicas"),
    (dict(pool="ray"), "the module ray"),
    (dict(pool=Inline(), log="tensorboard", out="x"), "leave log out"),
])
def test_what_cannot_be_divided(options, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(symscan.UsageError, match=sentence):
        symscan.train("circle", **SWEEP, **options)
    assert not list(tmp_path.iterdir())


def test_tables_are_pickled(circle):
    table = symscan.load_table("harmonic_oscillator", n=50)
    again = pickle.loads(pickle.dumps(table))
    assert again.columns == table.columns and again.notes == table.notes
    for name in ("values", "weights", "group", "target"):
        assert np.array_equal(getattr(again, name), getattr(table, name)), name


# ---- pools

def test_a_pool_of_processes_gives_the_same_run(circle, whole, tmp_path):
    with spawned() as pool:
        run = symscan.train(circle, columns=["x", "y"], out=tmp_path / "run", pool=pool, shards=3, **SWEEP)
        assert files(run) == files(whole) and run.findings.to_json() == whole.findings.to_json()
        assert not [name for name in os.listdir(run.directory) if name.startswith("pool_shard_")]


def test_a_pool_without_a_directory(circle, whole, monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    seen = []

    class Sees:
        def on_start(self, config):
            seen.append("start")

        def on_progress(self, progress):
            seen.append(progress["share"])

        def on_end(self, run):
            seen.append("end")

    with ThreadPoolExecutor(2) as pool:
        run = symscan.train(circle, columns=["x", "y"], pool=pool, callbacks=[Sees()], **SWEEP)
    assert run.directory is None and run.summary == whole.summary
    assert run.findings.to_json() == whole.findings.to_json()
    assert np.array_equal(run.models[3].encode(circle), whole.models[3].encode(circle))
    assert seen == ["start", *[shard / 8 for shard in range(1, 9)], "end"]
    del run
    gc.collect()
    assert not list(tmp_path.iterdir())


def test_what_is_chosen_from_weighted_data(tmp_path):
    rng = np.random.default_rng(3)
    data = {"x": rng.normal(size=300).astype(np.float32), "y": rng.normal(size=300), "w": rng.uniform(0.5, 2, 300)}
    settings = {"train.epochs": 2}
    expected = symscan.train(data, weights="w", settings=settings, out=tmp_path / "expected", progress=False)
    notes = []
    listener = type("Listens", (), {"on_note": lambda self, text: notes.append(text)})()
    run = symscan.train(data, weights="w", settings=settings, out=tmp_path / "run", pool=Inline(), shards=2, progress=False,
                        callbacks=[listener])
    assert files(run) == files(expected) and len(notes) == len(set(notes)) > 0


def test_seeds_that_are_added_stay_together(circle, tmp_path):
    options = dict(latent_dim=1, beta=[0.1, 0.3], seeds="auto", epochs=3, progress=False)
    expected = symscan.train(circle, out=tmp_path / "expected", **options)
    pool = Inline()
    assert files(symscan.train(circle, out=tmp_path / "run", pool=pool, **options)) == files(expected)
    assert pool.shards[-2:] == ["0/2", "1/2"]  # of the eight that were tried first there are two


def test_files_mean_the_same_on_workers(circle, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    np.savetxt("points.csv", circle, delimiter=",", header="x,y", comments="")
    expected = symscan.train("points.csv", out="expected", **SWEEP)
    with spawned(1) as pool:
        pool.submit(os.chdir, "/").result()
        run = symscan.train("points.csv", out="run", pool=pool, shards=2, **SWEEP)
        assert files("run") == files(expected)
        assert run.findings.to_json() == expected.findings.to_json()
        with pytest.raises(symscan.DataError, match="on worker .*nothing.csv"):
            symscan.train("nothing.csv", pool=pool, shards=2, **SWEEP)


def test_a_task_that_fails_is_tried_again(circle, whole, tmp_path):
    def fails(number):
        if number in (2, 9):
            raise OSError("a lost worker")

    with pytest.warns(symscan.SymscanWarning, match="1/8 is tried again: OSError: a lost worker"):
        run = symscan.train(circle, columns=["x", "y"], out=tmp_path / "run", pool=Inline(fails), **SWEEP)
    assert files(run) == files(whole)

    def always(number):
        raise OSError("no disk")

    pool = Inline(always)
    with pytest.warns(symscan.SymscanWarning), pytest.raises(symscan.TemporaryError, match="0/2 failed 3 times.*no disk"):
        symscan.train(circle, pool=pool, shards=2, **SWEEP)


def test_what_is_wrong_for_all_workers_is_not_tried_again():
    pool = Inline()
    with pytest.raises(symscan.ConfigError, match="on worker .*nothing"):
        symscan.train("circle", settings={"model.nothing": 1}, pool=pool, shards=4, **SWEEP)
    assert len(pool.shards) == 4


def test_a_directory_that_is_in_use_is_refused_before_anything_is_trained(circle, whole):
    pool = Inline()
    with pytest.raises(symscan.Error, match="already holds a run"):
        symscan.train(circle, columns=["x", "y"], out=whole.directory, pool=pool, **SWEEP)
    assert not pool.shards


def test_an_interrupted_call_goes_on(circle, whole, tmp_path):
    def train(**options):
        return symscan.train(circle, columns=["x", "y"], out=tmp_path / "run", **{**SWEEP, **options})

    with pytest.raises(KeyboardInterrupt):
        train(pool=Inline(), shards=4, callbacks=[StopsAfter(2)])
    assert symscan.status([tmp_path / "run/pool_shard_0_of_4", tmp_path / "run/pool_shard_1_of_4"])["missing_shards"] == ["2/4", "3/4"]
    pool = Inline()
    for options, error, sentence in ((dict(), symscan.Error, "resume=True"),
                                     (dict(resume=True, epochs=4), symscan.ConfigError, "train.epochs"),
                                     (dict(resume=True, shards=3), symscan.UsageError, "give shards=4")):
        with pytest.raises(error, match=sentence):
            train(pool=pool, **options)
    assert not pool.shards
    run = train(pool=pool, resume=True)
    assert pool.shards == ["2/4", "3/4"] and files(run) == files(whole)
    assert not [name for name in os.listdir(run.directory) if name.startswith("pool_shard_")]
    assert files(train(pool=pool, resume=True)) == files(whole) and len(pool.shards) == 2
    run = train(pool=pool, shards=3, overwrite=True)
    assert pool.shards[2:] == ["0/3", "1/3", "2/3"] and files(run) == files(whole)


def test_replacing_a_run_goes_on_after_an_interruption(circle, whole, tmp_path):
    def train(**options):
        return symscan.train(circle, columns=["x", "y"], out=tmp_path / "run", **{**SWEEP, **options})

    train(pool=Inline(), shards=2, epochs=2)
    with pytest.raises(KeyboardInterrupt):
        train(pool=Inline(), shards=4, overwrite=True, callbacks=[StopsAfter(3)])
    with pytest.raises(symscan.ConfigError, match="train.epochs"):
        train(pool=Inline(), resume=True, epochs=5)
    pool = Inline()
    assert files(train(pool=pool, resume=True)) == files(whole) and pool.shards == ["3/4"]


@pytest.mark.parametrize("shard", [(0.5, 2), (1, 2.0), (1,), 3, ("a", 2)])
def test_what_is_no_shard_is_refused(shard, tmp_path):
    with pytest.raises(symscan.UsageError, match="for the fourth of eight parts"):
        symscan.train("circle", shard=shard, out=tmp_path / "shard")


def test_shards_that_no_pool_has_made_are_left_alone(circle, whole, tmp_path):
    mine = train_shards(circle, tmp_path / "run", 2, epochs=2)
    for existing in ({}, {"resume": True}, {"overwrite": True}):
        run = symscan.train(circle, columns=["x", "y"], out=tmp_path / "run", pool=Inline(), shards=3, **existing, **SWEEP)
        assert files(run) == files(whole)
    assert [entry["state"] for entry in symscan.status([shard.directory for shard in mine])["runs"]] == ["trained"] * 2
    symscan.merge([shard.directory for shard in mine], out=tmp_path / "joined")


def test_a_run_that_was_begun_without_a_pool_is_resumed_without_one(circle, tmp_path):
    class Ends:
        def on_progress(self, progress):
            raise KeyboardInterrupt

    options = dict(latent_dim=2, beta=0.1, seeds=list(range(1, 30)), epochs=300, out=tmp_path / "run", progress=False)
    with pytest.raises(KeyboardInterrupt):
        symscan.train(circle, callbacks=[Ends()], **options)
    with pytest.raises(symscan.UsageError, match="begun without a pool"):
        symscan.train(circle, pool=Inline(), resume=True, **options)


# ---- workers that are killed

LONG = dict(latent_dim=2, beta=[0.1, 0.3], seeds=[1, 2], hidden=[32], epochs=200, progress=False)


@pytest.fixture(scope="module")
def long_whole(circle, tmp_path_factory):
    return symscan.train(circle, out=tmp_path_factory.mktemp("long") / "run", **LONG)


def test_a_killed_process_costs_its_shards_alone(circle, long_whole, tmp_path):
    killed = []

    class Kills:
        def on_progress(self, progress):
            if not killed and progress["finished_shards"] == 1:
                killed.extend(pool._processes)
                os.kill(killed[0], signal.SIGKILL)

    with spawned(1) as pool, pytest.raises(symscan.TemporaryError, match="resume=True with a new pool"):
        symscan.train(circle, out=tmp_path / "run", pool=pool, shards=4, callbacks=[Kills()], **LONG)
    assert killed
    rest = Inline()
    assert files(symscan.train(circle, out=tmp_path / "run", pool=rest, resume=True, **LONG)) == files(long_whole)
    assert 0 < len(rest.shards) < 4


def descendants(of):
    """Numbers of the processes below this one."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    above = {int(pid): int(parent) for pid, parent in (line.split() for line in listed.splitlines())}
    found = {of}
    while True:
        more = {pid for pid, parent in above.items() if parent in found} - found
        if not more:
            return found - {of}
        found |= more


def worker_at_work():
    """A process of Ray that trains a shard, or None."""
    for pid in descendants(os.getpid()):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                if file.read().startswith(b"ray::train_shard"):
                    return pid
        except OSError:
            pass
    return None


@pytest.fixture(scope="module")
def ray(tmp_path_factory):
    """Two local workers."""
    module = pytest.importorskip("ray", reason="needs the package ray (python/install_packages.sh)")
    os.environ.update(RAY_AUTH_MODE="disabled", RAY_USAGE_STATS_ENABLED="0")
    module.init(num_cpus=2, num_gpus=0, include_dashboard=False, log_to_driver=False, object_store_memory=100_000_000)
    yield module
    module.shutdown()


def test_ray_gives_the_same_run(ray, circle, whole, tmp_path):
    run = symscan.train(circle, columns=["x", "y"], out=tmp_path / "run", pool=ray, shards=4, **SWEEP)
    assert files(run) == files(whole) and run.findings.to_json() == whole.findings.to_json()
    with pytest.raises(symscan.ConfigError, match="on worker .*nothing"):
        symscan.train("circle", settings={"model.nothing": 1}, pool=ray, shards=2, **SWEEP)
    with pytest.raises(symscan.UsageError, match="take 'cuda'"):
        symscan.train("circle", pool=ray, device="cuda:0", **SWEEP)


def test_ray_trains_the_shard_of_a_killed_worker_again(ray, circle, long_whole, tmp_path):
    killed = []

    def kill_one():
        end = time.monotonic() + 60
        while not killed and time.monotonic() < end:
            pid = worker_at_work()
            if pid is None:
                time.sleep(0.01)
                continue
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)

    killer = threading.Thread(target=kill_one)
    killer.start()
    run = symscan.train(circle, out=tmp_path / "run", pool=ray, shards=4, **LONG)
    killer.join()
    assert killed and files(run) == files(long_whole)
