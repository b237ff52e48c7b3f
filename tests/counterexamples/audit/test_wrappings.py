"""One log in many wrappings: each says the same as the plain one, times, task, window and error included."""

from __future__ import annotations

import base64
import bz2
import csv
import gzip
import io
import json
import lzma
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.audit.audit import Audit, audit
from spillproof.counterexamples.audit.documents import _names
from spillproof.counterexamples.audit.envelopes import of_beginning
from spillproof.counterexamples.audit.stamp import time_of_day
from tests.counterexamples.audit.logs import MAP, contention, line, started, written

Said = pytest.CaptureFixture[str]

LINES = [
    line("09:59:58", "Running Spark version 2.3.4", logger="SparkContext").rstrip(),
    started().rstrip(),
    *(each.rstrip() for each in [*contention()][:-2]),
    "17/12/05 10:00:19 ERROR Executor: Exception in task 0.0 in stage 1.0 (TID 7)",
]
ERROR = [
    "java.lang.OutOfMemoryError: Java heap space",
    "\tat org.apache.spark.util.collection.AppendOnlyMap.growTable(A.scala:1)",
]
PLAIN = [*LINES, *ERROR]
GROWS = "org.apache.spark.util.collection.AppendOnlyMap"


def parts(text: str) -> dict[str, str]:
    """A plain line in its parts."""
    if not text.startswith("17/"):
        return {"time": "2017-12-05T10:00:19.000Z", "level": "", "logger": "", "message": text}
    day, clock, level, rest = text.split(" ", 3)
    logger, message = rest.split(": ", 1)
    return {"time": f"20{day.replace('/', '-')}T{clock}.000Z", "level": level, "logger": logger, "message": message}


def records(make: Callable[[dict[str, str]], object]) -> list[object]:
    """The log as records; the exception is in the last one's message or in a field of its own."""
    made = [make({**parts(each), "exception": ""}) for each in LINES[:-1]]
    return [*made, make({**parts(LINES[-1]), "exception": "\n".join(ERROR)})]


def per_line(make: Callable[[dict[str, str]], object]) -> str:
    """The log as records of which each has a plain line."""
    return "".join(f"{json.dumps(make({**parts(each), 'plain': each}))}\n" for each in PLAIN)


def _set(record: dict[str, object], **fields: str) -> dict[str, object]:
    return {**record, **{key: value for key, value in fields.items() if value}}


def epoch(each: dict[str, str]) -> int:
    """A time in seconds since 1970."""
    hour, minute, second = map(int, each["time"][11:19].split(":"))
    return 1512432000 + 3600 * hour + 60 * minute + second


def _lines(make: Callable[[dict[str, str]], object]) -> str:
    return "".join(f"{json.dumps(each)}\n" for each in records(make))


def _spark4(each: dict[str, str]) -> dict[str, object]:
    record: dict[str, object] = {
        "ts": each["time"],
        "level": each["level"],
        "msg": each["message"],
        "logger": each["logger"],
    }
    if each["exception"]:
        frame = {
            "class": "org.apache.spark.util.collection.AppendOnlyMap",
            "method": "growTable",
            "file": "A.scala",
            "line": "1",
        }
        record["exception"] = {"class": "java.lang.OutOfMemoryError", "msg": "Java heap space", "stacktrace": [frame]}
    return record


def _logstash(each: dict[str, str]) -> dict[str, object]:
    record: dict[str, object] = {"@timestamp": each["time"], "message": each["message"], "logger_name": each["logger"]}
    return _set({**record, "thread_name": "worker for task 7", "level": each["level"]}, stack_trace=each["exception"])


def _ecs(each: dict[str, str]) -> dict[str, object]:
    record: dict[str, object] = {"@timestamp": each["time"], "log.level": each["level"], "message": each["message"]}
    return _set(record, **{"error.stack_trace": each["exception"], "process.thread.name": "main"})


