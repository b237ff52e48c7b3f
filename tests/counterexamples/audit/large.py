"""Logs of any size: the incident, over and over, with as much of what says nothing; in many wrappings and packings."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

LOG = Path(__file__).parent / "incident.log"
OTHER = "17/12/05 11:43:30 DEBUG ShuffleBlockFetcherIterator: remainingBlocks: Set(shuffle_2_155_28, shuffle_2_185_28)"
"""What the incident's log has between the lines that are of interest."""

OTHERS = 730
"""As many of it as it has."""

SPARK = re.compile(r"(\d\d)/(\d\d)/(\d\d) (\S+) (\w+) ([\w.$]+): (.*)")
THREAD = "Executor task launch worker for task 28.0 in stage 1.0 (TID 223)"
"""As Spark 3 names its threads: each line of an executor has it in many layouts."""

Wrap = Callable[[str], str]


def parts(line: str) -> dict[str, str]:
    """A line's time, level, logger and message; the lines of a stack are a message."""
    found = SPARK.match(line)
    if found is None:
        return {"time": "2017-12-05T11:49:43.123Z", "level": "ERROR", "logger": "Executor", "message": line}
    year, month, day, clock, level, logger, message = found.groups()
    return {"time": f"20{year}-{month}-{day}T{clock}.123Z", "level": level, "logger": logger, "message": message}


def _record(make: Callable[[dict[str, str]], object]) -> Wrap:
    return lambda line: json.dumps(make({**parts(line), "line": line}), separators=(",", ":"))


def _thread(line: str) -> str:
    each = parts(line)
    package = "memory" if "emory" in each["logger"] else "storage"
    return (
        f"[{each['time']}] [{THREAD}] {each['level']} org.apache.spark.{package}.{each['logger']} - {each['message']}"
    )


def _fluentd(each: dict[str, str]) -> object:
    pod = {"pod_name": "job-exec-1", "namespace_name": "etl", "host": "node7", "labels": {"spark-role": "executor"}}
    return {"log": each["line"], "stream": "stderr", "@timestamp": each["time"], "kubernetes": pod}


def _cloud(each: dict[str, str]) -> object:
    payload = {"message": each["message"], "class": each["logger"], "thread": "main"}
    labels = {"cluster_name": "etl", "region": "europe-west4"}
    resource = {"type": "cloud_dataproc_cluster", "labels": labels}
    return {"jsonPayload": payload, "resource": resource, "severity": each["level"], "timestamp": each["time"]}


_spark4 = _record(lambda each: {
    "ts": each["time"], "level": each["level"], "msg": each["message"], "context": {"task_id": "223"},
    "logger": each["logger"],
})  # fmt: skip

WRAPPED: dict[str, Wrap] = {
    "plain": lambda line: line,
    "a thread and a full logger": _thread,
    "Docker": _record(lambda each: {"log": f"{each['line']}\n", "stream": "stderr", "time": each["time"]}),
    "Spark 4": _spark4,
    "logstash": _record(lambda each: {
        "@timestamp": each["time"], "@version": "1", "message": each["message"], "logger_name": each["logger"],
        "thread_name": THREAD, "level": each["level"], "level_value": 10000,
    }),
    "ECS": _record(lambda each: {
        "@timestamp": each["time"], "log.level": each["level"], "message": each["message"], "ecs.version": "1.2.0",
        "process.thread.name": THREAD, "log.logger": each["logger"],
    }),
    "log4j 2": _record(lambda each: {
        "instant": {"epochSecond": 1512474583, "nanoOfSecond": 123000000}, "thread": "main", "level": each["level"],
        "loggerName": each["logger"], "message": each["message"], "endOfBatch": False, "threadId": 42,
    }),
    "a cloud": _record(_cloud),
    "CloudWatch": _record(lambda each: {
        "timestamp": 1512474583123, "message": each["line"], "logStreamName": "exec-1",
    }),
    "fluentd": _record(_fluentd),
    "Kubernetes": lambda line: f"2017-12-05T11:43:30.123456789Z stderr F {line}",
    "Kubernetes, with JSON": lambda line: f"2017-12-05T11:43:30.123456789Z stdout F {_spark4(line)}",
    "kubectl": lambda line: f"[pod/job-exec-1/executor] {line}",
    "Loki": lambda line: f'2017-12-05T11:43:30Z {{app="spark", pod="exec-1"}} {line}',
    "a table": lambda line: f'"Dec 5, 2017 @ 11:43:30.123","{line}"',
    "YARN": lambda line: line,
}  # fmt: skip
"""Wrappings, by line."""

HEADS = {"a table": '"@timestamp",message\n', "YARN": "Container: container_1_1_01_000002 on host_1\n=====\n"}


def pieces(wrapping: str) -> Iterator[str]:
    """The incident, without end: each time of another task."""
    wrap, number = WRAPPED[wrapping], 223
    text = "".join(f"{wrap(each)}\n" for each in LOG.read_text(encoding="utf-8").splitlines())
    other = f"{wrap(OTHER)}\n" * OTHERS
    yield HEADS.get(wrapping, "")
    while True:
        number += 1000
        yield re.sub(r'(ask |TID |task_id":")223\b', rf"\g<1>{number}", text) + other


def write(path: Path, wrapping: str, size: int) -> None:
    """Write a log of at least so many bytes; it is packed where the name says so."""
    with _opened(path) as log:
        for each in pieces(wrapping):
            log.write(each.encode())
            size -= len(each.encode())
            if size <= 0:
                return


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    """A file to write bytes to, packed by gzip or by the program zstd."""
    if path.suffix == ".zst":
        with subprocess.Popen([shutil.which("zstd") or "", "-1qfo", str(path)], stdin=subprocess.PIPE) as packer:
            assert packer.stdin is not None
            yield packer.stdin
    elif path.suffix == ".gz":
        with gzip.open(path, "wb", 1) as packed:
            yield cast("IO[bytes]", packed)
    else:
        with path.open("wb") as log:
            yield log
