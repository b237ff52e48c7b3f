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
from collections.abc import Callable
from importlib import import_module
from queue import SimpleQueue
from typing import Any, TextIO

from spillproof.counterexamples.survey.job import Json, Reply
from spillproof.counterexamples.survey.sources import fingerprint, others
from spillproof.model.errors import ModelError

OTHER_CODE = (
    "the process that was to answer runs another version of spillproof, of Python or of a solver; install the same "
    "everywhere, and leave the code as it is while a survey runs"
)


def main() -> None:
    """Do jobs until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started this
    lines, answers = _streams()
    waiting: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(lines, waiting), daemon=True).start()
    while True:
        reply = done(json.loads(waiting.get()), lambda last: _say(last, answers))
        _say(reply, answers)


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


def done(request: Json, last_words: Callable[[Reply], None] = lambda _: None) -> Reply:
    """Return the reply to a job. `last_words` is called with one where the process has to end before it can return."""
    began, limit = time.monotonic(), request["limit"]
    said, error, defect = None, "", False

    def give_up(where: str) -> None:
        last_words(Reply(error=f"{where}: the limit has passed, and the model catches what would end this step"))
        os._exit(3)

    try:
        _compare(request["code"])
        said = _function(request["call"])(json.loads(request["given"]), limit, give_up)
    except ModelError as raised:
        error = " ".join(str(raised).split())
    except BaseException as raised:  # noqa: BLE001 - a job costs itself, and no other
        traceback.print_exc()
        error, defect = f"spillproof failed: {type(raised).__name__}: {' '.join(str(raised).split())}", True
    return Reply(said, error, defect, round(time.monotonic() - began, 3), limit, others())


def _compare(code: str) -> None:
    if code != fingerprint():
        raise ModelError(OTHER_CODE)


def _function(call: str) -> Any:
    module, _, name = call.partition(":")
    return getattr(import_module(module), name)


if __name__ == "__main__":
    main()
