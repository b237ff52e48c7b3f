"""A log of a gigabyte is read in constant memory, and in less than a minute of one processor, whatever its wrapping."""

import subprocess
import sys
from pathlib import Path

import pytest

from spillproof.counterexamples.audit.audit import audit
from tests.counterexamples.audit.large import LOG, WRAPPED, write

GIGABYTE = 1 << 30

PROGRAM = """
import resource, sys
from spillproof.counterexamples import command
status = command.run(["audit", sys.argv[1], "--release", "2.3.4"])
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
"""


@pytest.mark.parametrize("wrapping", WRAPPED)
def test_these_logs_say_what_the_incident_says(wrapping: str, tmp_path: Path) -> None:
    """In each wrapping the incident is told twice, of two tasks: both died, and a map was held while it was read."""
    write(tmp_path / "log", wrapping, len(LOG.read_bytes()) * 4)
    found = audit([tmp_path / "log"], "2.3.4")

    died = [(each.number, each.error is not None, each.windows[0].who) for each in found.tasks if each.windows]
    assert sorted(died)[:1] == [(1223, True, "E1")]
    assert (found.exit_status(), found.counts.unknown, found.ledger.executors > 0) == (1, 0, True)


@pytest.mark.slow
@pytest.mark.parametrize("wrapping", WRAPPED)
def test_a_gigabyte(wrapping: str, tmp_path: Path) -> None:
    """The incident thousands of times over: under 60 s of a processor, which tests share, and 200 MB."""
    path = tmp_path / "log"
    write(path, wrapping, GIGABYTE)
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(path)], check=True, capture_output=True, text=True)

    seconds, kilobytes = map(float, done.stderr.split()[-2:])
    path.unlink()
    assert seconds < 60
    assert kilobytes < 200_000
    assert "the fault is SPARK-22713" in " ".join(done.stdout.split())
