"""A check that is ended at a moment drawn from its whole run, and what has to hold of what it leaves behind."""

from __future__ import annotations

import hashlib
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import z3

PROGRAM = "from spillproof.counterexamples.entry import main; main()"

ENDED = {signal.SIGINT: (1, 3, 130), signal.SIGTERM: (1, 3, 143)}
"""The statuses of a check that a signal ended; 0 only if it had come to its end before."""


@dataclass(frozen=True)
class Undisturbed:
    """A check that nobody interrupts."""

    arguments: tuple[str, ...]
    seconds: float
    status: int
    verdicts: dict[str, str]


@dataclass(frozen=True)
class Ended:
    """What is left of a check that was ended."""

    number: signal.Signals
    moment: float
    status: int
    out: str
    err: str
    folder: Path


def words(*arguments: str) -> list[str]:
    """The words that start the command."""
    return [sys.executable, "-c", PROGRAM, *arguments]


def undisturbed(*arguments: str) -> Undisturbed:
    """Run a check to its end."""
    with tempfile.TemporaryDirectory() as folder:
        process = _started(*arguments, "--out", folder)
        begun = time.monotonic()
        out, err = process.communicate(timeout=300)
        seconds = time.monotonic() - begun
        assert err == ""
        assert list(faults_in(Path(folder))) == []
    return Undisturbed(arguments, seconds, process.returncode, _verdicts(out))


def ended(whole: Undisturbed, number: signal.Signals, moment: float, folder: Path) -> Ended:
    """Begin a check anew, and send it a signal after so many seconds."""
    process = _started(*whole.arguments, "--out", str(folder))
    try:
        process.wait(moment)
    except subprocess.TimeoutExpired:
        process.send_signal(number)
    out, err = process.communicate(timeout=120)
    return Ended(number, moment, process.returncode, out, err, folder)


def drawn(seed: int, whole: Undisturbed, count: int) -> Iterator[float]:
    """Moments over the whole run of a check, and a little after it."""
    chance = random.Random(seed)
    return (chance.uniform(0, whole.seconds * 1.05) for _ in range(count))


def _started(*arguments: str) -> subprocess.Popen[str]:
    """Start a check, and wait until its own code has begun: before that, Python itself answers a signal."""
    # Where the tests run in the background, interrupts are ignored, and children would inherit that.
    heeded = signal.signal(signal.SIGINT, signal.default_int_handler)
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        words("check", "--json", *arguments), stdout=pipe, stderr=pipe, text=True, encoding="utf-8"
    )
    signal.signal(signal.SIGINT, heeded)
    while process.poll() is None and not _is_begun(process.pid):
        time.sleep(0.001)
    return process


def _is_begun(process: int) -> bool:
    """Whether a process answers SIGTERM itself, or lets it wait."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    except FileNotFoundError:  # no such system, or no such process any more
        time.sleep(0.5)
        return True
    masks = dict(line.split(":\t") for line in status.splitlines() if line.startswith(("SigBlk", "SigCgt")))
    return any(int(mask, 16) >> (signal.SIGTERM - 1) & 1 for mask in masks.values())


def _verdicts(out: str) -> dict[str, str]:
    return {result["claim"]: result["verdict"] for result in json.loads(out)["results"]}


def faults(left: Ended, whole: Undisturbed) -> Iterator[str]:
    """Everything that should not be: in the status, the output, the files."""
    yield from faults_in(left.folder)
    if left.number != signal.SIGKILL:
        yield from _faults_of_the_end(left, whole)
    report = left.folder / "report.json"
    for where, text in (("stdout", left.out), ("report.json", report.read_text() if report.exists() else "")):
        if text and left.number != signal.SIGKILL:
            yield from (f"{where}: {each}" for each in _wrong(_verdicts(text), whole))


def _faults_of_the_end(left: Ended, whole: Undisturbed) -> Iterator[str]:
    if left.status not in (*ENDED[left.number], whole.status):
        yield f"status {left.status}"
    if (left.status >= 128) != (left.out == ""):
        yield f"status {left.status}, and on stdout {left.out[:100]!r}"
    if left.out and left.status == 0 and set(_verdicts(left.out).values()) & {"violated", "unknown"}:
        yield "status 0, though something is violated or unknown"
    for line in left.err.splitlines():
        if line and not line.startswith("spillproof: interrupted"):
            yield f"stderr: {line}"
    if parts := list(left.folder.glob(".spillproof-*")):
        yield f"left behind: {parts}"


def _wrong(verdicts: dict[str, str], whole: Undisturbed) -> Iterator[str]:
    for claim, verdict in verdicts.items():
        right = whole.verdicts[claim]
        if verdict not in ("unknown", right):
            yield f"{claim} is {verdict}, and was {right}"


def faults_in(folder: Path) -> Iterator[str]:
    """Everything in a folder that is half, or is not what its report says."""
    for file in sorted(folder.iterdir()) if folder.exists() else ():
        if not file.name.startswith(".spillproof-"):
            try:
                _parse(file)
            except Exception as error:  # noqa: BLE001 - whatever it is, the file is not whole
                yield f"{file.name}: {error!r}"
    report = folder / "report.json"
    named = json.loads(report.read_text(encoding="utf-8"))["files"] if report.exists() else {}
    for name, checksum in named.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != checksum:
            yield f"{name} is not the one that the report names"


def _parse(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    match file.suffix:
        case ".json":
            json.loads(text)
        case ".svg":
            ElementTree.fromstring(text)  # noqa: S314 - our own
        case ".html":
            assert text.rstrip().endswith("</html>")
        case ".smt2":
            assert text.count("(check-sat)") > 0
            z3.Solver().from_string(text)
        case ".py":
            compile(text, file, "exec")
        case ".md":
            assert text.endswith("\n")
        case suffix:
            raise AssertionError(suffix)
