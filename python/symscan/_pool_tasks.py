"""What a worker of a pool does: trains one shard in a folder of its own, and gives its files back as bytes."""
from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Optional

from . import _core
from ._errors import Error

#: What merging needs of a run directory. The ledger goes last: with it the shard is there.
SHARD_FILES = ("progress.json", "results.sqlite")


@dataclass
class Sweep:
    """What train() hands to the library, without the table."""

    document: str
    settings: list[str]
    options: dict[str, Any]
    folder: str = ""  # of the caller: relative paths of data mean the same on a worker
    version: str = ""

    def train(self, table: Optional[_core.Table], keep_table: bool, tell: Any, **options: Any) -> _core.Run:
        """The library's train() with some options replaced."""
        return _core.train(table, self.document, self.settings, {**self.options, **options}, keep_table, tell)


@dataclass
class ShardResult:
    """What comes back. `error`: class and sentence, where the training went wrong."""

    host: str
    error: Optional[tuple[str, str]] = None
    files: Optional[dict[str, bytes]] = None
    counts: Optional[dict[str, int]] = None  # replicas, finished, failed
    told: Optional[list[tuple[str, str]]] = None  # ("note" or "warning", sentence)


@contextmanager
def _in_folder(folder: str) -> Iterator[None]:
    """In the caller's folder, where this machine has it."""
    here = os.getcwd()
    if not os.path.isdir(folder) or os.path.samefile(folder, here):
        yield
        return
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def train_shard(sweep: Sweep, table: Optional[_core.Table], shard: str, attempt: int) -> ShardResult:
    """Trains a shard. `attempt`: pools that remember results must not give an old one back."""
    del attempt
    result = ShardResult(socket.gethostname(), told=[], counts={})
    if _core.__version__ != sweep.version:
        result.error = ("UsageError", f"symscan {_core.__version__} is installed there, and {sweep.version} here; "
                        "install one version everywhere")
        return result

    def tell(kind: str, what: Any) -> None:
        if kind == "progress":
            result.counts = {key: what[key] for key in ("replicas", "finished", "failed")}
        else:
            result.told.append((kind, what))  # type: ignore[union-attr]

    try:
        with tempfile.TemporaryDirectory(prefix="symscan-shard-") as out, _in_folder(sweep.folder):
            run = sweep.train(table, True, tell, shard=shard, directory=out, existing="refuse")
            del run  # with it the ledger is closed: nothing is left in a log beside it
            if os.path.exists(os.path.join(out, "results.sqlite-wal")):
                raise Error("the ledger of the shard is still in use")
            result.files = {name: _read(os.path.join(out, name)) for name in SHARD_FILES}
    except Error as error:
        result.error = (type(error).__name__, str(error))
    return result
