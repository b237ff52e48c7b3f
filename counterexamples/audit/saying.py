"""What a line of a log says about memory: the patterns of Spark's own sources, 1.6 to 4.x, as data.

Only the message is matched, so that any layout will do: what stands before it is looked at for the time, the level, the
thread and the logger. Each pattern says which releases write it, where that is not all of them. `own` patterns are
those of the instrumented Spark that wrote the log of the incident.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import NamedTuple

from spillproof.counterexamples.audit.interval import SIZE, ZERO, Interval, printed


class What(IntEnum):
    """What a line says."""

    ACQUIRED = auto()
    REQUIRED = auto()
    RELEASED = auto()
    GAVE = auto()
    """A consumer was made to spill, and so much was released."""
    GAVE_ITSELF = auto()
    NEEDS = auto()
    TRIES = auto()
    FORCED = auto()
    """A map is spilled while it is read. Spark writes this line nowhere else."""
    SPILLS_ITSELF = auto()
    SORTER_SPILLS = auto()
    CHECK = auto()
    SPILL_METRICS = auto()
    UNRELEASED = auto()
    UNRELEASED_PAGE = auto()
    HELD = auto()
    USAGE_OF_TASK = auto()
    UNOWNED = auto()
    USAGE = auto()
    PAGE_FAILED = auto()
    SPILL_FAILED = auto()
    WAITS = auto()
    CLAMPED = auto()
    STORAGE_CLAMPED = auto()
    CAPACITY = auto()
    LIMIT = auto()
    STORAGE = auto()
    NOT_CACHED = auto()
    STORED = auto()
    BLOCKS = auto()
    BEGINS = auto()
    FINISHED = auto()
    KILLED = auto()
    EXCEPTION = auto()
    LEAK = auto()
    ERROR = auto()
    VERSION = auto()
    OTHER = auto()
    """Known, and of no use here."""


class Said(NamedTuple):
    """What a line says. What a pattern has no part for is empty."""

    what: What
    pattern: Pattern
    start: int
    """Where the message begins in the text."""
    task: int | None = None
    who: str = ""
    whom: str = ""
    """For whom, where that is another consumer."""
    size: Interval = ZERO
    more: Interval = ZERO
    text: str = ""


@dataclass(frozen=True)
class Pattern:
    """A line that Spark writes."""

    what: What
    needle: str
    """Which occurs in every such line: cheaper to look for."""
    regex: re.Pattern[str]
    since: tuple[int, ...] = ()
    """The first release that writes it."""
    before: tuple[int, ...] = ()
    """The first release that no longer does."""
    memory: bool = True
    """Whether it speaks of sizes; else of tasks."""


def _pattern(
    what: What,
    needle: str,
    regex: str,
    since: tuple[int, ...] = (),
    before: tuple[int, ...] = (),
    *,
    memory: bool = True,
) -> Pattern:
    words = (
        regex.replace("TASK", r"[Tt]ask (?P<task>\d+)")
        .replace("WHO", r"(?P<who>\S+)")
        .replace("WHOM", r"(?P<whom>\S+)")
    )
    words = words.replace("SIZE", f"(?P<size>{SIZE})").replace("MORE", f"(?P<more>{SIZE})")
    return Pattern(what, needle, re.compile(words), since, before, memory)


TASK_ID = r"\(TID (?P<task>\d+)\)"

PATTERNS = (
    # TaskMemoryManager
    _pattern(What.RELEASED, " release ", r"TASK release SIZE from WHO\s*$"),
    _pattern(
        What.ACQUIRED, " acquired ", r"TASK (?:finally )?acquired SIZE (?:\(currentMem = MORE\) )?for WHO\s*$", (2, 0)
    ),
    _pattern(What.ACQUIRED, " acquire ", r"TASK acquire SIZE for WHO\s*$", (1, 6), (2, 0)),
    _pattern(What.REQUIRED, " required ", r"TASK required SIZE and got MORE for WHO\s*$"),
    _pattern(What.GAVE, " released ", r"TASK released SIZE from WHO for (?P<whom>\S+)\s*$", (), (3, 3)),
    _pattern(What.GAVE_ITSELF, " released ", r"TASK released SIZE from itself \((?P<who>\S+)\)\s*$", (), (3, 3)),
    _pattern(What.GAVE, " spilled ", r"TASK spilled SIZE of requested MORE from WHO for (?P<whom>\S+)\s*$", (3, 3)),
    _pattern(What.TRIES, " try to spill ", r"TASK try to spill SIZE from WHO for (?P<whom>\S+)\s*$", (3, 3)),
    _pattern(What.NEEDS, " need to spill ", r"TASK need to spill SIZE for WHO\s*$", (3, 3)),
    _pattern(What.UNRELEASED, "unreleased ", r"unreleased SIZE memory from WHO\s*$", (2, 0)),
    _pattern(What.UNRELEASED, "leak ", r"leak SIZE memory from WHO\s*$", (1, 6), (2, 0)),
    _pattern(What.UNRELEASED_PAGE, "unreleased page: ", r"unreleased page: \S+ in TASK"),
    _pattern(What.USAGE_OF_TASK, "Memory used in task ", r"Memory used in TASK"),
    _pattern(What.HELD, "Acquired by ", r"Acquired by (?P<who>\S+): SIZE"),
    _pattern(
        What.UNOWNED, "not associated with specific", r"SIZE of memory were used by TASK but are not associated with"
    ),
    _pattern(
        What.USAGE,
        "are used for execution and ",
        r"SIZE of memory are used for execution and MORE of memory are used for storage",
    ),
    _pattern(What.PAGE_FAILED, "Failed to allocate a page", r"Failed to allocate a page \(SIZE\), try again"),
    _pattern(What.SPILL_FAILED, "rror while calling spill()", r"[Ee]rror while calling spill\(\) on (?P<who>\S+)"),
    # Spillable and the collections
    _pattern(
        What.FORCED,
        "force spilling",
        r"TASK force spilling in-memory map to disk and +it will release SIZE memory",
        (2, 0),
    ),
    _pattern(What.SPILLS_ITSELF, "spilling in-memory map of", r"Thread \d+ spilling in-memory map of SIZE to disk"),
    _pattern(
        What.SORTER_SPILLS, "spilling sort data of", r"(?:TASK on )?Thread \d+ spilling sort data of SIZE to disk"
    ),
    _pattern(
        What.CHECK,
        "[SpillCheck]",
        r"\[SpillCheck\] .*currentMemory = SIZE, myMemoryThreshold = MORE",
    ),
    _pattern(
        What.SPILL_METRICS,
        "SpillMetrics]",
        r"\[TASK SpillMetrics\] release = SIZE, (?P<text>.*recordsWritten = \d+), bytesWritten = MORE",
    ),
    _pattern(What.OTHER, "[SpillRecord]", r"\[SpillRecord\]"),
    _pattern(What.OTHER, "[DirectBufferPool]", r"\[DirectBufferPool\]"),
    _pattern(What.OTHER, "[DiskMapIterator]", r"\[DiskMapIterator\]"),
    # the pools, and storage
    _pattern(What.WAITS, "waiting for at least 1/2N", r"TID (?P<task>\d+) waiting for at least 1/2N of"),
    _pattern(
        What.CLAMPED,
        "release called on ",
        r"release called on SIZE but task only has MORE of memory from the (?P<text>.+) pool",
    ),
    _pattern(
        What.STORAGE_CLAMPED,
        "Attempted to release ",
        r"Attempted to release SIZE of storage memory when we only have MORE",
    ),
    _pattern(What.CAPACITY, "MemoryStore started with", r"MemoryStore started with capacity SIZE"),
    _pattern(
        What.LIMIT,
        " exceeds our ",
        r"Will not store (?P<text>\S+) as the required space \(SIZE\) exceeds our memory limit \(MORE\)",
    ),
    _pattern(
        What.STORAGE,
        "Memory use = ",
        rf"Memory use = SIZE \(blocks\) \+ {SIZE} \(scratch space shared across \d+ tasks?\(s\)\) = MORE",
    ),
    _pattern(What.NOT_CACHED, "Not enough space to cache", r"Not enough space to cache (?P<text>\S+) in memory!"),
    _pattern(
        What.STORED,
        " in memory (estimated size ",
        r"Block (?P<text>\S+) stored as \w+ in memory \(estimated size SIZE, free MORE\)",
    ),
    _pattern(What.BLOCKS, " dropped from memory", r"Block (?P<text>\S+) of size \d+ dropped from memory"),
    _pattern(What.BLOCKS, "selected for dropping", r"blocks selected for dropping"),
    _pattern(What.BLOCKS, "After dropping ", r"After dropping \d+ blocks"),
    _pattern(What.OTHER, "Failed to reserve initial", r"Failed to reserve initial memory threshold of"),
    _pattern(What.OTHER, "MemoryStore cleared", r"MemoryStore cleared"),
    _pattern(What.OTHER, "Spilling data because number", r"Spilling data because number of spilledRecords crossed"),
    # tasks
    _pattern(What.BEGINS, "Running ", rf"Running (?P<text>task .{{1,80}}?) {TASK_ID}", memory=False),
    _pattern(What.FINISHED, "Finished ", rf"Finished (?P<text>task .{{1,80}}?) {TASK_ID}", memory=False),
    _pattern(
        What.KILLED,
        "killed ",
        rf"Executor (?:interrupted and )?killed (?P<text>task .{{1,80}}?) {TASK_ID}",
        memory=False,
    ),
    _pattern(What.EXCEPTION, "Exception in task", rf"Exception in (?P<text>task .{{1,80}}?) {TASK_ID}", memory=False),
    _pattern(What.EXCEPTION, "Lost task ", r"Lost (?P<text>task .{1,80}?) \(TID (?P<task>\d+)[,)]", memory=False),
    _pattern(
        What.LEAK, "Managed memory leak", r"Managed memory leak detected; size = SIZE, .*?TID(?: = |\s)(?P<task>\d+)"
    ),
    _pattern(What.ERROR, "OutOfMemoryError", r"(?P<who>[\w.$]*OutOfMemoryError)\b(?::? (?P<text>.*))?"),
    _pattern(What.VERSION, "Spark version ", r"Running Spark version (?P<text>\d+\.\d+[\w.\-]*)", memory=False),
)
"""In the order in which they are tried: what occurs most often comes first."""

_TRIED = tuple((each.needle, each.regex.search, each) for each in PATTERNS)

SPEAKERS = re.compile(
    r"(?:TaskMemoryManager|MemoryStore|\w*MemoryManager|\w+MemoryPool|External\w+|UnsafeExternalSorter|"
    r"ShuffleExternalSorter|BytesToBytesMap|Spillable)\b[^ ]*(?::\d+)?\]?(?::| -) "
)
"""The loggers that speak of memory: a line of theirs that no pattern fits is one that was not understood."""

WORDS = (b"emory", b"Task ", b"TID ", b" spill", b"Spark version")
"""A line with none of these says nothing here."""

REMEMBERED = 1 << 13
"""Lines that are remembered."""

_ESCAPES = re.compile(rb"\x1b(?:\[[0-9;:?]*[ -/]*[@-~]|\][^\x07\x1b]{0,1000}(?:\x07|\x1b\\)?|.)?|\x9b[0-9;:?]*[@-~]")


def worth_hearing(block: bytes) -> list[tuple[int, int]]:
    """Return where the lines of a block begin and end that may say something.

    This is all that most lines of a log are looked at: the block is searched as a whole, which costs little a line.
    """
    found: dict[int, int] = {}
    for word in WORDS:
        at = block.find(word)
        while at >= 0:
            end = block.find(b"\n", at)
            found[block.rfind(b"\n", 0, at) + 1] = end
            at = block.find(word, end)
    return sorted(found.items())


def text_of(line: bytes) -> str:
    """Return a line as text, without escapes to a terminal; one in JSON as a layout would have written it."""
    if b"\x1b" in line or b"\x9b" in line:
        line = _ESCAPES.sub(b"", line)
    text = line.decode("utf-8", "replace").rstrip()
    if text.startswith("{") and '"msg"' in text:
        return _unpacked(text)
    return text


def _unpacked(text: str) -> str:
    """Return what a line of Spark's JSON layout says, on one line; or the text, where it is none."""
    try:
        said = json.loads(text)
        error = said.get("exception") or {}
        words = f"{said.get('ts', '')} {said.get('level', '')} {said.get('logger', '')}: {said.get('msg', '')}"
        return f"{words} {error.get('class', '')}: {error.get('msg', '')}" if error else words
    except (ValueError, AttributeError, RecursionError):
        return text


