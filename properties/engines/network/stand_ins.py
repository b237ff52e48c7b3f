"""What does each folded step, looked for once for all steps that are the same but for the names of their unknowns."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from spillproof.properties.engines.automaton.linear import substitute
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.network.fold import Folded
from spillproof.properties.engines.network.folded_step import FoldedStep
from spillproof.properties.engines.network.images import Folding, Readings
from spillproof.properties.engines.network.premise import Premise
from spillproof.properties.engines.network.spelled_step import spelled
from spillproof.properties.engines.network.stand_in_search import MOST_STEPS, Facts, StandInSearch
from spillproof.properties.engines.network.ways import NOWHERE, Way, task_of
from spillproof.properties.engines.proof.solver import Answer, Point

BEFORE = Readings(-1, (), (), (NOWHERE,))
"""Before the beginning, as a state that is read."""


class StandIns:
    """Finds ways of the smaller automaton that stand in for folded steps."""

    def __init__(
        self,
        smaller: Automaton,
        folding: Folding,
        facts: Facts,
        limits: Limits = UNLIMITED,
        most_steps: int = MOST_STEPS,
    ) -> None:
        self.folding, self.facts, self.limits = folding, facts, limits
        self.search = StandInSearch(smaller, facts, limits, most_steps)
        self.by_itself: dict[object, dict[frozenset[object], _Done]] = {}
        """For what a folded step is, but for the names of its unknowns, what does it under which of its conditions."""
        self.of_fold: dict[tuple[int, Folded], Premise] = {}
        """For a shape and one way of folding it, what is known there by that."""

    def found(self, edge: Edge, before: Folded, after: Folded, where_taken: Callable[[], Premise]) -> tuple[Way, ...]:
        """Return ways that do what a folded edge does, whatever the sizes; none where it is never taken.

        Raises `Unmatched`.
        """
        source = BEFORE if edge.source < 0 else self.folding.read(edge.source, before)
        target, update = self.folding.read(edge.target, after), dict(enumerate(edge.update))
        sizes = tuple([substitute(each, update) for each in target.sizes])
        task = task_of(edge)
        said, guard, names = spelled(task, source, target.number, sizes, edge.guard)
        known = self.by_itself.setdefault(said, {})
        alike = next((each for under, each in known.items() if under <= guard and self.is_by_itself(each)), None)
        if alike is not None:
            return tuple([way.renamed(names) for way in alike.renamed])
        premise = where_taken()
        if premise.never:
            return ()
        asked = FoldedStep(edge, task, before, source.images, target.with_sizes(sizes), target.images[:1])
        found, is_plain = self.search.ways_of(asked, premise)
        if edge.source >= 0 and guard not in known:
            known[guard] = _Done(found, names, asked, is_plain=is_plain)
        return found

    def is_by_itself(self, done: _Done) -> bool:
        """Return whether what did a step does it by itself: asked when a step like it is met, and once."""
        if done.is_by_itself is None:
            done.is_by_itself = self.do_by_themselves(done.ways, done.asked, is_plain=done.is_plain)
        return done.is_by_itself

    def do_by_themselves(self, ways: Sequence[Way], asked: FoldedStep, *, is_plain: bool) -> bool:
        """Return whether ways do a step by what is known of its own fold: so they do others that are like it.

        Where the step is the same, and another consumer that stands by is in another state, so is what is known of that
        one's fold, and nothing else. What is not plain is asked of a solver where another was, whose time it saves.
        """
        premise = Premise(asked.edge.guard, self.own(asked))
        return self.do_plainly(ways, premise) or (not is_plain and self.do_all(ways, premise, asked.edge.symbols))

    def own(self, asked: FoldedStep) -> Premise:
        """Return what is known of the fold of a step's source by itself."""
        key = asked.edge.source, asked.folded
        if key not in self.of_fold:
            self.of_fold[key] = Premise(self.facts(asked.sources[0]))
        return self.of_fold[key]

    def do_all(self, ways: Iterable[Way], premise: Premise, symbols: int) -> bool:
        """Return whether, by a solver, there are no sizes that none of some ways does."""
        with Point(symbols, premise.facts, self.limits) as point:
            for way in ways:
                point.exclude(premise.rewritten(way.conditions))
            return point.ask() is Answer.NO

    def do_plainly(self, ways: Iterable[Way], premise: Premise) -> bool:
        """Return whether that is plain without one."""
        for way in ways:
            open_ = list(itertools.islice((each for each in way.conditions if not premise.implies(each)), 2))
            if len(open_) > 1:
                return False
            premise = Premise([~open_[0]], premise) if open_ else premise
            if not open_ or premise.never:
                return True
        return False


class _Done:
    """A folded step, and what does it: perhaps by what is known of its own fold, and so whoever stands by."""

    def __init__(self, ways: tuple[Way, ...], names: list[int], asked: FoldedStep, *, is_plain: bool) -> None:
        self.ways, self.names, self.asked, self.is_plain = ways, names, asked, is_plain
        self.is_by_itself: bool | None = None
        """None as long as nobody has asked."""

    @cached_property
    def renamed(self) -> list[Way]:
        """Return the ways with the unknowns numbered as they are met in the step."""
        order = {name: place for place, name in enumerate(self.names)}
        return [way.renamed(order) for way in self.ways]
