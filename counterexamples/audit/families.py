"""The messages of Spark, and of what runs in it, that speak of memory or tasks: families by release, as a table.

A message is matched, and nothing else, so that any layout will do. Each row says which releases write it, where that is
not all of them: `since` is the first that does, `before` the first that no longer does.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum, auto

from spillproof.counterexamples.audit import deaths
from spillproof.counterexamples.audit.interval import SIZE

Release = tuple[int, ...]


class What(IntEnum):
    """What a line says."""

    __hash__ = int.__hash__  # each line is looked up by it; an enumeration's own is Python

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
    SHORT = auto()
    """A native engine asked for memory and got less."""
    NATIVE = auto()
    """A native engine's own pool."""
    HEAP = auto()
    """So much of the heap, or of the container, was in use."""
    BEGINS = auto()
    FINISHED = auto()
    KILLED = auto()
    EXCEPTION = auto()
    LOST = auto()
    """The driver says that a task failed: where, and of what."""
    LEAK = auto()
    ERROR = auto()
    KILL = auto()
    """Something was killed, or died of memory, and no error says so."""
    SIGNAL = auto()
    SHUTDOWN = auto()
    CONTAINER = auto()
    """The lines of another container begin."""
    GAP = auto()
    """Lines are missing here, as the log says itself."""
    VERSION = auto()
    OTHER = auto()
    """Known, and of no use here."""


PARTS = ("task", "who", "whom", "size", "more", "text")
"""What a line may say, in the order in which its parts are read."""


@dataclass(frozen=True)
class Pattern:
    """A line that is written."""

    what: What
    needle: str
    """Which occurs in every such line: cheaper to look for."""
    regex: re.Pattern[str]
    since: Release = ()
    """The first release that writes it."""
    before: Release = ()
    """The first release that no longer does."""
    memory: bool = True
    """Whether it speaks of sizes; else of tasks."""
    spark: bool = True
    """Whether only Spark writes it."""
    places: tuple[int, ...] = field(init=False, repr=False)
    """Where each of `PARTS` stands among the groups of a match; after the last where there is none."""

    def __post_init__(self) -> None:
        index, last = self.regex.groupindex, self.regex.groups
        object.__setattr__(self, "places", tuple(index[each] - 1 if each in index else last for each in PARTS))


_NAME = r"[^\s\"'<>{}()\[\],;|\\]+"
_END = r"(?=\s*(?:$|[\"'<>\]),}\\|]))"
"""A message ends where the line does, or where its wrapping closes."""


def _pattern(
    what: What,
    needle: str,
    regex: str,
    since: Release = (),
    before: Release = (),
    *,
    memory: bool = True,
    spark: bool = True,
) -> Pattern:
    words = regex.replace("TASK", r"[Tt]ask (?P<task>\d+)").replace("END", _END)
    words = words.replace("WHOM", f"(?P<whom>{_NAME})").replace("WHO", f"(?P<who>{_NAME})")
    words = words.replace("SIZE", f"(?P<size>{SIZE})").replace("MORE", f"(?P<more>{SIZE})")
    return Pattern(what, needle, re.compile(words), since, before, memory, spark)


TASK_ID = r"\(TID (?P<task>\d+)\)"
_TITLE = r"(?P<text>task .{1,80}?)"
_KB = r"\d[\d.,]*[KMG]"

TASK_MEMORY_MANAGER = (
    _pattern(What.RELEASED, " release ", r"TASK release SIZE from WHOEND"),
    _pattern(
        What.ACQUIRED, " acquired ", r"TASK (?:finally )?acquired SIZE (?:\(currentMem = MORE\) )?for WHOEND", (2, 0)
    ),
    _pattern(What.ACQUIRED, " acquire ", r"TASK acquire SIZE for WHOEND", (1, 6), (2, 0)),
    _pattern(What.REQUIRED, " required ", r"TASK required SIZE and got MORE for WHOEND"),
    _pattern(What.GAVE, " released ", r"TASK released SIZE from WHO for WHOMEND", (), (3, 3)),
    _pattern(What.GAVE_ITSELF, " released ", r"TASK released SIZE from itself \(WHO\)", (), (3, 3)),
    _pattern(What.GAVE, " spilled ", r"TASK spilled SIZE of requested MORE from WHO for WHOMEND", (3, 3)),
    _pattern(What.TRIES, " try to spill ", r"TASK try to spill SIZE from WHO for WHOMEND", (3, 3)),
    _pattern(What.NEEDS, " need to spill ", r"TASK need to spill SIZE for WHOEND", (3, 3)),
    # what is left at a task's end: a warning until 2.0.2, since SPARK-18557 (2.1.0) at level DEBUG and worded anew
    _pattern(What.UNRELEASED, "unreleased ", r"unreleased SIZE memory from WHOEND", (2, 1)),
    _pattern(What.UNRELEASED, "leak ", r"leak SIZE memory from WHOEND", (1, 6), (2, 1)),
    _pattern(What.UNRELEASED_PAGE, "unreleased page: ", r"unreleased (?P<text>page): \S+ in TASK", (2, 1)),
    _pattern(What.UNRELEASED_PAGE, "leak a page: ", r"leak a (?P<text>page): \S+ in TASK", (2, 0), (2, 1)),
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
)

