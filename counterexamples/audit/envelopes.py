"""Taking the wrapping off a line: what a platform puts around what Spark wrote, as a table of envelopes.

A wrapping may be a prefix (Kubernetes, Docker Compose, syslog, a mail's `>`), an object in JSON (Docker, log4j,
logstash, ECS, a cloud's), a row of CSV, a string in quotes, or several of these, one in another. What comes out is a
line as a plain layout would have it, and what the wrapping says of whose it is.
"""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from spillproof.counterexamples.audit.controls import steady_text
from spillproof.counterexamples.audit.files import family
from spillproof.counterexamples.audit.record_fields import DEEP, Fields, Json, fields, flatten

_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*"
_LEVELS = r"(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)"

BAR = "| "
"""What stands before a row of a table that is drawn; one may stand behind it, too."""

PREFIXES = tuple(
    re.compile(each)
    for each in (
        rf"(?P<time>{_ISO}) (?:stdout|stderr) [FP] ",  # Kubernetes CRI
        r"\[pod/(?P<stream>[^\]]+)\] ?",  # kubectl logs --prefix
        r"(?:\[\d+\] \S+: )?\[{1,2}(?P<time>1\d{9}(?:\.\d+)?)(?:, \{[^}]*\}\])?, (?=\{)",  # Fluent Bit
        rf"(?P<time>{_ISO})\s+(?P<stream>\{{[^}}]*\}})\s+",  # Loki's logcli
        r"(?:<\d+>)?(?P<time>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (?P<stream>\S+ [^\s:\[]+(?:\[\d+\])?): ?",  # syslog
        rf"(?:<\d+>)?(?:1 )?(?P<time>{_ISO}) (?P<stream>\S+ \S+?\[\d+\]): ",  # journalctl -o short-iso
        rf"<\d+>1 (?P<time>{_ISO}) (?P<stream>\S+ \S+ \S+) \S+ (?:-|\[.*?\]) ",  # syslog, RFC 5424
        rf"(?P<time>{_ISO}) (?:app|heroku)\[(?P<stream>[\w.-]+)\]: ",
        rf"(?P<time>{_ISO}) (?!\d\d/)(?P<stream>[^\s\[\](){{}}]+/[^\s\[\](){{}}]+) ",  # aws logs tail
        r"(?P<time>1\d{9,12})\t",  # CloudWatch
        r"(?P<time>\d\d-\d\d-\d{4} \d\d:\d\d:\d\d \w+) \S+ " + _LEVELS + " - ",  # Azkaban
        r"\[(?P<time>\d{4}-\d\d-\d\d[T, ]+\d\d:\d\d:\d\d[^\]]*)\] \{[^}]*\} "
        + _LEVELS
        + " - (?:\\[[^\\]]*\\] )?",  # Airflow
        rf"\[(?P<time>{_ISO})\] ",  # Jenkins
        rf"(?P<time>{_ISO}(?: [+-]\d{{4}})?)\t(?P<stream>\S+)\t(?=\{{)",  # fluentd's files
        r"(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6,9}(?:Z|[+-]\d\d:?\d\d)) ",  # docker logs -t, GitHub Actions
        rf"(?P<time>{_ISO}) (?=\d\d/\d\d/\d\d |\{{\")",  # any other time before a line that has its own
        r"\[(?P<stream>[\w.-]*\d[\w.-]*)\] (?=\d\d(?:\d\d)?[-/]\d\d[-/]\d\d)",  # a host's name
        r"(?P<stream>[\w.-]+) +\| ?",  # docker compose, pdsh | dshbak
        re.escape(BAR),
        r"(?P<stream>[\w./-]*(?:log|stderr|stdout|out|err|txt|gz)(?:\.\d+)?)[:-](?:\d+[:-])?(?=\D|\d\d)",  # grep -H
        r"(?P<stream>[\w.-]*exec-\d+|[\w.-]*driver) (?:\S+ )?(?=\d|\{|INFO|WARN|ERROR|DEBUG)",  # stern
        r"(?P<stream>(?:host|node|ip|worker|exec|spark)[\w.-]*): ",  # pdsh, ansible
        r" *\d+\t ?| *\d+[:-](?=\d{2,4}[-/]\d\d)|\[\d+\] (?=\d{2,4}[-/])",  # cat -n, grep -n, less -N
        r"(?:>[> ]{0,8})+",  # a mail's quotation
        r"(?P<stream>(?:\w+=\S+ )+)_raw=\"?",  # Splunk
        (
            rf"(?=\w+=)(?:(?:time|ts|t)=\"?(?P<time>{_ISO[:-3]}[^\s\"]*)\"? )?"
            r"(?P<stream>(?:[\w.]+=(?:\"[^\"]*\"|[^\s\"]*) )*)(?:msg|message|line)=\"?"
        ),  # logfmt
    )
)
"""What may stand before a line. The named parts are the time that the wrapping says, and whose line it is."""