def _xml(each: dict[str, str]) -> str:
    """An event as log4j writes it in XML."""
    thrown = f"<log4j:throwable><![CDATA[{each['exception']}]]></log4j:throwable>\n" if each["exception"] else ""
    return (
        f'<log4j:event logger="{each["logger"]}" timestamp="{epoch(each)}123" level="{each["level"]}" thread="main">\n'
        f"<log4j:message><![CDATA[{each['message']}]]></log4j:message>\n{thrown}</log4j:event>\n\n"
    )


def _xml_of_java(each: dict[str, str]) -> str:
    """A record as Java's own logging writes it in XML."""
    frame = f"<frame>\n <class>{GROWS}</class>\n <method>growTable</method>\n <line>1</line>\n</frame>\n"
    thrown = f"<exception>\n<message>{ERROR[0]}</message>\n{frame}</exception>\n" if each["exception"] else ""
    return (
        f"<record>\n  <date>{each['time'][:19]}</date>\n  <millis>{epoch(each)}123</millis>\n"
        f"  <logger>{each['logger']}</logger>\n  <level>{each['level']}</level>\n"
        f"  <message>{each['message']}</message>\n{thrown}</record>\n"
    )


def _xml2(each: dict[str, str]) -> str:
    """An event as log4j 2 writes it in XML."""
    frame = f'<ExtendedStackTraceItem class="{GROWS}" method="growTable" file="A.scala" line="1" exact="true"/>'
    thrown = f'  <Thrown message="Java heap space" name="java.lang.OutOfMemoryError">\n{frame}\n  </Thrown>\n'
    return (
        f'<Event xmlns="x" thread="main" level="{each["level"]}" loggerName="{each["logger"]}">\n'
        f'  <Instant epochSecond="{epoch(each)}" nanoOfSecond="5000000"/>\n  <Message>{each["message"]}</Message>\n'
        f"{thrown if each['exception'] else ''}</Event>\n"
    )


def _two_lines(each: dict[str, str]) -> str:
    """A record as Java's own logging writes it: when and where, and in the next line what."""
    hour, rest = each["time"][11:13], each["time"][13:19]
    more = f"\n{each['exception']}" if each["exception"] else ""
    return f"Dec 05, 2017 {int(hour)}{rest} AM org.apache.spark.{each['logger']} log\nINFO: {each['message']}{more}\n"


def _nested_ecs(each: dict[str, str]) -> dict[str, object]:
    record: dict[str, object] = {
        "@timestamp": each["time"],
        "log": {"level": each["level"], "logger": each["logger"]},
        "message": each["message"],
    }
    return (
        {**record, "error": {"type": "java.lang.OutOfMemoryError", "stack_trace": each["exception"]}}
        if each["exception"]
        else record
    )


def _log4j2(each: dict[str, str]) -> dict[str, object]:
    record: dict[str, object] = {"instant": {"epochSecond": epoch(each), "nanoOfSecond": 0}, "level": each["level"]}
    record |= {"loggerName": each["logger"], "message": each["message"], "thread": "main"}
    if each["exception"]:
        record["thrown"] = {
            "name": "java.lang.OutOfMemoryError",
            "message": "Java heap space",
            "extendedStackTrace": "\n".join(ERROR),
        }
    return record


def _otel(each: object) -> dict[str, object]:
    assert isinstance(each, dict)
    record: dict[str, object] = {"timeUnixNano": f"{epoch(each)}000000000", "body": {"stringValue": each["message"]}}
    trace = {"key": "exception.stacktrace", "value": {"stringValue": each["exception"]}}
    return {**record, "attributes": [trace]} if each["exception"] else record


def _yaml(each: object) -> str:
    assert isinstance(each, dict)
    lines = f"{each['message']}\n{each['exception']}".rstrip().split("\n")
    text = "".join(f"    {line}\n" for line in lines)
    return f"---\ninsertId: a\njsonPayload:\n  message: |-\n{text}  class: x\ntimestamp: '{each['time']}'\n"


