"""Two laws, over layouts × cuts × mixtures of logs that are made anew from a seed.

What died of memory is never called clean; and taking lines away never adds a contradiction.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from spillproof.counterexamples.audit.audit import Audit, audit
from spillproof.model.errors import ModelError
from tests.counterexamples.audit.logs import MAP, SORTER, UNSAFE

SEED = 14
Line = tuple[int, str, str, str]
"""A second of the day, a level, a logger and a message; the lines of a stack have no logger."""

FRAMES = (
    "\tat java.util.Arrays.copyOf(Arrays.java:3332)",
    "\tat org.apache.spark.util.collection.AppendOnlyMap.growTable(AppendOnlyMap.scala:218)",
)

# Logs


def clean(random_: random.Random, task: int, start: int) -> list[Line]:
    """A task that does what it should: it acquires, spills itself or releases, and finishes."""
    at, lines = start, []

    def say(message: str, logger: str = "TaskMemoryManager", level: str = "DEBUG") -> None:
        nonlocal at
        at += random_.randint(0, 3)
        lines.append((at, level, logger, message))

    say(f"Running task {task % 7}.0 in stage 1.0 (TID {task})", "Executor", "INFO")
    for _ in range(random_.randint(1, 3)):
        who = random_.choice((MAP, SORTER, UNSAFE)) + format(random_.getrandbits(28), "x")
        sizes = [random_.randint(2, 9) for _ in range(random_.randint(1, 4))]
        for size in sizes:
            say(f"Task {task} acquired {size}.0 MB for {who}")
        if who.startswith(MAP) and random_.random() < 0.5:
            spilling = f"Thread {task} spilling in-memory map of {sum(sizes)}.0 MB to disk (1 time so far)"
            say(spilling, "ExternalAppendOnlyMap", "INFO")
        say(f"Task {task} release {sum(sizes)}.0 MB from {who}")
    say(f"Finished task {task % 7}.0 in stage 1.0 (TID {task}). 1234 bytes result sent to driver", "Executor", "INFO")
    return lines


def beginning(release: str) -> list[Line]:
    """An executor begins."""
    return [
        (36000, "INFO", "SparkContext", f"Running Spark version {release}"),
        (36000, "INFO", "MemoryStore", "MemoryStore started with capacity 900.0 MB"),
    ]


def calm(random_: random.Random) -> list[Line]:
    """A log in which nothing is wrong."""
    lines = beginning(random_.choice(("2.4.5", "2.4.8")))
    for index in range(random_.randint(1, 4)):
        lines += clean(random_, 7 + index, 36010 + 60 * index)
    return lines


OOM = "java.lang.OutOfMemoryError: Java heap space"
HOW: tuple[Callable[[int], Sequence[tuple[str, str, str]]], ...] = (
    lambda task: (
        ("ERROR", "Executor", f"Exception in task 0.0 in stage 1.0 (TID {task})"),
        ("", "", OOM),
        *(("", "", each) for each in FRAMES),
    ),
    lambda task: (("WARN", "TaskSetManager", f"Lost task 0.0 in stage 1.0 (TID {task}, host, executor 1): {OOM}"),),
    lambda task: (
        (
            "ERROR",
            "Executor",
            f"Exception in task 0.0 in stage 1.0 (TID {task}): java.lang.OutOfMemoryError: GC overhead limit exceeded",
        ),
    ),
    lambda _task: (
        ("ERROR", "Utils", "Aborting task"),
        ("", "", "java.lang.OutOfMemoryError: unable to create new native thread"),
    ),
    lambda _task: (
        ("ERROR", "SparkUncaughtExceptionHandler", "unable to create native thread: possibly out of memory"),
    ),
    lambda task: (
        ("ERROR", "Executor", f"Exception in task 0.0 in stage 1.0 (TID {task})"),
        ("", "", "org.apache.spark.memory.SparkOutOfMemoryError: Unable to acquire 65536 bytes of memory, got 0"),
    ),
    lambda _task: (
        ("ERROR", "ManagedReservationListener", "Error reserving memory from target"),
        (
            "",
            "",
            (
                "org.apache.gluten.memory.memtarget.ThrowOnOomMemoryTarget$OutOfMemoryException: Not enough spark "
                "off-heap execution memory. Acquired: 8.0 MiB, granted: 0.0 B."
            ),
        ),
    ),
    lambda _task: (
        ("", "", "org.apache.comet.CometNativeException: Additional allocation failed with top memory consumers"),
    ),
    lambda _task: (
        (
            "WARN",
            "YarnAllocator",
            "Container killed by YARN for exceeding memory limits. 5.5 GB of 5.5 GB physical memory used.",
        ),
    ),
    lambda _task: (
        ("ERROR", "YarnClusterScheduler", "Lost executor 3 on host: Container marked as failed. Exit status: 143."),
    ),
    lambda _task: (
        ("ERROR", "TaskSchedulerImpl", "Lost executor 3: The executor with id 3 exited with exit code 137(SIGKILL)"),
    ),
    lambda _task: (("INFO", "ExecutorPodsSnapshot", "termination reason: OOMKilled, exitCode: 137"),),
    lambda _task: (("WARN", "TaskSetManager", "Reason: Command exited with code 137"),),
    lambda _task: (("ERROR", "PythonRunner", "Python worker died"), ("", "", "MemoryError")),
    lambda _task: (("", "", "terminate called after throwing an instance of 'std::bad_alloc'"),),
    lambda _task: (
        ("", "", "# java.lang.OutOfMemoryError: Metaspace"),
        ("", "", '# -XX:OnOutOfMemoryError="kill -9 %p"'),
    ),
    lambda _task: (("", "", "Caused by: java.lang.OutOfMemoryError: Direct buffer memory"),),
    lambda _task: (
        ("ERROR", "Executor", "io.netty.util.internal.OutOfDirectMemoryError: failed to allocate 16777216 byte(s)"),
    ),
)
"""Ways to say that something died of memory."""


def died(random_: random.Random) -> tuple[list[Line], slice]:
    """A log in which something dies of memory, and the place of the lines that say so."""
    lines = calm(random_)
    place = random_.randint(2, len(lines))
    second, task = lines[place - 1][0], random_.randint(7, 12)
    said = [(second, *each) for each in random_.choice(HOW)(task)]
    return [*lines[:place], *said, *lines[place:]], slice(place, place + len(said))


# Layouts


def clock(second: int) -> str:
    """A time of day."""
    return f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"


def plain(line: Line) -> str:
    """As Spark's own layout has it."""
    second, level, logger, message = line
    return f"20/06/28 {clock(second)} {level} {logger}: {message}" if logger else message


