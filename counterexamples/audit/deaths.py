"""What says that something died of memory, in whatever field, line or wrapping: the signs, as a table.

The signs are looked for in the bytes of a line before anything else is understood of it, so that a log in which
anything died of memory can never be called clean. A sign that is seen is no verdict: it says that there is something
to explain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from spillproof.counterexamples.audit.tongues import KILLED, NO_ROOM, decoded
from spillproof.counterexamples.audit.tongues import NEEDLES as FOREIGN

ERROR = (
    r"(?:(?<![\w$])|(?<=\\[nrt]))(?P<who>(?:\w+[.$/])*(?:Spark)?OutOf(?:Direct)?M(?!emory(?:Error|Exception)?[A-Z](?!rr|xc))\w+)\b"
    r"(?! (?:from \S+[/.]\w|source: |and StackOverflow)| ?(?:handling|handler)\b|(?: ?[cC]ount)? ?[=:] ?0\b)(?:\\?\"?[:,]? ?(?P<text>.*))?"  # noqa: E501 - one text
)
"""An error of that name. `-XX:OnOutOfMemoryError=…` and its like are options, and not errors; nor is a class that is
loaded, a class of another name (`OutOfMemoryErrorHandler`), or a count of none."""

_CODES = r"(?:137|143|134|247|0x89|0x8[fF]|-9|-10[34]|0x[cC]0000017|0x[cC]000012[dD]|-1073741801|-1073741523)"
"""Killed by 9, 15 or 6, as a shell and Python write it; YARN's two for too much memory; Windows' two for none left."""

_NONE = r"\b(?!\W{1,4}(?:0\b|false\b))"
"""Neither a count of none, nor a flag that is not set: Docker and Linux write them of what is alive."""

_NO_POOL = "".join(rf"(?<!{name}{between})" for name in ("name", "pool", "id") for between in ("=", r"=\W", r"\W:\W"))
"""Not as metrics write the name of the JVM's pool, on and on while it lives."""

_SIGNAL = r"[Ss]ignal(?: number)?[:=]?[ (]{1,2}(?:9\b|15\b|(?:SIG)?KILL\b|[Kk]illed\b)"

NEEDLES = (
    b"OutOf", b"OOM", b"oom-", b"oom_", b"oom k", b"ut of mem", b"ut_of_mem", b"MemoryError", b"GC overhead",
    b"native thread", b"exceeding", b"xceeded ", b"beyond ", b"xit", b"Killed", b"killed by", b"SIGKILL",
    b"bad_alloc", b"AllocationErr", b"allocate mem", b"ot enough", b"o acquire", b"not acquire", b"xhausted",
    b"ufficient mem", b"MEM_", b"MEMORY", b"llocation failed", b"emory allocation", b"emoryAllocation",
    b"memory pool cap", b"array size", b"irect buffer mem", b"ut of M", b"UT OF M", b"ut-of-m", b"ut Of M",
    b"ryError", b"malloc of", b"ommit_mem", b"errno=12", b"rrno 12", b"rror=12", b"emory limit", b"n resource: mem",
    b"umping heap", b"ignal", b"hread_create", b"start new thread", b"o start thread", b"eturned -", b"=killed",
    b": killed", b"Java heap s", b"Metaspace", b"Compressed cl", b"PermGen", b"locate vec", b"MEMLIMIT", b"OUTOFMEM",
    b"lang.Out", b"ry.SparkO", b"xecuting /bin/sh",
    b"emoryExhaustion", b"rker exited unex", b"cessive memory", *FOREIGN,
)  # fmt: skip
"""One of these is in every line that has a sign."""


@dataclass(frozen=True)
class Sign:
    """A way to say that something died of memory."""

    what: str
    needles: tuple[str, ...]
    """One of these is in every text that has the sign, when it is in small letters: cheaper to look for."""
    regex: re.Pattern[str]


def _sign(what: str, needles: tuple[str, ...], regex: str) -> Sign:
    return Sign(what, tuple(map(str.lower, needles)), re.compile(f"(?P<phrase>{regex})"))


