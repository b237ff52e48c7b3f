"""A scope in words, and names that do not exist."""

from enum import Enum
from typing import Literal

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.names import FEW, instead, unknown
from spillproof.model.quantity import Bytes
from spillproof.model.scope import Setting, read_scope, revived
from spillproof.model.system import Model


class Mode(Enum):
    """How a cache reads."""

    LAZY = "lazily"
    EAGER = "eagerly"


class Cache(Model):
    """Has an argument of each kind."""

    def begin(  # type: ignore[no-untyped-def] # noqa: PLR0917 - one of each
        self,
        room: Bytes,
        places: int = 1,
        mode: Mode = Mode.LAZY,
        tag: str = "",
        most: int | None = None,
        order: Literal["lru", "fifo"] = "lru",
        sizes: tuple[str, ...] = (),
        load=0.5,  # noqa: ANN001 - some write none
        *,
        checks: bool = False,
    ) -> None:
        """Begin."""


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("room=4096", 4096),
        ("places=3", 3),
        ("mode=EAGER", Mode.EAGER),
        ("tag=a=b", "a=b"),
        ("tag=", ""),
        ("most=7", 7),
        ("most=none", None),
        ("order=fifo", "fifo"),
        ("load=0.25", 0.25),
        ("checks=true", True),
        ("checks=False", False),
        (" places = 3 ", 3),
    ],
)
def test_a_value_is_read_by_its_annotation(word: str, value: object) -> None:
    """The annotation says what a text means; where there is none, the type of the default does."""
    (found,) = read_scope(Cache, [word]).values()

    assert (found, type(found)) == (value, type(value))


def test_a_number_or_nothing_says_both() -> None:
    """Where an annotation has a number beside a name, the line says that it takes either."""
    setting = Setting("after", int | None)

    assert setting.read("3") == 3
    assert setting.read("none") is None
    with pytest.raises(ModelError, match="after cannot be 'x': it takes a whole number or none"):
        setting.read("x")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["places=x"], "places cannot be 'x': it takes a whole number"),
        (["places=1.5"], "places cannot be '1.5': it takes a whole number"),
        (["room=big"], "room cannot be 'big': it takes a size: a whole number of at least 1"),
        (["mode=EGER"], "mode cannot be 'EGER': did you mean EAGER? available: LAZY, EAGER"),
        (["mode=eagerly"], "mode cannot be 'eagerly': did you mean EAGER? available: LAZY, EAGER"),
        (["checks=1"], "checks cannot be '1': available: true, false"),
        (["order=lifo"], "order cannot be 'lifo': did you mean fifo? available: lru, fifo"),
        (["sizes=1"], "sizes cannot be '1': it takes nothing that can be written in a line"),
        (["load=much"], "load cannot be 'much': it takes a number"),
        (["plces=1"], "Cache has no scope 'plces'; did you mean places? available: room, places, mode,"),
        (["places"], "'places' is not a part of a scope; write NAME=VALUE, such as room=3"),
        (["=3"], "'=3' is not a part of a scope; write NAME=VALUE"),
        (["places=1", "places=2"], "the scope 'places' is given twice"),
    ],
)
def test_what_is_wrong_with_a_scope_is_one_line(words: list[str], said: str) -> None:
    """The line says what there is."""
    with pytest.raises(ModelError) as caught:
        read_scope(Cache, words)

    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_a_trace_gives_its_scope_back() -> None:
    """A trace has the name of a member; what the model does not know is left out."""
    constants = {"mode": "EAGER", "places": 3, "checks": True, "tag": "x", "most": "None", "other": 1}

    assert revived(Cache, constants) == {"mode": Mode.EAGER, "places": 3, "checks": True, "tag": "x", "most": None}


def test_many_names_are_counted_and_not_listed() -> None:
    """A line lists a few names; of many it says how many there are, and which command lists them."""
    few, many = [f"model{n}" for n in range(FEW)], [f"model{n}" for n in range(FEW + 1)]

    assert unknown("model", "x", few, "list") == f"no model is called 'x'; available: {', '.join(few)}"
    assert unknown("model", "x", many, "list") == f"no model is called 'x'; `list` lists all {FEW + 1}"
    assert unknown("model", "x", [], "list") == "no model is called 'x'; available: none"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sprk@2.3.4", "did you mean spark@2.3.4 or spark@2.4.0? "),
        ("SPARK@2.3.4", "did you mean spark@2.3.4? "),
        ("rwa-map", "did you mean spark:raw-map@2.0.0? "),
        ("raw", "did you mean spark:raw-map@2.0.0? "),
        ("zzz", "available: "),
        ("", "available: "),
    ],
)
def test_what_was_meant_is_suggested(name: str, said: str) -> None:
    """A name that is like it, in whatever case, or that contains it."""
    assert instead(name, ["spark@2.3.4", "spark@2.4.0", "spark:raw-map@2.0.0"]).startswith(said)
