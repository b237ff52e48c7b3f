"""Whether a rest is a network invariant: every step of the model with two consumers, folded, is one of that with one.

The theorem is in docs/explanation/any-number-of-consumers.md. Here it is checked, shape by shape: for each edge of the
larger automaton, and for each way to fold its states, there are ways of at most `MOST_STEPS` edges of the smaller one
from the folded source to the folded target, one for all sizes that the guard admits. What is known of the source is
what the invariant of the smaller automaton says of its folds: by induction the smaller model comes to these states.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from spillproof.model.quantity import Condition, Is, Linear, truth
from spillproof.model.rest import WithRest
from spillproof.model.state import Size
from spillproof.properties.engines.automaton.linear import holds, substitute
from spillproof.properties.engines.automaton.shapes import Automaton, Conjunction, Edge
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.network.fold import Folded
from spillproof.properties.engines.network.images import Folding, Readings
from spillproof.properties.engines.network.premise import Premise
from spillproof.properties.engines.network.ways import (
    NOWHERE,
    Draft,
    Edges,
    Image,
    Task,
    Way,
    Ways,
    task_of,
    worked_out,
)
from spillproof.properties.engines.proof.invariant import Invariant
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

Family = frozenset[Folded]
"""The ways in which one state is folded: one for each consumer that is looked at."""

BEGINNING: Family = frozenset({frozenset()})

BEFORE = Readings(-1, (), (), (NOWHERE,))
"""Before the beginning, as a state that is read."""

NEVER = Condition(Linear({}, 1), Is.ZERO)
"""What no sizes meet."""


@dataclass(frozen=True)
class FoldedShape:
    """A shape of the larger automaton, the ways in which it is folded, and what is known of it by these."""

    shape: int
    family: Family
    known: Conjunction


@dataclass(frozen=True)
class Matched:
    """A step of the larger model that, folded, the smaller one can do: in one of these ways, whatever the sizes."""

    edge: Edge
    folded: Folded
    ways: tuple[Way, ...]
    """None where the step is never taken."""


@dataclass(frozen=True)
class Unmatched(Exception):
    """A step that the rest cannot do, at some sizes."""

    edge: Edge
    folded: Folded
    sizes: tuple[int, ...]
    """A value for each unknown of the edge. None where the solver did not find any, nor that there are none."""
    source: Image
    target: Image | None
    """None where the smaller model has no such shape at all."""


class Invariance:
    """Checks one rest. `smaller` is the automaton with one consumer beside it, `larger` that with two."""

    def __init__(self, smaller: Automaton, invariant: Invariant, larger: Automaton, limits: Limits = UNLIMITED) -> None:
        self.smaller, self.invariant, self.larger, self.limits = smaller, invariant, larger, limits
        model = larger.model
        assert isinstance(model, WithRest)
        self.ways = Ways(smaller)
        self.stood_for: dict[str, dict[tuple[str, ...], None]] = {}
        """For the name of an action, the names of the actions that longer ways took in its stead."""
        self.exactly: dict[object, _Earlier] = {}
        self.by_itself: dict[object, dict[frozenset[object], _Done]] = {}
        """For what a folded step is, but for the names of its unknowns, what does it under which of its conditions."""
        self.earlier: dict[object, dict[_Earlier, None]] = {}
        """For what a folded step looks like, exactly and roughly, what did those that looked so, the last one first."""
        self.folding = Folding(smaller, larger, type(model))
        self.nodes: dict[tuple[int, Family], FoldedShape] = {}
        self.matched: dict[tuple[int, Family], list[Matched]] = {}
        self.arrived: dict[tuple[int, Family], Family] = {}
        """For an edge and how its source is folded, how its target is."""
        self.premises: dict[tuple[int, Family], Premise] = {}
        """For a shape and how it is folded, what is known there."""
        self.of_fold: dict[tuple[int, Folded], Premise] = {}
        """For a shape and one way of folding it, what is known there by that."""
        self.taken: dict[tuple[int, Family], Premise] = {}
        """For an edge and how its source is folded, what is known where it is taken."""

    def check(self) -> None:
        """Ask of every edge. Raises `Unmatched` at the first that cannot be matched, `CannotFold`, or `OutOfTime`."""
        waiting = [FoldedShape(-1, BEGINNING, ())]
        for node in waiting:
            self.nodes[node.shape, node.family] = node
            found = self.matched[node.shape, node.family] = []
            known = self.premises[node.shape, node.family] = Premise(node.known)
            for edge in self.larger.leaving[node.shape]:
                self.limits.check()
                premise = self.taken[edge.index, node.family] = Premise(edge.guard, known)
                if edge.target >= 0:
                    family = frozenset(self.match(edge, node, premise, found))
                    self.arrived[edge.index, node.family] = family
                    if (edge.target, family) not in self.nodes and not premise.never:
                        after = FoldedShape(edge.target, family, self.known(edge.target, family))
                        self.nodes[edge.target, family] = after
                        waiting.append(after)
            self.limits.progress(f"the rest: {len(waiting)} folded shapes found, {len(self.matched)} done")

    def known(self, shape: int, family: Family) -> Conjunction:
        """Return what the smaller invariant says of the folds of a shape."""
        images = [self.folding.read(shape, folded).images for folded in sorted(family, key=sorted)]
        facts = {condition.key(): condition for each in images if each for condition in self.facts(each[0])}
        return tuple(facts.values())

    def facts(self, image: Image) -> Iterator[Condition]:
        """Yield what the smaller invariant says of an image."""
        yield from (Condition(each, Is.ZERO) for each in image.zeros)
        values = dict(enumerate(image.sizes))
        for condition in self.invariant.conditions(image.shape):
            left = substitute(condition.left, values)
            if isinstance(left, Linear):
                yield Condition(left, condition.holds)

    def match(self, edge: Edge, node: FoldedShape, premise: Premise, found: list[Matched]) -> Iterator[Folded]:
        """Match an edge in each way of folding it. Yield what is folded after it."""
        seen: set[tuple[Folded, Folded]] = set()
        for before in sorted(node.family, key=sorted):
            for after in self.folding.after(edge, before):
                if (before, after) not in seen:
                    seen.add((before, after))
                    ways = () if premise.never else self.found(edge, before, after, premise)
                    found.append(Matched(edge, before, ways))
                    yield after

    def found(self, edge: Edge, before: Folded, after: Folded, premise: Premise) -> tuple[Way, ...]:
        """Return ways that do what a folded edge does, whatever the sizes. Raises `Unmatched`."""
        source = BEFORE if edge.source < 0 else self.folding.read(edge.source, before)
        target = self.folding.read(edge.target, after)
        update = dict(enumerate(edge.update))
        sizes = tuple([substitute(each, update) for each in target.sizes])
        task = task_of(edge)
        said, guard, names = _spelled(task, source, target.number, sizes, edge.guard)
        known = self.by_itself.setdefault(said, {})
        alike = next((each for under, each in known.items() if under <= guard and self.is_by_itself(each)), None)
        if alike is not None:
            return tuple([way.renamed(names) for way in alike.renamed])
        asked = _Asked(edge, task, before, source.images, target.with_sizes(sizes), target.images[:1])
        found, is_plain = self.ways_of(asked, premise)
        if edge.source >= 0 and guard not in known:
            known[guard] = _Done(found, names, asked, is_plain=is_plain)
        for way in found:
            if len(way.path) > 1:
                stood_for = self.stood_for.setdefault(edge.move.action, {})
                stood_for[tuple(each.move.action for each in way.path)] = None
        return found

    def is_by_itself(self, done: _Done) -> bool:
        """Return whether what did a step does it by itself: asked when a step like it is met, and once."""
        if done.is_by_itself is None:
            done.is_by_itself = self.do_by_themselves(done.ways, done.asked, is_plain=done.is_plain)
        return done.is_by_itself

    def do_by_themselves(self, ways: Sequence[Way], asked: _Asked, *, is_plain: bool) -> bool:
        """Return whether ways do a step by what is known of its own fold: so they do others that are like it.

        Where the step is the same, and another consumer that stands by is in another state, so is what is known of that
        one's fold, and nothing else. What is not plain is asked of a solver where another was, whose time it saves.
        """
        premise = Premise(asked.edge.guard, self.own(asked))
        return self.do_plainly(ways, premise) or (not is_plain and self.do_all(ways, premise, asked.edge.symbols))

    def own(self, asked: _Asked) -> Premise:
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

    def arriving(self, asked: _Asked) -> Iterator[Condition]:
        """Yield what must hold after a step for that to be so which is known of its target; `NEVER` where it is not."""
        update = dict(enumerate(asked.edge.update))
        for each in self.facts(asked.best[0]):
            left = substitute(each.left, update)
            known = truth(left, each.holds)
            if known is False:
                yield NEVER
            elif known is None and isinstance(left, Linear):
                yield Condition(left, each.holds)

    def ways_of(self, asked: _Asked, premise: Premise) -> tuple[tuple[Way, ...], bool]:
        """Return ways that do a step: those that did the last step that looked like it, if they do, or others.

        And whether that was seen without a solver.
        """
        exactly, roughly = asked.looks()
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
        known = self.exactly[exactly] = _Earlier(tuple(dict.fromkeys(map(_indices, found))), is_plain=is_plain)
        if is_plain:
            like.pop(known, None)
            self.earlier[roughly] = {known: None, **like}
        return found, is_plain

    def again(self, earlier: _Earlier, asked: _Asked, premise: Premise) -> tuple[Way, ...] | None:
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

    def once_more(self, earlier: _Earlier, asked: _Asked) -> list[Way]:
        """Return the ways that take the same edges as those that did an earlier step."""
        return [way for path in earlier.paths for way in worked_out(self.along(path, asked))]

    def along(self, indices: tuple[int, ...], asked: _Asked) -> Iterator[Draft]:
        """Yield the ways that take some edges."""
        path = tuple([self.smaller.edges[each] for each in indices])
        for source, target, further in self.between(path, asked):
            yield from self.ways.along(path, source, target, asked.task, further)

    def between(self, path: Edges, asked: _Asked) -> Iterator[tuple[Image, Image, Conjunction]]:
        """Yield the pairs of images that a path can lead between: of each shape there is one image at most."""
        if not path:
            pairs = itertools.chain(self.pairs(asked, is_best=True), self.pairs(asked, is_best=False))
            yield from (each for each in pairs if each[0].shape == each[1].shape)
        elif (source := asked.source_of.get(path[0].source)) and (target := asked.target_of.get(path[-1].target)):
            is_best = source is asked.sources[0] and target is asked.targets[0]
            yield source, target, () if is_best else self.further(asked)

    def further(self, asked: _Asked) -> Conjunction:
        """Return what must hold besides at the end of a way that does not lead between the best images."""
        if not asked.arrives:
            asked.arrives.append(tuple(self.arriving(asked)))
        return asked.arrives[0]

    def plainly(self, asked: _Asked, premise: Premise, cases: int = MOST_CASES) -> tuple[Way, ...] | None:
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

    def likely(self, asked: _Asked) -> Iterator[Draft]:
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

    def by_points(self, asked: _Asked, premise: Premise, first: list[Way]) -> tuple[Way, ...]:
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

    def at(self, asked: _Asked, sizes: tuple[int, ...]) -> Way | None:
        """Return a way that does a step at some sizes."""
        for steps in (1, 0, *range(2, MOST_STEPS + 1)):
            for is_best in (True, False):
                for draft in self.candidates(asked, steps, is_best=is_best):
                    if all(holds(each, sizes) for each in draft.conditions()) and not draft.never:
                        return draft.way()
        return None

    def candidates(self, asked: _Asked, steps: int, *, is_best: bool) -> Iterator[Draft]:
        """Yield the ways of so many edges, between the best images or between others."""
        if asked.edge.source < 0 and steps == 0:
            return
        for source, target, further in self.pairs(asked, is_best=is_best):
            yield from self.ways.of(source, target, steps, asked.task, further)

    def pairs(self, asked: _Asked, *, is_best: bool) -> Iterator[tuple[Image, Image, Conjunction]]:
        """Yield images of the source and of the target, and what must hold at the end for the best to be reached."""
        if is_best and asked.targets:
            yield asked.sources[0], asked.targets[0], ()
        if is_best or len(asked.sources) == len(asked.targets) == 1:
            return
        further = self.further(asked) if asked.targets else ()
        for source, target in itertools.product(asked.sources, asked.targets):
            if not (source is asked.sources[0] and target is asked.targets[0]):
                yield source, target, further


def _indices(way: Way) -> tuple[int, ...]:
    return tuple(edge.index for edge in way.path)


def _looks(image: Image) -> object:
    """Return the shape of an image, and of each size of how many unknowns it is made."""
    sizes = ((size.constant, len(size.terms)) if isinstance(size, Linear) else size for size in image.sizes)
    return image.shape, *sizes


class _Lazily:
    """What an iterator yields, for as many readers as there are."""

    def __init__(self, ways: Iterator[Draft]) -> None:
        self.ways = ways
        self.known: list[Draft] = []

    def __iter__(self) -> Iterator[Draft]:
        for place in itertools.count():
            if place == len(self.known):
                self.known.extend(itertools.islice(self.ways, 1))
                if place == len(self.known):
                    return
            yield self.known[place]


@dataclass(frozen=True)
class _Earlier:
    """What did a step."""

    paths: tuple[tuple[int, ...], ...]
    """The edges of each way, by their indices."""
    is_plain: bool
    """Whether that was seen without a solver."""


class _Done:
    """A folded step, and what does it: perhaps by what is known of its own fold, and so whoever stands by."""

    def __init__(self, ways: tuple[Way, ...], names: list[int], asked: _Asked, *, is_plain: bool) -> None:
        self.ways, self.names, self.asked, self.is_plain = ways, names, asked, is_plain
        self.is_by_itself: bool | None = None
        """None as long as nobody has asked."""

    @cached_property
    def renamed(self) -> list[Way]:
        """Return the ways with the unknowns numbered as they are met in the step."""
        order = {name: place for place, name in enumerate(self.names)}
        return [way.renamed(order) for way in self.ways]


class _Spelling:
    """Spells expressions with their unknowns numbered as they are met."""

    def __init__(self) -> None:
        self.names: dict[int, int] = {}

    def size(self, size: Size) -> object:
        if not isinstance(size, Linear):
            return size
        names = self.names
        return size.constant, *sorted(
            [(names.setdefault(symbol, len(names)), factor) for symbol, factor in size.terms.items()]
        )

    def sizes(self, sizes: Iterable[Size]) -> tuple[object, ...]:
        return tuple([self.size(each) for each in sizes])


def _spelled(
    task: Task, source: Readings, target: int, sizes: tuple[Size, ...], guard: Conjunction
) -> tuple[object, frozenset[object], list[int]]:
    """Return a folded step but for the names of its unknowns, its conditions, and these names as they are met."""
    spelling = _Spelling()
    said = (
        task.action,
        spelling.sizes(task.sizes),
        source.number,
        spelling.sizes(source.sizes),
        target,
        spelling.sizes(sizes),
    )
    conditions = [(each.holds, spelling.size(each.left)) for each in guard]
    return said, frozenset(conditions), [*spelling.names]


@dataclass(frozen=True)
class _Asked:
    """A folded step: where it leads from and to, as states of the smaller model, the best reading first."""

    edge: Edge
    task: Task
    folded: Folded
    sources: Sequence[Image]
    targets: Sequence[Image]
    """None where it is not the best reading: what is known of the target is what the invariant says of that one."""
    best: Sequence[Image]
    """The best reading of where it leads to, with the sizes of that; none where there is no reading at all."""
    made: list[_Lazily] = field(default_factory=list)
    arrives: list[Conjunction] = field(default_factory=list)
    """What must hold where the best reading is to be reached by another one, once it was asked for."""

    @cached_property
    def source_of(self) -> dict[int, Image]:
        return {each.shape: each for each in self.sources}

    @cached_property
    def target_of(self) -> dict[int, Image]:
        return {each.shape: each for each in self.targets}

    def likely(self, ways: Callable[[_Asked], Iterator[Draft]]) -> Iterator[Draft]:
        """Yield the likely ways, each of which is made once, however often they are asked for."""
        if not self.made:
            self.made.append(_Lazily(ways(self)))
        return iter(self.made[0])

    def looks(self) -> tuple[object, object]:
        """Return what is alike for steps that the same edges will probably do, exactly and roughly."""
        roughly = self.task.action, self.sources[0].shape, *(each.shape for each in self.targets[:1])
        exactly = (
            roughly,
            tuple(map(_looks, self.sources[:1])),
            tuple(map(_looks, self.targets[:1])),
            tuple(sorted((each.holds.value, each.left.constant, len(each.left.terms)) for each in self.edge.guard)),
        )
        return exactly, roughly

    def unmatched(self, sizes: tuple[int, ...]) -> Unmatched:
        """Return that it was not matched at some sizes."""
        return Unmatched(self.edge, self.folded, sizes, self.sources[0], self.targets[0] if self.targets else None)
