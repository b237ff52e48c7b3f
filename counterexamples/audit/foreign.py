"""What a file looks like that is no log of Spark's."""

from __future__ import annotations

import re

OURS = (
    ("a class histogram of Java's, which --histogram reads", rb"(?m)^ *num +#instances +#bytes"),
    ("an export of Eclipse MAT, which --dominators reads", rb"(?i)retained heap|shallow heap"),
    ("a trace of a model, which spillproof replay reads", rb"\"#meta\""),
    ("a heap dump of Java's, which spillproof heap reads", rb"\AJAVA PROFILE "),
)
"""What another option or command reads. It may name Spark's classes, and is no log for that."""

LOOKS = (
    *OURS,
    ("a log of Dask", rb"distributed\.(?:worker|scheduler|nanny|core|comm|utils)|dask\.distributed"),
    ("a log of Trino", rb"io\.trino\.|trino-server"),
    ("a log of Presto", rb"com\.facebook\.presto|io\.prestosql"),
    ("a log of Flink", rb"org\.apache\.flink"),
    ("a log of Ray", rb"raylet|\bray::|\(ray\b|ray\.worker"),
    ("a message of DataFusion", rb"top memory consumers \(across reservations\)|datafusion|GroupedHashAggregateStream"),
    ("a message of Polars", rb"\bpolars\b"),
    ("a message of DuckDB", rb"(?i)duckdb|Out of Memory Error: failed to (?:allocate|offload|pin)"),
    ("a log of Hive or Tez", rb"org\.apache\.(?:hive|tez)|\bhive\.ql\."),
    ("a log of Hadoop's MapReduce", rb"org\.apache\.hadoop\.mapred(?:uce)?\."),
    ("a log of Impala", rb"\bimpalad\b|\bimpala-server"),
    ("a log of ClickHouse", rb"<(?:Debug|Information|Error|Warning)> \w+:|DB::Exception"),
    ("a log of Kafka", rb"\[?kafka\.(?:server|log|controller)|org\.apache\.kafka"),
    ("a log of Cassandra", rb"org\.apache\.cassandra|CassandraDaemon"),
    ("a log of Elasticsearch", rb"org\.elasticsearch|\[o\.e\."),
    ("a log of PostgreSQL", rb"(?m)^\S+ \S+ (?:\w+ )?\[\d+\].*(?:LOG|ERROR|FATAL|STATEMENT|HINT):  "),
    ("a log of MySQL", rb"\[(?:Note|Warning|ERROR|System)\] \[MY-\d+\]|InnoDB:"),
    ("a log of Redis", rb"(?m)^\d+:[MSCX] \d\d \w{3} \d{4} "),
    ("a web server's log", rb"(?m)^\S+ \S+ \S+ \[[^\]]+\] \"(?:GET|POST|PUT|HEAD) "),
    ("a kernel's log", rb"(?m)(?:^|kernel: )\[ *\d+\.\d{6}\] "),
    ("a diff", rb"(?m)\A(?:diff --git|--- \S+.*\n\+\+\+ )"),
    ("a file of Python", rb"(?m)^(?:from [\w.]+ import |import [\w.]+(?: as \w+)?\s*$|def \w+\(.*\)(?: -> .*)?:\s*$|class \w+.*:\s*$)"),  # noqa: E501 - one text
    ("an error of Python's", rb"Traceback \(most recent call last\)"),
    ("a file of Java or Scala", rb"(?m)^(?:package [\w.]+;?\s*$|import (?:static )?(?:java|javax|scala|org|com)\.|public class |object \w+ )"),  # noqa: E501 - one text
    ("a file of SQL", rb"(?mi)^\s*(?:select\b.*\bfrom\b|create table |insert into )"),
    ("a script of a shell", rb"\A#! ?/"),
    ("a web page", rb"(?i)\A\s*<(?:!doctype html|html)"),
    ("a file of XML", rb"\A\s*<\?xml"),
    ("a log of Java's garbage collector", rb"\[gc[,\] ]|\[GC \(|\bGC\(\d+\) Pause"),
    ("a notebook", rb"\A\s*\{\s*\"cells\""),
    ("a file of JSON", rb"\A\s*[\[{]"),
    ("a heap of Java's that is printed", rb"(?m)^Heap$"),
)  # fmt: skip
"""In the order in which they are tried."""

