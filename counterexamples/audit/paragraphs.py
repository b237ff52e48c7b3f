"""Records that are spread over lines and are not JSON: Google's YAML, Ruby's notation, Java's XML, a journal's export.

Of YAML this reads what such a tool writes of a log entry: keys with texts, plain, in quotes or as a block, and objects
in them. Each record becomes a line of JSON.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

Json = dict[str, Any]
Reader = Callable[[Sequence[str]], Json]

LONGEST = 20_000
"""Lines of a record."""

AT_ONCE = 1 << 19
"""Bytes that are given out at once: what follows looks at a block as a whole, and small ones cost it dearly."""

_KEY = re.compile(r"( *)(?:- )?([\w.@/-]+|'[^']*'|\"[^\"]*\"):(?: +(.*))?$")
_OF_CLOUD = re.compile(r"(?m)^(?:insertId|textPayload|jsonPayload|logName|protoPayload):")
_RUBY = re.compile(r'\s*"([^"]+)" => (.*?),?$')
_EVENT = re.compile(r"(?m)^\s*<(log4j:event|Event|record)(?: [^>]*)?>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_ELEMENT = re.compile(r"<(?:\w+:)?(\w+)>\s*(?:<!\[CDATA\[(.*?)\]\]>|([^<]*))\s*</", re.DOTALL)


def reader(head: str) -> tuple[str, Reader] | None:
    """Return what the line ends with that begins or ends a record, and how to read one; None where there are none."""
    if head.lstrip("\ufeff \t\r\n").startswith("<") and (found := _EVENT.search(head[:4000])) is not None:
        return f"</{found[1]}>", of_xml
    if head.startswith("---\n") and _OF_CLOUD.search(head):
        return "---", of_yaml
    if re.match(r'\{\n\s*"[^"\n]+" => ', head):
        return "}", of_ruby
    if re.match(r"__CURSOR=|__REALTIME_TIMESTAMP=", head):
        return "", of_journal
    return None


def records(chunks: Iterator[bytes], mark: str, read: Reader) -> Iterator[bytes]:
    """Yield the records of a text as lines of JSON; what is not one, as it is."""
    lines: list[str] = []
    made: list[bytes] = []
    size = 0
    for line in _lines(chunks):
        lines.append(line)
        if _is_end(line, mark) or len(lines) > LONGEST:
            made.append(_made(lines, read))
            size += len(made[-1])
            lines = []
        if size > AT_ONCE:
            yield b"".join(made)
            made, size = [], 0
    yield b"".join(made) + (_made(lines, read) if lines else b"")


def _is_end(line: str, mark: str) -> bool:
    return line.rstrip().endswith(mark) if mark.startswith("<") else line == mark


def _lines(chunks: Iterator[bytes]) -> Iterator[str]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\n")
        yield from (each.decode("utf-8", "replace").rstrip("\r") for each in whole)
    if rest:
        yield rest.decode("utf-8", "replace")


def _made(lines: Sequence[str], read: Reader) -> bytes:
    record = read(lines)
    text = json.dumps(record) if record else "\n".join(each for each in lines if each not in ("---", "{", "}"))
    return f"{text}\n".encode("utf-8", "replace") if text else b""


def of_ruby(lines: Sequence[str]) -> Json:
    r"""Return the fields of a record in Ruby's notation.

    >>> of_ruby(["{", '    "message" => "Running\ttask 0.0",', '    "@timestamp" => 2018-03-01T10:00:00Z', "}"])
    {'message': 'Running\ttask 0.0', '@timestamp': '2018-03-01T10:00:00Z'}
    """
    found = [each for line in lines if (each := _RUBY.match(line)) is not None]
    return {each[1]: _unquoted(each[2]) for each in found if each[2] != "{"}


def of_journal(lines: Sequence[str]) -> Json:
    """Return the fields of a record as systemd's journal exports it.

    >>> of_journal(["__REALTIME_TIMESTAMP=1512432000000000", "MESSAGE=Running task 0.0", ""])
    {'__REALTIME_TIMESTAMP': '1512432000000000', 'MESSAGE': 'Running task 0.0'}
    """
    return {key: value for key, mark, value in (line.partition("=") for line in lines) if mark}


def of_xml(lines: Sequence[str]) -> Json:
    """Return the fields of an event in the XML of log4j 1 or 2, or of Java's own logging.

    >>> of_xml(['<log4j:event timestamp="1" level="INFO">', "<log4j:message><![CDATA[a < b]]></log4j:message>"])
    {'timestamp': '1', 'level': 'INFO', 'message': 'a < b'}
    """
    text = "\n".join(lines)
    begun = _EVENT.search(text)
    if begun is None:
        return {}
    found: Json = _attributes(begun[0])
    for name, raw, plain in _ELEMENT.findall(text):
        known: str = name.lower()
        key = _NAMES.get(known, known)
        found.setdefault(key, raw or html.unescape(plain))
    if (instant := re.search(r"<Instant\b[^>]*>", text)) is not None:
        parts = _attributes(instant[0])
        found["timestamp"] = f"{parts.get('epochSecond', '')}.{parts.get('nanoOfSecond', '').zfill(9)}"
    return found | ({"exception": thrown} if (thrown := _thrown(text)) else {})


_NAMES: dict[str, str] = {"throwable": "exception", "millis": "timestamp"}


def _attributes(tag: str) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in _ATTRIBUTE.findall(tag)}


def _thrown(text: str) -> str:
    """Return an exception, of log4j 2 or of Java's own logging, as Java prints it; nothing where there is none."""
    if (tag := re.search(r"<Thrown\b[^>]*>", text)) is not None:
        parts = _attributes(tag[0])
        said = ": ".join(parts[each] for each in ("name", "message") if parts.get(each))
        frames = [(each.get("class", ""), each.get("method", "")) for each in map(_attributes, _ITEM.findall(text))]
    elif (told := re.search(r"<exception>\s*<message>([^<]*)", text)) is not None:
        said, frames = html.unescape(told[1]), _FRAME.findall(text)
    else:
        return ""
    return "\n".join([said, *(f"\tat {of}.{method}(…)" for of, method in frames)])