_AGAIN = re.compile(r"\b(?:pod|pod_name|container|container_id|instance|host|hostname)=\"?([^\s\",}]+)")
_NAMED = re.compile(r"(?:[\w.]+=(?:\"[^\"]*\"|\S*) ?)+")
"""Fields with their names: what is not whose a line is, such as its level, tells no logs apart."""


@dataclass(slots=True)
class Opened:
    """A line without its wrapping."""

    lines: list[str]
    """What Spark wrote: more than one line where the wrapping held an exception too."""
    stream: str = ""
    """Whose it is, as far as the wrapping says."""
    headed: bool = False
    """Whether the line has a head that was made of a wrapping's fields."""


@dataclass
class Envelopes:
    """The wrappings of one file: what its beginning showed, and what was seen since."""

    prefixes: tuple[re.Pattern[str], ...] = ()
    columns: tuple[str, ...] = ()
    """The heading, where it is a table."""
    hypertext: bool = False
    timed: bool = False
    """Whether what is inside has times of its own: those of the wrapping are then not looked at."""

    def open(self, text: str) -> Opened:
        """Return what is in the wrapping."""
        if self.hypertext:
            text = html.unescape(_TAGS.sub("", text))
        return self._open(text, "", "", DEEP)

    def plain(self, text: str) -> bool:
        """Return whether a line has no wrapping to take off."""
        if self.prefixes or self.hypertext or self.columns:
            return False
        return text[:1] not in _OPENING if text[:1] > " " else text.lstrip()[:1] not in _OPENING

    def _open(self, text: str, time: str, stream: str, deep: int) -> Opened:
        for each in self.prefixes:
            if found := each.match(text):
                parts = found.groupdict()
                text = text[found.end() :]
                if found[0].endswith('"'):
                    text = _closed(text)
                elif found[0] == BAR:
                    text = text.removesuffix("|").rstrip()
                time = time or parts.get("time") or ""
                stream = _stream(stream, parts.get("stream") or "")
        columns = self.columns if deep == DEEP else ()  # what a row has in a column is no row
        if deep and (columns or text.lstrip()[:1] in _OPENING):
            record = _record(text.strip(), columns)
            if record is not None:
                return self._of_record(record, time, stream, deep)
        return Opened([self._timed(text, time)], stream)

    def _of_record(self, record: Json, time: str, stream: str, deep: int) -> Opened:
        found = fields(record)
        message = _text(found.message)
        if not message.strip():
            message = max((each for each in flatten(record).values() if isinstance(each, str)), key=len, default="")
        time = _written(found.time) or time
        lines = steady_text(message).rstrip().split("\n")
        opened = self._open(lines[0].rstrip(), "", _stream(stream, _whose(found)), deep - 1)
        if not opened.headed:
            own = own_time(opened.lines[0])
            self.timed = self.timed or (own and bool(time))
            opened.headed = not own
            opened.lines[0] = f"{'' if own else self._head(found, time)}{opened.lines[0]}"
        if found.task is not None and "TID" not in opened.lines[0]:
            opened.lines[0] = f"[worker for task {found.task}] {opened.lines[0]}"
        opened.lines += [*lines[1:200], *_exception(record, found)]
        return opened

    def _head(self, found: Fields, time: str) -> str:
        words = _words(_text(found.level), _text(found.thread), _text(found.logger))
        if not words and self.timed:
            return ""
        return f"{'' if self.timed else time} {words} ".lstrip()

    def _timed(self, text: str, time: str) -> str:
        if not time:
            return text
        if own_time(text):
            self.timed = True
            return text
        return text if self.timed else f"{_written(time)} {text}"


