"""Parts of a sweep that are trained alone: their names, joining them, looking at them."""
from __future__ import annotations

import json
import operator
import os
from collections.abc import Callable, Sequence
from typing import Any, Optional, Union

from . import _core
from ._display import progress_display
from ._errors import UsageError
from ._models import _threads as threads_of
from ._run import Path, Run
from ._tables import is_name, table_of


def shard_text(shard: Any) -> str:
    """ "3/8" of itself or of (3, 8); "" of None. The library refuses what is no shard."""
    if shard is None:
        return ""
    if isinstance(shard, str):
        return shard
    try:
        index, count = shard
        return f"{operator.index(index)}/{operator.index(count)}"
    except (TypeError, ValueError):
        raise UsageError(f"shard is {shard!r}; give '3/8' or (3, 8) for the fourth of eight parts") from None


def existing_mode(resume: bool, overwrite: bool) -> str:
    """What is to be done with a run that is in the directory, as the library calls it."""
    if resume and overwrite:
        raise UsageError("resume and overwrite exclude each other")
    return "resume" if resume else "overwrite" if overwrite else "refuse"


def paths_of(runs: Union[Path, Sequence[Path]]) -> list[str]:
    """One directory or several as texts."""
    return [os.fspath(runs)] if isinstance(runs, (str, os.PathLike)) else [os.fspath(run) for run in runs]


def joined(shards: Sequence[str], out: str, existing: str, threads: int, table: Optional[_core.Table],
           show: Callable[[float, str], None]) -> _core.Run:
    """The run of all shards, with progress shown."""
    return _core.merge(shards, out, existing, threads, table, lambda share: show(share, f"joining {len(shards)} shards"))


def merge(shards: Union[Path, Sequence[Path]], *, out: Path, resume: bool = False, overwrite: bool = False,
          threads: Optional[int] = None, data: Any = None, columns: Optional[Sequence[str]] = None, weights: Any = None,
          group: Any = None, target: Any = None, progress: Optional[bool] = None) -> Run:
    """Joins the run directories of all shards into the run that an undivided training would have made: the same files, byte for
    byte. The shards are left as they are.

    Parameters
    ----------
    shards : list of paths
        Run directories of ``train(..., shard=..., out=...)`` or `symscan train --shard`.
    out : path
        Run directory of the whole.
    resume, overwrite : bool
        Go on with a merge that was interrupted, or replace the run in the directory.
    threads : int
        For what is measured on the models (default: all cores).
    data, columns, weights, group, target
        As given to ``train``, where the data are no file: the analysis then looks at all rows, not at those that were kept.
    progress : bool
        Show how far it is (default: on terminals and in notebooks).

    Returns
    -------
    Run

    Raises
    ------
    TemporaryError
        Shards are missing or not finished: the sentence names them, and where it is known the command that finishes them.
    ConfigError, DataError, UsageError
        Shards of other configs, of other data, of another division.
    """
    existing = existing_mode(resume, overwrite)
    if is_name(data):
        raise UsageError("data of a file or a built-in dataset are read again; leave data out")
    table = None if data is None else table_of(data, columns, weights, group, target)
    display = progress_display(progress)
    try:
        core = joined(paths_of(shards), os.fspath(out), existing, threads_of(threads), table, display.show)
    finally:
        display.close()
    return Run(core, progress)


def status(runs: Union[Path, Sequence[Path]]) -> dict[str, Any]:
    """How far runs are, also while they train: what `symscan status --json` prints, as a dictionary. ``runs`` is a list with the
    state of each ("missing", "running", "stopped", "trained"), its shard, counts of replicas, speed and time left; beside it
    are the sums, and ``missing_shards``."""
    content: dict[str, Any] = json.loads(_core.status(paths_of(runs)))
    return content
