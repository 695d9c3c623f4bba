"""train(..., pool=...): the shards of a sweep on the workers of a pool, and their joining."""
from __future__ import annotations

import json
import os
import re
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from typing import Any, Optional

from . import _core, _errors
from ._display import duration
from ._errors import ConfigError, DataError, Error, TemporaryError, UsageError
from ._pool_tasks import SHARD_FILES, ShardResult, Sweep, train_shard
from ._pools import pool_of
from ._shards import joined

ATTEMPTS = 3  # at a shard whose worker is lost or without memory, ...
SHARDS_PER_WORKER = 4  # they do not all take the time that is predicted
Tell = Callable[[str, Any], None]


class _TooManyShards(Exception):
    """The sweep has fewer parts; `most` of them."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class _ShardFolders:
    """Folders pool_shard_I_of_N in a run directory: of pools alone, nobody trains in them. What is in them was finished by
    a worker. Shards of `symscan train --shard` have other names and are never touched."""

    def __init__(self, out: str) -> None:
        self._out = out

    def path(self, index: int, count: int) -> str:
        return os.path.join(self._out, f"pool_shard_{index}_of_{count}")

    def found(self) -> list[tuple[int, int]]:
        """(index, count) of those that are there, finished or not."""
        names = os.listdir(self._out) if os.path.isdir(self._out) else []
        matches = (re.fullmatch(r"pool_shard_(\d+)_of_(\d+)", name) for name in names)
        return sorted((int(match[1]), int(match[2])) for match in matches if match)

    def finished(self) -> list[tuple[int, int]]:
        """Those with all results; what is left of others is removed."""
        kept = []
        for index, count in self.found():
            state = _status_of(self.path(index, count))
            if state["state"] == "trained" and state["shard"] == f"{index}/{count}":
                kept.append((index, count))
            else:
                self.remove(index, count)
        return kept

    def save(self, index: int, count: int, files: dict[str, bytes]) -> None:
        folder = self.path(index, count)
        os.makedirs(folder, exist_ok=True)
        for name in SHARD_FILES:
            part = os.path.join(folder, name + ".part")
            with open(part, "wb") as file:
                file.write(files[name])
            os.replace(part, os.path.join(folder, name))

    def remove(self, index: int, count: int) -> None:
        """Of the folder nothing but what was put there."""
        folder = self.path(index, count)
        for name in (*reversed(SHARD_FILES), "config.json", "metrics.jsonl", ".lock"):
            for end in ("", ".part", "-wal", "-shm"):
                if os.path.isfile(os.path.join(folder, name + end)):
                    os.remove(os.path.join(folder, name + end))
        if os.path.isdir(folder) and not os.listdir(folder):
            os.rmdir(folder)


def _status_of(directory: str) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(_core.status([directory]))["runs"][0]
    return entry


def _check_directory(out: str, existing: str) -> None:
    """Raises what merging into the directory would raise in the end."""
    try:
        _core.merge([], out, existing, 1, None, lambda share: None)
    except UsageError:
        pass  # no shards: the directory can be used


class PoolTraining:
    """One call of train() with a pool. `shards` 0: as many as suit it."""

    def __init__(self, sweep: Sweep, table: Optional[_core.Table], pool: Any, shards: int, tell: Tell,
                 show: Callable[[float, str], None]) -> None:
        options = sweep.options
        # A task is one of many on its machine: it has one thread unless it is told more.
        self._threads, self._merge_threads = options["threads"] or 1, options["threads"]
        self._pool = pool_of(pool, options["device"], self._threads)
        self._sweep = Sweep(sweep.document, sweep.settings, {**options, "threads": self._threads}, os.getcwd(),
                            _core.__version__)
        self._table, self._shards, self._tell, self._show = table, shards, tell, show
        self._begin = time.monotonic()
        self._counts = {"replicas": 0, "finished": 0, "failed": 0}
        self._told: set[tuple[str, str]] = set()
        self._what_next = ""

    def run(self, out: Optional[str], existing: str) -> tuple[_core.Run, Optional[tempfile.TemporaryDirectory[str]]]:
        """The run, and the folder that holds it as long as that lives, where `out` is None."""
        self._what_next = ("with a new pool and out=... shards that are finished are kept" if out is None else
                           "resume=True with a new pool goes on with the shards that are not finished")
        if out is not None:
            return self._into(out, existing), None
        folder = tempfile.TemporaryDirectory(prefix="symscan-run-")
        return self._into(os.path.join(folder.name, "run"), "refuse"), folder

    def _into(self, out: str, existing: str) -> _core.Run:
        _check_directory(out, existing)
        folders = _ShardFolders(out)
        run_there = _status_of(out)["state"]
        if existing == "resume" and run_there == "trained":
            try:
                run = self._look(out)
                self._remove(folders)
                return run
            except (ConfigError, DataError):  # shards: a call that was to replace this run did not come to its end
                if not folders.finished():
                    raise
        kept = self._kept(folders, out, existing, run_there)
        count = self._shards or (kept[0][1] if kept else SHARDS_PER_WORKER * self._pool.workers)
        table = self._table if self._table is None else self._pool.shared(self._table)
        while True:
            try:
                self._train(folders, table, [index for index in range(count) if (index, count) not in kept], count)
                break
            except _TooManyShards as refused:
                if self._shards or kept:
                    raise UsageError(str(refused.__cause__)) from None
                count = refused.most
        shards = [folders.path(index, count) for index in range(count)]
        # With "resume" what is in the way is a run that was to be replaced, or one that is joined in part.
        run = joined(shards, out, "refuse" if existing == "refuse" else "overwrite", self._merge_threads, self._table, self._show)
        self._remove(folders)
        return run

    def _remove(self, folders: _ShardFolders) -> None:
        for index, count in folders.found():
            folders.remove(index, count)

    def _kept(self, folders: _ShardFolders, out: str, existing: str, run_there: str) -> list[tuple[int, int]]:
        """Shards that an earlier call has finished, and that are of this sweep."""
        if existing == "overwrite":
            self._remove(folders)
            return []
        if existing == "refuse" and folders.found():
            raise Error(f"'{out}' already holds shards of a run that was not finished; give resume=True to go on with it, "
                        "overwrite=True to replace it, or another out")
        kept = folders.finished()
        if not kept and run_there != "missing":
            raise UsageError(f"'{out}' holds a run that was begun without a pool; resume it without one")
        counts = {count for _, count in kept} | ({self._shards} if self._shards else set())
        if len(counts) > 1:
            raise UsageError(f"'{out}' holds shards of {kept[0][1]}, not of {self._shards or kept[-1][1]}; "
                             f"give shards={kept[0][1]}, or overwrite=True")
        if kept:
            index, count = kept[0]
            self._look(folders.path(index, count), shard=f"{index}/{count}")
        return kept

    def _look(self, trained: str, **options: Any) -> _core.Run:
        """A run to which nothing is to be added. Raises what the library says of another config, or of other data."""
        return self._sweep.train(self._table, True, self._tell_once, directory=trained, existing="resume", device="cpu",
                                 threads=self._merge_threads, **options)

    def _train(self, folders: _ShardFolders, table: Any, missing: list[int], count: int) -> None:
        """Trains the shards that are missing. Whatever ends this, what is finished is in its folder."""
        running: dict[Any, tuple[int, int]] = {}  # handle -> shard, attempt

        def submit(index: int, attempt: int) -> None:
            running[self._pool.submit(train_shard, self._sweep, table, f"{index}/{count}", attempt)] = (index, attempt)

        try:
            for index in missing:
                submit(index, 1)
            while running:
                handle = self._pool.wait()
                if handle is None:
                    continue
                index, attempt = running.pop(handle)
                problem = self._take(handle, folders, index, count)
                if problem is None:
                    done = count - len(running)
                    self._report(done, count)
                elif attempt < ATTEMPTS:
                    self._tell("warning", f"shard {index}/{count} is tried again: {problem}")
                    submit(index, attempt + 1)
                else:
                    raise TemporaryError(f"shard {index}/{count} failed {ATTEMPTS} times, at last: {problem}")
        except BaseException as error:
            self._pool.cancel()
            if isinstance(error, BrokenExecutor):
                raise TemporaryError(f"the pool has lost a worker and takes no more work; {self._what_next}") from error
            raise

    def _take(self, handle: Any, folders: _ShardFolders, index: int, count: int) -> Optional[str]:
        """Saves a shard that has come back; else what went wrong. Raises what another attempt would not change."""
        try:
            result: ShardResult = self._pool.result(handle)
        except BrokenExecutor:
            raise
        except Exception as error:  # whatever a pool raises: a lost worker, symscan that is not installed there
            lines = str(error).strip().splitlines()  # a traceback ends with the reason
            return f"{type(error).__name__}: {lines[-1] if lines else 'no reason given'}"
        if result.error is not None:
            return self._refused(*result.error, result.host)
        for told in result.told or ():
            self._tell_once(*told)
        for key, value in (result.counts or {}).items():
            self._counts[key] += value
        folders.save(index, count, result.files or {})
        return None

    def _refused(self, kind: str, text: str, host: str) -> str:
        few = re.search(r"cannot be divided into \d+ shards: it has only (\d+)", text)
        if few:
            raise _TooManyShards(int(few[1])) from UsageError(text)
        if kind in (ConfigError.__name__, DataError.__name__, UsageError.__name__):
            raise getattr(_errors, kind)(f"on worker {host}: {text}")
        return f"on worker {host}: {text}"

    def _tell_once(self, kind: str, what: Any) -> None:
        """Every worker says the same of the data."""
        if kind != "progress" and (kind, what) not in self._told:
            self._told.add((kind, what))
            self._tell(kind, what)

    def _report(self, done: int, count: int) -> None:
        seconds = time.monotonic() - self._begin
        self._tell("progress", {**self._counts, "shards": count, "finished_shards": done, "share": done / count,
                                "seconds": seconds})