SIGNS = (
    Sign("an OutOfMemoryError", ("outof",), re.compile(ERROR)),
    _sign("Python's MemoryError", ("memoryerror", "malloc of size"), r"(?<![\w$.])(?:\w+\.)*_?(?:Array|Arrow)?MemoryError\b|malloc of size \d+ failed"),  # noqa: E501 - one text
    _sign("the garbage collector gave up", ("gc overhead",), r"GC overhead(?: limit exceeded)?"),
    _sign(
        "no more threads",
        ("native thread", "pthread_create", "start new thread", "to start thread"),
        r"unable to create (?:new )?native thread|pthread_create failed|[Cc]an't start new thread"
        r"|Failed to start thread",
    ),
    _sign(
        "no room in the heap",
        ("java heap space", "metaspace", "compressed class", "permgen"),
        rf"(?:^\W*|[:=>\"'\]\-] ?)(?:Java heap space|{_NO_POOL}Metaspace|Compressed class space|PermGen space)"
        r"(?=\s*(?:$|[\"'\\)\],;<}|]))",
    ),
    _sign("an OutOfMemoryError", ("outofmemory", "java.lang.out", "memory.sparko", "executing /bin/sh"), r"\bOUTOFMEMORY(?:ERROR|EXCEPTION)?\b|\bjava\.lang\.Out\w*\W*$|\bmemory\.SparkO\w*\W*$|(?:^|[\s\"'>:])# -XX:OnOutOfMemoryError=|Executing /bin/sh -c \W{1,2}kill\b"),  # noqa: E501 - one text
    _sign("no room in the heap", ("array size", "direct buffer"), r"Requested array size exceeds VM limit|Cannot reserve \d+ bytes of direct buffer memory"),  # noqa: E501 - one text
    _sign(
        "a container was killed",
        ("exceed", "beyond ", "limitation_memory", "resource: memory", "memlimit"),
        r"(?:[Cc]ontainer )?killed by YARN for exceeding [\w ]{0,20}memory limits|beyond (?:[\w']+ ){0,3}memory limits?"
        r"|Memory limit exceeded|CONTAINER_LIMITATION_MEMORY|low on resource: memory"
        r"|TERM_MEMLIMIT|\bv?mem(?:ory)? \w+ exceeded limit"
        r"|exceed(?:ed|ing) (?:(?:its|the|physical|virtual|container|pod|overall|job) )*memory limits?|containers? exceeding thresholds",  # noqa: E501 - one text
    ),
    _sign("a kill for want of memory", ("oom", "killed process"), rf"OOM[ -]?[Kk]ill\w*{_NONE}|(?<![a-z])oom[-_ ]?kill\w*{_NONE}|Killed process \d+.{0,40}|oom_reaper"),  # noqa: E501 - one text
    _sign(
        "an exit that is a kill",
        ("exit", "returned -9"),
        rf"(?<!\w)(?i:exit(?!On)\w{{0,12}})(?:\W{{1,8}}[A-Za-z]\w*){{0,3}}?\W{{1,8}}?(?<![\w.-]){_CODES}(?!\w|[.,]\d)(?! ?(?:ms|s|[KMG]?i?B|bytes)\b)"  # noqa: E501 - one text
        rf"|(?<!\w)(?i:exit[ _]?(?:code|status|value))(?: [A-Za-z][\w.-]*){{0,6}}[ :=]{{1,4}}{_CODES}(?!\w|[.,]\d)"
        r"|(?i:exit(?:ed)?(?: with)?[ _]?(?:code|status))\W{1,8}(?:is )?52(?!\w|[.,]\d)|exit (?:code|status) 9(?!\w|[.,]\d)"  # noqa: E501 - one text
        r"|returned -9(?!\w|[.,]\d)",
    ),
    _sign(
        "a kill",
        ("signal", "code=", "kill", *KILLED),
        rf"{_SIGNAL}|code=(?:killed|dumped), status=(?:9|6)/|^\W*(?:\w{{0,4}}sh|fish): (?:\d+ )?killed\b"
        rf"|\d\s+(?:{'|'.join(map(re.escape, KILLED))})(?!\w)"
        r"|Killed by external signal|\bSIGKILL\b|line \d+:\s+\d+ Killed\b|^\W*Killed\W*$",
    ),
    _sign("a heap dump, as HotSpot writes one at an OutOfMemoryError", ("dumping heap",), r"Dumping heap to \S+"),
    _sign("native memory", ("bad_alloc", "memoryallocation", "oom"), r"std::bad_alloc|cudaErrorMemoryAllocation|[GC]pu(?:SplitAnd)?RetryOOM|\bGpuOOM|(?<!\w)OOM\b(?! ?[=:] ?0\b| stack traces)"),  # noqa: E501 - one text
    _sign(
        "the system had no memory left",
        ("allocat", "insufficient memory", "commit_memory", "errno", "error=12", *NO_ROOM),
        r"Cannot allocate memory|[Cc]annot allocate vector of size|memory allocation of \d+ bytes failed"
        r"|[Ii]nsufficient memory for the Java Runtime|[Nn]ative memory allocation .{0,40}failed"
        r"|commit_memory\(.{0,80}failed|errno=12\b|\[Errno 12\]|error=12,"
        rf"|{'|'.join(map(re.escape, NO_ROOM))}",
    ),
    _sign(
        "a native engine had no memory left",
        ("allocation failed", "exhaust", "mem_", "memory pool cap", "to acquire"),
        r"[Aa]dditional allocation failed|Resources ?[Ee]xhausted|ResourceExhaustedError|[Dd]evice store exhausted|MemoryExhaustion\w+|MEM_(?:CAP_EXCEEDED|ALLOC_ERROR|ABORTED|ARBITRATION_\w+)|[Ee]xceeded memory pool cap\w*"  # noqa: E501 - one text
        r"|Failed to acquire \d+ bytes, only got",
    ),
    _sign(
        "the accounting refused",
        ("acquire", "not enough"),
        r"UNABLE_TO_ACQUIRE_MEMORY|[Uu]nable to acquire \d+ bytes of memory|[Cc]ould not acquire \d+ bytes of memory"
        r"|[Nn]ot enough (?:spark )?(?:off-heap )?(?:execution )?memory",
    ),
    _sign(
        "a worker that ended",
        ("worker exited unexpectedly", "excessive memory usage"),
        r"Python worker exited unexpectedly(?: \(crashed\))?|excessive memory usage",
    ),
    _sign(
        "out of memory",
        ("of memory", "of-memory", "of_memory"),
        r"(?i:(?:ran )?out[-_ ]of[-_ ]memory"
        r"(?![-_ ]?(?:mode|handl|protection|errors? (?:is|are|will|may|can)\b)))",
    ),
)  # fmt: skip
"""In the order in which they are tried: the first names the line."""


