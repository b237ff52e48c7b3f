"""The jars of a Spark release, fetched once into the user's cache, and only those that are ever loaded.

An archive has 180 to 460 MB and is unpacked while it arrives; what is kept has 40 to 110 MB. Nothing in it is run but
the jars. What is kept is recorded with its checksums, and held against them whenever it is used.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any, cast
from urllib.error import URLError
from urllib.request import urlopen

from platformdirs import user_cache_path

from spillproof.counterexamples import files
from spillproof.counterexamples.replay.real.index import Archive, archive_of
from spillproof.model.errors import ModelError
from spillproof.model.spark.fixes.fix import order

Progress = Callable[[str], None]

RECORD = "jars.json"
ROOM = 300 << 20
PATIENCE = 60
CHUNK = 1 << 16

NEEDED = frozenset(
    [
        "apache-log4j-extras",
        "chill",
        "commons-collections",
        "commons-collections4",
        "commons-configuration",
        "commons-configuration2",
        "commons-io",
        "commons-lang",
        "commons-lang3",
        "commons-logging",
        "commons-text",
        "guava",
        "hadoop-annotations",
        "hadoop-auth",
        "hadoop-client-api",
        "hadoop-client-runtime",
        "hadoop-common",
        "hadoop-mapreduce-client-core",
        "ivy",
        "jackson-annotations",
        "jackson-core",
        "jackson-databind",
        "jackson-dataformat-yaml",
        "jackson-module-scala",
        "jakarta.servlet-api",
        "javassist",
        "javax.servlet-api",
        "jcl-over-slf4j",
        "json4s-core",
        "jul-to-slf4j",
        "kryo-shaded",
        "log4j",
        "log4j-1.2-api",
        "log4j-api",
        "log4j-core",
        "log4j-layout-template-json",
        "log4j-slf4j-impl",
        "log4j-slf4j2-impl",
        "lz4",
        "lz4-java",
        "metrics-core",
        "metrics-json",
        "netty-all",
        "netty-buffer",
        "netty-codec",
        "netty-codec-base",
        "netty-common",
        "netty-handler",
        "netty-resolver",
        "netty-transport",
        "netty-transport-classes-epoll",
        "netty-transport-classes-kqueue",
        "netty-transport-native-unix-common",
        "paranamer",
        "scala-library",
        "slf4j-api",
        "slf4j-log4j12",
        "spark-common-utils",
        "spark-common-utils-java",
        "spark-config",
        "spark-core",
        "spark-kvstore",
        "spark-launcher",
        "spark-network-common",
        "spark-network-shuffle",
        "spark-tags",
        "spark-udf-worker-core",
        "spark-unsafe",
        "stax2-api",
        "woodstox-core",
        "xercesImpl",
    ]
)
"""The jars from which a class was loaded when 2.1.3, 2.2.3, 2.3.4, 2.4.1, 3.0.3, 3.5.8, 4.0.1 and 4.3.0 were driven."""

FOR_ERRORS = ("commons-text", "paranamer")
"""Those of them that Spark needs to say that it is out of memory, from `ERRORS` on. Not all caches have them yet."""

ERRORS = (3, 2)
"""From this line on what an exception says is looked up in a file."""


def artifact(jar: str) -> str:
    """Return what a jar is called without versions, its own and Scala's: `lz4` of `lz4-1.3.0.jar`."""
    return re.sub(r"(_2\.\d+)?-\d+(\.\w+)*(-[A-Z]\w*|-core)?\.jar$", "", jar)


def cache() -> Path:
    """Return the folder for what can be fetched again, where the user's system wants it."""
    return user_cache_path("spillproof", appauthor=False)


def jars_of(release: str, progress: Progress = lambda _: None) -> Path:
    """Return the folder with the jars of a release; fetch them if they are not there, or are not what they were."""
    folder = cache() / f"pyspark-{release}"
    if not is_whole(folder):
        with _clear(folder):
            fetch(archive_of(release), folder, progress)
    return folder


