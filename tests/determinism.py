"""Everything that the command says and keeps about some models, without the seconds: a program, run in many ways.

`python tests/determinism.py MODEL…` prints one JSON object, from what was asked to what came of it. It stands in a
folder of its own, beside a copy of `cache.py`, so that a path in an output shows.
"""

from __future__ import annotations

import io
import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from spillproof.counterexamples import command
from spillproof.counterexamples.export import FORMATS

SECONDS = re.compile(r"\(\d+\.\d s\)|\"seconds\": ?[\d.e-]+")

UNHURRIED = ("--time-limit", "3600")
"""So that no verdict hangs on how busy the machine is."""


def main() -> None:
    """Print all outputs about the models that are named."""
    found = {"list": said("list"), "list --fixes": said("list", "--fixes")}
    for number, model in enumerate(sys.argv[1:]):
        for what, text in about(model, Path(f"out{number}")):
            found[f"{model}: {what}"] = SECONDS.sub("", text)
    sys.stdout.write(json.dumps(found))


def about(model: str, out: Path) -> Iterator[tuple[str, str]]:
    """Yield everything about a model: its check, the files that are kept, and what is made of each violation."""
    yield "check", said("check", model, *UNHURRIED, "--out", str(out))
    yield "check --json", said("check", model, *UNHURRIED, "--json")
    for file in sorted(out.iterdir()):
        yield file.name, file.read_text(encoding="utf-8")
    for trace in sorted(out.glob("*.itf.json")):
        if trace.with_name(trace.name.replace(".itf.json", ".html")).exists():
            yield from about_trace(trace)
    shutil.rmtree(out)


def about_trace(trace: Path) -> Iterator[tuple[str, str]]:
    """Yield what the other commands say of a counterexample."""
    for words in (["explain"], ["explain", "--json"], ["replay"], ["replay", "--json"]):
        yield f"{trace.name}: {' '.join(words)}", said(words[0], str(trace), *words[1:])
    for name in FORMATS:
        yield f"{trace.name}: {name}", said("export", str(trace), "--format", name)
    log = trace.with_suffix(".log")
    log.write_text(said("export", str(trace), "--format", "spark-log"), encoding="utf-8")
    yield f"{trace.name}: audit", said("audit", str(log)) + said("audit", str(log), "--json")


def said(*arguments: str) -> str:
    """Return what the command prints, and its status."""
    before, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    beside, sys.stderr = sys.stderr, io.StringIO()
    try:
        status = command.run(arguments)
        sys.stdout.flush()
        return f"{sys.stdout.buffer.getvalue().decode()}\n{sys.stderr.getvalue()}\n{status}"
    finally:
        sys.stdout, sys.stderr = before, beside


if __name__ == "__main__":
    main()