COLLECTIONS = (
    _pattern(
        What.FORCED,
        "force spilling",
        r"TASK force spilling in-memory map to disk and +it will release SIZE memory",
        (2, 0),
    ),
    _pattern(What.SPILLS_ITSELF, "spilling in-memory map of", r"Thread \d+ spilling in-memory map of SIZE to disk"),
    _pattern(
        What.SORTER_SPILLS,
        "spilling sort data of",
        r"(?:TASK on )?Thread (?P<text>\d+) spilling sort data of SIZE to disk",
    ),
    _pattern(What.CHECK, "[SpillCheck]", r"\[SpillCheck\] .*currentMemory = SIZE, myMemoryThreshold = MORE"),
    _pattern(
        What.SPILL_METRICS,
        "SpillMetrics]",
        r"\[TASK SpillMetrics\] release = SIZE, (?P<text>.*recordsWritten = \d+), bytesWritten = MORE",
    ),
    _pattern(What.OTHER, "[SpillRecord]", r"\[SpillRecord\]"),
    _pattern(What.OTHER, "[DirectBufferPool]", r"\[DirectBufferPool\]"),
    _pattern(What.OTHER, "[DiskMapIterator]", r"\[DiskMapIterator\]"),
)
"""Those with brackets are of the instrumented Spark that wrote the log of the incident."""

POOLS = (
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
)

NATIVE = (
    # Gluten, and Comet
    _pattern(
        What.SHORT,
        ", granted: ",
        rf"(?P<text>Not enough spark [\w-]+ execution memory)\. Acquired: (?P<size>{SIZE}|\d+), granted: (?P<more>{SIZE}|\d+)",  # noqa: E501 - one text
    ),
    _pattern(What.SHORT, "only received ", r"TASK (?P<text>requested) SIZE but only received MORE"),
    _pattern(
        What.NATIVE,
        "MemoryPool[",
        r"\[TASK\] MemoryPool\[(?P<who>[^\]]+\]?)\]\.(?P<text>\w+\(\d+\)(?: returning \w+)?)",
    ),
)

HEAP = (
    _pattern(What.HEAP, "[CurrentHeap", r"(?P<text>heap)?\[CurrentHeap\w*\] used = SIZE,.*?max = MORE"),
    _pattern(What.HEAP, "memory used", r"(?P<text>Container|container|usage).{0,200}?SIZE of MORE physical memory used", spark=False),  # noqa: E501 - one text
    _pattern(What.HEAP, "Heap dump file created", r"(?P<text>dump) file created \[SIZE in", spark=False),
    _pattern(What.HEAP, "Pause Full", rf"(?P<text>Pause Full).*?{_KB}->(?P<size>{_KB})\((?P<more>{_KB})\)", spark=False),  # noqa: E501 - one text
    _pattern(What.HEAP, "[Full GC", rf"\[(?P<text>Full GC).*?{_KB}->(?P<size>{_KB})\((?P<more>{_KB})\)[, \]]+(?!.*->.*\[PS)", spark=False),  # noqa: E501 - one text
    _pattern(What.HEAP, "used", r"(?i:(?P<text>heap)[\w \]:,({]{0,40}?used\w*)[ :=]{1,4}SIZE.{1,60}?(?i:max|total|committed)\w*[ :=]{1,4}MORE", spark=False),  # noqa: E501 - one text
)  # fmt: skip
"""What the log itself says of the heap: the best evidence there is."""

