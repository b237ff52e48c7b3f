"""What is known of a claim about running code. As everywhere: never a bool, and each says what it does not cover."""

from __future__ import annotations

from dataclasses import dataclass, field

from spillproof.model.names import counted
from spillproof.model.notebook import as_html
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.verdict import Unknown, Verdict
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.holders import Chain
from spillproof.properties.live.move import Script
from spillproof.properties.live.session import Seen


@dataclass(frozen=True, repr=False)
class Falsified(Verdict):
    """A run on the real thing, taken several times, ends with a step at which the claim is false."""

    word = "violated"
    script: Script
    steps: tuple[Seen, ...]
    paths: tuple[Chain, ...]
    """What keeps the values reachable that are counted free."""
    minimal: str = ""
    also: tuple[Falsified, ...] = ()
    """Runs that violate it with a step of another kind: perhaps another defect."""

    def sentence(self) -> str:
        how = f"shortest: {self.minimal}" if self.minimal else "that no shorter run exists was not certified"
        return f"violated in {counted(len(self.script), 'step')} ({how})"

    def __str__(self) -> str:
        from spillproof.properties.live.live_text import counterexample  # it tells of what is defined here

        return "\n".join([f"{self.sentence()}", "", *counterexample(self)])  # pyright: ignore[reportArgumentType] # two names of one file


@dataclass(frozen=True, repr=False)
class Shown(Verdict):
    """For a `sometimes` claim: a random run shows it."""

    word = "holds"
    runs: int
    """In how many of them."""

    def sentence(self) -> str:
        return f"seen in {self.runs} runs"


@dataclass(frozen=True, repr=False)
class NotAsked(Verdict):
    """For a claim about memory that was not violated: there is none to speak of, so that this says nothing."""

    word = "unknown"
    reason: str

    def sentence(self) -> str:
        return f"not asked: {self.reason}"


DECLARED = NotAsked("the adapter says has_memory = False")
ON_DISK = NotAsked("everything is on disk")


@dataclass(frozen=True)
class LiveResult:
    """One claim, and the verdict on it."""

    claim: Claim
    verdict: Verdict


@dataclass(repr=False)
class LiveReport:
    """The verdicts on every claim that was asked of a running manager."""

    adapter: type[Adapter]
    results: list[LiveResult]
    small: int
    """How many of the smallest runs were taken."""
    runs: int
    """How many random runs."""
    steps: int
    """Of how many steps in all."""
    seconds: float
    versions: dict[str, str] = field(default_factory=dict)
    parted: int = 0
    """How often a run did not go as it had gone before: the manager has threads, or a clock, or chance of its own."""

    def __repr__(self) -> str:
        """Return the last line of what is told."""
        from spillproof.properties.live.live_text import summary  # it tells of what is defined here

        return f"<LiveReport: {' '.join(summary(self).split())}>"  # pyright: ignore[reportArgumentType] # two names of one file

    def __str__(self) -> str:
        """Return all that a person wants to know."""
        from spillproof.properties.live.live_text import tell

        return tell(self)  # pyright: ignore[reportArgumentType] # two names of one file

    def _repr_html_(self) -> str:
        return as_html(str(self))

    @property
    def tried(self) -> str:
        """Return in words how far was looked."""
        words = f"{self.small} smallest runs and {self.runs} at random, {self.steps:,} steps in all"
        return f"{words}; {self.parted} went another way when repeated" if self.parted else words

    def of(self, claim: Claim | str) -> Verdict:
        """Return the verdict on a claim, given by itself or by name. Raises `KeyError` when it was not asked."""
        name = claim if isinstance(claim, str) else claim.name
        for result in self.results:
            if result.claim.name == name:
                return result.verdict
        raise KeyError(name)

    def unasked(self) -> list[LiveResult]:
        """Return the `always` claims that were not asked, as there is no memory to speak of."""
        return [each for each in self.results if isinstance(each.verdict, NotAsked) and each.claim.mode is Mode.ALWAYS]

    def violated(self) -> list[LiveResult]:
        """Return the results that are violations."""
        return [result for result in self.results if isinstance(result.verdict, Falsified)]

    def vacuous(self) -> list[LiveResult]:
        """Return the `sometimes` claims that no run showed, so that those beside them say nothing."""
        return [each for each in self.results if each.claim.mode is Mode.SOMETIMES and not is_shown(each.verdict)]

    def unknown(self) -> list[LiveResult]:
        """Return the results of which nothing is known, as their runs did not repeat."""
        return [result for result in self.results if isinstance(result.verdict, Unknown)]

    def assert_not_falsified(self) -> None:
        """Raise `AssertionError` where a claim is violated, vacuous or unknown; its message is for a person."""
        __tracebackhide__ = True
        if self.violated() or self.vacuous() or self.unknown():
            raise AssertionError(str(self))


def is_shown(verdict: Verdict) -> bool:
    """Return whether a `sometimes` claim was seen to be true, or not asked."""
    return isinstance(verdict, (Shown, NotAsked))
