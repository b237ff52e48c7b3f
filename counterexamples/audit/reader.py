"""Hearing a log: its blocks become lines, the lines lose their wrapping, and what they say is entered into the books.

Most lines say nothing here and are not looked at by themselves. What each says stands by itself: its time is its own,
or that of the last line before that has one; whose it is, is for the books to find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from spillproof.counterexamples.audit import deaths, foreign
from spillproof.counterexamples.audit.deaths import Death
from spillproof.counterexamples.audit.envelopes import Envelopes
from spillproof.counterexamples.audit.executor import ANOTHERS
from spillproof.counterexamples.audit.families import Pattern
from spillproof.counterexamples.audit.ledger import Ledger
from spillproof.counterexamples.audit.releases import ReleaseEvidence, numbers
from spillproof.counterexamples.audit.sentences import (
    Memory,
    Said,
    What,
    gap,
    plain,
    said_in,
    speaks,
    text_of,
    worth_hearing,
)
from spillproof.counterexamples.audit.sources import LONGEST, Text
from spillproof.counterexamples.audit.stamp import Clock

EXAMPLES = 3
"""Lines that are shown of those that were not understood."""

BACK = 60
"""Lines that are looked at for a time before a line that has none."""

LOOKED = 50
"""Times that this is done before any time was understood: a log of messages alone has none anywhere."""

TAIL = 1 << 14
"""Bytes of the last block that are kept to look back into."""

DEATHS = 100
"""Signs of death that are kept."""

CLOCKS = 512
"""Streams of a file whose times are read apart."""

_PASSED = re.compile(rb"emory[^\n]{0,2000}emory|Task |TID |Heap|version |Container: |[sS]pill")
"""What a driver's line of where a block is has none of: there may be millions, and "in memory" is all they say."""

_KNOWN = frozenset({What.OTHER, What.BLOCKS, What.STORED})

_VERSION = What.VERSION

_GOES_ON = frozenset({What.EXCEPTION, What.LOST, What.ERROR, What.KILL})
"""What is said in more than a line."""

_FRAME = re.compile(r"(?:^\s*|\t)at ([\w.$/<>]{1,300})\(")
_FRESH = re.compile(r"[\w.$]+(?:Error|Exception)\b")
"""How an exception begins that is nobody's cause."""
_REASON = re.compile(
    r"[\w.$]+(?:Exception|Error|Failure|Throwable|Killed|Interrupted|Fault|FetchFailed)\w*|Denied|[Pp]reempted"
)


@dataclass
class Counts:
    """How many lines were understood."""

    memory: int = 0
    """They say something of memory, and what."""
    tasks: int = 0
    """They say that a task begins or ends."""
    known: int = 0
    """They are known, and of no use here."""
    unknown: int = 0
    """They are of a logger that speaks of memory, and no pattern fits."""
    untimed: int = 0
    """They were understood but for their time."""
    spark: int = 0
    """They are as only Spark writes them."""
    examples: list[str] = field(default_factory=list)

    def understood(self) -> int:
        """Return how many were, and were of use."""
        return self.memory + self.tasks


@dataclass(slots=True)
class Line:
    """The line that is heard, and where it stands: one for all lines of a block."""

    block: bytes
    data: bytes = b""
    number: int = 0
    start: int = 0
    end: int = 0