def _sent(lines: list[str]) -> str:
    """What CloudWatch sends to who has subscribed: base64 of what gzip packed."""
    events = [{"id": "1", "timestamp": 1000 * epoch(parts(each)), "message": each} for each in lines]
    record = {"messageType": "DATA_MESSAGE", "logStream": "exec-1", "logEvents": events}
    return base64.b64encode(gzip.compress(json.dumps(record).encode())).decode()


def _published(line: str) -> str:
    """A line as Google's Pub/Sub sends it."""
    record = {"textPayload": line, "timestamp": parts(line)["time"], "insertId": "x"}
    return json.dumps({"message": {"data": base64.b64encode(json.dumps(record).encode()).decode()}})


CRI = "2017-12-05T10:00:00.123456789Z stderr"
MANY = [f"17/12/05 09:59:58 INFO BlockManager: Found block rdd_{number}_0 locally" for number in range(18_000)]


def _gcp(each: dict[str, str]) -> dict[str, object]:
    message = "\n".join(filter(None, (each["message"], each["exception"])))
    return {
        "jsonPayload": {"message": message, "class": each["logger"]},
        "severity": each["level"],
        "timestamp": each["time"],
    }


def _table(heading: list[str], row: Callable[[dict[str, str]], list[str]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows(row({**parts(each), "plain": each}) for each in PLAIN)
    return out.getvalue()


def _prefixed(make: Callable[[dict[str, str]], str]) -> str:
    return "".join(f"{make(parts(each))}{each}\n" for each in PLAIN)


def clock(each: dict[str, str]) -> str:
    """A time of day."""
    return each["time"][11:19]


WRAPPED: dict[str, str] = {
    "Docker": per_line(
        lambda each: {"log": f"{each['plain']}\n", "stream": "stderr", "time": "2017-12-05T09:00:00.1Z"}
    ),
    "Spark 4": _lines(_spark4),
    "Spark 4, pretty": "\n".join(json.dumps(each, indent=1) for each in records(_spark4)),
    "logstash": _lines(_logstash),
    "ECS": _lines(_ecs),
    "ECS, nested": _lines(_nested_ecs),
    "log4j 2": _lines(_log4j2),
    "a cloud": _lines(_gcp),
    "a cloud's array": json.dumps(records(_gcp), indent=2),
    "an array on one line": json.dumps(records(_gcp)),
    "an array, a record a line": "[\n" + ",\n".join(json.dumps(each) for each in records(_gcp)) + "\n]\n",
    "a cloud's text": per_line(lambda each: {"textPayload": each["plain"], "timestamp": each["time"], "insertId": "x"}),
    "CloudWatch's events": json.dumps(
        {
            "events": json.loads(
                f"[{per_line(lambda each: {'timestamp': epoch(each) * 1000, 'message': each['plain'], 'ingestionTime': 1512438000000}).strip().replace(chr(10), ',')}]"  # noqa: E501 - one text
            ),
            "nextForwardToken": "f/1",
        },
        indent=4,
    ),
    "CloudWatch Insights": per_line(
        lambda each: {"@timestamp": each["time"].replace("T", " "), "@message": each["plain"], "@logStream": "exec/1"}
    ),
    "fluentd": per_line(
        lambda each: {"log": each["plain"], "kubernetes": {"pod_name": "exec-1", "host": "node"}, "time": each["time"]}
    ),
    "fluentd's file": "".join(
        f"2017-12-05T10:00:00+00:00\tkube.exec-1\t{json.dumps({'log': each})}\n" for each in PLAIN
    ),
    "Loki": json.dumps(
        {
            "data": {
                "result": [
                    {
                        "stream": {"pod": "exec-1"},
                        "values": [[f"{epoch(parts(each))}000000000", each] for each in PLAIN],
                    }
                ]
            }
        }
    ),
    "Splunk's JSON": per_line(
        lambda each: {"preview": False, "result": {"_raw": each["plain"], "_time": each["time"], "host": "n"}}
    ),
    "Elasticsearch": json.dumps(
        {"hits": {"hits": [{"_source": {"message": each, "@timestamp": parts(each)["time"]}} for each in PLAIN]}},
        indent=2,
    ),
    "journald": per_line(
        lambda each: {"MESSAGE": each["plain"], "__REALTIME_TIMESTAMP": f"{epoch(each)}000000", "_HOSTNAME": "n"}
    ),
    "OpenTelemetry": per_line(
        lambda each: {"timeUnixNano": f"{epoch(each)}000000000", "body": {"stringValue": each["plain"]}}
    ),
    "GELF": per_line(
        lambda each: {"version": "1.1", "host": "n", "short_message": each["plain"], "timestamp": epoch(each) + 0.5}
    ),
    "JSON in JSON": per_line(
        lambda each: {
            "log": json.dumps(
                {"ts": each["time"], "level": each["level"], "msg": each["message"], "logger": each["logger"]}
            )
            + "\n",
            "stream": "stdout",
            "time": "2017-12-05T09:00:00.1Z",
        }
    ),
    "unheard of": per_line(lambda each: {"zeit": each["time"], "meldung": each["plain"], "n": 1}),
    "CRI": _prefixed(lambda each: f"2017-12-05T{clock(each)}.123456789Z stderr F "),
    "kubectl --prefix": _prefixed(lambda _each: "[pod/job-exec-1/executor] "),
    "compose": _prefixed(lambda _each: "worker-1  | "),
    "logcli": _prefixed(lambda each: f'2017-12-05T{clock(each)}Z {{app="spark", pod="exec-1"}} '),
    "syslog": _prefixed(lambda each: f"Dec  5 {clock(each)} node7 spark[4242]: "),
    "syslog, RFC 5424": _prefixed(lambda each: f"<14>1 2017-12-05T{clock(each)}Z node7 spark 42 ID47 - "),
    "journalctl": _prefixed(lambda each: f"2017-12-05T{clock(each)}+0000 node7 spark[4242]: "),
    "aws logs tail": _prefixed(lambda each: f"2017-12-05T{clock(each)} executor/default/abc "),
    "CloudWatch": _prefixed(lambda each: f"{epoch(each)}123\t"),
    "GitHub Actions": _prefixed(lambda each: f"2017-12-05T{clock(each)}.1234567Z "),
    "Airflow": _prefixed(lambda each: f"[2017-12-05, {clock(each)} UTC] {{spark_submit.py:492}} INFO - "),
    "Azkaban": _prefixed(lambda each: f"05-12-2017 {clock(each)} UTC job INFO - "),
    "Jenkins": _prefixed(lambda each: f"[2017-12-05T{clock(each)}.123Z] "),
    "grep -H": _prefixed(lambda _each: "exec/stderr:"),
    "grep -Hn": "".join(f"exec/stderr:{number}:{each}\n" for number, each in enumerate(PLAIN, 1)),
    "cat -n": "".join(f"{number:6}\t{each}\n" for number, each in enumerate(PLAIN, 1)),
    "a mail": _prefixed(lambda _each: "> "),
    "a mail, quoted twice": _prefixed(lambda _each: "> > "),
    "Splunk": "".join(f'host=n source=/x sourcetype=spark _raw="{each}"\n' for each in PLAIN),
    "Kibana's table": _table(
        ["@timestamp", "message"], lambda each: [f"Dec 5, 2017 @ {clock(each)}.000", each["plain"]]
    ),
    "Kibana's wide table": _table(
        ["@timestamp", "kubernetes.pod_name", "message"], lambda each: [each["time"], "exec-1", each["plain"]]
    ),
    "Splunk's table": _table(["_raw", "_time", "host"], lambda each: [each["plain"], each["time"], "n"]),
    "a web page": "<html><body><pre>\n" + "\n".join(PLAIN) + "\n</pre></body></html>\n",
    "strings": "".join(f"{json.dumps(each)},\n" for each in PLAIN),
    "Python": "".join(f"{[each]!r}\n" for each in PLAIN),
    "a Python list": "[" + "\n ".join(f"{each!r}," for each in PLAIN) + "]\n",
    "carriage returns": "\r".join(PLAIN) + "\r",
    "both": "\r\n".join(PLAIN) + "\r\n",
    "Livy": json.dumps({"id": 0, "from": 0, "total": len(PLAIN), "log": PLAIN}),
    "a notebook": json.dumps({"cells": [{"outputs": [{"name": "stderr", "text": [f"{each}\n" for each in PLAIN]}]}]}),
    "a whole log in a field": json.dumps({"logs": "\n".join(PLAIN), "truncated": False}),
    "a whole log in a message": json.dumps([{"message": "\r\n".join(PLAIN), "time": "2017-12-05T08:00:00Z"}]),
    "a whole log, too long for a record": json.dumps({"log": "\n".join([PLAIN[0], *MANY, *PLAIN[1:]])}),
    "lines, too long for a record": json.dumps({"log": [PLAIN[0], *MANY, *PLAIN[1:]]}),
    "Loki, too long for a record": json.dumps(
        {"result": [{"stream": {"pod": "x"}, "values": [["1512432000000000000", each] for each in [*MANY, *PLAIN]]}]}
    ),
    "Azure's tables": json.dumps(
        {
            "tables": [
                {
                    "columns": [{"name": "TimeGenerated"}, {"name": "Message"}],
                    "rows": [[parts(each)["time"], each] for each in PLAIN],
                }
            ]
        }
    ),
    "Datadog": json.dumps({"data": [{"attributes": {"message": each, "host": "n"}} for each in PLAIN]}),
    "CloudWatch Insights' results": json.dumps(
        {"results": [[{"field": "@message", "value": each}, {"field": "@ptr", "value": "C"}] for each in PLAIN]}
    ),
    "OpenTelemetry's export": json.dumps(
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [_otel(each) for each in records(dict)]}]}]}
    ),
    "GELF with a full message": _lines(
        lambda each: {
            "short_message": each["message"],
            "full_message": f"{each['message']}\n{each['exception']}",
            "timestamp": epoch(each),
        }
    ),
    "journald's bytes": per_line(
        lambda each: {"MESSAGE": list(each["plain"].encode()), "__REALTIME_TIMESTAMP": f"{epoch(each)}000000"}
    ),
    "gcloud's YAML": "".join(
        f"---\ninsertId: a\ntextPayload: '{each}'\ntimestamp: '{parts(each)['time']}'\n" for each in PLAIN
    ),
    "gcloud's YAML of objects": "".join(_yaml(each) for each in records(dict)),
    "Ruby": "".join(f'{{\n    "message" => {json.dumps(each)},\n    "@version" => "1"\n}}\n' for each in PLAIN),
    "logfmt": "".join(
        f'time="{parts(each)["time"]}" level=info pod=exec-1 msg={json.dumps(each)} x=y\n' for each in PLAIN
    ),
    "CRI in pieces": "".join(f"{CRI} P {each[:30]}\n{CRI} P {each[30:60]}\n{CRI} F {each[60:]}\n" for each in PLAIN),
    "Docker in pieces": "".join(
        f"{json.dumps({'log': each[:44], 'stream': 'stderr', 'time': 't'})}\n"
        f"{json.dumps({'log': each[44:] + chr(10), 'stream': 'stderr', 'time': 't'})}\n"
        for each in PLAIN
    ),
    "a file that was truncated while it was written": "\0" * 70_000 + "\n".join(PLAIN) + "\n",
    "a file of a machine that went down": "\n".join(PLAIN) + "\n" + "\0" * 4096,
    "log4j's XML": "".join(map(str, records(_xml))),
    "log4j 2's XML": "\n".join(['<?xml version="1.0"?>', "<Events>", *map(str, records(_xml2)), "</Events>\n"]),
    "Java's XML": "\n".join(["<?xml version='1.0'?>", "<log>", *map(str, records(_xml_of_java)), "</log>\n"]),
    "Java's own logging": "".join(map(str, records(_two_lines))),
    "Firehose": "".join(json.dumps({"message": each, "timestamp": parts(each)["time"]}) for each in PLAIN),
    "a subscription to CloudWatch": json.dumps(
        {"messageType": "DATA_MESSAGE", "logEvents": [{"id": "1", "timestamp": 1, "message": each} for each in PLAIN]}
    ),
    "a subscription through Lambda": json.dumps({"awslogs": {"data": _sent(PLAIN)}}),
    "subscriptions, a line each": "".join(f"{json.dumps({'awslogs': {'data': _sent([each])}})}\n" for each in PLAIN),
    "a subscription through Kinesis": json.dumps(
        {"Records": [{"kinesis": {"data": _sent(PLAIN[at : at + 4])}} for at in range(0, len(PLAIN), 4)]}
    ),
    "Pub/Sub": "".join(f"{_published(each)}\n" for each in PLAIN),
    "Fluent Bit": "".join(
        f'[{number}] kube.exec-1: [[{epoch(parts(each))}.5, {{}}], {{"log"=>{json.dumps(each)}, "stream"=>"stderr"}}]\n'
        for number, each in enumerate(PLAIN)
    ),
    "Fluent Bit's JSON": "".join(
        f"[{epoch(parts(each))}.5, {json.dumps({'log': each, 'stream': 'stderr'})}]\n" for each in PLAIN
    ),
    "a journal's export": "".join(
        f"__CURSOR=s\n__REALTIME_TIMESTAMP={epoch(parts(each))}000000\n_HOSTNAME=n\nMESSAGE={each}\n\n"
        for each in PLAIN
    ),
    "Azure's exported table": _table(
        ["TimeGenerated [UTC]", "Computer", "LogMessage", "LogSource"],
        lambda each: [each["time"], "aks-1", each["plain"], "stderr"],
    ),
    "a drawn table": "+----+\n| log |\n+----+\n" + "".join(f"| {each} |\n" for each in PLAIN) + "+----+\n",
    "twelve hours": "\n".join(PLAIN).replace("17/12/05 09:", "12/5/17, 9:").replace("17/12/05 10:00", "12/5/17, 10:00")
    + "\n",
}


