"""Which fields of a record say what: its message, its time, whose it is; by tables of the names that platforms use.

Records of one shape have the same keys and are empty in the same places, so that what is found for one is found for
all: most records of a log cost a look at their shape.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

Json = dict[str, Any]

DEEP = 3
"""Objects in objects, or wrappings in wrappings, that are looked into."""


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
FILES = _paths("file filename path log_file filepath source log.path")
TASK = _paths("context.task_id context.taskid mdc.task_id contextmap.task_id mdc.taskid")

_OBJECTS = frozenset({"instant", "exception", "thrown", "throwable", "error", "cause", "jsonpayload.exception"})


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


def has_message(record: Json) -> bool:
    """Return whether an object is a line of a log."""
    return first(flatten(record), MESSAGE[:-1]) is not None


class Fields(NamedTuple):
    """What the fields of a record say, as they stand in it; None for what has none."""

    message: Any
    time: Any
    level: Any
    thread: Any
    logger: Any
    stream: Any
    file: Any
    task: Any
    exception: Any


_TABLES = (MESSAGE, TIME, LEVEL, THREAD, LOGGER, STREAM, FILES, TASK, EXCEPTION)

Path = tuple[str, ...]
Shape = tuple[object, ...]

SHAPES = 256
"""Shapes that are remembered."""

_known: dict[Shape, tuple[Path | None, ...]] = {}


def fields(record: Json) -> Fields:
    """Return what the fields of a record say.

    >>> fields({"msg": "", "log": {"logger": "x"}, "message": "Running", "ts": 1}).message
    'Running'
    """
    shape = _shape(record)
    if shape is None:
        flat = flatten(record)
        return Fields(*(first(flat, each) for each in _TABLES))
    paths = _known.get(shape)
    if paths is None:
        if len(_known) >= SHAPES:
            _known.clear()
        paths = _known[shape] = _paths_of(record)
    return Fields(
        *[None if each is None else record[each[0]] if len(each) == 1 else _at(record, each) for each in paths]
    )


def _shape(record: Json, deep: int = 0) -> Shape | None:
    """Return the keys of a record, and which fields have anything; None where it has lists, or is too deep."""
    parts: list[object] = []
    for key, value in record.items():
        if value.__class__ is dict:
            inner = _shape(value, deep + 1) if deep <= DEEP else None
            if inner is None:
                return None
            parts += (key, inner)
        elif value.__class__ is list:
            return None
        else:
            parts += (key, value is not None and value != "")
    return tuple(parts)


def _paths_of(record: Json) -> tuple[Path | None, ...]:
    """Return for each table the keys that lead to its field."""
    flat, places = flatten(record), _places(record)
    found = (next((each for each in table if first(flat, (each,)) is not None), None) for table in _TABLES)
    return tuple(None if each is None else places[each] for each in found)


def _places(record: Json, prefix: str = "", above: Path = ()) -> dict[str, Path]:
    """Return by which keys each field is reached that `flatten` names."""
    places: dict[str, Path] = {}
    for key, value in record.items():
        name = f"{prefix}{str(key).lower()}"
        places[name] = (*above, key)
        if isinstance(value, dict) and prefix.count(".") < DEEP:
            places.update(_places(value, f"{name}.", (*above, key)))
    return places


def _at(record: Json, path: Path) -> Any:
    value: Any = record
    for key in path:
        value = value[key]
    return value