class Hearing:
    """Hears logs, file by file."""

    envelopes: Envelopes
    """Of the file that is heard; so are the next three."""
    clocks: dict[str, Clock]
    current: Clock
    tail: bytes

    def __init__(self, ledger: Ledger, evidence: ReleaseEvidence) -> None:
        self.ledger = ledger
        self.evidence = evidence
        self.counts = Counts()
        self.clock = Clock()
        """The clock of the first file that has times; the others' have theirs."""
        self.deaths: list[Death] = []
        self.spark = False
        """Whether any line has a word of Spark's."""
        self.memory = Memory()
        self.looked = 0
        """How often a time was looked for in the lines before one that has none."""
        self.record = 0
        """The line that began what the last line is a part of."""
        self.begun = ""
        """What stands in it, where it is another line: whose thread wrote it."""
        self.awaited = False
        """Whether the next line may say of what a task failed, or where."""

    def hear(self, text: Text) -> None:
        """Hear a file."""
        self.envelopes, self.clocks, self.tail = text.envelopes, {}, b""
        self.current = self._clock("")
        self.ledger.turn(text.family)
        number = 1
        for block in text.blocks:
            number = self._block(block, number)

    def _block(self, block: bytes, number: int) -> int:
        """Hear the lines of a block that may say something; return the number of the first line after it."""
        self.evidence.name(block)
        if not self.spark and not self.counts.spark:
            self.spark = foreign.of_spark(block)
        if self.awaited:
            self._after(self._following(block, 0))
        line = Line(block)
        found, count = worth_hearing(block)
        for line.start, line.end, index, suspected in found:
            line.data = block[line.start : min(line.end, line.start + LONGEST)]
            line.number = number + index
            if suspected or b"BlockManagerInfo" not in line.data or _PASSED.search(line.data) is not None:
                self._line(line, suspected=suspected)
        self.tail = block[-TAIL:]
        return number + count

    def _clock(self, stream: str) -> Clock:
        clock = self.clocks.get(stream)
        if clock is None:
            clock = self.clock if not self.clocks and not self.clock.understood else Clock()
            if len(self.clocks) < CLOCKS:
                self.clocks[stream] = clock
        return clock

    def _line(self, line: Line, *, suspected: bool) -> None:
        text = text_of(line.data)
        if suspected and (far := self._death(line, text)):
            text = f"{text} … {far}"
        if self.envelopes.plain(text):
            self._opened(text, (), "", line, suspected=suspected)
        else:
            opened = self.envelopes.open(text)
            self._opened(opened.lines[0], opened.lines[1:], opened.stream, line, suspected=suspected)

    def _death(self, line: Line, text: str) -> str:
        """Keep a sign of death, before anything else is understood of the line; return its words where they stand far back."""  # noqa: E501 - one text
        found, far = deaths.sign(text), ""
        if found is None and line.end - line.start > LONGEST:
            found = deaths.anywhere(line.block[line.start + LONGEST - deaths.AROUND : line.end])
            far = found[1] if found is not None else ""
        if found is not None and len(self.deaths) < DEATHS:
            self.deaths.append(Death(line.number, found[0], plain(found[1])))
        return far

    def _opened(self, text: str, rest: Sequence[str], stream: str, line: Line, *, suspected: bool) -> None:
        """Enter what a line says that was in a wrapping, with `rest`; or count that it was not understood."""
        if stream or len(self.clocks) > 1:
            self.current = self._clock(stream)
        if not suspected and not rest:
            known = self.memory.recall(text, self.current.length)
            if known is not None:
                self._enter([known[0]], known[1], "", line, stream, ())
                return
        found = said_in(text, suspected=suspected)
        head = text[: found[0].start] if found else text[:200]
        if found:
            if not suspected and not rest:
                self.memory.keep(text, self.current.length, found[0])
            self._enter(found, head, text, line, stream, rest)
        elif (missing := gap(text)) is not None:
            self.ledger.enter(missing, line.number, None, "", stream)
        elif speaks(text):
            self._unknown(line.number, text)
        for index, each in enumerate(rest, 1):
            if more := said_in(each, suspected=suspected):
                self._enter(more, head, each, line, stream, rest[index:])

    def _unknown(self, number: int, text: str) -> None:
        self.counts.unknown += 1
        if len(self.counts.examples) < EXAMPLES:
            self.counts.examples.append(f"line {number}: {plain(text)}")

    def _enter(  # noqa: PLR0917 - what a line has
        self, found: Sequence[Said], head: str, text: str, line: Line, stream: str, rest: Sequence[str]
    ) -> None:
        """Enter what a line says. `text` is empty where it was heard before; `rest` came in the same wrapping."""
        time = self._time(head, found[0], line, text)
        self._count(found[0].pattern)
        for said in found:
            if text:
                self.evidence.hear(said.pattern, text, said.start)
            if said.what is _VERSION:
                self.evidence.say(numbers(said.text))
                continue
            self.ledger.enter(said, line.number, time, head or self.begun, stream, self.record)
        if found[-1].what in _GOES_ON:
            following = [text[found[0].start :], *rest] if text else list(rest)
            self._after(iter(following) if rest else self._and_following(following, line))

    def _count(self, pattern: Pattern) -> None:
        counts = self.counts
        counts.spark += pattern.spark
        if pattern.what in _KNOWN:
            counts.known += 1
        elif pattern.memory:
            counts.memory += 1
        else:
            counts.tasks += 1

    # the time of a line, and what stands after it

    def _time(self, head: str, said: Said, line: Line, text: str) -> float | None:
        """Return the time of a line: its own, or that of the last line before that has one, which began the record."""
        time = self.current.read(head)
        self.record, self.begun = line.number if time is not None else 0, ""
        if time is not None:
            return time
        if self.current.understood or self.clock.understood or self.looked < LOOKED:
            self.looked += 1
            time = self._before(line, text)
        if time is None and head.strip() and said.what not in (What.ERROR, What.KILL):
            self.counts.untimed += 1
            self.clock.missed = self.clock.missed or plain(head.strip(), 60)
        return time

    def _before(self, line: Line, text: str) -> float | None:
        """Return the time of the nearest line before that has one, in this block or at the end of the last."""
        looked, stack = 0, False
        for data, end in ((line.block, line.start - 1), (self.tail, len(self.tail) - 1)):
            until = end
            while until > 0 and looked < BACK:
                begin = data.rfind(b"\n", 0, until) + 1
                opened = self.envelopes.open(text_of(data[begin : min(until, begin + 4096)])).lines[0]
                until, looked = begin - 1, looked + 1
                if (found := self.current.read(opened[:100])) is not None:
                    others = stack and _FRESH.match(text) is not None
                    self.record, self.begun = (ANOTHERS, "") if others else (line.number - looked, opened[:400])
                    return found
                stack = stack or _FRAME.search(opened) is not None
        return None

    def _and_following(self, texts: Sequence[str], line: Line) -> Iterator[str]:
        yield from texts
        yield from self._following(line.block, line.end + 1)

    def _following(self, block: bytes, start: int) -> Iterator[str]:
        """Yield the next lines of a block without their wrapping."""
        for _ in range(3):
            if start >= len(block):
                return
            end = block.find(b"\n", start)
            yield from self.envelopes.open(text_of(block[start : min(end, start + LONGEST)])).lines[:3]
            start = end + 1

    def _after(self, following: Iterator[str]) -> None:
        """Take note of what a task failed, and where, as far as the next lines say so."""
        books = self.ledger.now
        self.awaited = False
        if books is None:
            return
        lines = list(following)
        failed = books.excepted[1] if books.excepted is not None else None
        for each in lines:
            if failed is not None and not failed.reason and (found := _REASON.search(each[:400])):
                failed.reason = plain(found[0], 60)
            if found := _FRAME.search(each):
                self.ledger.frame(".".join(found[1].rpartition("/")[2].split(".")[-2:]))
                break
        self.awaited = len(lines) <= 1
