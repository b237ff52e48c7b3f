"""An answer that is an invariant: true of every run, kept by every step from wherever it is true, and strong enough."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType
from typing import Any

from spillproof.counterexamples.course.by_claims import SECONDS, hint_of
from spillproof.counterexamples.course.exercise import Judged
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model
from spillproof.properties.claims import Claim, always


@dataclass(frozen=True)
class ByInduction:
    """Judges an invariant of the ledger, by the three questions that make a proof of it."""

    wants: str

    def __call__(self, answer: ModuleType) -> Judged:
        """Return the first of the three questions that has the wrong answer, with a run that shows it."""
        from spillproof.properties.engines.check import check  # as in `ByClaims`

        invariant, model = getattr(answer, self.wants), answer.Ledger
        found: list[str] = []
        for claim, start, words in questions(invariant):
            report = check(start(model)(), [claim], time_limit=SECONDS, witnesses=False)
            if report.exit_status() != 0:
                hint = f"{words}\n\n{hint_of(report, report.results)}"
                return Judged(False, (f"✗ {claim.sentence}", *found), hint)
            found.append(f"✓ {claim.sentence}")
        return Judged(True, tuple(found))


def anywhere(model: type[Model]) -> type[Model]:
    """Return the ledger, begun in a state of which nothing is known: as a step of an induction sees it."""
    return type(model.__name__, (model,), {"begin": _anywhere, "__module__": __name__})


def _itself(model: type[Model]) -> type[Model]:
    return model


def _anywhere(self: Any, limit: Bytes, free: Bytes, used: Bytes, held: Bytes) -> None:
    model: Any = type(self).__mro__[1]
    model.begin(self, limit)  # which builds the heap
    self.free, self.used, self.data.held = free - 1, used - 1, held - 1


def questions(invariant: Any) -> list[tuple[Claim, Any, str]]:
    """Return the questions: whether it is true in truth, whether it is kept, and whether it is enough."""

    @always
    def it_is_true(now: Any) -> bool:
        """It is true in every run."""
        return bool(invariant(now))

    @always
    def it_is_kept(before: Any, after: Any) -> bool:
        """Where it is true, it is true after every step."""
        return not invariant(before) or bool(invariant(after))

    @always
    def it_is_enough(now: Any) -> bool:
        """Where it is true, what is held is at most the limit."""
        return not invariant(now) or bool(now.data.held <= now.limit)

    return [(it_is_true, _itself, TOO_STRONG), (it_is_enough, anywhere, TOO_WEAK), (it_is_kept, anywhere, NOT_KEPT)]


TOO_STRONG = "It is too strong: this run is possible, and ends where it is false."

ONE_LESS = "(What is free, used and held begins at one less than is said here, so that it may be nothing.)"

TOO_WEAK = f"""\
It is too weak: it is true of this state, in which more is held than the limit. That no run
leads there does not help: a proof by induction knows of a state nothing but the invariant.
{ONE_LESS}"""

NOT_KEPT = f"""\
It is not inductive: it is true before the last step, and false after it. It may well be that
no run leads there; then the invariant has to say why not.
{ONE_LESS}"""