def facts(found: Audit) -> tuple[object, ...]:
    """What is to be the same in every wrapping."""
    (window,) = found.windows()
    error = found.tasks[0].error
    assert error is not None
    return (
        (window.who, window.whom, window.seconds(), found.leaks(window)),
        (error.message, error.accounted, error.frame),
        (found.exit_status(), found.ledger.executors, found.counts.unknown, found.contradictions()),
    )


@pytest.mark.parametrize("wrapping", WRAPPED)
def test_every_wrapping_says_the_same(wrapping: str, tmp_path: Path) -> None:
    """Whatever a platform puts around a log, the answer is that of the plain one."""
    plain = audit([written(tmp_path, "\n".join(PLAIN), "\n", name="plain")])
    wrapped = audit([written(tmp_path, WRAPPED[wrapping], name="wrapped")])

    assert facts(wrapped) == facts(plain)


COMMAS = "17/12/05 10:00:03 ERROR Executor: Lost task 0.0 in stage 1.0 (TID 7, node7, executor 1): killed, it is said"


@pytest.mark.parametrize("wrapping", [each for each in WRAPPED if each.endswith("table")])
def test_a_message_with_commas_is_whole(wrapping: str) -> None:
    """What stands in a column of a table is no row of a table, whatever commas it has."""
    changed = WRAPPED[wrapping].replace(LINES[2], COMMAS).replace(parts(LINES[2])["message"], parts(COMMAS)["message"])
    assert changed != WRAPPED[wrapping]
    envelopes = of_beginning(changed)

    opened = [each for row in changed.split("\n") for each in envelopes.open(row).lines]

    assert any(parts(COMMAS)["message"] in each for each in opened)


