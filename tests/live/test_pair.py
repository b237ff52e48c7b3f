"""Two steps at once: what either has done is expected, also where the other failed, or the value is gone by then."""

from pathlib import Path
from typing import Any

from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move
from spillproof.properties.live.offers import operations_of
from spillproof.properties.live.operations.operation import Effect
from spillproof.properties.live.own import step
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import Session


class Correct(Adapter):
    """Values in a dictionary; one is spilled by writing it, and then letting go of it."""

    faults = frozenset({"full_disk", "second_thread"})
    excused = (OSError,)

    def begin(self, folder: Path) -> None:
        self.folder = folder
        self.values: dict[str, Any] = {}

    def put(self, key: str, value: Any) -> None:
        self.values[key] = value

    def get(self, key: str) -> Any:
        return self.values[key] if key in self.values else (self.folder / key).read_bytes()

    def delete(self, key: str) -> None:
        self.values.pop(key, None)
        (self.folder / key).unlink(missing_ok=True)

    def keys(self) -> set[str]:
        return {*self.values, *(file.name for file in self.folder.iterdir())}

    def spill(self) -> int:
        key, value = next(reversed(self.values.items()), ("", None))
        if value is None:
            return 0
        try:
            (self.folder / key).write_bytes(value.bytes)
        except OSError:
            (self.folder / key).unlink(missing_ok=True)
            raise
        self.values.pop(key, None)
        return len(value)

    def accounted(self) -> int:
        return sum(map(len, self.values.values()))


def test_a_delete_counts_beside_a_spill_that_fails() -> None:
    """The disk is full, and writing b fails; a, which is deleted meanwhile, is expected no more, and is not read."""
    both = Move("spill_and_delete", "a", at=1)
    with measuring(Correct), Session(Correct, alone=True) as playing:
        for move in (Move("fill_disk"), Move("put", "a", 1), Move("put", "b", 1), both):
            playing.take(move)

        assert [event for event, _ in playing.steps[-1].events] == ["raises, as documented:"]
        assert set(playing.held) == {"b"}


def test_what_was_read_of_a_value_that_is_gone_is_not_compared() -> None:
    """A value that goes after it was read, and before it is looked at, is owed no more: its bytes are no claim's."""
    with measuring(Correct), Session(Correct, alone=True) as playing:
        playing.take(Move("put", "a", 1))
        seen = playing.look(Effect(read=("b", 512))).seen

        assert seen["records_owed"] == seen["records_readable"] == [1024]


class Eager(Correct):
    """The same, where a value is spilled at once."""

    def put(self, key: str, value: Any) -> None:
        super().put(key, value)
        self.spill()


def test_a_put_that_fails_beside_another_step_may_have_left_its_value() -> None:
    """The disk is full, and the value is there all the same: it is asked for, and it counts."""
    both = Move("put_and_spill", units=1, other="a", at=1)
    with measuring(Eager), Session(Eager, alone=True) as playing:
        for move in (Move("fill_disk"), both):
            playing.take(move)

        assert (set(playing.held), playing.unsure) == ({"a"}, {"a"})


def test_a_put_that_fails_says_nothing_of_what_the_other_step_is_about() -> None:
    """A value that is read while another is put, in vain, is expected as it was."""
    both = Move("put_and_get", "a", 1, other="b", at=1)
    with measuring(Eager), Session(Eager, alone=True) as playing:
        for move in (Move("put", "a", 2), Move("fill_disk"), both):
            playing.take(move)

        assert (playing.held["a"], playing.unsure) == ([(1, 2048)], {"b"})


class Begun(Correct):
    """The same, with steps of its own."""

    @step(alone=True)
    def begin_anew(self) -> None:
        self.values = dict(self.values)

    @step
    def count(self) -> None:
        assert self.accounted() >= 0


def test_a_step_that_is_alone_is_taken_beside_no_other_thread() -> None:
    """What another thread puts into the manager that is given up is lost with it, by no fault of that."""
    pairs = {name for name, each in operations_of(Begun).items() if each.at_once}

    assert "put_and_count" in pairs
    assert not any("begin_anew" in name for name in pairs)