_PERHAPS = frozenset({"an exit that is a kill", "a kill", "a worker that ended"})

_OF_MEMORY = re.compile(r"\b52\b|-10[34]\b|OOM|emory|0[xX][cC]0000017")


def certain(what: str, phrase: str) -> bool:
    """Return whether a sign is of memory, and not of a kill or an end that may have another reason.

    Who reclaims a node, or takes an idle executor away, kills too; Spark's 52, YARN's -103 and -104 are of memory.

    >>> certain("an exit that is a kill", "exit code 143"), certain("an exit that is a kill", "Exit code is 52")
    (False, True)
    """
    return what not in _PERHAPS or _OF_MEMORY.search(phrase) is not None


def certainly(message: str) -> bool:
    """Return whether a message, of which nothing is known but that something died, is of memory."""
    found = sign(message)
    return found is None or certain(*found)


@dataclass(frozen=True)
class Death:
    """A line that says that something died of memory."""

    line: int
    what: str
    phrase: str


@lru_cache(maxsize=256)
def sign(text: str) -> tuple[str, str] | None:
    """Return what kind of sign a text has, and its words; None where it has none."""
    small = text.lower()
    for each in SIGNS:
        for needle in each.needles:
            if needle in small:
                break
        else:
            continue
        if found := each.regex.search(text):
            parts = found.groupdict()
            return each.what, parts.get("phrase") or f"{parts['who']}: {parts['text'] or ''}".rstrip(": ")
    return None


_ANY = re.compile(b"|".join(map(re.escape, NEEDLES)))


AROUND = 300
"""Bytes on either side of a word that are looked at in a long text."""


def anywhere(text: bytes) -> tuple[str, str] | None:
    """Return the first sign in a text of any length, as `sign` does for a line."""
    for begin, end in sorted(_places(text)):
        if found := sign(decoded(text[max(0, begin - AROUND) : end + AROUND])):
            return found
    return None


def _places(text: bytes) -> Iterator[tuple[int, int]]:
    """Yield where the needles stand. Looking for one after the other takes a tenth of looking for any of them."""
    for needle in NEEDLES:
        at = text.find(needle)
        while at >= 0:
            yield at, at + len(needle)
            at = text.find(needle, at + len(needle))


def suspected(line: bytes) -> bool:
    """Return whether a line may have a sign: never wrong where it says no."""
    return _ANY.search(line) is not None