def _fields(line: Line) -> dict[str, str]:
    return {"time": f"2020-06-28T{clock(line[0])}.123Z", "level": line[1], "logger": line[2], "msg": line[3]}


def _spark4(line: Line) -> str:
    each = _fields(line)
    return json.dumps({"ts": each["time"], "level": each["level"], "msg": each["msg"], "logger": each["logger"]})


def _ecs(line: Line) -> str:
    each = _fields(line)
    return json.dumps(
        {"@timestamp": each["time"], "log.level": each["level"], "message": each["msg"], "ecs.version": "1.2.0"}
    )


def _gcp(line: Line) -> str:
    each = _fields(line)
    return json.dumps({"jsonPayload": {"message": each["msg"], "class": each["logger"]}, "timestamp": each["time"]})


def _kibana(line: Line) -> str:
    quoted = plain(line).replace('"', '""')
    return f'"Jun 28, 2020 @ {clock(line[0])}.000","{quoted}"'


LAYOUTS: dict[str, Callable[[Line], str]] = {
    "plain": plain,
    "message only": lambda line: line[3],
    "iso, thread": lambda line: (
        f"2020-06-28 {clock(line[0])},123 {line[1]} [main] {line[2]} - {line[3]}" if line[2] else line[3]
    ),
    "docker": lambda line: json.dumps({"log": f"{plain(line)}\n", "stream": "stderr", "time": _fields(line)["time"]}),
    "spark 4": _spark4,
    "ecs": _ecs,
    "cloud": _gcp,
    "cri": lambda line: f"2020-06-28T{clock(line[0])}.123456789Z stderr F {plain(line)}",
    "cri with json": lambda line: f"2020-06-28T{clock(line[0])}.123456789Z stdout F {_spark4(line)}",
    "kubectl": lambda line: f"[pod/job-exec-1/executor] {plain(line)}",
    "compose": lambda line: f"worker-1  | {plain(line)}",
    "syslog": lambda line: f"Jun 28 {clock(line[0])} node7 spark[42]: {plain(line)}",
    "loki": lambda line: f'2020-06-28T{clock(line[0])}Z {{app="spark", pod="exec-1"}} {plain(line)}',
    "kibana": _kibana,
    "quoted": lambda line: f"> {plain(line)}",
    "python": lambda line: repr([plain(line)]),
    "splunk": lambda line: f'host=node7 source=/var/log/x _raw="{plain(line)}"',
}
ENCODED: tuple[Callable[[str], bytes], ...] = (
    str.encode,
    lambda text: text.encode("utf-16"),
    lambda text: text.encode("utf-16-le"),
    lambda text: text.replace("\n", "\r").encode(),
    lambda text: text.replace("\n", "\r\n").encode(),
)

