"""The other side of a worker: processes that are started when a job comes, and whose death costs one job at most."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

from spillproof.counterexamples.survey.job import Job, Reply

COMMAND = (sys.executable, "-P", "-m", "spillproof.counterexamples.survey.worker")

MOST = 50
"""Jobs that a process does before another one takes its place: what a solver keeps in memory does not pile up."""

PATIENCE = 30.0
"""Seconds that a job gets beyond twice its limit to end by itself; then its process is killed."""


class Died(Exception):
    """The process ended before it replied."""


class Process:
    """One process, which does one job at a time."""

    def __init__(self) -> None:
        path = os.pathsep.join(each or str(Path.cwd()) for each in sys.path)
        self.late = False
        self.jobs = 0
        self._popen = subprocess.Popen(  # noqa: S603 - it is our own
            COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
        )

    def reply(self, job: Job, limit: float | None) -> Reply:
        """Return the reply to a job. Raises `Died` where the process ends first."""
        self.jobs += 1
        patience = None if limit is None else min(2 * limit + PATIENCE, threading.TIMEOUT_MAX)
        timer = None if patience is None else threading.Timer(patience, self._too_late)
        if timer is not None:
            timer.daemon = True
            timer.start()
        try:
            line = self._exchanged(json.dumps({**vars(job), "limit": limit}))
        finally:
            if timer is not None:
                timer.cancel()
        if not line.endswith(b"\n"):
            raise Died(self._why())
        return Reply(**json.loads(line))

    def _exchanged(self, request: str) -> bytes:
        assert self._popen.stdin is not None
        assert self._popen.stdout is not None
        with suppress(OSError):  # it is gone: then nothing is read
            self._popen.stdin.write(f"{request}\n".encode())
            self._popen.stdin.flush()
        return self._popen.stdout.readline()

    def _too_late(self) -> None:
        self.late = True
        self.kill()

    def _why(self) -> str:
        status = self._popen.wait()
        if self.late:
            return "it did not end when its time was up, and was killed"
        if status < 0:
            return f"its process was killed by {signal.Signals(-status).name}; is there enough memory?"
        return f"its process ended with status {status} before it replied"

    def kill(self) -> None:
        """End the process at once."""
        self._popen.kill()

    def close(self) -> None:
        """End the process, and wait for its end."""
        self.kill()
        self._popen.wait()
        for stream in (self._popen.stdin, self._popen.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()


class Processes:
    """One process for each thread that asks. Where one dies, its job is asked once more, of another."""

    def __init__(self) -> None:
        self._mine = threading.local()
        self._lock = threading.Lock()
        self._alive: set[Process] = set()
        self._ended = False

    def perform(self, job: Job, limit: float | None) -> Reply:
        """Return the reply to a job, which says so where its process died."""
        why = ""
        for _ in range(2):
            process = self._process()
            if process is None:
                break
            try:
                return process.reply(job, limit)
            except Died as died:
                why = str(died)
                self._drop(process)
                if process.late:
                    break
        return Reply(error=why or "it was not asked", limit=limit)

    def end(self) -> None:
        """Kill all processes, and start no other."""
        with self._lock:
            self._ended = True
            alive = list(self._alive)
        for process in alive:
            process.kill()

    def close(self) -> None:
        """Forget the processes, whose threads have ended."""
        for process in list(self._alive):
            self._drop(process)

    def _process(self) -> Process | None:
        """Return this thread's process; None where none may be started any more."""
        process: Process | None = getattr(self._mine, "process", None)
        if process is not None and process.jobs >= MOST:
            self._drop(process)
        if process is None or process not in self._alive:
            with self._lock:
                if self._ended:
                    return None
                process = self._mine.process = Process()
                self._alive.add(process)
        return process

    def _drop(self, process: Process) -> None:
        process.close()
        self._alive.discard(process)


_here = Processes()
"""Of a worker of Dask: they end with it, as their input does."""


def perform(job: Job, limit: float | None) -> Reply:
    """Return the reply to a job, in a process below this one."""
    return _here.perform(job, limit)