PACK: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
}


@pytest.mark.parametrize("packing", PACK)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
def test_every_packing_says_the_same(packing: str, encoding: str, tmp_path: Path) -> None:
    """A packed log is known by its first bytes, whatever its name and encoding; several in one file are read on."""
    data = "".join(f"{each}\n" for each in PLAIN).encode(encoding)
    (tmp_path / "log").write_bytes(PACK[packing](data[:200]) + PACK[packing](data[200:]))

    assert facts(audit([tmp_path / "log"]))[0] == ("E1", "E2", 10, True)


@pytest.mark.skipif(shutil.which("zstd") is None, reason="there is no program zstd here")
def test_zstandard(tmp_path: Path) -> None:
    """Zstandard is read with the package or the program of that name."""
    path = written(tmp_path, "\n".join(PLAIN), "\n")
    subprocess.run(["zstd", "-q", str(path)], check=True)  # noqa: S607 - whichever there is

    assert facts(audit([path.with_name(f"{path.name}.zst")]))[0] == ("E1", "E2", 10, True)


@pytest.mark.parametrize("name", ["logs.zip", "logs.tar", "logs.tar.gz", "logs.tar.xz"])
def test_archives(name: str, tmp_path: Path) -> None:
    """The files of an archive are read as those of a folder are: rolled ones in order, empty ones passed over."""
    text = [f"{each}\n" for each in PLAIN]
    files = {
        "app/1/stderr": "".join(text[5:]),
        "app/1/stderr.1": "".join(text[:5]),
        "app/1/stdout": "",
        "app/x.crc": "x",
    }
    if name.endswith("zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            for each, content in files.items():
                archive.writestr(each, content)
    else:
        packed: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".xz": lzma.compress, ".tar": bytes}
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as archive:
            for each, content in files.items():
                entry = tarfile.TarInfo(each)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content.encode()))
        (tmp_path / name).write_bytes(packed[Path(name).suffix](out.getvalue()))
    found = audit([tmp_path / name])

    assert facts(found)[0] == ("E1", "E2", 10, True)
    assert [each for each in found.reading.troubles if "stdout: it is empty" in each]


