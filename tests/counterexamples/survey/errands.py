"""Jobs for the tests of surveys: some do what they are told, and some do all that can go wrong."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

from spillproof.model.errors import ModelError

Json = dict[str, Any]


def add(given: Json, _seconds: float | None) -> Json:
    """The sum of some numbers."""
    return {"sum": sum(given["numbers"])}


def die(given: Json, _seconds: float | None) -> Json:
    """Its process is killed, so many times; each time leaves a file in a folder."""
    died = len(list(Path(given["folder"]).iterdir()))
    if died < given["times"]:
        Path(given["folder"], str(died)).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return {"died": died}


def fail(given: Json, _seconds: float | None) -> Json:
    """What is asked cannot be done, or this project has a defect."""
    raise ModelError("no model\nis called so") if given["refused"] else ZeroDivisionError("by nothing")


def chat(_given: Json, _seconds: float | None) -> Json:
    """Prints where answers are expected, in three ways, and reads where jobs are."""
    print("to you")  # noqa: T201 - it must not print, and does
    os.write(1, b"to you\n")
    subprocess.run(["echo", "to you"], check=True)  # noqa: S607 - every system has it
    return {"read": os.read(0, 10).decode()}


def spin(_given: Json, _seconds: float | None) -> Json:
    """One call that does not come back."""
    return {"sum": sum(range(10**12))}


def sleep(given: Json, _seconds: float | None) -> Json:
    """Says which process it is, in a file, and sleeps."""
    Path(given["file"]).write_text(str(os.getpid()), encoding="utf-8")
    time.sleep(60)
    return {}