# Cuts: each takes lines away, or parts of them, and says which are left


def _elided(random_: random.Random, lines: list[str]) -> list[str]:
    first = random_.randrange(len(lines))
    mark = random_.choice(("...", "[...]", "… ", "Suppressed 12 messages", "--", "<snip>", "12 lines omitted"))
    return [*lines[:first], mark, *lines[first + random_.randint(1, 6) :]]


CUTS: dict[str, Callable[[random.Random, list[str]], list[str]]] = {
    "nothing": lambda _random, lines: lines,
    "a rotated beginning": lambda random_, lines: lines[random_.randrange(len(lines)) :],
    "a cut end": lambda random_, lines: lines[: random_.randint(1, len(lines))],
    "an elision": _elided,
    "a sample": lambda random_, lines: [each for each in lines if random_.random() < 0.7] or lines[:1],
    "one line": lambda random_, lines: [
        each for index, each in enumerate(lines) if index != random_.randrange(len(lines))
    ],
    "the debug lines": lambda _random, lines: [each for each in lines if "DEBUG" not in each] or lines[:1],
    "the info lines": lambda _random, lines: [each for each in lines if "INFO" not in each] or lines[:1],
    "80 columns": lambda _random, lines: [each[:80] for each in lines],
    "120 columns": lambda _random, lines: [each[:120] for each in lines],
    "a grep": lambda _random, lines: [each for each in lines if re.search("emory|TID", each)] or lines[:1],
}


def heard(path: Path, data: bytes, release: str = "") -> Audit | None:
    """The audit of a text; None for what is no log of Spark's any more."""
    path.write_bytes(data)
    try:
        return audit([path], release)
    except ModelError:
        return None


def cases(count: int, name: str) -> Iterator[tuple[int, random.Random, str, str]]:
    """So many cases: a number, its chance, a layout and a cut."""
    for index in range(count):
        random_ = random.Random(f"{SEED} {name} {index}")
        yield index, random_, random_.choice(list(LAYOUTS)), random_.choice(list(CUTS))


each_part = pytest.mark.parametrize(
    "part", [0, *(pytest.param(each, marks=pytest.mark.thorough) for each in (1, 2, 3))]
)


