"""What an object retains, beside an independent reader: VisualVM's library of heaps, which Debian packages."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from spillproof.counterexamples.heap.heap import opened
from tests.counterexamples.heap.test_reader import SILENT

pytestmark = pytest.mark.slow

JAVA = Path(__file__).with_name("java")
LIBRARY = Path(
    os.environ.get(
        "SPILLPROOF_VISUALVM", "/usr/share/visualvm/visualvm/modules/org-graalvm-visualvm-lib-jfluid-heap.jar"
    )
)

OF_THE_JVM = ("java.lang.Class", "java.lang.Module", "ClassLoader", "java.lang.invoke.")
"""What VisualVM counts in another way: a class has no size of its own there, and not all that its statics hold."""

WANTED, ASKED = 50, 200
"""Objects that are compared, and that are asked for: the largest are the same or larger ones of the JVM's."""


def done(*command: object) -> str:
    """Run a command; return what it prints."""
    return subprocess.run(list(map(str, command)), check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def dump(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dump of thirty thousand nodes that refer to each other at random."""
    if not LIBRARY.is_file() or not all(map(shutil.which, ("java", "javac", "jcmd"))):
        pytest.skip("needs a JDK, and Debian's package visualvm (or SPILLPROOF_VISUALVM, the jar of its heap library)")
    folder = tmp_path_factory.mktemp("visualvm")
    done("javac", "-cp", LIBRARY, "-d", folder, JAVA / "example" / "Graph.java", JAVA / "Retained.java")
    command = ["java", "-XX:+UseSerialGC", "-Xmx200m", "-cp", str(folder), "example.Graph"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as java:
        assert java.stdout is not None
        assert b"ready" in java.stdout.readline()
        done("jcmd", java.pid, "GC.heap_dump", folder / "a.hprof")
        java.kill()
    return folder / "a.hprof"


def test_the_fifty_largest(dump: Path) -> None:
    """The fifty objects that retain most, but the JVM's own, retain to the byte what VisualVM says."""
    told = done("java", "-cp", f"{LIBRARY}:{dump.parent}", "Retained", dump, ASKED)
    rows = [line.split(" ", 2) for line in told.splitlines()]
    wanted = [(int(at), int(size)) for at, size, name in rows if not any(each in name for each in OF_THE_JVM)]
    assert len(wanted) >= WANTED
    with opened(dump, SILENT) as heap:
        found = [(at, heap.retained(heap.index.find(at))) for at, _ in wanted[:WANTED]]

    assert found == wanted[:WANTED]
