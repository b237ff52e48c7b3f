"""Whether a text is a trace that spillproof wrote, told before anything is made of it: JSON, ITF, ours, whole.

A trace comes by mail and out of bug reports, so nothing in it is believed. What is wrong is said in one line, with the
place in the file; nothing in the file is executed, imported, or opened.
"""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.resources import files
from typing import Any, NoReturn

from spillproof.counterexamples.export.escapes import one_line
from spillproof.model.errors import ModelError

VERSION = 3
"""Of what we write into ITF. The schema beside this file has it in its name; CHANGELOG.md says what it was before."""

LONGEST = 120
"""Characters of the validator's own words."""

DIGITS = 9
"""As many as a version may have."""


def read(text: str) -> dict[str, Any]:
    """Return the ITF object that a text stands for, if it is one of ours. Raises `ModelError` where it is none."""
    itf = _json(text)
    if not isinstance(itf, dict) or "states" not in itf or "vars" not in itf:
        raise ModelError("this is no ITF trace: it is JSON, but has no `states` and `vars` at the top")
    _ours(itf)
    _whole(itf)
    return itf


def _json(text: str) -> Any:
    if not text.strip():
        raise ModelError("this is no trace: it is empty")
    try:
        found = json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        short = " (is it cut off?)" if error.pos >= len(text.rstrip()) - 1 else ""
        raise ModelError(f"this is no trace: line {error.lineno} is no JSON: {error.msg}{short}") from None
    except RecursionError:
        raise ModelError("this is no trace: it is nested too deeply") from None
    except ValueError as error:  # among them a plain number of more digits than Python reads
        raise ModelError(f"this is no trace: {one_line(error)}") from None
    if re.search(r"\\u[dD][89a-fA-F]", text):
        _paired(found)
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _paired(found: Any) -> None:
    """Refuse half of a character: it is text to JSON, and to nobody else."""
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ModelError("this is no trace: it has half a character, as in \\ud800") from None


def _ours(itf: dict[str, Any]) -> None:
    """Refuse what another tool wrote, and what another version of ours did."""
    meta = itf.get("#meta")
    ours = meta.get("spillproof") if isinstance(meta, dict) else None
    if not isinstance(ours, dict):
        source = one_line(meta.get("source", ""), 60) if isinstance(meta, dict) else ""
        whose = f" (its source: {source})" if source else ""
        raise ModelError(f"this is an ITF trace, but none of spillproof's{whose}: it does not say what the heap was")
    version = _version(ours)
    if version > VERSION:
        raise ModelError(
            f"this trace is of version {version}, and this spillproof reads version {VERSION}: a newer one is needed"
        )
    if version < VERSION:
        raise ModelError(
            f"this trace is of version {version}, and this spillproof reads version {VERSION}: check the model again"
        )


def _version(ours: dict[str, Any]) -> int:
    version = ours.get("version", {"#bigint": "1"})
    digits = version.get("#bigint") if isinstance(version, dict) else None
    if not isinstance(digits, str) or not re.fullmatch(rf"[0-9]{{1,{DIGITS}}}", digits):
        raise ModelError("this is no trace of spillproof: its version is no number")
    return int(digits)


def _whole(itf: dict[str, Any]) -> None:
    """Compare with the schema that is shipped."""
    from jsonschema_rs import ValidationError

    try:
        _validator().validate(itf)
    except ValidationError as error:
        raise ModelError(f"this is no trace of spillproof: {_place(error.instance_path)}{_told(error)}") from None
    except ValueError as error:  # such as a depth that the validator does not go to
        raise ModelError(f"this is no trace of spillproof: {one_line(error)}") from None


def _place(path: list[str | int]) -> str:
    words = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return f"{one_line(words.removeprefix('.'), 80)}: " if words else ""


def _told(error: Any) -> str:
    """Return what is wrong; of a long value its end, for the reason stands after it."""
    return one_line(error.message if len(error.message) <= LONGEST else f"…{error.message[-LONGEST:]}")


@cache
def _validator() -> Any:
    from jsonschema_rs import validator_for

    return validator_for(schema())


def schema() -> dict[str, Any]:
    """Return the JSON Schema of our ITF."""
    found = json.loads(
        files("spillproof.counterexamples.export").joinpath("itf.schema.json").read_text(encoding="utf-8")
    )
    assert isinstance(found, dict)
    return found
