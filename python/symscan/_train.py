"""train() and analyse()."""
from __future__ import annotations

import json
import math
import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Optional, Union

from . import _core
from ._display import duration, progress_display
from ._errors import ConfigError, SymscanWarning, UsageError
from ._findings import Findings
from ._models import _threads as threads_of
from ._pool_tasks import Sweep
from ._pool_training import PoolTraining
from ._run import Path, Run, analysed, analysis_options
from ._shards import existing_mode, shard_text
from ._tables import checked_names, dataset_section, is_name, table_of


def _set(config: dict[str, Any], path: str, value: Any) -> None:
    if value is None:
        return
    keys = path.split(".")
    for key in keys[:-1]:
        config = config.setdefault(key, {})
        if not isinstance(config, dict):
            raise ConfigError(f"{path} is given, and the config's '{key}' is no section")
    config[keys[-1]] = _plain(value)


def _plain(value: Any) -> Any:
    """NumPy numbers, arrays, ranges and tuples as JSON has them."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (tuple, range, set)):
        return [_plain(entry) for entry in value]
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return value


def _refuse_nonfinite(value: Any, path: str) -> None:
    """JSON has no NaN and no infinity; the sentence names the setting."""
    if isinstance(value, float) and not math.isfinite(value):
        raise ConfigError(f"{path} is {value}; it must be a finite number")
    for key, entry in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        _refuse_nonfinite(entry, path if isinstance(value, list) else f"{path}.{key}" if path else str(key))


def _settings(settings: Any) -> list[str]:
    """["loss.beta=[0.1,0.3]"] of a list or a dictionary."""
    if settings is None:
        return []
    if isinstance(settings, str):
        return [settings]
    if isinstance(settings, dict):
        for key, value in settings.items():
            _refuse_nonfinite(_plain(value), str(key))
        return [f"{key}={value if isinstance(value, str) else json.dumps(_plain(value))}" for key, value in settings.items()]
    return [str(setting) for setting in settings]


def _config(config: Any) -> dict[str, Any]:
    if config is None:
        return {}
    if is_name(config):
        return json.loads(_core.read_config(os.fspath(config)))
    if not isinstance(config, Mapping):
        raise ConfigError("config is neither a dictionary nor a file")
    return json.loads(json.dumps(_plain(dict(config))))


def _is_config_file(data: Any) -> bool:
    return is_name(data) and os.fspath(data).lower().endswith(".json")


class _Teller:
    """What a training says: progress to the display and to callbacks, the rest as Python warnings and lines."""

    def __init__(self, display: Any, callbacks: Sequence[Any]) -> None:
        self._display, self._callbacks = display, callbacks

    def __call__(self, kind: str, what: Any) -> None:
        if kind == "warning":
            warnings.warn(what, SymscanWarning, stacklevel=4)
        elif kind == "note":
            for callback in self._callbacks:
                getattr(callback, "on_note", lambda text: None)(what)
        else:
            done = f"{what['finished_shards']} of {what['shards']} shards" if "shards" in what else \
                f"{what['finished']} of {what['replicas']} replicas"
            self._display.show(what["share"], f"{done}, {duration(what['seconds'])}")
            for callback in self._callbacks:
                getattr(callback, "on_progress", lambda progress: None)(what)


def _check_division(shard: Any, pool: Any, shards: Any, out: Any, log: Any) -> None:
    """Refuses what a shard, or a sweep in shards, cannot have."""
    if shard is not None and pool is not None:
        raise UsageError("a pool trains all shards; leave shard out")
    if shard is not None and out is None:
        raise UsageError("a shard is trained into a run directory of its own: give out")
    if shards is not None and pool is None:
        raise UsageError("shards is for a pool; to train one of them alone give shard='0/8'")
    if shards is not None and (isinstance(shards, (str, bool)) or int(shards) != shards or shards < 1):
        raise UsageError(f"shards is {shards!r}; it must be a whole number above 0")
    if log and pool is not None:
        raise UsageError("logs grow in the run directory, which the workers of a pool do not have; leave log out")


def train(data: Any = None, *, columns: Optional[Sequence[str]] = None, weights: Any = None, group: Any = None,
          target: Any = None, angles: Optional[Sequence[str]] = None, acceptance: Optional[str] = None,
          latent_dim: Union[int, Sequence[int], None] = None, beta: Union[float, Sequence[float], None] = None,
          seeds: Union[int, str, Sequence[int], None] = None, hidden: Optional[Sequence[Any]] = None,
          activation: Union[str, Sequence[str], None] = None, epochs: Union[int, str, None] = None,
          config: Union[Mapping[str, Any], Path, None] = None, settings: Union[Mapping[str, Any], Sequence[str], None] = None,
          out: Optional[Path] = None, resume: bool = False, overwrite: bool = False, device: str = "auto",
          threads: Optional[int] = None, checkpoint_every: float = 10, name: Optional[str] = None,
          log: Union[str, Sequence[str]] = (), progress: Optional[bool] = None, callbacks: Sequence[Any] = (),
          shard: Union[str, tuple[int, int], None] = None, pool: Any = None, shards: Optional[int] = None) -> Run:
    """Trains one or many small variational autoencoders and gives back the Run.

    Parameters
    ----------
    data : array [n, D], data frame, dict, awkward or structured array, str or path
        Rows in raw units; float64 or float32. A str is a built-in dataset ("circle"), a file that symscan reads, or a
        config (.json). Records of particles give columns "pt(mu1)".
    columns : list of str
        The features, or their names where ``data`` has none.
    weights, group, target : array [n] or str
        Event weights; trajectory of each row; a function of the features. A str names a column, which then is no feature.
    angles : list of str
        Columns that are angles.
    acceptance : str
        Cut that the data have passed, "pt > 20".
    latent_dim, beta, seeds, hidden, activation, epochs : value or list
        Lists are swept. Of arrays, frames and files what is left open of latent_dim, beta and seeds is chosen from the
        data; ``seeds="auto"`` adds seeds until the lowest loss has been met three times.
    config : dict or path
        A config as in a file; the arguments are stronger.
    settings : dict or list of str
        Further settings, ``{"train.learning_rate": 0.003}`` or ``["train.learning_rate=0.003"]``: strongest.
    out : path
        Run directory, with everything that `symscan train` writes but the report; without it nothing is written to disk.
    resume, overwrite : bool
        Go on with the run in the directory, or replace it.
    device : str
        "auto" (a CUDA device if there is one), "cpu", "cuda", "cuda:0,1".
    threads : int
        That train on the CPU (default: all cores). Results do not depend on it.
    checkpoint_every : float
        Seconds between checkpoints.
    name : str
        What sentences call a table that is no file.
    log : list of str
        Logs to write while training, with ``out``: "tensorboard".
    progress : bool
        Show how far it is (default: on terminals and in notebooks).
    callbacks : list
        Objects with any of ``on_start(config)``, ``on_progress(dict)``, ``on_note(str)``, ``on_end(run)``.
    shard : str or (int, int)
        "3/8" or (3, 8): the fourth of eight parts alone, into ``out``; ``symscan.merge`` joins them.
    pool : module or executor
        Trains the sweep in shards on the module ``ray`` or an executor of concurrent.futures (processes, MPI, Dask). The Run
        is that of a training without it. With ``out`` an interrupted call keeps finished shards, and ``resume=True`` goes on.
    shards : int
        How many, with ``pool`` (default: four per worker).

    Returns
    -------
    Run

    Raises
    ------
    ConfigError, DataError, UsageError
        With one sentence that says what to do.
    KeyboardInterrupt
        After Ctrl-C; with ``out`` everything done so far is saved, and ``resume=True`` goes on.
    """
    existing = existing_mode(resume, overwrite)
    _check_division(shard, pool, shards, out, log)
    if data is not None and _is_config_file(data):
        if config is not None:
            raise UsageError("two configs are given; leave one out")
        data, config = None, data
    if (resume or overwrite) and out is None:
        raise UsageError("resume and overwrite are about a run directory: give out")
    if threads is not None:
        threads = threads_of(threads)
    if isinstance(checkpoint_every, str) or not 0 < float(checkpoint_every) <= 1e9:
        raise UsageError(f"checkpoint_every is {checkpoint_every!r}; it must be a number of seconds above 0")
    if out is not None and "\0" in os.fspath(out):
        raise UsageError("out has a zero character; give a path without it")
    for callback in callbacks:
        if not any(hasattr(callback, name) for name in ("on_start", "on_progress", "on_note", "on_end")):
            raise UsageError(f"{callback!r} is no callback: it has none of on_start, on_progress, on_note, on_end")
    if log and out is None:
        raise UsageError("logs are written into a run directory: give out")
    document = _config(config)
    for path, value in (("model.latent_dim", latent_dim), ("loss.beta", beta), ("seeds", seeds), ("model.activation", activation),
                        ("train.epochs", epochs), ("model.hidden", hidden), ("dataset.angles", angles),
                        ("dataset.acceptance", acceptance)):
        if value is not None and data is not None and is_name(data) and path.startswith("dataset."):
            continue
        _set(document, path, value)
    _refuse_nonfinite(document, "")
    table, keep, choose = None, False, False
    if data is None:
        if "dataset" not in document:
            raise UsageError("nothing to train on: give an array, a data frame, a file or the name of a dataset")
        if columns is not None or any(value is not None for value in (weights, group, target)):
            raise UsageError("columns, weights, group and target belong to data; a config has them in its dataset")
    elif is_name(data):
        choose = _add_dataset(document, data, columns, weights, group, target, angles, acceptance)
    else:
        keep, choose = isinstance(data, _core.Table), True
        table = table_of(data, columns, weights, group, target)
    options = {"directory": os.fspath(out) if out is not None else "",
               "existing": existing, "shard": shard_text(shard), "device": str(device), "threads": int(threads or 0),
               "checkpoint_seconds": float(checkpoint_every),
               "name": str(name or "table"), "choose": choose and config is None,
               "logs": [log] if isinstance(log, str) else [str(entry) for entry in log]}
    for callback in callbacks:
        getattr(callback, "on_start", lambda document: None)(document)
    sweep, folder = Sweep(json.dumps(document), _settings(settings), options), None
    display = progress_display(progress)
    tell = _Teller(display, callbacks)
    try:
        if pool is None:
            core = sweep.train(table, keep, tell)
        else:
            core, folder = PoolTraining(sweep, table, pool, int(shards or 0), tell, display.show).run(
                os.fspath(out) if out is not None else None, existing)
    finally:
        display.close()
    run = Run(core, progress, folder)
    for callback in callbacks:
        getattr(callback, "on_end", lambda run: None)(run)
    return run


def _add_dataset(document: dict[str, Any], data: Any, columns: Any, weights: Any, group: Any, target: Any, angles: Any,
                 acceptance: Any) -> bool:
    """Puts a file or a built-in dataset into the config; whether settings may be chosen from it."""
    section = dataset_section(data)
    for key, value in (("columns", columns), ("weights", weights), ("group", group), ("target", target), ("angles", angles),
                       ("acceptance", acceptance)):
        if value is None:
            continue
        if key in ("weights", "group", "target") and not isinstance(value, str):
            raise UsageError(f"{key} of a file is the name of a column")
        section[key] = _plain(value)
    given = document.get("dataset", {})
    if not isinstance(given, dict):
        raise ConfigError("the config has a dataset, and another is given")
    document["dataset"] = {**given, **section}
    return section["kind"] == "file"


def analyse(data: Any, *, columns: Optional[Sequence[str]] = None, weights: Any = None, group: Any = None, target: Any = None,
            angles: Sequence[str] = (), acceptance: str = "", candidates: Union[str, Sequence[str]] = (),
            only_named: bool = False, fields: str = "affine", budget: float = 100, name: str = "table",
            progress: Optional[bool] = None) -> Findings:
    """What the rows say without any training: constraints, dimension, symmetries of the set and of its distribution.

    Parameters are those of ``train`` (data, columns, weights, group, target, angles, acceptance) and of ``Run.analyse``.

    Returns
    -------
    Findings
    """
    if is_name(data):
        section = {**dataset_section(data), **{key: value for key, value in (
            ("columns", columns), ("weights", weights), ("group", group), ("target", target)) if value is not None}}
        table = _core.load_table(json.dumps(_plain(section)))
        name = name if name != "table" else os.path.basename(os.fspath(data))
    else:
        table = table_of(data, columns, weights, group, target)
    options = analysis_options(candidates, only_named, fields, budget, 1)
    checked_names([name])
    return analysed(progress, lambda tell: _core.analyse_table(
        table, str(name), str(acceptance), [str(angle) for angle in angles], options, tell))