def test_archives_in_archives(tmp_path: Path) -> None:
    """What was packed twice, or as an archive in another, is unpacked as often."""
    text = "".join(f"{each}\n" for each in PLAIN).encode()
    tarred, zipped = io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=tarred, mode="w:gz") as archive:
        entry = tarfile.TarInfo("app/stderr.gz")
        entry.size = len(packed := gzip.compress(text))
        archive.addfile(entry, io.BytesIO(packed))
    with zipfile.ZipFile(zipped, "w") as outer:
        outer.writestr("logs/app.tar.gz", tarred.getvalue())
    for number, data in enumerate((gzip.compress(bz2.compress(text)), tarred.getvalue(), zipped.getvalue())):
        (tmp_path / str(number)).write_bytes(data)

        assert facts(audit([tmp_path / str(number)]))[0] == ("E1", "E2", 10, True)


def test_an_archive_in_an_archive_that_is_damaged(tmp_path: Path, capsys: Said) -> None:
    """It is said by its name in one line, with status 2."""
    with zipfile.ZipFile(tmp_path / "logs.zip", "w") as outer:
        outer.writestr("inner.zip", b"PK\3\4" + bytes(50))

    assert command.run(["audit", str(tmp_path / "logs.zip")]) == 2
    heard = capsys.readouterr().err
    assert ("logs.zip/inner.zip" in heard, "damaged" in heard, heard.count("\n")) == (True, True, 1)


