"""Ray and executors of concurrent.futures behind one face: submit, wait for one, cancel."""
from __future__ import annotations

import os
import queue
from collections.abc import Callable
from typing import Any

from ._errors import UsageError


class RayPool:
    """The module ray. A task gets `threads` cores, and one GPU where it may use one."""

    def __init__(self, ray: Any, device: str, threads: int) -> None:
        if ":" in device:
            raise UsageError(f"device '{device}' names the GPUs of one machine, and Ray gives each task its own; take 'cuda'")
        if not ray.is_initialized():
            ray.init()
        self._ray = ray
        there = ray.cluster_resources()
        gpus = 0 if device == "cpu" else int(there.get("GPU", 0))
        needed = {"num_cpus": threads, "num_gpus": 1 if gpus or device == "cuda" else 0}
        self.workers = max(1, gpus if needed["num_gpus"] else int(there.get("CPU", 1)) // threads)
        self._remote = ray.remote(**needed, max_retries=3)
        self._functions: dict[Any, Any] = {}
        self._pending: list[Any] = []

    def shared(self, value: Any) -> Any:
        """The value as every task may get it, sent once."""
        return self._ray.put(value)

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """A handle; what the function returns comes from result()."""
        if function not in self._functions:
            self._functions[function] = self._remote(function)
        self._pending.append(self._functions[function].remote(*arguments))
        return self._pending[-1]

    def wait(self) -> Any:
        """A handle that has ended; a short while later None, so that signals are seen."""
        done, self._pending = self._ray.wait(self._pending, num_returns=1, timeout=1)
        return done[0] if done else None

    def result(self, handle: Any) -> Any:
        """Raises what the task raised."""
        return self._ray.get(handle)

    def cancel(self) -> None:
        """Ends all tasks; those that run save nothing."""
        for handle in self._pending:
            self._ray.cancel(handle, force=False)
        self._pending = []


class ExecutorPool:
    """Any executor of concurrent.futures: processes, threads, MPI (mpi4py.futures), Dask (client.get_executor())."""

    def __init__(self, executor: Any) -> None:
        self._executor = executor
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._pending: set[Any] = set()
        known = (getattr(executor, name, None) for name in ("_max_workers", "num_workers"))
        self.workers = next((count for count in known if isinstance(count, int) and count > 0), os.cpu_count() or 1)

    def shared(self, value: Any) -> Any:
        """Goes with every task."""
        return value

    def submit(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """A future."""
        future = self._executor.submit(function, *arguments)
        self._pending.add(future)
        future.add_done_callback(self._done.put)
        return future

    def wait(self) -> Any:
        """A future that has ended; a short while later None."""
        try:
            future = self._done.get(timeout=1)
        except queue.Empty:
            return None
        if future not in self._pending:
            return None  # cancelled
        self._pending.discard(future)
        return future

    def result(self, handle: Any) -> Any:
        """Raises what the task raised."""
        return handle.result()

    def cancel(self) -> None:
        """Takes back what has not begun; no executor can end what runs."""
        pending, self._pending = self._pending, set()
        for future in pending:
            future.cancel()


def pool_of(pool: Any, device: str, threads: int) -> Any:
    """The pool that a user gave: the module ray or what is like it, or an executor."""
    if all(hasattr(pool, name) for name in ("remote", "put", "get", "wait", "cancel", "is_initialized")):
        return RayPool(pool, device, threads)
    if hasattr(pool, "submit") and hasattr(pool, "shutdown"):
        return ExecutorPool(pool)
    raise UsageError(f"pool is {pool!r}; give the module ray, or an executor of concurrent.futures")
