"""What is wrong in the extraction is noticed, whatever it is; what is right is never accused."""

import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from spillproof.model import fields
from spillproof.model.catalogue import CATALOGUE
from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes, Condition, Is, Linear
from spillproof.model.step import bind, ranges
from spillproof.model.system import Model, action, require
from spillproof.properties import accounting
from spillproof.properties.catalogue import claims_about
from spillproof.properties.claims import Claim, always
from spillproof.properties.engines import witnesses
from spillproof.properties.engines.automaton import extraction, goals, path, shapes
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.shapes import Automaton, Edge
from spillproof.properties.engines.check import check
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.validation import validator as validator_module
from spillproof.properties.engines.validation.questions import Questions
from spillproof.properties.engines.validation.result import Disagreement
from spillproof.properties.engines.validation.sizes import Guard, Scale, Sizes, Unsolved
from spillproof.properties.engines.validation.validator import Validator
from spillproof.properties.engines.validation.walks import Walks
from spillproof.properties.engines.verdict import Refused

SMALL = ("lesson:pool", "lesson:grant+repaired", "python:zict-buffer+repaired")
HONEST = ("spark:growing@4.0.0", "spark:locks-sorter-loads@2.0.0", "lesson:release", "yardstick:none")


def extracted(name: str) -> Automaton:
    """The automaton of an entry of the catalogue, made now."""
    model = CATALOGUE[name].build()
    return extract(model, claims_about(type(model))[0], Feasibility(), any_preference=True, needed=frozenset())


def validate(automaton: Automaton, seed: int = 0) -> Validator:
    """Compare all of an automaton with its model."""
    validator = Validator(automaton, seed=seed)
    assert validator.go_on()
    return validator


def is_noticed(automaton: Automaton, seed: int) -> bool:
    """Whether the validation takes an automaton, or one of its claims, for wrong."""
    try:
        return bool(validate(automaton, seed).asking.refused)
    except Disagreement:
        return True


def possible(edges: list[Edge]) -> list[Edge]:
    """The edges that some sizes meet."""
    sizes = Sizes(random.Random(0))
    return [
        each
        for each in edges
        if not isinstance(sizes.solve(Guard(each.guard, each.quotients), each.symbols, Scale.TYPICAL), Unsolved)
    ]


def meets_more(edge: Edge, place: int, chance: random.Random) -> bool:
    """Whether an edge can be taken with more sizes, and then wrongly, once it has lost a condition."""
    lost = edge.guard[place]
    rest = (*edge.guard[:place], *edge.guard[place + 1 :], ~lost)
    return not isinstance(Sizes(chance).solve(Guard(rest, edge.quotients), edge.symbols, Scale.TYPICAL), Unsolved)


def alone(automaton: Automaton, edge: Edge) -> bool:
    """Whether no other edge from there does the same."""
    return not any(
        each is not edge
        and (each.source, each.target, repr(each.update)) == (edge.source, edge.target, repr(edge.update))
        for each in automaton.edges
    )


def conditions(automaton: Automaton, chance: random.Random) -> list[tuple[Edge, int]]:
    """The conditions that matter."""
    return [
        (edge, place)
        for edge in possible(automaton.edges)
        for place in range(len(edge.guard))
        if not edge.quotients and alone(automaton, edge) and meets_more(edge, place, chance)
    ]


# Defects in what was extracted: each changes one thing, chosen by chance


def a_condition_is_lost(automaton: Automaton, chance: random.Random) -> None:
    """An edge is taken where its guard is false."""
    edge, place = chance.choice(conditions(automaton, chance))
    edge.guard = edge.guard[:place] + edge.guard[place + 1 :]


def an_update_is_off_by_one(automaton: Automaton, chance: random.Random) -> None:
    """A size after a step is one too many."""
    edge = chance.choice([each for each in possible(automaton.edges) if each.update])
    place = chance.randrange(len(edge.update))
    edge.update = (*edge.update[:place], edge.update[place] + 1, *edge.update[place + 1 :])