_SERVER = rb"\"(?:taskLocality|memoryMetrics|executorLogs|removeReason|schedulerDelay|memoryBytesSpilled)\" ?:"
_NOTE = rb"\A\s*\{\s*\"paragraphs\""

SURELY = (
    (
        "a file of Java or Scala",
        rb"\A(?:\s|/\*(?s:.{0,5000}?)\*/|//.*\n)*(?:package [\w.]+;?\s*\n|import (?:static )?[a-z]\w*\.[\w.{}, ]+;?\s*\n)",  # noqa: E501 - one text
    ),
    (
        "a file of Python",
        rb"\A(?:\s|#.*\n|\"\"\"(?s:.{0,5000}?)\"\"\")*(?:from [\w.]+ import |import [\w.]+(?: as \w+)?\s*\n)",
    ),
    (
        "a configuration of log4j",
        (
            rb"\A\s*(?:<\?xml.*\?>\s*)?<Configuration\b|"
            rb"\A(?:\s*[#!].*\n|\s)*(?:log4j\d?\.|rootLogger|logger\.|appender\.)[\w.$]* ?[=:]"
        ),
    ),
)  # fmt: skip
"""What no log begins with, whatever names of Spark's are in it."""

QUIET = (
    ("what Spark's history server answers", _SERVER),
    ("a note of Zeppelin", _NOTE),
    ("a thread dump of Java's", rb"(?m)^Full thread dump "),
    ("a configuration of Spark", rb"\A(?:\s|#.*\n)*spark\.[\w.]+(?:[ \t]*=|[ \t]+\S)"),
    ("a description for Kubernetes", rb"(?m)\A(?:\s|#.*\n|---\n)*(?:apiVersion|kind): "),
    ("a script of a shell", rb"\A#! ?/"),
    ("a file of SQL", rb"(?mi)\A(?:\s|--.*\n)*(?:select\b.*\bfrom\b|create table |insert into )"),
)
"""What speaks of Spark and is no log, where not one of its lines is as Spark writes them, and nothing died in it."""

_SPARK = re.compile(
    rb"org\.apache\.spark|\b(?:SparkContext|DAGScheduler|TaskSetManager|TaskSchedulerImpl|BlockManager\w*|MemoryStore|"
    rb"CoarseGrainedExecutorBackend|YarnAllocator|ShuffleBlockFetcherIterator|ExecutorRunnable|SparkEnv|SparkSubmit|"
    rb"SparkUI|FileScanRDD|ContextCleaner|TorrentBroadcast|ExecutorLostFailure|spark-submit|pyspark|spark-kubernetes\w*)\b"
    rb"|\bspark[._-](?:executor|driver|yarn|memory|sql|shuffle)\b|%(?:py)?spark\b|" + _SERVER
)


def of_spark(block: bytes) -> bool:
    """Return whether lines have a word that only Spark's have."""
    return _SPARK.search(block) is not None


def surely(sample: bytes) -> str:
    """Return what a file is that is no log, though it may speak of Spark; nothing for any other."""
    return next((words for words, regex in SURELY if re.search(regex, sample)), "")


def quietly(sample: bytes) -> str:
    """Return what a file is of which no line was understood, though it speaks of Spark; nothing for any other."""
    return next((words for words, regex in QUIET if re.search(regex, sample)), "")


def is_ours(sample: bytes) -> bool:
    """Return whether a file begins as what another option or command reads."""
    return any(re.search(regex, sample) for _, regex in OURS)


def looks_like(sample: bytes) -> str:
    """Return what the beginning of a file looks like, or nothing."""
    return next((words for words, regex in LOOKS if re.search(regex, sample)), "")
