"""What somebody writes who writes an adapter for the first time: each slip is one line, which says what to write."""

from pathlib import Path
from typing import Any, ClassVar

import pytest

from spillproof.model.errors import ModelError
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.live_check import check_live
from spillproof.properties.live.move import Move
from spillproof.properties.live.session import played


class Honest(Adapter):
    """Keeps values, and accounts for them."""

    def begin(self, folder: Path) -> None:
        self.values: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value

    def get(self, key: str) -> Any:
        return self.values[key]

    def accounted(self) -> int:
        return sum(len(value) for value in self.values.values())


class NoAccount(Adapter):
    def begin(self, folder: Path) -> None:
        pass

    def put(self, key: str, value: Any) -> None:
        pass


class DropsUnseen(Honest):
    drops = True


class DropsWhat(DropsUnseen):
    def keys(self) -> Any:
        return None


class DropsInTurn(DropsUnseen):
    def keys(self) -> Any:
        raise RuntimeError("changed")


class Immeasurable(Honest):
    measured_by: ClassVar[Any] = int


@pytest.mark.parametrize(
    ("adapter", "said"),
    [
        (NoAccount, r"NoAccount has no method accounted; begin, put and accounted are needed"),
        (DropsUnseen, r"DropsUnseen says drops = True, and has no method keys: .*; return from keys\(\) the keys"),
        (DropsWhat, r"DropsWhat\.keys\(\) returned None; it is to return the keys that it has, in a list"),
        (
            DropsInTurn,
            r"DropsInTurn\.keys raises RuntimeError: changed \(test_own_mistakes\.py:\d+\); it must not",
        ),
        (Immeasurable, r"Immeasurable\.measured_by is <class 'int'>, which is not a measure; write Ledger or Traced"),
        (Honest(), r"<.*Honest object at .*> is not a subclass of Adapter; .* give the class itself"),
        (dict, r"<class 'dict'> is not a subclass of Adapter; write class MyStore\(Adapter\)"),
    ],
    ids=["accounted", "keys", "none", "raises", "measure", "instance", "dict"],
)
def test_a_slip_is_one_line(adapter: Any, said: str) -> None:
    """What is missing, or is not what it should be, is said with what to write instead."""
    with pytest.raises(ModelError, match=said) as caught:
        check_live(adapter, examples=2)

    assert "\n" not in str(caught.value)


class Unhinged(Honest):
    """Has no account any more once something was deleted."""

    def delete(self, key: str) -> None:
        del self.values


class Unlisted(Honest):
    """Cannot say which keys there are once something was deleted."""

    drops = True

    def delete(self, key: str) -> None:
        self.rest: Any = self.values.pop(key)

    def keys(self) -> Any:
        return self.rest.keys() if hasattr(self, "rest") else [*self.values]


@pytest.mark.parametrize(
    ("adapter", "said"),
    [
        (Unhinged, "AttributeError: 'Unhinged' object has no attribute 'values', in accounted()"),
        (Unlisted, "AttributeError: 'Payload' object has no attribute 'keys', in keys()"),
    ],
)
def test_what_can_be_asked_no_more_is_the_doing_of_a_step(adapter: type[Adapter], said: str) -> None:
    """A manager that has answered, and after a step raises something instead, is told of as one that raises."""
    steps = played(adapter, (Move("put", "a", 1), Move("delete", "a")), ())

    assert steps is not None
    assert [step.raised for step in steps] == ["", "", said]


class Misses(Honest):
    """Says by None that it has a value no more, as `dict.get` does."""

    def get(self, key: str) -> Any:
        return None


def test_what_is_not_given_back_is_lost() -> None:
    """A manager that returns None for a value that it ought to have has lost it, and has raised nothing."""
    report = check_live(Misses, ["no_record_lost_or_repeated", "no_exception"], examples=2)

    assert [result.claim.name for result in report.violated()] == ["no_record_lost_or_repeated"]
    assert "\n    No record is lost" in str(report)
