"""The process that does jobs, one after the other: `python -m spillproof.counterexamples.survey.worker`.

A line of JSON on standard input is a job, a line on standard output its reply. It ends when its input does, in the
midst of a job too: whoever started it is gone, and nobody waits for the reply.
"""

from __future__ import annotations

import json
import os
import signal
import threading
import time
import traceback
from importlib import import_module
from queue import SimpleQueue
from typing import Any, TextIO

from spillproof.counterexamples import supervisor
from spillproof.counterexamples.survey.job import Json, Reply
from spillproof.counterexamples.survey.sources import fingerprint, others
from spillproof.model.errors import ModelError
from spillproof.properties.engines.limits import MOST_MEMORY

OTHER_CODE = (
    "the process that was to answer runs another version of spillproof, of Python or of a solver; install the same "
    "everywhere, and leave the code as it is while a survey runs"
)


def main() -> None:
    """Do jobs until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started this
    supervisor.begin(_give_up)
    lines, answers = _streams()
    waiting: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(lines, waiting), daemon=True).start()
    while True:
        _say(done(json.loads(waiting.get())), answers)


def _give_up(words: str) -> None:
    """Reply for the process that does a job, and was ended in the midst of it."""
    os.write(1, f"{json.dumps(Reply(error=words).as_json())}\n".encode())


def _streams() -> tuple[TextIO, TextIO]:
    """Return input and output for jobs; what a model prints or reads goes elsewhere."""
    lines = os.fdopen(os.dup(0), encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    with open(os.devnull, encoding="utf-8") as nothing:  # noqa: PTH123 - a device, and no path of a file
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return lines, answers


def _listen(lines: TextIO, waiting: SimpleQueue[str]) -> None:
    for line in lines:
        waiting.put(line)
    os._exit(0)


def _say(reply: Reply, answers: TextIO) -> None:
    answers.write(f"{json.dumps(reply.as_json())}\n")
    answers.flush()


def done(request: Json) -> Reply:
    """Return the reply to a job."""
    began, limit = time.monotonic(), request["limit"]
    said, error, defect = None, "", False

    supervisor.limit(None if limit is None else began + limit, MOST_MEMORY)
    try:
        _compare(request["code"])
        said = _function(request["call"])(json.loads(request["given"]), limit)
    except ModelError as raised:
        error = " ".join(str(raised).split())
    except BaseException as raised:  # noqa: BLE001 - a job costs itself, and no other
        traceback.print_exc()
        error, defect = f"spillproof failed: {type(raised).__name__}: {' '.join(str(raised).split())}", True
    supervisor.limit(None)
    return Reply(said, error, defect, round(time.monotonic() - began, 3), limit, others())


def _compare(code: str) -> None:
    if code != fingerprint():
        raise ModelError(OTHER_CODE)


def _function(call: str) -> Any:
    module, _, name = call.partition(":")
    return getattr(import_module(module), name)


if __name__ == "__main__":
    main()