MIXED: dict[str, Callable[[int, str], str]] = {
    "a host in brackets": lambda number, each: f"[node-{number}] {each}",
    "a path of Kubernetes": lambda number, each: json.dumps(
        {"log": each, "file": f"/var/log/containers/exec-{number}_ns_executor.log"}
    ),
    "Docker's tags": lambda number, each: json.dumps(
        {"log": f"{each}\n", "stream": "stderr", "attrs": {"tag": f"exec-{number}"}}
    ),
    "journald": lambda number, each: json.dumps({"MESSAGE": each, "_HOSTNAME": f"n{number}"}),
    "Datadog": lambda number, each: json.dumps({"attributes": {"message": each, "host": f"n{number}"}}),
    "Elasticsearch": lambda number, each: json.dumps(
        {"_source": {"message": each, "log": {"file": {"path": f"/x/{number}/stderr"}}}}
    ),
    "logfmt": lambda number, each: f"level=info pod=exec-{number} msg={json.dumps(each)}",
}


@pytest.mark.parametrize("wrapping", MIXED)
def test_executors_are_told_apart_by_what_the_wrapping_says(wrapping: str, tmp_path: Path) -> None:
    """Each has a pool of its own: 60 MB of 100 in each of two is not 120 MB in one."""
    lines = [
        MIXED[wrapping](task, each.rstrip().replace("ask 7", f"ask {task}").replace("TID 7", f"TID {task}"))
        for each in (started(), line("10:00:02", f"Task 7 acquired 60.0 MB for {MAP}1"))
        for task in (7, 8)
    ]
    found = audit([written(tmp_path, *(f"{each}\n" for each in lines))])

    assert (found.ledger.executors, found.findings()) == (2, [])


