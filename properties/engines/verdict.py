"""What an engine answers. Never a bool: each verdict says what it covers and what it does not, and none is truthy."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from spillproof.model.names import counted
from spillproof.model.notebook import as_html
from spillproof.model.system import Model
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.run import Run
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.unasked import Unasked

if TYPE_CHECKING:
    from spillproof.properties.engines.proof.certificate import Certificate

Word = Literal["violated", "proved", "holds", "not-found", "unknown", "refused", "disputed"]


@dataclass(frozen=True, repr=False)
class Verdict:
    """The answer of an engine to one claim about one model at one scope."""

    word: ClassVar[Word]

    def __bool__(self) -> bool:
        """Return False: ask which verdict it is, not whether it is true."""
        return False

    def sentence(self) -> str:
        """Return what is known, and what was not covered."""
        raise NotImplementedError

    def __repr__(self) -> str:
        """Return the kind of the verdict and its sentence: `<Proved: proved for any capacity>`."""
        return f"<{type(self).__name__}: {self.sentence()}>"

    def __str__(self) -> str:
        """Return what is known, and of a violation its run, as the command tells it."""
        return self.sentence()

    def _repr_html_(self) -> str:
        return as_html(str(self))


@dataclass(frozen=True, repr=False)
class Violated(Verdict):
    """A run on integers ends in a state, or with a step, for which the claim is false."""

    word = "violated"
    run: Run
    """As it can be replayed."""
    objects: int
    """Heap objects that are live at the end of the run."""
    bytes: int
    """The sum of all sizes that the run was given."""
    minimal: str = ""
    """What certifies that no run has fewer steps, then objects, then bytes. Empty where nothing does."""
    least: bool = True
    """Whether that says something of objects and bytes as well; else of steps alone."""
    within: str = ""
    """The bounds within which it is the shortest, such as `sizes up to 2`; empty where there are none."""
    ruled_out: int = -1
    """Where nothing certifies it: every run of at most so many steps was ruled out all the same."""

    def uncertified(self) -> str:
        """Return that it may not be the shortest, and how short a shorter run cannot be."""
        steps = counted(self.ruled_out, "step")
        known = f", but every run of at most {steps} was ruled out" if self.ruled_out >= 0 else ""
        return f"that no shorter run exists was not certified{known}"

    def sentence(self) -> str:
        how = f"shortest: {self.minimal}" if self.minimal else self.uncertified()
        return f"violated in {counted(len(self.run), 'step')} ({how})"

    def __str__(self) -> str:
        return f"{self.sentence()}\n\n{self.run}"


@dataclass(frozen=True, repr=False)
class Never(Verdict):
    """For a `sometimes` claim: no run makes it true, so the claim that it stands beside is vacuous."""

    word = "violated"
    covers: str
    """The scope for which this was proved."""

    def sentence(self) -> str:
        return f"never happens, proved for {self.covers}: the claim beside it says nothing here"


@dataclass(frozen=True, repr=False)
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
    extent: str = "all sizes, any number of steps"
    """How far it goes, in the few words of a table."""
    provided: str = ""
    """What it rests on that no machine has proved."""

    def sentence(self) -> str:
        if isinstance(self.certificate, Run):
            return f"seen in {counted(len(self.certificate), 'step')}"
        return f"proved for {self.covers}{f', provided that {self.provided}' if self.provided else ''}"


NATURAL = ", in runs in which no counter is negative"
"""What is said of a verdict where a step may make a counter negative: no run goes on from there."""


@dataclass(frozen=True, repr=False)
class Holds(Verdict):
    """True for every run within bounds that were searched completely."""

    word = "holds"
    bounds: str
    """The bounds: sizes, steps."""

    def sentence(self) -> str:
        return f"holds for {self.bounds}; nothing is said beyond"


@dataclass(frozen=True, repr=False)
class NotFound(Verdict):
    """No violation among runs that were tried at random. Not a proof of anything."""

    word = "not-found"
    tried: str
    """How many examples of which length."""

    def sentence(self) -> str:
        return f"no violation found in {self.tried}; this proves nothing"


@dataclass(frozen=True, repr=False)
class Unknown(Verdict):
    """The engine gave up."""

    word = "unknown"
    why: str
    """What ended the search, such as that the time was up."""
    depth: int = -1
    """No run of at most this many steps violates the claim (or shows the witness). -1 where not even that is known."""

    def sentence(self) -> str:
        known = f"no violation within {counted(self.depth, 'step')}" if self.depth >= 0 else "nothing is known"
        return f"unknown: {self.why}; {known}"


@dataclass(frozen=True, repr=False)
class Refused(Verdict):
    """The claim cannot be asked: it answers something else than True or False, raises, or changes what it looks at."""

    word = "refused"
    why: str
    """The claim, its line, what was seen and what to write instead."""

    def sentence(self) -> str:
        return f"refused: {self.why}"


@dataclass(frozen=True, repr=False)
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
    """Which of them gave it."""
    seconds: float


@dataclass(repr=False)
class Report:
    """The verdicts on every claim that was asked of a model."""

    model: Model
    """At the scope that was checked."""
    results: list[Result] = field(default_factory=list)
    """One for each claim, in the order in which they were asked."""
    interrupted: bool = False
    """Whether the check was ended before everything was known."""
    validated: Validated | None = None
    """How much of what the verdicts rest on was compared with the model on integers. None without an automaton."""
    unasked: list[Unasked] = field(default_factory=list)
    """The claims that were not asked, and why."""
    hints: list[str] = field(default_factory=list)
    """What would make the model smaller, if its author can say so: a sentence each."""
    any_number_of: str = ""
    """The scope of which every number was asked about; the model has the number at which runs were looked for."""

    def __repr__(self) -> str:
        """Return the command's last line: `<Report: ✓ Cache: of 4 claims, 4 proved>`."""
        from spillproof.properties.engines.story.report_text import summary  # it tells of what is defined here

        return f"<Report: {' '.join(summary(self).split())}>"  # pyright: ignore[reportArgumentType] # two names of one file

    def __str__(self) -> str:
        """Return all that the command prints."""
        from spillproof.properties.engines.story.report_text import tell

        return tell(self)  # pyright: ignore[reportArgumentType] # two names of one file

    def _repr_html_(self) -> str:
        return as_html(str(self))

    def of(self, claim: Claim | str) -> Verdict:
        """Return the verdict on a claim, given by itself or by name. Raises `KeyError` when it was not asked."""
        for result in self.results:
            if claim in (result.claim, result.claim.name):
                return result.verdict
        raise KeyError(claim if isinstance(claim, str) else claim.name)

    def violated(self) -> list[Result]:
        """Return the results that are violations."""
        return [result for result in self.results if result.verdict.word == "violated"]

    def refused(self) -> list[Result]:
        """Return the results of claims that could not be asked."""
        return [result for result in self.results if isinstance(result.verdict, Refused)]

    def slips(self) -> list[Unasked]:
        """Return the claims that somebody meant to be asked, and that were not."""
        return [each for each in self.unasked if each.is_slip]

    def exit_status(self) -> int:
        """Return what a script is told; the first of these that is true.

        70: the engines disagree, so that something is wrong with spillproof or with the model. 1: something is
        violated. 2: what was asked cannot be done, as each claim that was asked is refused. 3: nothing is violated, but
        something was not found out: a claim is unknown, not seen to be violated or refused, or was not asked by a slip,
        or nothing was asked at all, or the check was interrupted. 0: all hold.
        """
        if any(result.verdict.word == "disputed" for result in self.results):
            return 70
        if self.violated():
            return 1
        if self.refused() and len(self.refused()) == len(_of_interest(self.results)):
            return 2
        words = {result.verdict.word for result in self.results}
        unfinished = words & {"unknown", "not-found", "refused"} or self.slips() or self.interrupted
        return 3 if unfinished or not self.results else 0

    def assert_holds(self) -> None:
        """Raise `AssertionError` unless every claim holds and was asked.

        The first line of its message is the news: which claim, in how many steps, and which is guilty; then all the
        rest, for a person.
        """
        __tracebackhide__ = True
        if self.exit_status() != 0:
            from spillproof.properties.engines.story.news import failed  # it tells of what is defined here

            raise failed(self)  # pyright: ignore[reportArgumentType] # two names of one file


def _of_interest(results: list[Result]) -> list[Result]:
    """Return the results on claims, or where there is none those on witnesses."""
    return [each for each in results if each.claim.mode is not Mode.SOMETIMES] or results
