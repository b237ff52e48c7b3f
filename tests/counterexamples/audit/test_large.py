"""A log of a gigabyte is read in constant memory, and in less than a minute of one processor."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

LOG = Path(__file__).parent / "incident.log"
OTHER = (
    "17/12/05 11:43:30 DEBUG ShuffleBlockFetcherIterator: remainingBlocks: Set(shuffle_2_155_28, shuffle_2_185_28)\n"
    * 730
)
"""What the incident's log has between the lines that are of interest, as many as it has."""

GIGABYTE = 1 << 30

PROGRAM = """
import resource, sys
from spillproof.counterexamples import command
status = command.run(["audit", sys.argv[1], "--release", "2.3.4"])
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, used.ru_maxrss, file=sys.stderr)
"""


WRAPPED: dict[str, Callable[[str], str]] = {
    "plain": lambda line: line,
    "Docker": lambda line: json.dumps({"log": f"{line}\n", "stream": "stderr", "time": "2017-12-05T11:43:30.1Z"}),
    "kubectl": lambda line: f"[pod/job-exec-1/executor] {line}",
}


@pytest.mark.slow
@pytest.mark.parametrize("wrapping", WRAPPED)
def test_a_gigabyte(wrapping: str, tmp_path: Path) -> None:
    """The incident thousands of times over: under 60 s of a processor, which tests share, and 200 MB."""
    path, written, number = tmp_path / "log", 0, 223
    wrap = WRAPPED[wrapping]
    text = "".join(f"{wrap(each)}\n" for each in LOG.read_text().splitlines())
    other = "".join(f"{wrap(each)}\n" for each in OTHER.splitlines())
    with path.open("w") as log:
        while written < GIGABYTE:
            number += 1000
            written += log.write(text.replace("ask 223", f"ask {number}").replace("TID 223", f"TID {number}"))
            written += log.write(other)
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(path)], check=True, capture_output=True, text=True)

    seconds, kilobytes = map(float, done.stderr.split()[-2:])
    path.unlink()
    assert seconds < 60
    assert kilobytes < 200_000
    assert "the fault is SPARK-22713" in " ".join(done.stdout.split())