_ITEM = re.compile(r"<(?:ExtendedS|S)tackTraceItem\b[^>]*>")
_FRAME = re.compile(r"<frame>\s*<class>([^<]*)</class>\s*<method>([^<]*)</method>")


def of_yaml(lines: Sequence[str]) -> Json:
    r"""Return the fields of a record in YAML, those of objects in it by their dotted paths.

    >>> of_yaml(["jsonPayload:", "  message: |-", "    Lost task", "    of it", "severity: 'INFO'", "---"])
    {'jsonPayload.message': 'Lost task\nof it', 'severity': 'INFO'}
    """
    found: Json = {}
    above: list[tuple[int, str]] = []
    at = 0
    while at < len(lines):
        key = _KEY.match(lines[at])
        at += 1
        if key is None:
            continue
        indent, name, value = len(key[1]), key[2].strip("'\""), key[3] or ""
        above = [each for each in above if each[0] < indent]
        below = at
        while below < len(lines) and (not lines[below] or len(lines[below]) - len(lines[below].lstrip()) > indent):
            below += 1
        if value:
            found[".".join([*(each for _, each in above), name])] = _text(value, lines[at:below])
            at = below
        above.append((indent, name))
    return found


def _text(value: str, more: Sequence[str]) -> str:
    """Return a text that begins in a line, and goes on in others that stand further in."""
    if re.fullmatch(r"[|>][-+]?\d?", value):
        margin = min((len(each) - len(each.lstrip()) for each in more if each.strip()), default=0)
        return "\n".join(each[margin:] for each in more).rstrip("\n")
    if value.startswith('"'):
        return _unquoted(_folded([value, *(each.strip() for each in more)]))
    joined = value
    for each in more:
        joined += f" {each.strip()}" if each.strip() else "\n"
    return joined[1:-1].replace("''", "'") if joined[:1] == joined[-1:] == "'" and len(joined) > 1 else joined


def _folded(lines: Sequence[str]) -> str:
    """Return lines in quotes as one text: a backslash at an end joins two as they are, and a space after one counts."""
    text, *more = lines
    for each in more:
        text = text[:-1] + each if text.endswith("\\") else f"{text} {each}"
    return text.replace("\\ ", " ")


def _unquoted(text: str) -> str:
    try:
        found = json.loads(text)
    except ValueError:
        return text.strip('"')
    return found if isinstance(found, str) else text
