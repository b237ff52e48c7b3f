"""Who does the jobs: processes on this machine, or the workers of a Dask cluster."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from importlib import import_module
from typing import Any

from spillproof.counterexamples.survey.job import Job, Reply
from spillproof.counterexamples.survey.process import Processes, perform
from spillproof.model.errors import ModelError

Submit = Callable[[Job, float | None], "Future[Reply]"]
"""Gives a job, with its seconds, to whoever is free next."""

Crew = AbstractContextManager[Submit]

CONNECT = 10.0
"""Seconds to wait for a scheduler."""


def processors() -> int:
    """Return how many processes this machine can run at once."""
    count = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return count or 1


@contextmanager
def local(workers: int) -> Iterator[Submit]:
    """Do jobs in so many processes here. Those that run at the end are killed."""
    processes = Processes()
    threads = ThreadPoolExecutor(workers)
    try:
        yield lambda job, limit: threads.submit(processes.perform, job, limit)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        processes.end()
        threads.shutdown()
        processes.close()


@contextmanager
def dask(address: str) -> Iterator[Submit]:
    """Do jobs on the cluster whose scheduler has that address. Where a worker dies, another one does its job.

    Raises `ModelError` where Dask is not installed, and where no scheduler answers.
    """
    try:
        distributed: Any = import_module("distributed")  # its client has no types
    except ImportError:
        raise ModelError("--dask needs Dask, which the extra `dask` brings: pip install 'spillproof[dask]'") from None
    try:
        client = distributed.Client(address, timeout=CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ModelError(f"--dask {address}: no scheduler answers there ({' '.join(str(error).split())})") from None
    with client:
        pool = client.get_executor(pure=False)
        try:
            yield lambda job, limit: pool.submit(perform, job, limit)
        finally:
            pool.shutdown(wait=False)
