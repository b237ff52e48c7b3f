"""Steps that ask two for the same, or one in each way that there is: planted faults are told of, and nothing else."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples.replay.live.as_file import AsFile
from spillproof.counterexamples.replay.live.fsspec_between import Between
from spillproof.counterexamples.replay.live.memoized_calls import Called
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import played


def told(adapter: type[Adapter], *names: str) -> str:
    """What the last of some steps raises."""
    keyed = [Move("put", "a", 1)] if "ask_both" in names else []
    with measuring(adapter):
        steps = played(adapter, (*keyed, *(Move(name, "a" if name == "ask_both" else "") for name in names)), ())
    assert steps is not None
    return steps[-1].raised.removeprefix("AssertionError: ")


class Right(AsFile):
    """A file that is one."""

    def made(self, folder: Path) -> Any:
        return BytesIO()


class Short(BytesIO):
    """A file that cuts off one byte too many."""

    def truncate(self, size: int | None = None) -> int:
        return super().truncate(max(0, (self.tell() if size is None else size) - 1))


class Wrong(Right):
    def made(self, folder: Path) -> Any:
        return Short()


def test_a_file_that_does_something_else_is_told_of() -> None:
    """And one that does what a file does is not."""
    assert told(Wrong, "write", "cut") == "truncate() answers 4, and a file 5"
    for names in (("write", "cut"), ("write_much", "move"), ("write", "read_lines"), ("write", "overwrite"), ("ask",)):
        assert told(Right, *names) == ""


class Kept(Called):
    """A decorator that keeps results by all that a function is given."""

    def decorated(self, function: Callable[..., Any]) -> Callable[..., Any]:
        known: dict[Any, Any] = {}

        def asked(*given: Any, **more: Any) -> Any:
            key = self.key(given, more)
            if key not in known:
                known[key] = self.answered(function, given, more)
            return known[key]

        return asked

    def key(self, given: Any, more: Any) -> Any:
        """Return under what a result is kept."""
        return repr((given, sorted(more.items())))

    def answered(self, function: Callable[..., Any], given: Any, more: Any) -> Any:
        """Ask the function."""
        return function(*given, **more)


class Nameless(Kept):
    def key(self, given: Any, more: Any) -> Any:
        return repr((given, sorted(map(repr, more.values()))))


class AskedAgain(Kept):
    def answered(self, function: Callable[..., Any], given: Any, more: Any) -> Any:
        try:
            return function(*given, **more)
        except KeyError:
            return function(*given, **more)


class OfNobody(Kept):
    def key(self, given: Any, more: Any) -> Any:
        return super().key(given[1:], more)


@pytest.mark.parametrize(
    ("wrong", "name", "words"),
    [
        (Nameless, "ask_shapes", "defaults of () and {'a': 1} is given (None, 1)"),
        (AskedAgain, "ask_for_errors", "a function raises KeyError, and is asked 2 times"),
        (OfNobody, "ask_methods", "a method answers for another object"),
    ],
)
def test_a_decorator_that_confuses_calls_is_told_of(wrong: type[Adapter], name: str, words: str) -> None:
    """And one that tells them apart is not."""
    assert told(wrong, name) == words
    assert told(Kept, name) == ""


class Files:
    """A file system in a dictionary."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files

    def __getattr__(self, name: str) -> Any:
        """Answer whatever else is asked with what is in a file, and with what was given beside it."""
        return lambda path, *given: (name, self.files[path], given)

    def cat_file(self, path: str, start: Any = None, end: Any = None) -> bytes:
        return self.files[path][start:end]

    def rm_file(self, path: str) -> None:
        del self.files[path]

    def open(self, path: str, mode: str) -> Any:
        return Written(self.files, path, mode)


class Written(BytesIO):
    """A file that is stored when it is closed."""

    def __init__(self, files: dict[str, bytes], path: str, mode: str) -> None:
        super().__init__(b"" if mode == "wb" else files[path])
        self.seek(0, 2 if mode == "ab" else 0)
        self.files, self.path = files, path

    def close(self) -> None:
        if not self.closed:
            self.files[self.path] = self.getvalue()
        super().close()


class Forgetful(Files):
    """A cache that begins a file anew which is to be added to, and reads no blocks."""

    def open(self, path: str, mode: str) -> Any:
        return super().open(path, "wb" if mode == "ab" else mode)

    def read_block(self, path: str, *given: Any) -> Any:
        return ()


class Through(Between, Adapter):
    """The adapter."""

    kind = Files

    def begin(self, folder: Path) -> None:
        files = {"/a": b"what is in a file"}
        self.paths = {"a": "/a"}
        self.remote, self.cached = Files(files), self.kind(files)

    def put(self, key: str, value: Any) -> None:
        """Do nothing with a value: the steps are below."""

    def accounted(self) -> int:
        return 0


class ThroughForgetful(Through):
    kind = Forgetful


def test_a_cache_that_answers_something_else_than_what_is_below_is_told_of() -> None:
    """And one that passes all on is not."""
    assert told(ThroughForgetful, "write_on") == "ab: something else is in the file"
    assert told(ThroughForgetful, "ask_both") == "read_block answers something else"
    for name in ("write_on", "ask_both"):
        assert told(Through, name) == ""
