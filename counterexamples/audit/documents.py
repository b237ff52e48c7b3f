"""JSON that is spread over lines, or all on one: each record of a log becomes a line; in constant memory.

An object that is a record is given out whole; one that only holds others is opened, and one that is too long to be a
record is stepped into.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from spillproof.counterexamples.audit.envelopes import has_message

LONGEST = 1 << 20
"""Bytes of a record. What is longer holds records, and is none."""

_DECODER = json.JSONDecoder()
_OPEN = re.compile(r"\{")


def spread(head: str) -> bool:
    """Return whether a file is JSON that is not one record a line."""
    text = head.lstrip("\ufeff \t\r\n")
    if not text or text[0] not in "[{":
        return False
    if text[0] == "[" and not re.match(r"\[\s*(?:\{|$)", text[:2000]):
        return False
    line = text.partition("\n")[0].strip()
    if line in ("{", "[", "[{"):
        return True
    if text[0] == "[" or "\n" not in text.strip():
        return text[0] == "[" or not _is_record(line)
    return not _is_record(line) and _begins_object(line)


def _begins_object(line: str) -> bool:
    return line.endswith(("{", "[", ",")) and line.startswith("{")


def _is_record(line: str) -> bool:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and (has_message(found) or "Event" in found)


def records(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Yield each record of a document as a line of JSON; what stands between them, as it is."""
    rest = ""
    for chunk in chunks:
        rest += chunk.decode("utf-8", "replace")
        found, rest = _taken(rest, last=False)
        if found:
            yield "".join(found).encode("utf-8", "replace")
    found, rest = _taken(rest, last=True)
    yield f"{''.join(found)}{rest}\n".encode("utf-8", "replace")


def _taken(text: str, *, last: bool) -> tuple[list[str], str]:
    """Return the records that stand whole in a text, as lines, and the rest of it."""
    lines: list[str] = []
    at = 0
    while (found := _OPEN.search(text, at)) is not None:
        between = text[at : found.start()].strip("[], \t\r\n")
        if between:
            lines.append(f"{between}\n")
        at = found.start()
        try:
            value, end = _DECODER.raw_decode(text, at)
        except (ValueError, RecursionError):
            if not last and len(text) - at < LONGEST:
                return lines, text[at:]
            at += 1  # it only holds others, or is none
            continue
        lines += [f"{json.dumps(each)}\n" for each in _records(value)]
        at = end
    return lines, "" if last else text[at:]


def _records(value: Any) -> Iterator[dict[str, Any]]:
    """Yield what is a record in a value: itself, or what it holds. Loki gives pairs of a time and a line."""
    if isinstance(value, list):
        for each in value:
            yield from _records(each)
    elif isinstance(value, dict):
        if has_message(value) and not isinstance(value.get("values"), list):
            yield value
            return
        labels = value.get("stream") if isinstance(value.get("stream"), dict) else {}
        for name, each in value.items():
            if name == "values" and isinstance(each, list):
                yield from ({"time": pair[0], "line": pair[1], "stream": labels} for pair in each if len(pair) > 1)
            else:
                yield from _records(each)
