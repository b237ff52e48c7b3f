"""JSON that is spread over lines, or all on one: each record of a log becomes a line; in constant memory.

An object that is a record is given out whole; one that only holds others is opened, and one that is too long to be a
record is stepped into. A table's rows become records by its columns; a text of many lines becomes these lines.
"""

from __future__ import annotations

import codecs
import json
import re
import zlib
from base64 import b64decode
from collections.abc import Iterator, Sequence
from typing import Any

from spillproof.counterexamples.audit.deaths import suspected
from spillproof.counterexamples.audit.envelopes import own_time
from spillproof.counterexamples.audit.record_fields import MESSAGE, first, flatten, has_message, joined, pairs

LONGEST = 1 << 20
"""Bytes of a record. What is longer holds records, and is none."""

MANY = 3
"""Lines of a text that is a log by itself."""

Json = dict[str, Any]

_DECODER = json.JSONDecoder()
_OPEN = re.compile(r"\{")


def spread(head: str) -> bool:
    """Return whether a file is JSON that is not one record a line."""
    text = head.lstrip("\ufeff \t\r\n")
    if not text or text[0] not in "[{":
        return False
    if text[0] == "[" and not re.match(r"\[\s*(?:\{|$|\[\s*(?:\{|$))", text[:2000]):
        return False
    line = text.partition("\n")[0].strip()
    if line in ("{", "[", "[{", "[[") or _IN_BYTES.search(line) or _IN_GZIP.search(line):
        return True
    if text[0] == "[" or "\n" not in text.strip():
        return text[0] == "[" or not _is_record(line)
    return not _is_record(line) and (_begins_object(line) or _IN_BASE64.search(line) is not None)


_IN_BYTES = re.compile(r'"MESSAGE" ?: ?\[\d')
"""systemd's journal has a line with colours as a list of bytes."""

_IN_GZIP = re.compile(r'"\w+" ?: ?"H4sI[\w+/]{20}')
"""Base64 of what gzip packed: what CloudWatch sends to whoever subscribed, through Lambda or Kinesis."""

_IN_BASE64 = re.compile(r'"\w+" ?: ?"eyJ[\w+/]{20,}=*"')
"""Base64 of an object: what Pub/Sub and queues send."""


def _begins_object(line: str) -> bool:
    return line.endswith(("{", "[", ",")) and line.startswith("{")


def _is_record(line: str) -> bool:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and (has_message(found) or "Event" in found) and not _whole_log(found)