def an_edge_is_lost(automaton: Automaton, chance: random.Random) -> None:
    """A step that the model can take is missing."""
    edge = chance.choice([each for each in possible(automaton.edges) if each.source >= 0])
    automaton.edges.remove(edge)
    automaton.leaving[edge.source].remove(edge)
    for index, each in enumerate(automaton.edges):
        each.index = index


def an_instance_is_lost(automaton: Automaton, chance: random.Random) -> Edge:
    """An action is not tried with one of its arguments."""
    lost = chance.choice([each for each in possible(automaton.edges) if each.source >= 0])

    def kept(each: Edge | shapes.Refusal) -> bool:
        return (each.source, each.move.action, each.move.arguments) != (
            lost.source,
            lost.move.action,
            lost.move.arguments,
        )

    automaton.edges = [each for each in automaton.edges if kept(each)]
    automaton.refusals = [each for each in automaton.refusals if kept(each)]
    for index, each in enumerate(automaton.edges):
        each.index = index
    automaton.leaving = {
        source: [each for each in automaton.edges if each.source == source] for source in automaton.leaving
    }
    return lost


def a_target_is_wrong(automaton: Automaton, chance: random.Random) -> None:
    """A step leads to another shape."""
    edge = chance.choice([each for each in possible(automaton.edges) if each.target >= 0])
    other = chance.choice([each for each in automaton.shapes if each.index != edge.target])
    edge.target, edge.origins = other.index, (-1,) * len(other.objects)
    edge.update = tuple(Linear({0: 1}) if edge.symbols else 1 for _ in other.slots)


def a_way_is_lost(automaton: Automaton, chance: random.Random) -> None:
    """A claim is false in a way that is not known."""
    broken = [each.broken for each in automaton.shapes] + [each.broken for each in possible(automaton.edges)]
    chance.choice([ways for each in broken for ways in each.values() if len(ways) == 1]).pop()


def a_step_is_refused_outright(automaton: Automaton, chance: random.Random) -> None:
    """A step that the model can take is said to be refused, whatever the sizes."""
    lost = an_instance_is_lost(automaton, chance)
    automaton.refusals.append(shapes.Refusal(lost.source, replace(lost.move, picks=()), (), ()))


def a_condition_is_stricter(automaton: Automaton, chance: random.Random) -> None:
    """A guard excludes its own boundary: what a wrong negation does."""
    edge, place = chance.choice(conditions(automaton, chance))
    condition = edge.guard[place]
    stricter = type(condition)(Linear(condition.left.terms, condition.left.constant - 1), condition.holds)
    edge.guard = (*edge.guard[:place], stricter, *edge.guard[place + 1 :])


def two_updates_are_swapped(automaton: Automaton, chance: random.Random) -> None:
    """Two sizes stand in each other's places."""
    edges = [each for each in possible(automaton.edges) if len({*map(repr, each.update)}) > 1]
    edge = chance.choice(edges)
    one, other = chance.choice(
        [(a, b) for a in range(len(edge.update)) for b in range(a) if repr(edge.update[a]) != repr(edge.update[b])]
    )
    update = [*edge.update]
    update[one], update[other] = update[other], update[one]
    edge.update = tuple(update)


DEFECTS: list[Callable[[Automaton, random.Random], object]] = [
    a_condition_is_lost,
    an_update_is_off_by_one,
    an_edge_is_lost,
    an_instance_is_lost,
    a_target_is_wrong,
    a_way_is_lost,
    a_step_is_refused_outright,
    a_condition_is_stricter,
    two_updates_are_swapped,
]


def planted(name: str, defect: Callable[[Automaton, random.Random], object], seed: int) -> Automaton:
    """An automaton with a defect in it."""
    automaton = extracted(name)
    try:
        defect(automaton, random.Random(seed))
    except IndexError:
        pytest.skip(f"{name} has nothing to damage in this way")
    return automaton


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__)
@pytest.mark.parametrize("name", SMALL)
def test_a_defect_is_noticed(name: str, defect: Callable[[Automaton, random.Random], object], seed: int) -> None:
    """One wrong thing in the automaton of a small model is noticed, whichever it is."""
    assert is_noticed(planted(name, defect, seed), seed)