def test_a_hole_in_the_middle_is_a_gap(tmp_path: Path) -> None:
    """Zero bytes within a log stand for lines that were lost: it is said, and no sum is held against the task."""
    lines = [started(), line("10:00:01", f"Task 7 acquired 60.0 MB for {MAP}1"), "\0" * 100, *[*contention()][-1:]]
    found = audit([written(tmp_path, *lines)])

    assert (found.ledger.gaps, found.findings(), found.exit_status()) == (1, [], 3)
    assert ["zero bytes" in each for each in found.reading.troubles] == [True]


def test_a_folder_and_a_glob(tmp_path: Path) -> None:
    """A folder is read with all that is in it, and so is what a pattern names."""
    folder = tmp_path / "app" / "0"
    folder.mkdir(parents=True)
    written(folder, "\n".join(PLAIN), "\n", name="stderr")
    written(folder, name="stdout")
    (folder / "app.jar").write_bytes(b"PK\3\4")

    for path in (tmp_path, tmp_path / "app" / "*" / "std*"):
        assert facts(audit([path]))[0] == ("E1", "E2", 10, True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"JAVA PROFILE 1.0.2\0\0\0\0", "a heap dump of Java's"),
        (b"\x04\x22\x4d\x18\0\0", "lz4 -dc FILE"),
        (b"LZ4Block\x25" + bytes(40), "spark.eventLog.compress=false"),
        (b"%PDF-1.4\n\0\0\0", "a PDF"),
        (b"PAR1\0\0\0\0", "a Parquet file"),
    ],
)
def test_what_is_no_text_is_said(content: bytes, said: str, tmp_path: Path, capsys: Said) -> None:
    """Of a file that is no text it is said what it is, in one line, with status 2."""
    (tmp_path / "log").write_bytes(content)

    assert command.run(["audit", str(tmp_path / "log")]) == 2
    heard = capsys.readouterr().err
    assert (said in heard, heard.count("\n")) == (True, 1)


def test_twelve_hours_are_read(tmp_path: Path) -> None:
    """A clock with twelve hours: twelve at night is the day's first hour."""
    lines = [
        f"3/1/18, 12:30:0{second} {half} DEBUG TaskMemoryManager: Task 7 acquired 1.0 MB for {MAP}1\n"
        for second, half in ((1, "AM"), (2, "PM"))
    ]
    found = audit([written(tmp_path, *lines)])

    assert [time_of_day(row.time) for row in found.tasks[0].timeline.head] == ["00:30:01", "12:30:02"]


@pytest.mark.parametrize("key", ["name", "Name", "ColumnName"])
def test_columns_by_whatever_name(key: str) -> None:
    """A column is an object with a name, or a text; what has no name is a column without one, and numbers are none."""
    assert _names([{key: "a"}, "b", {"type": "c"}, 4]) == ["a", "b", ""]