def is_whole(folder: Path) -> bool:
    """Return whether the jars are there, each as it was recorded."""
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        if order(record["release"]) >= ERRORS and not set(FOR_ERRORS) <= set(record.get("wanted", ())):
            return False
        return all(_checksum(folder / name) == checksum for name, checksum in record["jars"].items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _checksum(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def _clear(folder: Path) -> Iterator[None]:
    """Say in one line what keeps a folder from being filled."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if (free := shutil.disk_usage(folder.parent).free) < ROOM:
            raise ModelError(
                f"no room for the jars in {folder.parent}: {free >> 20} MB are free, and {ROOM >> 20} MB are needed; "
                "XDG_CACHE_HOME moves it"
            )
        yield
    except OSError as error:
        full = error.errno == errno.ENOSPC
        why = "no room is left" if full else str(error.strerror or error)
        raise ModelError(f"the jars cannot be kept in {folder.parent}: {why}; XDG_CACHE_HOME moves it") from None


def fetch(archive: Archive, folder: Path, progress: Progress = lambda _: None) -> None:
    """Fill a folder with the jars of an archive: wholly, or not at all."""
    for left in folder.parent.glob(".pyspark-*"):
        if not files.is_running(left.suffix[1:]):
            shutil.rmtree(left, ignore_errors=True)
    partial = folder.parent / f".{folder.name}.{os.getpid()}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        checksum = _unpack(archive, partial, progress)
        _record(archive, partial, checksum)
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(FileExistsError):  # another process was faster: its jars are as good
            partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _unpack(archive: Archive, folder: Path, progress: Progress) -> str:
    """Keep the jars that are needed while the archive arrives; return the checksum of all of it."""
    try:
        with urlopen(archive.url, timeout=PATIENCE) as response:  # noqa: S310 - where pip would fetch it from
            stream = Counted(response, archive.release, int(response.headers.get("Content-Length") or 0), progress)
            with tarfile.open(fileobj=cast("IO[bytes]", stream), mode="r|gz") as members:
                for member in members:
                    _keep(members, member, folder)
            while stream.read(CHUNK):
                pass
    except (tarfile.TarError, EOFError, HTTPException, URLError, TimeoutError, ConnectionError) as error:
        why = f"{getattr(error, 'reason', '') or error}"
        raise ModelError(f"pyspark {archive.release} could not be fetched: {why}; nothing is kept, try again") from None
    return stream.digest.hexdigest()


def _keep(members: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """Write a member into the folder, by its last name only, if it is a jar that is needed."""
    name = member.name.rpartition("/")[2]
    if not member.isfile() or "/jars/" not in member.name or artifact(name) not in NEEDED:
        return
    source = members.extractfile(member)
    assert source is not None
    with (folder / name).open("wb") as target:
        shutil.copyfileobj(source, target, CHUNK)


def _record(archive: Archive, folder: Path, checksum: str) -> None:
    """Write down what was fetched. Raises `ModelError` where it is not what the index announced, or has no Spark."""
    announced = archive.sha256()
    if announced and announced != checksum:
        raise ModelError(
            f"pyspark {archive.release} is not what the index announces: its SHA-256 is {checksum[:16]}…, not "
            f"{announced[:16]}…; nothing is kept, try again"
        )
    jars = {file.name: _checksum(file) for file in sorted(folder.glob("*.jar"))}
    if not any(artifact(name) == "spark-core" for name in jars):
        raise ModelError(f"the archive of pyspark {archive.release} has no jar of spark-core; nothing is kept")
    told = {"release": archive.release, "sha256": checksum, "announced": bool(announced), "jars": jars}
    told["wanted"] = sorted(NEEDED)
    files.write(folder / RECORD, json.dumps(told, indent=1) + "\n")


class Counted:
    """A stream that says how far it has come, and computes its checksum."""

    def __init__(self, stream: IO[bytes] | Any, release: str, size: int, progress: Progress) -> None:
        self.stream = stream
        self.release = release
        self.size = size
        self.progress = progress
        self.come = 0
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        found: bytes = self.stream.read(size)
        self.come += len(found)
        self.digest.update(found)
        of = f" of {self.size >> 20}" if self.size else ""
        self.progress(f"fetching pyspark {self.release}: {self.come >> 20}{of} MB, once")
        return found
