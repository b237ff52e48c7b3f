"""What an engine answers. Never a bool: each verdict says what it covers and what it does not, and none is truthy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from spillproof.model.system import Model
from spillproof.properties.claims import Claim
from spillproof.properties.engines.run import Run

if TYPE_CHECKING:
    from spillproof.properties.engines.proof.certificate import Certificate

Word = Literal["violated", "proved", "holds", "not-found", "unknown", "disputed"]


@dataclass(frozen=True)
class Verdict:
    """The answer of an engine to one claim about one model at one scope."""

    word: ClassVar[Word]

    def __bool__(self) -> bool:
        """Return False: ask which verdict it is, not whether it is true."""
        return False

    def sentence(self) -> str:
        """Return what is known, and what was not covered."""
        raise NotImplementedError


@dataclass(frozen=True)
class Violated(Verdict):
    """A run on integers ends in a state, or with a step, for which the claim is false."""

    word = "violated"
    run: Run
    objects: int
    """Heap objects that are live at the end of the run."""
    bytes: int
    """The sum of all sizes that the run was given."""
    minimal: str = ""
    """What certifies that no run has fewer steps, then objects, then bytes. Empty where nothing does."""

    def sentence(self) -> str:
        how = f"shortest: {self.minimal}" if self.minimal else "that no shorter run exists was not certified"
        return f"violated in {len(self.run)} steps ({how})"


@dataclass(frozen=True)
class Never(Verdict):
    """For a `sometimes` claim: no run makes it true, so the claim that it stands beside is vacuous."""

    word = "violated"
    covers: str
    """The scope for which this was proved."""

    def sentence(self) -> str:
        return f"never happens, proved for {self.covers}: the claim beside it says nothing here"


@dataclass(frozen=True)
class Proved(Verdict):
    """True for every run at this scope, of any length; for a `sometimes` claim: there is a run."""

    word = "proved"
    covers: str
    """The scope, in words: which constants are fixed, and that sizes and steps are unbounded."""
    certificate: Certificate | Run | None
    """An inductive invariant, or for a `sometimes` claim the run that shows it."""
    confirmed_by: tuple[str, ...] = ("Z3",)
    """The solvers that confirmed the certificate."""
    remark: str = ""
    """What kept another solver from it, if one was asked."""

    def sentence(self) -> str:
        if isinstance(self.certificate, Run):
            return f"seen in {len(self.certificate)} steps"
        return f"proved for {self.covers}"


@dataclass(frozen=True)
class Holds(Verdict):
    """True for every run within bounds that were searched completely."""

    word = "holds"
    bounds: str
    """The bounds: sizes, steps."""

    def sentence(self) -> str:
        return f"holds for {self.bounds}; nothing is said beyond"


@dataclass(frozen=True)
class NotFound(Verdict):
    """No violation among runs that were tried at random. Not a proof of anything."""

    word = "not-found"
    tried: str
    """How many examples of which length."""

    def sentence(self) -> str:
        return f"no violation found in {self.tried}; this proves nothing"


@dataclass(frozen=True)
class Unknown(Verdict):
    """The engine gave up."""

    word = "unknown"
    why: str
    depth: int = -1
    """No run of at most this many steps violates the claim. -1 where not even that is known."""

    def sentence(self) -> str:
        known = f"no violation within {self.depth} steps" if self.depth >= 0 else "nothing is known"
        return f"unknown: {self.why}; {known}"


@dataclass(frozen=True)
class Disputed(Verdict):
    """The engines disagree: a verdict that was contradicted, and is withdrawn."""

    word = "disputed"
    withdrawn: Verdict
    why: str
    """What contradicts it."""
    run: tuple[str, ...] = ()
    """The run that does so, a line a step, the beginning first."""

    def sentence(self) -> str:
        return f"the engines disagree: {self.withdrawn.sentence()}, but {self.why}"


@dataclass(frozen=True)
class Result:
    """One claim, the verdict on it, who gave it, and how long it took."""

    claim: Claim
    verdict: Verdict
    engine: str
    seconds: float


@dataclass
class Report:
    """The verdicts on every claim that was asked of a model."""

    model: Model
    results: list[Result] = field(default_factory=list)
    interrupted: bool = False

    def of(self, claim: Claim | str) -> Verdict:
        """Return the verdict on a claim, given by itself or by name. Raises `KeyError` when it was not asked."""
        name = claim if isinstance(claim, str) else claim.name
        for result in self.results:
            if result.claim.name == name:
                return result.verdict
        raise KeyError(name)

    def violated(self) -> list[Result]:
        """Return the results that are violations."""
        return [result for result in self.results if result.verdict.word == "violated"]

    def exit_status(self) -> int:
        """Return 0 when all hold, 1 when something is violated, 3 when nothing is but something was not found out.

        70 when the engines disagree, whatever else is known: then something is wrong with spillproof or with the model.
        """
        words = {result.verdict.word for result in self.results}
        if "disputed" in words:
            return 70
        if "violated" in words:
            return 1
        return 3 if words & {"unknown", "not-found"} or self.interrupted else 0

    def assert_holds(self) -> None:
        """Raise `AssertionError` unless every claim holds; its message tells the counterexamples, for a person."""
        __tracebackhide__ = True
        if self.exit_status() != 0:
            from spillproof.properties.engines.story.telling import tell  # it tells of what is defined here

            raise AssertionError(tell(self))  # pyright: ignore[reportArgumentType] # two names of one file
