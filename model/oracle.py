"""Who decides what a model leaves open: the truth of a condition on unknown sizes, and the environment's choices.

An engine installs an oracle for the time of one step. Without one, the model runs on plain integers and has no choice
to make, or says that it needs an engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NoReturn, TypeVar

from spillproof.model.errors import ModelError, Require, model_line

Option = TypeVar("Option")


class Oracle:
    """Decides one run. An engine overrides what it can answer.

    Conditions and expressions are those of `quantity`, which imports this module and is not imported by it.
    """

    doing: str = "none"
    """The action that is being taken, for messages."""

    ended_by: BaseException | None = None
    """What ended the step first: a guard, a refusal, a needed quantity. It counts even if the model catches it."""

    texts: tuple[tuple[str, str], ...] = ()
    """The texts that were made of sizes, each with the model's line, but for those that only a person will read."""

    def abandon(self, why: BaseException) -> NoReturn:
        """End the step by raising `why`, whatever the model catches."""
        if self.ended_by is None:
            self.ended_by = why
        raise why

    def begin_step(self) -> None:
        """Forget what ended the step before."""
        self.ended_by, self.texts = None, ()

    def end_step(self, raised: BaseException | None = None) -> None:
        """Raise again what ended the step, if the model caught it; refuse text of a size that was not raised."""
        if self.ended_by is not None:
            raise self.ended_by
        said = "" if raised is None else f" {raised}"  # text of a size alone would be no plain text
        for text, line in self.texts:
            if text not in said:
                message = (
                    f"{line}: text is made of the size {text}, and what an unknown size reads as is not known; compare "
                    f"the size, not its text; make text where it is raised, announced or printed (action: {self.doing})"
                )
                raise ModelError(message)

    def note_text(self, text: str) -> None:
        """Take note that text was made of a size. Without an engine, nobody minds."""

    def decide(self, condition: Any) -> bool:
        """Return the truth of a condition on unknown sizes."""
        self.abandon(ModelError(f"{model_line()}: {condition!r} compares sizes that are unknown here"))

    def choose(self, options: int) -> int:
        """Return which of `options` (2 or more) possibilities the environment takes, from 0."""
        words = f"the environment has {options} choices here and nobody to make one; use an engine"
        self.abandon(ModelError(f"{model_line()}: {words}"))

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:  # noqa: ARG002 - for those who ignore best
        """Return which of `options` is taken, where a heuristic holds those in `best()` to be equally best.

        An engine that proves may take any: what it proves then holds whatever the heuristic says.
        """
        preferred = best()
        return preferred[0] if len(preferred) == 1 else preferred[self.choose(len(preferred))]

    def quotient(self, dividend: Any, divisor: int) -> Any:
        """Return `dividend // divisor`."""
        self.abandon(ModelError(f"{model_line()}: ({dividend!r}) // {divisor} divides a size that is unknown here"))

    def name(self, symbol: int) -> tuple[str, int]:
        """Return what to call an unknown in a message, and how much less than what is so called it is."""
        return f"q{symbol}", 0

    def note(self, event: str, details: dict[str, object]) -> None:
        """Take note of something that the model announces, such as a release. Nobody needs to listen."""


_nobody = Oracle()
_running: Oracle = _nobody


def running() -> Oracle:
    """Return the oracle of the present run."""
    return _running


def name_of(symbol: int) -> tuple[str, int]:
    """Return what the present run calls an unknown, and how much less than what is so called it is."""
    return _running.name(symbol)


class consulting:  # noqa: N801 - it is used as a function is; a generator would take three times as long
    """Let `oracle` decide while the block runs."""

    __slots__ = ("before", "oracle")

    def __init__(self, oracle: Oracle) -> None:
        self.oracle = oracle

    def __enter__(self) -> None:
        global _running  # one run at a time, and comparisons have no argument to pass an oracle in
        self.before, _running = _running, self.oracle

    def __exit__(self, *_error: object) -> None:
        global _running  # noqa: PLW0603 - likewise
        _running = self.before


def refuse() -> NoReturn:
    """Refuse the step: a guard is false."""
    _running.abandon(Require())


def refuse_slip(words: str) -> NoReturn:
    """End the step with what its author has written wrongly, and where."""
    _running.abandon(ModelError(f"{model_line()}: {words}"))


def choose(options: Sequence[Option]) -> Option:
    """Return one of `options`; which one is the environment's choice, and engines try them all.

    Of a step that was refused, whatever it catches, nothing is chosen any more. Raises `IndexError` when there is none,
    and `ModelError` for what is no row of options.
    """
    _refuse_no_row(options)
    if _nobody_chooses(options):
        return options[0]
    return options[_running.choose(len(options))]


def _refuse_no_row(options: object) -> None:
    """Raise `ModelError` for options that are not numbered: a set, a Bag, a dict, a generator."""
    if not hasattr(options, "__getitem__") or isinstance(options, Mapping):
        instead = "sorted(…)" if isinstance(options, (set, frozenset)) else "[*…]"
        refuse_slip(f"choose takes a list of options, and is given a {type(options).__name__}; write choose({instead})")


def _nobody_chooses(options: Sequence[object]) -> bool:
    """Return whether the first is taken: of one option, or where the step was refused and the model caught that."""
    is_over = _running.ended_by is not None and _running is not _nobody
    return is_over or len(options) < 2  # noqa: PLR2004 - one option is no choice


def preferred(options: Sequence[Option], best: Callable[[], Sequence[Option]]) -> Option:
    """Return the one of `options` that a heuristic prefers: one of `best()`, which the environment chooses from.

    For an order that claims should not depend on, such as who is asked to spill first: a proof may take any option.
    Raises `IndexError` when there is none.
    """
    if _nobody_chooses(options):
        return options[0]

    def places() -> list[int]:
        found: object = best()
        wanted = [*found] if isinstance(found, Iterable) else []
        named = [place for place, option in enumerate(options) if any(option is each for each in wanted)]
        if not named:
            words = f"the heuristic prefers {found!r}, which names none of the {len(options)} options"
            _running.abandon(ModelError(f"{model_line()}: {words}; it returns a list of some of them"))
        return named

    return options[_running.prefer(len(options), places)]


def announce(event: str, **details: object) -> None:
    """Tell whoever listens that something happened, such as `announce("release", consumer=…, size=…)`."""
    _running.note(event, details)