@lru_cache(maxsize=1 << 10)
def _words(level: str, thread: str, logger: str) -> str:
    """Return what a plain layout has between the time and the message."""
    parts = (level, f"[{thread}]" if thread else "", f"{logger}:" if logger else "")
    return " ".join(each for each in parts if each)


_OPENING = frozenset("{\"[',")
_TAGS = re.compile(
    r"</?(?:html|head|body|pre|br|p|div|span|td|tr|th|table|tbody|code|b|i|a|font|title)\b[^>]{0,400}>", re.IGNORECASE
)
_OWN = re.compile(r"\D{0,12}\d{2,4}[-/.]\d\d?[-/.]\d{1,4}[T ,]{1,2}\d\d?:\d\d:\d\d|\D{0,4}\d\d:\d\d:\d\d[.,]\d{3}\b")


def own_time(text: str) -> bool:
    """Return whether a line begins with a time."""
    return _OWN.match(text) is not None


_CLOSED = re.compile(r'((?:[^"\\]|\\.)*)"(?: [\w.]+=(?:"[^"]*"|\S*))*\s*')


def _closed(text: str) -> str:
    """Return a text without the quote that closes it, and the fields that may follow."""
    found = _CLOSED.fullmatch(text)
    if found is None:
        return text.rstrip('"')
    return found[1].replace("\\t", "\t").replace("\\n", "\n").replace('\\"', '"')


@lru_cache(maxsize=1 << 10)
def _stream(outer: str, inner: str) -> str:
    found = _AGAIN.search(inner)
    inner = found[1] if found else "" if _NAMED.fullmatch(inner) else inner.strip()
    return inner if not outer or outer == inner else f"{outer} {inner}".strip()


def _record(text: str, columns: Sequence[str]) -> Json | None:
    """Return an object of JSON, a row of a table, or a string in quotes, as fields."""
    first = text[:1]
    if first == "{":
        text = text.rstrip(",] \t") if text[-1:] in ",]" else text
        return _object(text) or (_object(text.replace('"=>', '":')) if '"=>' in text else None)
    if columns:
        row = _row(text)
        return dict(zip(columns, row, strict=False)) if row is not None and len(row) >= min(2, len(columns)) else None
    if first in "\"'" or text[:2] in ("['", '["'):
        return _quoted(text)
    return None


def _object(text: str) -> Json | None:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _row(text: str) -> list[str] | None:
    try:
        rows = list(csv.reader([text]))
    except csv.Error:
        return None
    return rows[0] if rows else None


def _quoted(text: str) -> Json | None:
    """Return what stands in quotes, be it a string of JSON, of Python or of CSV."""
    inner = text.strip("[], \t")
    if len(inner) < 2 or inner[0] != inner[-1] or inner[0] not in "\"'":  # noqa: PLR2004 - both quotes
        return None
    if inner[0] == '"':
        row = _row(inner)
        if row is not None and len(row) > 1:
            return {"message": max(row, key=len), "time": row[0] if len(row[0]) < 40 else ""}  # noqa: PLR2004 - of a time
        try:
            found = json.loads(inner)
            return {"message": found} if isinstance(found, str) else None
        except ValueError:
            pass
    return {"message": inner[1:-1].replace("\\t", "\t").replace("\\n", "\n").replace('""', '"')}


def _whose(found: Fields) -> str:
    """Return whose a line is: by the names of pods and hosts, or by the path of a file, be it of code or of a log."""
    named = _text(found.stream)
    path = "" if named else _text(found.file)
    return named or (family(path) if "/" in path else "")


def _text(value: object) -> str:
    if isinstance(value, str):  # as most are
        return value
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _written(value: object) -> str:
    """Return a time as a plain layout would write it: numbers are seconds, or thousandths and so on, since 1970."""
    if isinstance(value, dict):
        seconds = value.get("epochSecond", value.get("seconds"))
        nanos = value.get("nanoOfSecond", value.get("nanos", 0))
        return _since(float(seconds) + float(nanos or 0) / 1e9) if isinstance(seconds, int | float | str) else ""
    text = _text(value)
    if text[:1] != "1" or not _SINCE.fullmatch(text):
        return text
    whole = text.partition(".")[0]
    return _since(float(text) / 10 ** (len(whole) - 10))


_SINCE = re.compile(r"1\d{9,18}(?:\.\d+)?")


