"""Logs for tests: lines as Spark's sources write them, in the layouts of log4j."""

from collections.abc import Iterator
from pathlib import Path

MAP = "org.apache.spark.util.collection.ExternalAppendOnlyMap@"
SORTER = "org.apache.spark.util.collection.ExternalSorter@"
UNSAFE = "org.apache.spark.util.collection.unsafe.sort.UnsafeExternalSorter@"

LAYOUTS = {
    "Spark's own": "17/12/05 {clock} {level} {logger}: {message}",
    "with milliseconds": "2017-12-05 {clock},123 {level} {logger}:54 - {message}",
    "of Spark's tests": "17/12/05 {clock}.123 Executor task launch worker for task {task} {level} {logger}: {message}",
    "with a thread and a full logger": "[2017-12-05T{clock}.123Z] [Executor task launch worker for task 0.0 in stage "
    "1.0 (TID {task})] {level} org.apache.spark.memory.{logger} - {message}",
    "in a container": "2017-12-05T{clock}.000000Z stderr F 17/12/05 {clock} {level} {logger}: {message}",
    "with a month in words": "05 Dec 2017 {clock} {level} [main] {logger} {message}",
    "only a time": "{clock}.123 {level} {logger}: {message}",
    "in colours": "\x1b[36m17/12/05 {clock}\x1b[0m \x1b[1;31m{level}\x1b[m {logger}: {message}",
    "JSON": '{{"ts":"2017-12-05T{clock}.123Z","level":"{level}","msg":"{message}","logger":"org.apache.{logger}"}}',
}
"""Layouts that logs come in, of log4j 1 and 2."""


def line(
    clock: str, message: str, *, logger: str = "TaskMemoryManager", layout: str = "Spark's own", task: int = 7
) -> str:
    """A line of a log, at level DEBUG for the memory manager and INFO for all else."""
    level = "DEBUG" if logger == "TaskMemoryManager" else "INFO"
    return LAYOUTS[layout].format(clock=clock, level=level, logger=logger, message=message, task=task) + "\n"


def contention(layout: str = "Spark's own", task: int = 7, unit: str = "MB", clock: str = "10:00") -> Iterator[str]:
    """Two maps of a task contend, as Spark 2.x (with MiB, 3.0 to 3.2) writes it."""

    def at(second: int, message: str, logger: str = "TaskMemoryManager") -> str:
        return line(f"{clock}:{second:02}", message, logger=logger, layout=layout, task=task)

    yield at(1, f"Running task 0.0 in stage 1.0 (TID {task})", "Executor")
    yield at(2, f"Task {task} acquired 60.0 {unit} for {MAP}1a")
    yield at(3, f"Task {task} acquired 40.0 {unit} for {MAP}1a")
    yield at(4, f"Task {task} force spilling in-memory map to disk and it will release 100.0 {unit} memory", MAP[28:-1])
    yield at(9, f"Task {task} release 100.0 {unit} from {MAP}1a")
    yield at(9, f"Task {task} released 100.0 {unit} from {MAP}1a for {MAP}2b")
    yield at(9, f"Task {task} acquired 30.0 {unit} for {MAP}2b")
    yield at(12, f"Task {task} release 30.0 {unit} from {MAP}2b")
    yield at(19, f"Finished task 0.0 in stage 1.0 (TID {task}). 1 bytes result sent to driver", "Executor")


def started(clock: str = "09:59:59", capacity: str = "100.0 MB", layout: str = "Spark's own") -> str:
    """An executor begins."""
    return line(clock, f"MemoryStore started with capacity {capacity}", logger="MemoryStore", layout=layout)


def written(folder: Path, *lines: str, name: str = "executor.log") -> Path:
    """A log in a file."""
    path = folder / name
    path.write_text("".join(lines), encoding="utf-8")
    return path


BANNER = line("09:59:58", "Running Spark version 2.4.5", logger="SparkContext")
BEGINS = line("10:00:00", "Running task 0.0 in stage 1.0 (TID 7)", logger="Executor")
ENDS = line("10:00:50", "Finished task 0.0 in stage 1.0 (TID 7). 1 bytes result sent to driver", logger="Executor")
GRANT = line("10:00:01", f"Task 7 acquired 60.0 MB for {MAP}1")
RELEASE = line("10:00:40", f"Task 7 release 60.0 MB from {MAP}1")
FAILS = line("10:00:19", "Exception in task 0.0 in stage 1.0 (TID 7)", logger="Executor")
CALM = [BANNER, started(), BEGINS, GRANT, RELEASE, ENDS]
"""An executor in which nothing happened: a task takes what it needs, and gives it back."""
OOM = "java.lang.OutOfMemoryError: Java heap space\n"