def understand(text: str) -> Said | None:
    """Return what a text says, or None for what no pattern fits."""
    for needle, search, pattern in _TRIED:
        if needle in text and (found := search(text)) is not None:
            return _said(pattern, found)
    return None


def _said(pattern: Pattern, found: re.Match[str]) -> Said:
    parts = found.groupdict("")
    get = parts.get
    task, size, more = get("task"), get("size"), get("more")
    return Said(
        pattern.what,
        pattern,
        found.start(),
        int(task) if task else None,
        get("who", ""),
        get("whom", ""),
        printed(size) if size else ZERO,
        printed(more) if more else ZERO,
        get("text", ""),
    )


class Memory:
    """What was understood of lines before, by what stands after their time: many a line says the same again."""

    def __init__(self) -> None:
        self.known: dict[bytes, tuple[Said, str]] = {}

    def understand(self, line: bytes, clock: int) -> tuple[Said, str, str] | str:
        """Return what a line says, the head before it and the text; or only the text, where no pattern fits.

        The time is taken to end at `clock`, as in the line before.
        """
        known = self.known.get(line[clock:])
        if known is not None:
            said, rest = known
            head = line[:clock].decode("utf-8", "replace") + rest
            return said, head, ""
        text = text_of(line)
        said_now = understand(text)
        if said_now is None:
            return text
        head = text[: said_now.start]
        if 0 < clock <= said_now.start and text[:clock].encode() == line[:clock]:
            if len(self.known) >= REMEMBERED:
                self.known.clear()
            self.known[line[clock:]] = said_now, head[clock:]
        return said_now, head, text


def plain(text: str, most: int = 100) -> str:
    """Return text of a log so that it can be shown: one line of characters that do nothing to a terminal."""
    shown = "".join(each if each.isprintable() else "?" for each in text[: most + 1])
    return shown if len(text) <= most else f"{shown[: most - 1]}…"