@each_part
def test_what_died_of_memory_is_never_called_clean(part: int, tmp_path: Path) -> None:
    """Whatever says it, in whatever layout, whatever is cut away but that: the status is not 0."""
    for index, random_, layout, cut in cases(300, f"died {part}"):
        lines, place = died(random_)
        told = [LAYOUTS[layout](each) for each in lines]
        left = CUTS[cut](random_, told)
        if not any(each in left for each in told[place] if _says_it(each)):
            left = told
        found = heard(tmp_path / "log", random_.choice(ENCODED)("\n".join(left) + "\n"))
        status = 2 if found is None else found.exit_status()
        assert status != 0, (part, index, layout, cut, "\n".join(left))


def _says_it(line: str) -> bool:
    return re.search("OutOf|xit|MemoryError|bad_alloc|killed|native thread|failed with top", line) is not None


@each_part
def test_taking_lines_away_never_adds_a_contradiction(part: int, tmp_path: Path) -> None:
    """A log in which nothing is wrong contradicts nothing, whatever of it is missing; whole, it is clean."""
    for index, random_, layout, cut in cases(300, f"calm {part}"):
        lines = [LAYOUTS[layout](each) for each in calm(random_)]
        left = CUTS[cut](random_, lines)
        found = heard(tmp_path / "log", random_.choice(ENCODED)("\n".join(left) + "\n"))
        said = (part, index, layout, cut, "\n".join(left))
        if found is None:
            continue
        contradictions, status = found.contradictions(), found.exit_status()
        assert contradictions == [], said
        assert status != 1, said
        assert cut != "nothing" or status == 0, said


@pytest.mark.parametrize("release", ["1.6.3", "2.0.2", "2.3.4", "3.5.1"])
def test_no_lines_of_any_release_contradict_it_when_some_are_missing(release: str, tmp_path: Path) -> None:
    """The rules that only some releases have are held to no more than is there."""
    for index, random_, layout, cut in cases(60, release):
        lines = [(each[0], each[1], each[2], _worded(each[3], release)) for each in calm(random_)]
        left = CUTS[cut](random_, [LAYOUTS[layout](each) for each in lines])
        found = heard(tmp_path / "log", ("\n".join(left) + "\n").encode(), release)
        contradictions = [] if found is None else found.contradictions()
        assert contradictions == [], (index, layout, cut, "\n".join(left))


def _worded(message: str, release: str) -> str:
    message = re.sub(r"version \S+", f"version {release}", message)
    if release.startswith("1."):
        message = message.replace(" acquired ", " acquire ")
    return message.replace(" MB", " MiB") if release.startswith("3.") else message


def test_mixtures_have_a_pool_each(tmp_path: Path) -> None:
    """Logs of several executors, interleaved behind their prefixes, or in a folder: each has books of its own."""
    for index, random_, _, _ in cases(200, "mixed"):
        logs = [_numbered(calm(random_), 100 * each) for each in range(random_.randint(2, 3))]
        prefixed = [[f"[pod/job-exec-{number}/x] {plain(line)}" for line in log] for number, log in enumerate(logs)]
        mixed = _interleaved(random_, prefixed)
        found = heard(tmp_path / "log", ("\n".join(mixed) + "\n").encode())
        assert found is not None
        status, executors = found.exit_status(), found.ledger.executors
        assert (status, executors) == (0, len(logs)), (index, "\n".join(mixed))


def _numbered(lines: list[Line], by: int) -> list[Line]:
    def more(found: re.Match[str]) -> str:
        return f"{found[1]}{int(found[2]) + by}"

    return [(each[0], each[1], each[2], re.sub(r"(Task |TID )(\d+)", more, each[3])) for each in lines]


def _interleaved(random_: random.Random, logs: list[list[str]]) -> list[str]:
    mixed: list[str] = []
    waiting = [list(each) for each in logs]
    while any(waiting):
        mixed.append(random_.choice([each for each in waiting if each]).pop(0))
    return mixed
