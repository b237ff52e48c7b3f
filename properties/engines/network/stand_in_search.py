"""The search for ways of the smaller automaton that do a folded step, whatever the sizes.

Those that did a step which looked like it are tried first, then likely ones whose conditions follow without a solver;
only then is a solver asked for sizes that none of them does, and a way looked for that does these.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spillproof.model.quantity import Condition, Is, Linear, truth
from spillproof.properties.engines.automaton.linear import holds, substitute
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.network.folded_step import FoldedStep
from spillproof.properties.engines.network.premise import Premise
from spillproof.properties.engines.network.ways import Draft, Edges, Image, Way, Ways, worked_out
from spillproof.properties.engines.proof.solver import Answer, Point

MOST_STEPS = 2
"""Edges of the smaller automaton that may stand for one of the larger."""

MOST_CASES = 5
"""Conditions that one question is split by before a solver is asked."""

MOST_LIKELY = 60
"""Ways among which one is looked for that does a step plainly."""

MOST_POINTS = 100
"""Sizes for which a way is looked for, in one question."""

MOST_EARLIER = 8
"""Steps between the same shapes whose ways are tried first."""

NEVER = Condition(Linear({}, 1), Is.ZERO)
"""What no sizes meet."""


Facts = Callable[[Image], Iterator[Condition]]
"""Yields what the invariant of the smaller automaton says of an image."""


class StandInSearch:
    """Looks for ways, and remembers which did what."""

    def __init__(
        self, smaller: Automaton, facts: Facts, limits: Limits = UNLIMITED, most_steps: int = MOST_STEPS
    ) -> None:
        self.smaller, self.facts, self.limits, self.most_steps = smaller, facts, limits, most_steps
        self.ways = Ways(smaller)
        self.stood_for: dict[str, dict[tuple[str, ...], None]] = {}
        """For the name of an action, the names of the actions that longer ways took in its stead."""
        self.exactly: dict[object, _Earlier] = {}
        self.earlier: dict[object, dict[_Earlier, None]] = {}
        """For what a folded step looks like, exactly and roughly, what did those that looked so, the last one first."""

    def ways_of(self, asked: FoldedStep, premise: Premise) -> tuple[tuple[Way, ...], bool]:
        """Return ways that do a step: those that did the last step that looked like it, if they do, or others.

        And whether that was seen without a solver.
        """
        exactly, roughly = asked.looks
        like = self.earlier.setdefault(roughly, {})
        last = self.exactly.get(exactly)
        found = None
        if last is None or last.is_plain:
            tried = itertools.islice(like, MOST_EARLIER)
            ways = (self.again(each, asked, premise) for each in ((last,) if last else tried))
            found = next((each for each in ways if each is not None), None) or self.plainly(asked, premise)
        is_plain = found is not None
        if found is None:
            found = self.by_points(asked, premise, self.once_more(last, asked) if last else [])
        self.learn(asked, found, is_plain=is_plain)
        return found, is_plain

    def learn(self, asked: FoldedStep, found: tuple[Way, ...], *, is_plain: bool) -> None:
        """Remember what did a step, for others that look like it, and which actions stood for its own."""
        exactly, roughly = asked.looks
        known = self.exactly[exactly] = _Earlier(tuple(dict.fromkeys(map(_indices, found))), is_plain=is_plain)
        if is_plain:
            like = self.earlier[roughly]
            like.pop(known, None)
            self.earlier[roughly] = {known: None, **like}
        for way in found:
            if len(way.path) > 1:
                stood_for = self.stood_for.setdefault(asked.edge.move.action, {})
                stood_for[tuple(each.move.action for each in way.path)] = None

    def again(self, earlier: _Earlier, asked: FoldedStep, premise: Premise) -> tuple[Way, ...] | None:
        """Return the ways that did an earlier step, if it is plain that they do this one as well."""
        found: list[Way] = []
        for path in earlier.paths:
            almost: tuple[Draft, list[Condition]] | None = None
            for draft in self.along(path, asked):
                open_ = draft.open(premise)
                if open_ is not None and (almost is None or len(open_) < len(almost[1])):
                    almost = draft, open_
            if almost is None or len(almost[1]) > 1:
                return None
            found += worked_out([almost[0]])
            if not almost[1]:
                return tuple(found)
            premise = Premise([~almost[1][0]], premise)
            if premise.never:
                return tuple(found)
        return None

    def once_more(self, earlier: _Earlier, asked: FoldedStep) -> list[Way]:
        """Return the ways that take the same edges as those that did an earlier step."""
        return [way for path in earlier.paths for way in worked_out(self.along(path, asked))]

    def along(self, indices: tuple[int, ...], asked: FoldedStep) -> Iterator[Draft]:
        """Yield the ways that take some edges."""
        path = tuple([self.smaller.edges[each] for each in indices])
        for source, target, further in self.between(path, asked):
            yield from self.ways.along(path, source, target, asked.task, further)

    def between(self, path: Edges, asked: FoldedStep) -> Iterator[tuple[Image, Image, Conjunction]]:
        """Yield the pairs of images that a path can lead between: of each shape there is one image at most."""
        if not path:
            pairs = itertools.chain(self.pairs(asked, is_best=True), self.pairs(asked, is_best=False))
            yield from (each for each in pairs if each[0].shape == each[1].shape)
        elif (source := asked.source_of.get(path[0].source)) and (target := asked.target_of.get(path[-1].target)):
            is_best = source is asked.sources[0] and target is asked.targets[0]
            yield source, target, () if is_best else self.further(asked)

    def further(self, asked: FoldedStep) -> Conjunction:
        """Return what must hold besides at the end of a way that does not lead between the best images."""
        if not asked.arrives:
            asked.arrives.append(tuple(self.arriving(asked)))
        return asked.arrives[0]

    def plainly(self, asked: FoldedStep, premise: Premise, cases: int = MOST_CASES) -> tuple[Way, ...] | None:
        """Return ways whose conditions follow without a solver, each where those before it cannot be taken.

        None where they are not plain.
        """
        if premise.never:
            return ()
        almost: tuple[Draft, Condition] | None = None
        for draft in itertools.islice(asked.likely(self.likely), MOST_LIKELY):
            open_ = draft.open(premise)
            if open_ == []:
                return (*worked_out([draft]),)
            if open_ and len(open_) == 1 and (almost is None or almost[1].holds is not Is.AT_LEAST_ZERO):
                almost = (draft, open_[0])  # and go on: another may need no case
        if almost is None or cases == 0:
            return None
        others = self.plainly(asked, Premise([~almost[1]], premise), cases - 1)
        return None if others is None else (*worked_out([almost[0]]), *others)

    def likely(self, asked: FoldedStep) -> Iterator[Draft]:
        """Yield ways of at most one edge, and those whose actions have stood for those of another such step before.

        Those between the best images come first.
        """
        known = self.stood_for.get(asked.edge.move.action, ())
        for is_best in (True, False):
            for steps in (1, 0):
                yield from self.candidates(asked, steps, is_best=is_best)
            for actions in known:
                for source, target, further in self.pairs(asked, is_best=is_best):
                    yield from self.ways.by(actions, source, target, asked.task, further)

    def by_points(self, asked: FoldedStep, premise: Premise, first: list[Way]) -> tuple[Way, ...]:
        """Look for sizes that no way does, and for a way that does these, until there are no such sizes."""
        found = first
        with Point(asked.edge.symbols, premise.facts, self.limits) as point:
            for way in first:
                point.exclude(premise.rewritten(way.conditions))
            for _ in range(MOST_POINTS):
                answer = point.ask()
                if answer is Answer.NO:
                    return tuple(found)
                sizes = premise.completed(point.sizes()) if answer is Answer.YES else ()
                another = self.at(asked, sizes) if answer is Answer.YES else None
                if another is None:
                    raise asked.unmatched(sizes)
                found.append(another)
                point.exclude(premise.rewritten(another.conditions))
        raise asked.unmatched(())

    def at(self, asked: FoldedStep, sizes: tuple[int, ...]) -> Way | None:
        """Return a way that does a step at some sizes."""
        for steps in (1, 0, *range(2, self.most_steps + 1)):
            for is_best in (True, False):
                for draft in self.candidates(asked, steps, is_best=is_best):
                    if all(holds(each, sizes) for each in draft.conditions()) and not draft.never:
                        return draft.way()
        return None

    def candidates(self, asked: FoldedStep, steps: int, *, is_best: bool) -> Iterator[Draft]:
        """Yield the ways of so many edges, between the best images or between others."""
        if asked.edge.source < 0 and steps == 0:
            return
        for source, target, further in self.pairs(asked, is_best=is_best):
            yield from self.ways.of(source, target, steps, asked.task, further)

    def pairs(self, asked: FoldedStep, *, is_best: bool) -> Iterator[tuple[Image, Image, Conjunction]]:
        """Yield images of the source and of the target, and what must hold at the end for the best to be reached."""
        if is_best and asked.targets:
            yield asked.sources[0], asked.targets[0], ()
        if is_best or len(asked.sources) == len(asked.targets) == 1:
            return
        further = self.further(asked) if asked.targets else ()
        for source, target in itertools.product(asked.sources, asked.targets):
            if not (source is asked.sources[0] and target is asked.targets[0]):
                yield source, target, further

    def arriving(self, asked: FoldedStep) -> Iterator[Condition]:
        """Yield what must hold after a step for that to be so which is known of its target; `NEVER` where it is not."""
        update = dict(enumerate(asked.edge.update))
        for each in self.facts(asked.best[0]):
            left = substitute(each.left, update)
            known = truth(left, each.holds)
            if known is False:
                yield NEVER
            elif known is None:
                assert isinstance(left, Linear)
                yield Condition(left, each.holds)


def _indices(way: Way) -> tuple[int, ...]:
    return tuple(edge.index for edge in way.path)


@dataclass(frozen=True)
class _Earlier:
    """What did a step."""

    paths: tuple[tuple[int, ...], ...]
    """The edges of each way, by their indices."""
    is_plain: bool
    """Whether that was seen without a solver."""
