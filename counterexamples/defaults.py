"""Defaults for the options of `check`: the table `[tool.spillproof]` of the nearest pyproject.toml that has one.

It is looked for in the working folder and above it, and read once an option is asked for that was not given.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from spillproof.model.errors import ModelError
from spillproof.model.names import unknown

KEYS = ("certify", "claim", "engine", "force", "max-steps", "out", "seed", "time-limit")
"""The options that a project may set. A model, its scope and its fixes are what is asked, and `--json` who asks."""

TABLE = "[tool.spillproof]"


class Defaults(Mapping[str, Any]):
    """The defaults of a project for a command, by the names of its parameters.

    Raises `ModelError`, in one line with the file, where one is looked up and the table has anything wrong.
    """

    def __init__(self, command: click.Command, folder: Path) -> None:
        self._command = command
        self._folder = folder

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    @cached_property
    def _values(self) -> dict[str, Any]:
        file, table = nearest(self._folder)
        options = {name.removeprefix("--"): each for each in self._command.params for name in each.opts}
        return {str(options[key].name): _value(file, key, options[key], value) for key, value in table.items()}


def nearest(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return the nearest file with the table, in a folder or above it, and the table; an empty one where none has."""
    for place in (folder, *folder.parents):
        file = place / "pyproject.toml"
        table = _table(file) if file.is_file() else None
        if table is not None:
            return file, _known(file, table)
    return folder, {}


def _table(file: Path) -> Any:
    """Return the table of a file; None where it has none, or cannot be read and does not seem to have one."""
    try:
        written = file.read_bytes()
    except OSError:
        return None
    letters = written.replace(b"\0", b"")  # UTF-16 has one beside each
    if b"spillproof" not in letters:
        return None
    try:
        tool = tomllib.loads(written.decode("utf-8-sig")).get("tool")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        if b"tool.spillproof" not in letters:
            return None
        raise ModelError(f"{file} is not TOML: {error}") from None
    return tool.get("spillproof") if isinstance(tool, dict) else None


def _known(file: Path, table: Any) -> dict[str, Any]:
    if not isinstance(table, dict):
        raise ModelError(f"{file}: {TABLE} is not a table")
    for key in table:
        if key not in KEYS:
            raise ModelError(f"{file}: {TABLE}: {unknown('setting', key, KEYS)}")
    return table


def _value(file: Path, key: str, option: click.Parameter, value: Any) -> Any:
    """Return a value as the option takes it from a command line."""
    given = _as_words(file, key, option, value)
    try:
        option.process_value(click.Context(click.Command("check")), given)
    except click.BadParameter as error:
        raise ModelError(f"{file}: {TABLE}: {key} {_wrong(error, value)}") from None
    return given


def _wrong(error: click.BadParameter, value: Any) -> str:
    message = error.message.rstrip(".")
    return message if message.startswith("must be") else f"cannot be {value!r}: {message}"


def _as_words(file: Path, key: str, option: click.Parameter, value: Any) -> Any:
    assert isinstance(option, click.Option)
    if option.is_flag:
        wanted, fits, words = "true or false", isinstance(value, bool), value
    elif option.multiple:
        wanted, fits = "a list of names", isinstance(value, list) and all(isinstance(each, str) for each in value)
        words = tuple(value) if fits else ()
    else:
        wanted, fits = "a number or a text", isinstance(value, (int, float, str)) and not isinstance(value, bool)
        words = str(file.parent / str(value)) if key == "out" else str(value)
    if not fits:
        raise ModelError(f"{file}: {TABLE}: {key} must be {wanted}, not {value!r}")
    return words