@pytest.mark.parametrize("defect", DEFECTS[:-1], ids=lambda defect: defect.__name__)
@pytest.mark.parametrize("name", SMALL[1:])
def test_a_defect_is_noticed_by_what_is_planned(
    name: str, defect: Callable[[Automaton, random.Random], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No random run is needed for it, but where two sizes are swapped: each edge, refusal and way is compared."""
    monkeypatch.setattr(Walks, "go", lambda *_: iter(()))
    for seed in range(3):
        assert is_noticed(planted(name, defect, seed), seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__)
def test_a_defect_is_noticed_in_spark(defect: Callable[[Automaton, random.Random], object], seed: int) -> None:
    """So is one wrong thing among 326 edges."""
    assert is_noticed(planted("spark@2.4.0", defect, seed), seed)


# Defects in the extraction itself


class Box(HeapObject):
    """Something that holds bytes."""

    held: Bytes = 0


class Door(Model):
    """A pool behind a door, which closes when a box is emptied."""

    used: Bytes
    free: Bytes

    def begin(self, capacity: Bytes) -> None:
        self.free, self.used, self.is_open = capacity, 0, False
        self.boxes = [Box(), Box(1)]

    @action
    def turn(self) -> None:
        self.is_open = not self.is_open

    @action
    def put(self, size: Bytes, box: Box) -> None:
        require(self.is_open)
        if size > self.free:
            size = self.free // 2
        self.free -= size
        self.used += size
        box.held += size

    @action
    def take(self, size: Bytes, box: Box) -> None:
        require(size <= box.held and self.used >= size)
        if box.held == size:
            self.is_open = False
        box.held -= size
        self.used -= size
        self.free += size


@always
def door_adds_up(now: Door) -> bool:
    """What is in the boxes is used."""
    return now.used <= sum(box.held for box in now.boxes)


@always
def no_step_empties_a_box(before: Door, after: Door) -> bool:
    """What a box holds is not taken out of it all at once."""
    return all(box.held > 0 or door_is_empty(before) for box in after.boxes)


def door_is_empty(state: Door) -> bool:
    """Whether some box is empty."""
    return any(box.held == 0 for box in state.boxes)


def too_much_follows(patch: pytest.MonkeyPatch) -> None:
    """A comparison is taken for settled by another one about the same unknowns."""
    follows = path.follows

    def wrong(known: Condition, asked: Condition) -> bool | None:
        return True if known.left.terms.keys() == asked.left.terms.keys() else follows(known, asked)

    patch.setattr(path, "follows", wrong)


def too_much_is_zero(patch: pytest.MonkeyPatch) -> None:
    """Unknowns are taken for 0 that need not be."""
    patch.setattr(path.Path, "zeros", lambda self: frozenset({s for each in self.guard for s in each.left.terms}))


def opposites_overlap(patch: pytest.MonkeyPatch) -> None:
    """The opposite of x >= 0 is taken to be x <= 0."""
    invert = Condition.__invert__

    def wrong(self: Condition) -> Condition:
        return Condition(-self.left, self.holds) if self.holds is Is.AT_LEAST_ZERO else invert(self)

    patch.setattr(Condition, "__invert__", wrong)


def objects_are_mixed_up(patch: pytest.MonkeyPatch) -> None:
    """An argument stands for the neighbour of its object."""

    def wrong(parameters: Any, arguments: Any, objects: Sequence[object]) -> tuple[object, ...]:
        found = bind(parameters, arguments, objects)
        boxes = [each for each in objects if isinstance(each, Box)]
        return tuple(boxes[boxes.index(each) - 1] if isinstance(each, Box) else each for each in found)

    patch.setattr(extraction, "bind", wrong)


def an_argument_is_forgotten(patch: pytest.MonkeyPatch) -> None:
    """Of the objects that an action may be given, the last is not tried."""

    def wrong(parameters: Any, objects: Any) -> list[tuple[object, ...]]:
        return [each[:-1] if len(each) > 1 else each for each in ranges(parameters, objects)]

    patch.setattr(extraction, "ranges", wrong)


def a_flag_is_not_in_the_key(patch: pytest.MonkeyPatch) -> None:
    """States that differ in a bool are taken for one."""
    patch.setitem(fields.PLAIN, bool, dict.fromkeys((False, True), fields.number_of(False)))


def quotients_are_rounded_up(patch: pytest.MonkeyPatch) -> None:
    """A size divided by 2 is one too many."""
    quotient = path.Path.quotient
    patch.setattr(path.Path, "quotient", lambda self, dividend, divisor: quotient(self, dividend, divisor) + 1)


def branches_are_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The last way that a step can go is not tried."""
    paths = path.paths

    def wrong(*given: Any, **named: Any) -> Iterator[Any]:
        found = [*paths(*given, **named)]
        return iter(found[:-1] if len(found) > 1 else found)

    patch.setattr(extraction, "paths", wrong)


BROKEN: list[Callable[[pytest.MonkeyPatch], None]] = [
    too_much_follows,
    too_much_is_zero,
    opposites_overlap,
    objects_are_mixed_up,
    an_argument_is_forgotten,
    a_flag_is_not_in_the_key,
    quotients_are_rounded_up,
    branches_are_forgotten,
]


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: broken.__name__)
def test_a_broken_extraction_is_noticed(
    broken: Callable[[pytest.MonkeyPatch], None], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong in the extraction of a model shows in its automaton."""
    with monkeypatch.context() as patch:
        broken(patch)
        automaton = extract(Door(), [door_adds_up], Feasibility(), any_preference=True)

    assert is_noticed(automaton, seed)


def test_a_wrong_answer_about_a_step_is_noticed() -> None:
    """A way in which a step makes a claim false is missing, or there is one too many: whichever edge it is."""
    made = extract(Door(), [no_step_empties_a_box], Feasibility(), any_preference=True)
    name = no_step_empties_a_box.name
    broken = [replace(each, guard=(*each.guard, *way)) for each in made.edges for way in each.broken.get(name, ())]
    ways = [each.index for each in possible(broken)]
    others = [each.index for each in possible(made.edges) if each.source >= 0 and not each.broken]
    assert not validate(made).asking.refused
    assert len(ways) > 1
    for index, wrong in (*((each, []) for each in ways), *((each, [()]) for each in others[:3])):
        damaged = extract(Door(), [no_step_empties_a_box], Feasibility(), any_preference=True)
        damaged.edges[index].broken[name] = list[Any](wrong)
        assert is_noticed(damaged, 0), index


def test_the_extraction_is_right() -> None:
    """The same model passes with the extraction as it is, and each of its claims is what it seems to be."""
    validator = validate(extract(Door(), [door_adds_up], Feasibility(), any_preference=True))

    assert not validator.asking.refused
    assert validator.result().complete
    assert validator.walks.steps >= len(validator.automaton.edges)
    assert validator.result().sentence().endswith(f"{validator.walks.steps:,} random steps on plain integers")


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_model_is_validated_whole(name: str) -> None:
    """Nothing is left out, and nothing is accused, in models of several kinds."""
    validator = validate(extracted(name))

    assert not validator.asking.refused
    assert validator.result().complete


def test_no_verdict_is_given_where_the_extraction_is_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    """A check ends with what differs, on both sides, and no verdict."""
    quotients_are_rounded_up(monkeypatch)

    with pytest.raises(ModelError, match=r"^put is not what an engine takes it for: .*put\(size=\d+, box=object \d\)"):
        check(Door(), [door_adds_up])


def test_a_report_says_how_much_was_validated() -> None:
    """The numbers are data, and one line."""
    validated = check(CATALOGUE["lesson:pool"].build()).validated

    assert validated is not None
    assert validated.complete
    assert re.fullmatch(
        r"validated: 4 of 4 edges, (\d+) of \1 ways, \d+ random steps on plain integers", validated.sentence()
    )


def test_what_was_not_validated_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """A budget that ends early, in a large automaton, leaves numbers that say so."""
    monkeypatch.setattr(validator_module, "LARGE", 0)
    validator = Validator(extracted("lesson:grant"))
    validator.go_on(0.0)

    assert not validator.result().complete
    assert validator.result().sentence().startswith("validated: 0 of 6 edges")


# Witnesses that never are


@pytest.mark.parametrize("claim", [accounting.something_is_released, accounting.the_pool_is_full])
def test_a_lost_way_of_a_witness_is_noticed(claim: Claim, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the ways of a `sometimes` claim lost, it would be said that no run shows it: integers know better."""
    for module in (goals, witnesses):
        monkeypatch.setattr(module, "witnesses", lambda *_: iter(()))
    verdict = check(CATALOGUE["lesson:pool"].build(), [claim]).of(claim)

    assert isinstance(verdict, Refused)
    assert "is not what an engine takes it for" in verdict.why


def test_each_shape_is_asked_about_at_two_scales(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever else is asked of it, the first shape included: at typical sizes and at a boundary."""
    asked: set[tuple[int, Scale]] = set()
    monkeypatch.setattr(Questions, "shape", lambda _, shape, scale: asked.add((shape.index, scale)))
    automaton = extracted(SMALL[0])
    for _ in Validator(automaton).plan():
        pass

    assert asked == {(shape.index, scale) for shape in automaton.shapes for scale in (Scale.TYPICAL, Scale.BOUNDARY)}


class ChangesAndRefuses(Model):
    """A step that is always refused, after it has changed what another step looks at."""

    used: Bytes
    is_open: bool

    def begin(self) -> None:
        self.used, self.is_open = 0, False

    @action
    def a_open_in_vain(self) -> None:
        """Open, and be refused."""
        self.is_open = True
        require(False)

    @action
    def b_take(self, size: Bytes) -> None:
        """Take, if it is open: never."""
        require(self.is_open)
        self.used = size


def test_a_refused_step_that_changes_something_spoils_no_other() -> None:
    """Steps that are refused outright are taken in one state, but not in one that such a step has changed."""
    made = extract(ChangesAndRefuses(), [], Feasibility(), needed=frozenset())
    validator = Validator(made)
    assert validator.go_on()
    found = [instance for instances in validator.records.instances.values() for instance in instances]
    assert [each.action.name for each in found if each.is_refused_outright] == ["a_open_in_vain", "b_take"]
    state = validator.records.pattern(0).build(())
    assert validator.is_refused(found[1], state)
    assert not validator.is_refused(found[2], state)


class Rounded(Model):
    """What is used, and claims that divide it."""

    used: Bytes

    def begin(self) -> None:
        self.used = 0

    @action
    def grow(self, size: Bytes) -> None:
        self.used += size


@always
def not_three_over(now: Rounded) -> bool:
    """It is never 3 more than a multiple of 4: wrong."""
    return now.used % 4 != 3


@always
def rounds_down(now: Rounded) -> bool:
    """Rounded down it is no more."""
    return now.used // 4 * 4 <= now.used


@always
def rounds_down_after(before: Rounded, after: Rounded) -> bool:
    """Rounded down it does not fall."""
    return before.used // 4 <= after.used // 4


def test_claims_that_divide_are_validated() -> None:
    """Where a claim about sizes that are divided is false is compared on integers, as that of any other."""
    report = check(Rounded(), [not_three_over, rounds_down, rounds_down_after], witnesses=False)

    assert report.validated is not None
    assert report.validated.failure == ""
    assert report.validated.once
    assert report.validated.of_ways > 0
