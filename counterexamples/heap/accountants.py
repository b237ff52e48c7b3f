"""What accounts for memory in a Java program, as a file says: which class, which fields, which consumers.

A file in TOML; docs/how-to/ask-a-heap-dump.md says what may be in it, and `spark.toml` beside this module is one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from spillproof.model.errors import ModelError

SHIPPED = Path(__file__).with_name("accountants")


@dataclass(frozen=True)
class Pool:
    """What all accountants of a kind share: as much as its capacity."""

    class_: str
    capacity: str
    """An expression: the bytes that there are."""
    accounted: tuple[str, ...] = ()
    """Expressions: the bytes that are counted as used, to be added up. None: what the consumers add up to."""


@dataclass(frozen=True)
class Accountant:
    """A class whose objects account for consumers."""

    name: str
    class_: str
    consumer: str
    """The class of its consumers."""
    accounted: str
    """An expression of a consumer: the bytes on its account."""
    label: str = ""
    """What an object of it is called: words, and fields in braces."""
    consumers: tuple[str, ...] = ()
    """Expressions that lead to collections of them."""
    back: str = ""
    """The field of a consumer that leads to its accountant."""
    pool: str = ""
    """The expression that leads to its pool."""
    unclaimed: int = 0
    """The bytes that a consumer may hold before it accounts for any."""
    estimate: float = 0.0
    """By what share an account may be less than what is there, where sizes are estimated."""
    stops: tuple[str, ...] = ()
    """Classes that belong to no consumer, whoever refers to them."""
    elsewhere: str = ""
    """An expression that is true of consumers whose bytes are not in the heap."""
    freed: str = ""
    """An expression that is true of consumers that gave all back: nothing is on their account then."""
    inside: tuple[str, ...] = ()
    """Classes that a collection of one's own is made of, to be passed through on the way to its consumers."""
    everywhere: bool = False
    """Whether all objects of the consumers' class are asked, wherever they are, if there is one accountant only."""
    whole: bool = True
    """Whether its consumers are shown one by one."""


@dataclass(frozen=True)
class Fault:
    """A known way to hold what is not accounted."""

    name: str
    title: str
    holder: str
    """The class whose objects can be so."""
    path: tuple[str, ...]
    """The fields that lead from there to what is held."""
    ends: str = ""
    """The class of what is there."""
    cut: str = ""
    """The reference to cut."""
    fixed: str = ""
    """In which release."""
    fix: str = ""
    """How."""
    story: str = ""
    """A run of the model that matches, in the gallery."""
    released: tuple[str, ...] = ()
    """Fields of the holder that are null once it has released."""
    told: tuple[str, ...] = ()
    """Fields of the holder of which one is true once it has released."""


@dataclass(frozen=True)
class Accounting:
    """What a file says."""

    name: str
    source: str
    accountants: tuple[Accountant, ...]
    pool: Pool | None = None
    faults: tuple[Fault, ...] = ()
    version: str = ""
    """An expression for the release of the program, in the statics of a class."""


def shipped() -> list[str]:
    """Return the names of the files that come with spillproof."""
    return sorted(each.stem for each in SHIPPED.glob("*.toml"))


def read(name: str | Path) -> Accounting:
    """Read a file, or one of those that come with spillproof by its name. Raises `ModelError` for what it cannot mean.

    >>> read("spark").accountants[0].class_
    'org.apache.spark.memory.TaskMemoryManager'
    """
    path = SHIPPED / f"{name}.toml" if str(name) in shipped() else Path(name)
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        known = ", ".join(shipped())
        raise ModelError(f"--accountant {name}: {error.strerror}; spillproof comes with {known}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ModelError(f"--accountant {name}: this is not TOML: {error}") from None
    return _accounting(told, str(name))


def _accounting(told: Mapping[str, Any], source: str) -> Accounting:
    known = {"name", "pool", "accountant", "fault", "version"}
    _only(told, known, source, "the file")
    accountants = told.get("accountant")
    if not isinstance(accountants, list) or not accountants:
        raise ModelError(f"--accountant {source}: there is no [[accountant]], which says what class accounts")
    return Accounting(
        str(told.get("name", Path(source).stem)),
        source,
        tuple(_made(Accountant, each, source, "[[accountant]]") for each in accountants),
        _made(Pool, told["pool"], source, "[pool]") if "pool" in told else None,
        tuple(_made(Fault, each, source, "[[fault]]") for each in told.get("fault", [])),
        str(told.get("version", "")),
    )


def _only(told: object, known: set[str], source: str, place: str) -> None:
    if not isinstance(told, Mapping):
        raise ModelError(f"--accountant {source}: {place} is not a table")
    for each in told:
        if each not in known:
            raise ModelError(f"--accountant {source}: {place} has {each!r}, and may have {', '.join(sorted(known))}")


def _made(kind: Any, told: Any, source: str, place: str) -> Any:
    """Return what a table says, each value of the type that it is to be."""
    by_name = {each.name.rstrip("_"): each for each in fields(kind)}
    _only(told, set(by_name), source, place)
    made = {}
    for name, value in told.items():
        wanted = str(by_name[name].type)
        if not _fits(value, wanted):
            raise ModelError(f"--accountant {source}: {name!r} in {place} is {value!r}; wanted is {WORDS[wanted]}")
        made[by_name[name].name] = tuple(value) if isinstance(value, list) else value
    try:
        return kind(**made)
    except TypeError as error:
        missing = ", ".join(each.strip("'").rstrip("_") for each in re.findall(r"'\w+'", str(error)))
        raise ModelError(f"--accountant {source}: {place} lacks {missing}") from None


WORDS = {
    "str": "a text", "int": "a whole number", "float": "a number", "bool": "true or false",
    "tuple[str, ...]": "a list of texts",
}  # fmt: skip


def _fits(value: object, wanted: str) -> bool:
    if wanted == "tuple[str, ...]":
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if wanted == "int":
        return isinstance(value, int) and not isinstance(value, bool) and value >= 0
    if wanted == "float":
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    return isinstance(value, {"str": str, "bool": bool}[wanted])
