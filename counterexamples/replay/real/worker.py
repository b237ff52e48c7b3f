"""A release of Spark in a Java process of its own, which takes commands and answers each.

Whatever happens in there is an answer: an exception that Spark throws, a process that ends, one that does not answer.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from spillproof.counterexamples.replay.real.build import Build
from spillproof.counterexamples.replay.real.java import find_java
from spillproof.model.errors import ModelError

HELPER = Path(__file__).with_name("helper.jar")
MAIN = "spillproof.spark.Worker"
HEAP = "512m"
STARTING, ANSWERING = 120.0, 120.0
"""Seconds after which a process is held to hang."""

OPENED = ("java.lang", "java.nio", "java.util", "sun.nio.ch")
"""What Spark looks into, and Java 17 keeps closed unless it is told."""

Answer = dict[str, Any]


class WorkerError(ModelError):
    """The Java process ended, or does not answer."""


def command_of(java: Path, path: Sequence[str], folder: Path, heap: str = HEAP, young: str = "") -> list[str]:
    """Return the command that starts a worker on a class path, with its temporary files in a folder."""
    opened = [f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in OPENED]
    sizes = [f"-Xmx{heap}", *([f"-Xmn{young}"] if young else [])]
    settings = [f"-Djava.io.tmpdir={folder}", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"]
    return [str(java), *sizes, *settings, *opened, "-cp", os.pathsep.join([str(HELPER), *path]), MAIN]


class Worker:
    """A running release. Use it as a context, so that the process ends with it."""

    def __init__(self, title: str, command: Callable[[Path], list[str]], answering: float = ANSWERING) -> None:
        self.title = title
        self.answering = answering
        self.folder = Path(tempfile.mkdtemp(prefix="spillproof-"))
        self.answers: queue.Queue[str] = queue.Queue()
        try:
            self.errors = (self.folder / "stderr").open("wb")
            self.process = subprocess.Popen(
                command(self.folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.errors,
                text=True,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C is for the command, which then ends this process
            )
            threading.Thread(target=self._listen, daemon=True).start()
            self.about = self._next("start", STARTING)
        except BaseException:
            self.close()
            raise

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.answers.put(line)
        self.answers.put("")

    def ask(self, *words: object) -> Answer:
        """Give a command, and return its answer. Raises `WorkerError` where there is none."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(" ".join(map(str, words)) + "\n")
            self.process.stdin.flush()
        except (BrokenPipeError, ValueError):
            raise self._ended(str(words[0])) from None
        return self._next(str(words[0]), self.answering)

    def _next(self, doing: str, patience: float) -> Answer:
        try:
            line = self.answers.get(timeout=patience)
        except queue.Empty:
            self.close()
            raise WorkerError(
                f"{self.title} did not answer within {patience:.0f} s ({doing}); its process was ended"
            ) from None
        if not line:
            raise self._ended(doing)
        try:
            answer: Answer = json.loads(line)
        except ValueError:
            self.close()
            raise WorkerError(f"{self.title}: {line.strip()[:100]!r} is no answer ({doing})") from None
        return answer

    def _ended(self, doing: str) -> WorkerError:
        status = self.process.wait()
        errors = self.folder / "stderr"
        lines = errors.read_text(encoding="utf-8", errors="replace").splitlines() if errors.exists() else []
        told = [line for line in lines if "Exception" in line or "Error" in line] or lines
        self.close()
        return WorkerError(
            f"the Java process of {self.title} ended ({doing}), status {status}"
            + (f": {told[0].strip()[:300]}" if told else "")
        )

    def close(self) -> None:
        """End the process, and remove what it left."""
        process = getattr(self, "process", None)
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    stream.close()
        if not self.errors.closed:
            self.errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def start(spark: Build, heap: str = HEAP, young: str = "", progress: Callable[[str], None] = lambda _: None) -> Worker:
    """Start a Spark, after fetching it if need be."""
    java = find_java()
    path = spark.path(progress)
    progress(f"starting {spark.title}")
    return Worker(spark.title, lambda folder: command_of(java, path, folder, heap, young))