@lru_cache(maxsize=1 << 10)
def _since(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")[:23] + "Z"
    except (ValueError, OverflowError, OSError):
        return ""


def _exception(record: Json, found: Fields) -> list[str]:
    """Return an exception that has a field of its own, as the lines that Java prints of it."""
    value = found.exception
    if isinstance(value, str):
        return value.removeprefix(_text(found.message)).strip("\n").rstrip().split("\n")[:200]
    if isinstance(value, dict):
        return _of_parts(value)
    return _of_parts({key: value for key, value in record.items() if key.startswith(_OF_AN_EXCEPTION)})


_OF_AN_EXCEPTION = ("error.", "exception_")
"""How the names of a record's own fields begin that are of an exception: its other message is that of the line."""

_CLASS = ("class", "name", "type", "exception_class", "error.type", "classname", "exceptionclass")
_SAID = ("msg", "message", "localizedmessage", "exception_message", "error.message", "description")
_STACK = (
    "stacktrace",
    "stack_trace",
    "extendedstacktrace",
    "frames",
    "exception_stacktrace",
    "error.stack_trace",
    "stack",
)


def _of_parts(parts: Json) -> list[str]:
    small = {str(key).lower(): value for key, value in parts.items()}
    pick: Callable[[Sequence[str]], Any] = lambda names: next((small[each] for each in names if small.get(each)), None)  # noqa: E731
    stack = pick(_STACK)
    head = ": ".join(_text(each) for each in (pick(_CLASS), pick(_SAID)) if each)
    lines = [head] if head else []
    if isinstance(stack, str):
        lines += stack.rstrip().split("\n")[:200]
    elif isinstance(stack, list):
        lines += [f"\tat {_frame(each)}" for each in stack[:200]]
    cause = small.get("cause")
    return [*lines, *(_of_parts(cause) if isinstance(cause, dict) else [])]


def _frame(each: object) -> str:
    if not isinstance(each, dict):
        return _text(each)
    return f"{each.get('class', '')}.{each.get('method', '')}({each.get('file', '')}:{each.get('line', '')})"


# What wrappings a file has


SHARE = 5
"""A prefix is one if at least every fifth line has it, and two lines do."""


def of_beginning(head: str) -> Envelopes:
    """Return the wrappings that the beginning of a file shows."""
    lines = [each.rstrip() for each in head.split("\n")[:400] if each.strip()]
    found = Envelopes(hypertext=bool(re.match(r"\s*<(?:html|!doctype|pre|body|div|table)", head, re.IGNORECASE)))
    if found.hypertext:
        lines = [html.unescape(_TAGS.sub("", each)) for each in lines]
    prefixes: list[re.Pattern[str]] = []
    for _ in range(DEEP):
        prefix = _prefix(lines)
        if prefix is None:
            break
        prefixes.append(prefix)
        lines = [prefix.sub("", each, count=1) if prefix.match(each) else each for each in lines]
    found.prefixes = tuple(prefixes)
    found.columns = _columns(lines[:1])
    found.timed = _inner_times(lines) if prefixes else False
    return found


def _prefix(lines: Sequence[str]) -> re.Pattern[str] | None:
    for each in PREFIXES:
        count = sum(1 for line in lines if each.match(line))
        if count * SHARE >= len(lines) and (count > 1 or len(lines) == 1):
            return each
    return None


def _inner_times(lines: Sequence[str]) -> bool:
    return any(own_time(each) for each in lines[:50])


_HEADING = re.compile(r'"?[@\w][\w .@/\[\]-]{0,40}"?(?:[,;\t]"?[@\w_][\w .@/()\[\]-]{0,40}"?)+')
_HEADINGS = {
    "message",
    "_raw",
    "@message",
    "log",
    "line",
    "msg",
    "textpayload",
    "jsonpayload.message",
    "content",
    "text",
    "logmessage",
    "log_message",
    "logentry",
    "logline",
    "rawmessage",
    "raw",
}


def _columns(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the headings of a table, where a file begins with some that a log's have."""
    if not lines or not _HEADING.fullmatch(lines[0]):
        return ()
    row = [each.strip().lower() for each in (_row(lines[0].replace(";", ",").replace("\t", ",")) or [])]
    return tuple(row) if _HEADINGS & set(row) else ()