TASKS = (
    _pattern(What.BEGINS, "Running ", rf"Running {_TITLE} {TASK_ID}", memory=False),
    _pattern(What.FINISHED, "Finished ", rf"Finished {_TITLE} {TASK_ID}(?! in \d)", memory=False),
    _pattern(What.KILLED, "killed ", rf"Executor (?:interrupted and )?killed {_TITLE} {TASK_ID}", memory=False),
    _pattern(What.EXCEPTION, "Exception in task", rf"Exception in {_TITLE} {TASK_ID}", memory=False),
    _pattern(
        What.LOST,
        "Lost task ",
        rf"Lost {_TITLE} \(TID (?P<task>\d+)(?:\)|, ?(?P<who>[^,)]*)(?:, executor (?P<whom>\w+))?)",
        memory=False,
    ),
    _pattern(
        What.LEAK,
        "Managed memory leak",
        r"Managed memory leak detected; size = SIZE, .*?TID(?: = |\s)(?P<task>\d+)",
    ),
    _pattern(What.SIGNAL, "RECEIVED SIGNAL", r"RECEIVED SIGNAL (?:15: )?(?:SIG)?(?P<text>TERM|KILL)", memory=False),
    _pattern(What.SHUTDOWN, "commanded a shutdown", r"[Dd]river commanded a shutdown", memory=False),
    _pattern(
        What.SHUTDOWN,
        "ecommission",
        r"(?:Decommission(?:ing)? executor|executor decommission|[Ff]inished decommissioning)\b",
        memory=False,
    ),
    _pattern(What.VERSION, "Spark version ", r"Running Spark version (?P<text>\d+\.\d+[\w.\-]*)", memory=False),
    _pattern(What.VERSION, "   version ", r"_/\\_\\ +version (?P<text>\d+\.\d+[\w.\-]*)", memory=False),
    _pattern(What.CONTAINER, "Container: ", r"Container: (?P<text>container_\w+)", memory=False, spark=False),
)

_LINES = r"(?:log )?(?:lines?|messages?|events?|records?|entries|rows)"
_GONE = r"(?:omitted|skipped|suppressed|dropped|lost|truncated|removed|elided|not shown|snipped|missing|missed|hidden)"

GAPS = (
    _pattern(What.GAP, "..", r"^\W{0,12}\.\.+\W{0,12}$", memory=False, spark=False),
    _pattern(What.GAP, "…", r"^\W{0,12}…\W{0,12}$", memory=False, spark=False),
    _pattern(What.GAP, "snip", r"(?i:^\W{0,12}(?:end )?snip(?:ped)?\b)", memory=False, spark=False),
    _pattern(What.GAP, "", rf"(?i:\d+ {_LINES} (?:were |have been |are )?{_GONE})", memory=False, spark=False),
    _pattern(What.GAP, "", rf"(?i:\b{_GONE} (?:\d+|some|many) {_LINES})", memory=False, spark=False),
    _pattern(What.GAP, "howing ", r"Showing \d+ [Bb]ytes", memory=False, spark=False),
    _pattern(What.GAP, "essage repeated", r"message repeated \d+ times", memory=False, spark=False),
    _pattern(What.GAP, "-", r"^--+$", memory=False, spark=False),
)
"""What stands where lines were left out: by a person, by grep, by an appender that suppresses, by a shipper."""

COUNTED = re.compile(
    r"[oO]mitted|[sS]kipped|[sS]uppressed|[dD]ropped|[lL]ost\b|[tT]runcated|[rR]emoved\b|[eE]lided|[nN]ot shown|"
    "[sS]nipped|[mM]iss(?:ing|ed)|[hH]idden"
)
"""One of these is in every line that counts lines that are missing; quick to look for."""

PATTERNS = (*TASK_MEMORY_MANAGER, *COLLECTIONS, *POOLS, *NATIVE, *TASKS, *HEAP)
"""In the order in which they are tried: what occurs most often comes first."""

ERROR = Pattern(What.ERROR, "OutOf", re.compile(deaths.ERROR), spark=False)
KILL = Pattern(What.KILL, "", re.compile(""), spark=False)

NAMES = ("MemoryManager", "MemoryStore", "MemoryPool", "External", "BytesToBytesMap", "Spillable")
"""One of these is in every line of these loggers."""

SPEAKERS = re.compile(
    r"(?:TaskMemoryManager|MemoryStore|\w*MemoryManager|\w+MemoryPool|External\w+|UnsafeExternalSorter|"
    r"ShuffleExternalSorter|BytesToBytesMap|Spillable)\b[^ ]*(?::\d+)?\]?(?::| -) "
)
"""The loggers that speak of memory: a line of theirs that no pattern fits is one that was not understood."""
