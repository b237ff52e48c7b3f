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
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from spillproof.counterexamples.audit.files import family

Json = dict[str, Any]

DEEP = 3
"""Wrappings that are taken off, one in another."""

_ISO = r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d\S*"
_LEVELS = r"(?:TRACE|DEBUG|INFO|WARN|WARNING|ERROR|FATAL|CRITICAL)"

BAR = "| "
"""What stands before a row of a table that is drawn; one may stand behind it, too."""

PREFIXES = tuple(
    re.compile(each)
    for each in (
        rf"(?P<time>{_ISO}) (?:stdout|stderr) [FP] ",  # Kubernetes CRI
        r"\[pod/(?P<stream>[^\]]+)\] ?",  # kubectl logs --prefix
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

_AGAIN = re.compile(r"\b(?:pod|pod_name|container|container_id|instance|host|hostname)=(\S+)")
_NAMED = re.compile(r"(?:[\w.]+=(?:\"[^\"]*\"|\S*) ?)+")
"""Fields with their names: what is not whose a line is, such as its level, tells no logs apart."""


def _paths(text: str) -> tuple[str, ...]:
    return tuple(text.split())


MESSAGE = _paths(
    "msg message log @message jsonpayload.message jsonpayload.msg jsonpayload.log textpayload _source.message _source.log"  # noqa: E501 - one text
    " line _raw result._raw result.message fields.message event.original event.message body.stringvalue body"
    " short_message attributes.message content.message content text data.message data log.message messagetext event"
    " properties.message properties.log full_message renderedmessage logmessage log_message logentry logline rawmessage"
    " value"
)
TIME = _paths(
    "ts @timestamp timestamp time instant timemillis timestampmillis eventtime _time _source.@timestamp result._time"
    " jsonpayload.timestamp date datetime asctime timeunixnano observedtimeunixnano receivetimestamp __realtime_timestamp"  # noqa: E501 - one text
    " timegenerated ingestiontime event.created fields.@timestamp logtime local_time"
)
THREAD = _paths(
    "thread thread_name threadname process.thread.name jsonpayload.thread jsonpayload.threadname attributes.thread"
    " context.thread log.thread mdc.thread contextmap.thread _source.thread_name"
)
LEVEL = _paths(
    "level log.level severity loglevel level_name levelname severitytext jsonpayload.level priority lvl log_level"
)
LOGGER = _paths(
    "logger loggername logger_name log.logger class jsonpayload.class jsonpayload.logger category name"
    " instrumentationscope.name logger.name"
)
EXCEPTION = _paths(
    "exception stack_trace stacktrace thrown throwable error.stack_trace error exc_info err jsonpayload.exception"
    " jsonpayload.stack_trace jsonpayload.stacktrace throwableinformation exception.stacktrace"
    " attributes.exception.stacktrace _source.stack_trace backtrace cause full_message"
)
_WHOSE = _paths(
    "kubernetes.pod_name kubernetes.pod.name pod_name pod k8s.pod.name resource.labels.pod_name labels.pod attrs.tag"
    " container_id container.id docker.container_id kubernetes.container_id executor_id context.executor_id"
    " context.executor jsonpayload.container logstream logstreamname log_stream stream.pod resource.labels.instance_id"
    " container.name container_name log.file.path host.name hostname _hostname host agent.hostname"
)
STREAM = tuple(f"{prefix}{each}" for prefix in ("", "_source.", "attributes.", "result.", "fields.") for each in _WHOSE)
_FILES = _paths("file filename path log_file filepath source log.path")
TASK = _paths("context.task_id context.taskid mdc.task_id contextmap.task_id mdc.taskid")


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
    wrapped: bool = field(init=False, default=False)

    def open(self, text: str) -> Opened:
        """Return what is in the wrapping."""
        if self.hypertext:
            text = html.unescape(_TAGS.sub("", text))
        return self._open(text, "", "", DEEP)

    def plain(self, text: str) -> bool:
        """Return whether a line has no wrapping to take off."""
        return not self.prefixes and not self.hypertext and text.lstrip()[:1] not in _OPENING and not self.columns

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
        first = text.lstrip()[:1]
        if deep and (first in _OPENING or self.columns):
            record = _record(text.strip(), self.columns)
            if record is not None:
                return self._of_record(record, time, stream, deep)
        return Opened([self._timed(text, time)], stream)

    def _of_record(self, record: Json, time: str, stream: str, deep: int) -> Opened:
        flat = flatten(record)
        message = _text(first(flat, MESSAGE))
        if not message.strip():
            message = max((str(each) for each in flat.values() if isinstance(each, str)), key=len, default="")
        time = _written(first(flat, TIME)) or time
        lines = message.rstrip().split("\n")
        opened = self._open(lines[0].rstrip(), "", _stream(stream, _whose(flat)), deep - 1)
        if not opened.headed:
            own = own_time(opened.lines[0])
            self.timed = self.timed or (own and bool(time))
            opened.headed = not own
            opened.lines[0] = f"{'' if own else self._head(flat, time)}{opened.lines[0]}"
        task = first(flat, TASK)
        if task is not None and "TID" not in opened.lines[0]:
            opened.lines[0] = f"[worker for task {task}] {opened.lines[0]}"
        opened.lines += [*lines[1:200], *_exception(record, flat)]
        return opened

    def _head(self, flat: Json, time: str) -> str:
        parts = [_text(first(flat, LEVEL)), f"[{thread}]" if (thread := _text(first(flat, THREAD))) else ""]
        parts.append(f"{logger}:" if (logger := _text(first(flat, LOGGER))) else "")
        if not any(parts) and self.timed:
            return ""
        words = " ".join(each for each in parts if each)
        return f"{'' if self.timed else time} {words} ".lstrip()

    def _timed(self, text: str, time: str) -> str:
        if not time:
            return text
        if own_time(text):
            self.timed = True
            return text
        return text if self.timed else f"{_written(time)} {text}"


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


def _stream(outer: str, inner: str) -> str:
    found = _AGAIN.search(inner)
    inner = found[1] if found else "" if _NAMED.fullmatch(inner) else inner.strip()
    return inner if not outer or outer == inner else f"{outer} {inner}".strip()


def _record(text: str, columns: Sequence[str]) -> Json | None:
    """Return an object of JSON, a row of a table, or a string in quotes, as fields."""
    first = text[:1]
    if first == "{":
        try:
            found = json.loads(text.rstrip(",] \t") if text[-1:] in ",]" else text)
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) else None
    if columns:
        row = _row(text)
        return dict(zip(columns, row, strict=False)) if row is not None and len(row) >= min(2, len(columns)) else None
    if first in "\"'" or text[:2] in ("['", '["'):
        return _quoted(text)
    return None


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


def flatten(record: Json, prefix: str = "") -> Json:
    """Return the fields of an object by their dotted paths in small letters, those of nested objects too."""
    flat: Json = {}
    for key, value in record.items():
        name = f"{prefix}{str(key).lower()}"
        if isinstance(value, dict) and value:
            flat[name] = value
            if prefix.count(".") < DEEP:
                flat.update(flatten(value, f"{name}."))
        elif isinstance(value, list) and (found := pairs(value)) is not None:
            flat.update(flatten(found, f"{name}.") if prefix.count(".") < DEEP else {})
        else:
            flat[name] = value
    return flat


def pairs(value: Sequence[object]) -> Json | None:
    """Return a list of keys with their values, as some exports have the fields of an object; None for any other.

    >>> pairs([{"field": "@message", "value": "x"}, {"key": "host", "value": {"stringValue": "h"}}])
    {'@message': 'x', 'host': 'h'}
    """
    found: Json = {}
    for each in value:
        key = (each.get("key") or each.get("field")) if isinstance(each, dict) else None
        if not isinstance(key, str) or not isinstance(each, dict) or "value" not in each:
            return None
        inner = each["value"]
        found[key] = inner.get("stringValue", "") if isinstance(inner, dict) else inner
    return found or None


def first(flat: Json, paths: Iterable[str]) -> Any:
    """Return the first field that is there and has anything: for a text, no object; a list of texts is one text."""
    for each in paths:
        if each not in flat:  # most are not
            continue
        value = joined(flat[each])
        if value is None or value == "" or (isinstance(value, dict) and each not in _OBJECTS):
            continue
        return value
    return None


def joined(value: object) -> object:
    """Return a list of lines as a text, a list of bytes too; nothing for any other list."""
    if not isinstance(value, list):
        return value
    if value and all(isinstance(each, str) for each in value):
        return "\n".join(each.rstrip("\n") for each in value)
    if value and all(isinstance(each, int) and 0 <= each < 256 for each in value):  # noqa: PLR2004 - bytes
        return bytes(value).decode("utf-8", "replace")
    return None


def _whose(flat: Json) -> str:
    """Return whose a line is: by the names of pods and hosts, or by the path of a file, be it of code or of a log."""
    named = _text(first(flat, STREAM))
    path = "" if named else _text(first(flat, _FILES))
    return named or (family(path) if "/" in path else "")


_OBJECTS = frozenset({"instant", "exception", "thrown", "throwable", "error", "cause", "jsonpayload.exception"})


def has_message(record: Json) -> bool:
    """Return whether an object is a line of a log."""
    return first(flatten(record), MESSAGE[:-1]) is not None


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, dict | list) else str(value)


def _written(value: object) -> str:
    """Return a time as a plain layout would write it: numbers are seconds, or thousandths and so on, since 1970."""
    if isinstance(value, dict):
        seconds = value.get("epochSecond", value.get("seconds"))
        nanos = value.get("nanoOfSecond", value.get("nanos", 0))
        return _since(float(seconds) + float(nanos or 0) / 1e9) if isinstance(seconds, int | float | str) else ""
    text = _text(value)
    if not re.fullmatch(r"1\d{9,18}(?:\.\d+)?", text):
        return text
    whole = text.partition(".")[0]
    return _since(float(text) / 10 ** (len(whole) - 10))


def _since(seconds: float) -> str:
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
    except (ValueError, OverflowError, OSError):
        return ""


def _exception(record: Json, flat: Json) -> list[str]:
    """Return an exception that has a field of its own, as the lines that Java prints of it."""
    value = first(flat, EXCEPTION)
    if isinstance(value, str):
        message = _text(first(flat, MESSAGE))
        return value.removeprefix(message).strip("\n").rstrip().split("\n")[:200]
    if isinstance(value, dict):
        return _of_parts(value)
    return _of_parts(record) if "error.type" in record or "exception_class" in record else []


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