def records(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield each record of a document as a line of JSON, and each line of a text; what stands between, as it is."""
    opening, decoder = _Opening(), codecs.getincrementaldecoder("utf-8")("replace")
    for chunk in chunks:
        if found := opening.take(decoder.decode(chunk)):
            yield found.encode("utf-8", "replace")
    yield f"{opening.take('', last=True)}\n".encode("utf-8", "replace")


class _Opening:
    """A document while it is opened: what was not given out yet, and whose the next rows are."""

    def __init__(self) -> None:
        self.rest = ""
        self.labels: Json = {}

    def take(self, text: str, *, last: bool = False) -> str:
        """Return the lines of what stands whole now."""
        text = self.rest + text
        lines: list[str] = []
        at = 0
        while (found := _OPEN.search(text, at)) is not None:
            lines += self._between(text[at : found.start()])
            at = found.start()
            try:
                value, end = _DECODER.raw_decode(text, at)
            except (ValueError, RecursionError):
                if not last and len(text) - at < LONGEST:
                    break
                at += 1  # it only holds others, or is none
                continue
            lines += [_line(each) for each in _records(value)]
            self._belongs(text[max(0, at - 20) : at], value)
            at = end
        else:
            end = len(text) if last else _loose(text, at)
            lines += self._between(text[at:end])
            at = end
        self.rest = "" if last else text[at:]
        return "".join(lines)

    def _belongs(self, before: str, value: object) -> None:
        """Take note of whose the rows are that come next."""
        if before.rstrip(" :\n\t").endswith('"stream"') and isinstance(value, dict):
            self.labels = value

    def _between(self, text: str) -> Iterator[str]:
        """Yield what stands between records: the rows of a table, the lines of a text that is too long, or as it is."""
        text = text.strip("[], \t\r\n")
        if not text:
            return
        rows = list(_ROW.finditer(f"[{text}]")) if text.count('","') + text.count('", "') > 1 else []
        for each in rows:
            row = _row(each[0])
            if lines := _lines(row):
                yield from (f"{line}\n" for line in lines)
            elif len(row) > 1:
                yield _line({"time": row[0], "line": max(row, key=len), "stream": self.labels})
        if not rows and text.count("\\n") >= MANY:
            text = text.replace("\\r\\n", "\n").replace("\\n", "\n").replace("\\t", "\t").replace('\\"', '"')
        if not rows:
            yield f"{text}\n"


_ROW = re.compile(r'\[\s*"(?:[^"\\]|\\.)*"\s*(?:,\s*(?:"(?:[^"\\]|\\.)*"|[\w.+-]+)\s*)+\]')


def _row(text: str) -> list[str]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return []
    return [str(each) for each in found]


def _loose(text: str, at: int) -> int:
    """Return up to where a text may be given out in which no object begins."""
    if len(text) - at < LONGEST:
        return at
    ends = [text.rfind(mark, at) + len(mark) for mark in ("],", "\\n", "\n", '",') if text.rfind(mark, at) >= 0]
    return ends[0] if ends else at


def _line(value: Json | str) -> str:
    return f"{value}\n" if isinstance(value, str) else f"{json.dumps(value)}\n"


def _records(value: Any) -> Iterator[Json | str]:
    """Yield what is a record in a value, or a line: itself, or what it holds; and what says that anything died."""
    if isinstance(value, list):
        if (made := pairs(value)) is not None and has_message(made):
            yield made
            return
        for each in value:
            yield from _records(each)
    elif isinstance(value, dict):
        value = {key: _sent(each) if isinstance(each, str) else each for key, each in value.items()}
        table = list(_table(value))
        if table:
            yield from table
            yield from _beside(value)
        elif has_message(value) and not isinstance(value.get("values"), list):
            yield from _record(value)
        else:
            yield from _held(value)
    elif isinstance(value, str) and suspected(value.encode("utf-8", "replace")):
        yield from value.split("\n")


def _record(value: Json) -> Iterator[Json | str]:
    """Yield a record, or the lines of a log that is its message, and what it has beside that."""
    lines = _whole_log(value)
    if not lines:
        yield {key: joined(each) or each for key, each in value.items()}
        return
    yield from lines
    for key, each in value.items():
        if not _lines(each) and not _whole_log({key: each}):
            yield from _records({key: each})


def _beside(value: Json) -> Iterator[Json]:
    """Yield what an object says of itself, where that may say that anything died: it is no record, and holds some."""
    own = {key: each for key, each in value.items() if not isinstance(each, dict | list) and not _lines(each)}
    if suspected(json.dumps(own).encode()):
        yield own


SENT = 1 << 23
"""Bytes of what was sent in one piece. CloudWatch sends at most one megabyte, Lambda takes six."""


def _sent(text: str) -> Any:
    """Return what a text stands for that is an object in base64, packed by gzip or not; any other text as it is.

    >>> _sent("eyJtZXNzYWdlIjogIkxvc3QgdGFzayAwLjAifQ==")
    {'message': 'Lost task 0.0'}
    """
    if not text.startswith(("H4sI", "eyJ")):
        return text
    try:
        data = b64decode(text, validate=True)
        data = zlib.decompressobj(wbits=31).decompress(data, SENT) if text[0] == "H" else data
    except (ValueError, zlib.error):
        return text
    try:
        found = _DECODER.decode(data.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return [data.decode("utf-8", "replace")] if text[0] == "H" else text  # lines, or an object that is cut off
    return found if isinstance(found, dict | list) else text


def _held(value: Json) -> Iterator[Json | str]:
    """Yield the records that an object holds. Loki gives pairs of a time and a line; CloudWatch's say whose."""
    labels = value.get("stream") if isinstance(value.get("stream"), dict) else {}
    for name, each in value.items():
        if name == "values" and isinstance(each, list):
            yield from ({"time": pair[0], "line": pair[1], "stream": labels} for pair in each if len(pair) > 1)
        elif name == "logEvents" and isinstance(each, list):
            whose = {"logStream": value.get("logStream", "")}
            yield from (found for event in each if isinstance(event, dict) for found in _records({**whose, **event}))
        elif lines := _lines(each):
            yield from lines
        elif isinstance(each, dict | list):
            yield from _records(each)
    yield from _beside(value)


def _whole_log(record: Json) -> list[str]:
    """Return the lines of a record that has a whole log for its message; none where it is one record."""
    return _lines(first(flatten(record), MESSAGE))


def _lines(value: object) -> list[str]:
    """Return the lines of a text that is a log by itself: of its first lines two have times of their own."""
    texts = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    if not texts or not all(isinstance(each, str) for each in texts):
        return []
    lines = [line.rstrip("\r") for each in texts for line in each.rstrip("\n").split("\n")]
    return lines if len(lines) >= MANY and sum(map(own_time, lines[:50])) > 1 else []


def _table(value: Json) -> Iterator[Json]:
    """Yield the rows of a table that has its columns beside them."""
    small = {str(key).lower(): each for key, each in value.items()}
    columns = next((_names(small[each]) for each in ("columns", "fields") if isinstance(small.get(each), list)), [])
    rows: list[Any] = next(
        (small[each] for each in ("rows", "data", "results") if isinstance(small.get(each), list)), []
    )
    for row in rows if columns else ():
        if isinstance(row, list) and len(row) == len(columns):
            yield dict(zip(columns, row, strict=True))


def _names(columns: Sequence[object]) -> list[str]:
    names = [
        str(next((each[key] for key in ("name", "Name", "ColumnName") if key in each), ""))
        if isinstance(each, dict)
        else each
        for each in columns
    ]
    return [each for each in names if isinstance(each, str)]
