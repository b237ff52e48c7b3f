"""Identity between the states before and after a step: every engine means the objects of the heap by `is`.

Each claim has a twin that says the same by serial numbers, which the model hands out and never changes. The twin is
judged by brute force on integers; every engine must give its verdict on the claim.
"""

# ruff: noqa: D103 - the claims say in their names what they claim

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.heap import Bag, HeapObject, path_to
from spillproof.model.oracle import choose
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.claims import Claim, ClaimError, always
from spillproof.properties.engines.check import check
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.kernel import explore_fast
from spillproof.properties.engines.exploration.layers import Bounds
from spillproof.properties.engines.exploration.walk import Walk
from spillproof.properties.engines.run import Run, Step, false_at, replay
from spillproof.properties.engines.simulate import simulate
from spillproof.properties.engines.verdict import Proved, Refused, Violated


class Page(HeapObject):
    size: Bytes
    serial: int
    next: Page | None = None

    def shallow_size(self) -> Bytes:
        return self.size


class Shelf(Model):
    """Pages in a field, a bag, a list and a dict; at most two are ever made."""

    def begin(self) -> None:
        self.made = 0
        self.page: Page | None = None
        self.bag: Bag[Page] = Bag()
        self.pages: list[Page] = []
        self.by_name: dict[str, Page | None] = {"a": None}

    def fresh(self, size: Bytes) -> Page:
        require(self.made < 2)
        self.made += 1
        return Page(size, self.made)

    @action
    def load(self, size: Bytes) -> None:
        """The page is replaced, perhaps by an equal one."""
        self.page = self.fresh(size)

    @action
    def nothing(self) -> None:
        """Nothing changes."""

    @action
    def grow(self, size: Bytes) -> None:
        """The page stays, and is larger."""
        require(self.page is not None)
        assert self.page is not None
        self.page.size += size
        require(self.page.size < 4)

    @action
    def put_away(self) -> None:
        """The page goes from its field into the containers."""
        require(self.page is not None)
        assert self.page is not None
        self.bag.add(self.page)
        if self.page not in self.pages:
            self.pages.append(self.page)
        self.by_name["a"] = self.page
        self.page = None

    @action
    def take_out(self) -> None:
        """A page comes back."""
        require(self.page is None and len(self.bag) > 0)
        self.page = choose(list(self.bag))
        self.bag.discard(self.page)

    def is_page(self, page: Page | None) -> bool:
        """Return whether this is the page."""
        return self.page is page

    def number(self) -> int:
        """Return the serial number of the page, 0 where there is none."""
        return 0 if self.page is None else self.page.serial


class Blank(Shelf):
    """The same without serial numbers: nothing but identity tells two pages of one size apart."""

    def fresh(self, size: Bytes) -> Page:
        page = super().fresh(size)
        page.serial = 0
        return page


def same_page(one: Page | None, other: Page | None) -> bool:
    return one is other


def numbers(pages: Any) -> list[int]:
    return [0 if page is None else page.serial for page in pages]


class Pair:
    """Compares in a method of its own."""

    def __init__(self, one: Any, other: Any) -> None:
        self.one, self.other = one, other
        self.alike = one is other


class Comparing:
    """Compares when it is called, by a method of its class, and by what an instance has."""

    def __init__(self) -> None:
        self.how: Callable[[Any, Any], bool] = lambda one, other: one is other

    def __call__(self, one: Any, other: Any) -> bool:
        return one is other

    @classmethod
    def alike(cls, one: Any, other: Any) -> bool:
        """Return whether both are one."""
        return one is other


comparing = Comparing()
IS_PAGE = "is_page"
QUESTIONS = {"alike": [lambda one, other: one is other]}


# Each claim, and its twin by serial numbers


@always
def stays(before: Shelf, after: Shelf) -> bool:
    return before.page is None or before.page is after.page


def stays_by_number(before: Shelf, after: Shelf) -> bool:
    return before.number() in (0, after.number())


@always
def is_replaced(before: Shelf, after: Shelf) -> bool:
    return before.page is None or before.page is not after.page


def is_replaced_by_number(before: Shelf, after: Shelf) -> bool:
    return before.number() == 0 or before.number() != after.number()


@always
def by_equality(before: Shelf, after: Shelf) -> bool:
    return before.page == after.page


def by_equality_by_number(before: Shelf, after: Shelf) -> bool:
    return before.number() == after.number()


@always
def by_inequality(before: Shelf, after: Shelf) -> bool:
    return before.page != after.page


def by_inequality_by_number(before: Shelf, after: Shelf) -> bool:
    return before.number() != after.number()


@always
def by_function(before: Shelf, after: Shelf) -> bool:
    return same_page(after.page, before.page)


@always
def by_method(before: Shelf, after: Shelf) -> bool:
    return after.is_page(before.page)


@always
def by_class(before: Shelf, after: Shelf) -> bool:
    return Pair(before.page, after.page).alike


@always
def by_operator(before: Shelf, after: Shelf) -> bool:
    return operator.is_(before.page, after.page)


@always
def by_id(before: Shelf, after: Shelf) -> bool:
    return id(before.page) == id(after.page)


@always
def by_text(before: Shelf, after: Shelf) -> bool:
    return str(before.page) == f"{after.page!r}"


@always
def by_map(before: Shelf, after: Shelf) -> bool:
    return all(map(partial(same_page, before.page), [after.page]))


@always
def by_lambda(before: Shelf, after: Shelf) -> bool:
    is_old: Callable[[Page | None], bool] = lambda page: page is before.page  # noqa: E731 - that is the point
    return is_old(after.page)


@always
def by_match(before: Shelf, after: Shelf) -> bool:
    match after.page:
        case None:
            return before.page is None
        case page if page is before.page:
            return True
    return False


@always
def by_object(before: Shelf, after: Shelf) -> bool:
    return comparing(before.page, after.page)


@always
def by_class_method(before: Shelf, after: Shelf) -> bool:
    return Comparing.alike(before.page, after.page)


@always
def by_what_an_object_has(before: Shelf, after: Shelf) -> bool:
    return comparing.how(before.page, after.page)


@always
def by_table_of_lists(before: Shelf, after: Shelf) -> bool:
    return QUESTIONS["alike"][0](before.page, after.page)


@always
def by_name(before: Shelf, after: Shelf) -> bool:
    return bool(operator.methodcaller("is_page", before.page)(after))


@always
def by_kept_name(before: Shelf, after: Shelf) -> bool:
    return bool(getattr(after, IS_PAGE)(before.page))


@always
def chained(before: Shelf, after: Shelf) -> bool:
    return before.page is after.page is before.page


@always
def bags_only_grow(before: Shelf, after: Shelf) -> bool:
    return all(page in after.bag for page in before.bag)


def bags_only_grow_by_number(before: Shelf, after: Shelf) -> bool:
    return set(numbers(before.bag)) <= set(numbers(after.bag))


@always
def bags_by_sets(before: Shelf, after: Shelf) -> bool:
    return set(before.bag) <= set(after.bag)


@always
def bags_by_ids(before: Shelf, after: Shelf) -> bool:
    return set(map(id, before.bag)) <= set(map(id, after.bag))


@always
def bags_are_equal(before: Shelf, after: Shelf) -> bool:
    return before.bag == after.bag


def bags_are_equal_by_number(before: Shelf, after: Shelf) -> bool:
    return set(numbers(before.bag)) == set(numbers(after.bag))


@always
def lists_are_equal(before: Shelf, after: Shelf) -> bool:
    return before.pages == after.pages


def lists_are_equal_by_number(before: Shelf, after: Shelf) -> bool:
    return numbers(before.pages) == numbers(after.pages)


@always
def first_of_the_list_stays(before: Shelf, after: Shelf) -> bool:
    return not before.pages or before.pages[0] is after.pages[0]


def first_of_the_list_stays_by_number(before: Shelf, after: Shelf) -> bool:
    return numbers(before.pages)[:1] in ([], numbers(after.pages)[:1])


@always
def index_is_kept(before: Shelf, after: Shelf) -> bool:
    return all(after.pages.index(page) == place for place, page in enumerate(before.pages) if page in after.pages)


def index_is_kept_by_number(before: Shelf, after: Shelf) -> bool:
    mine = numbers(after.pages)
    return all(mine.index(page) == place for place, page in enumerate(numbers(before.pages)) if page in mine)


@always
def named_stays(before: Shelf, after: Shelf) -> bool:
    return before.by_name["a"] is None or before.by_name["a"] is after.by_name["a"]


def named_stays_by_number(before: Shelf, after: Shelf) -> bool:
    return numbers(before.by_name.values()) in ([0], numbers(after.by_name.values()))


@always
def page_goes_nowhere(before: Shelf, after: Shelf) -> bool:
    return before.page is None or before.page is after.page or before.page in after.bag


def page_goes_nowhere_by_number(before: Shelf, after: Shelf) -> bool:
    return before.number() in (0, after.number(), *numbers(after.bag))


@always
def page_is_reached(before: Shelf, after: Shelf) -> bool:
    return before.page is None or path_to(before.page, after.roots()) is not None


def page_is_reached_by_number(before: Shelf, after: Shelf) -> bool:
    held = (*numbers(after.bag), *numbers(after.pages), *numbers(after.by_name.values()))
    return before.number() in (0, after.number(), *held)


@always
def size_goes_by_object(before: Shelf, after: Shelf) -> bool:
    return before.page is None or before.page is not after.page or before.page.size <= after.page.size  # pyright: ignore[reportOptionalMemberAccess] # there is one


def size_goes_by_object_by_number(before: Shelf, after: Shelf) -> bool:
    kept = before.number() == after.number() != 0
    return not kept or before.page.size <= after.page.size  # type: ignore[union-attr] # pyright: ignore[reportOptionalMemberAccess] # there is one


TWINS: list[tuple[Claim, Any]] = [
    (stays, stays_by_number),
    (is_replaced, is_replaced_by_number),
    (by_equality, by_equality_by_number),
    (by_inequality, by_inequality_by_number),
    *(
        (each, by_equality_by_number)
        for each in (by_function, by_method, by_class, by_operator, by_id, by_text, by_map)
    ),
    *((each, by_equality_by_number) for each in (by_lambda, by_match, chained)),
    *((each, by_equality_by_number) for each in (by_object, by_class_method, by_what_an_object_has)),
    *((each, by_equality_by_number) for each in (by_table_of_lists, by_name, by_kept_name)),
    (bags_only_grow, bags_only_grow_by_number),
    (bags_by_sets, bags_only_grow_by_number),
    (bags_by_ids, bags_only_grow_by_number),
    (bags_are_equal, bags_are_equal_by_number),
    (lists_are_equal, lists_are_equal_by_number),
    (first_of_the_list_stays, first_of_the_list_stays_by_number),
    (index_is_kept, index_is_kept_by_number),
    (named_stays, named_stays_by_number),
    (page_goes_nowhere, page_goes_nowhere_by_number),
    (page_is_reached, page_is_reached_by_number),
    (size_goes_by_object, size_goes_by_object_by_number),
]


def shortest(twin: Any) -> int | None:
    """How many steps it takes to break a twin, by brute force over sizes 1 and 2 and up to six steps."""
    walk = Walk(Shelf(), 2, {})
    layer = [state for _, state in walk.beginnings()]
    for depth in range(1, 7):
        reached: dict[object, Any] = {}
        for state in layer:
            for taken in walk.steps(state):
                if not twin(state, taken.after):
                    return depth
                reached.setdefault(repr(_plain(taken.after)), taken.after)
        layer = list(reached.values())
    return None


def _plain(state: Shelf) -> object:
    pages = [state.page, *state.bag, *state.pages, *state.by_name.values()]
    return [state.made, [page and (page.serial, page.size) for page in pages], len(state.bag), len(state.pages)]


CLAIMS = [claim for claim, _ in TWINS]
WITHIN = {claim: shortest(twin) for claim, twin in TWINS}


@pytest.fixture(scope="module", params=[Shelf, Blank])
def report(request: pytest.FixtureRequest) -> Any:
    return check(request.param(), CLAIMS, witnesses=False, time_limit=None)


def test_some_hold_and_some_do_not() -> None:
    """The examples are of both kinds."""
    assert {None, 1, 2} <= set(WITHIN.values())


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_the_portfolio_says_what_the_numbers_say(claim: Claim, report: Any) -> None:
    """On unknown sizes a claim about objects is violated where its twin is, in as few steps, and proved elsewhere."""
    verdict = report.of(claim)
    found = len(verdict.run) if isinstance(verdict, Violated) else None

    assert found == WITHIN[claim]
    assert isinstance(verdict, Violated | Proved)


@pytest.mark.parametrize("model", [Shelf, Blank])
@pytest.mark.parametrize("engine", [explore, explore_fast])
def test_explorers_say_what_the_numbers_say(engine: Any, model: type[Shelf]) -> None:
    """The plain walk and the kernels find the same shortest runs."""
    found = engine(model(), CLAIMS, Bounds(2)).violations

    assert {name: len(run) for name, run in found.items()} == {claim.name: n for claim, n in WITHIN.items() if n}


@pytest.mark.parametrize("model", [pytest.param(Shelf, marks=pytest.mark.slow), Blank])
@pytest.mark.thorough
def test_random_runs_say_what_the_numbers_say(model: type[Shelf]) -> None:
    """Random runs break what can be broken, and nothing else."""
    found = simulate(model(), CLAIMS, examples=300, steps=12).found

    assert {name for name, run in found.items() if run} == {claim.name for claim, steps in WITHIN.items() if steps}


class Drawer(Shelf):
    """Its pages are compared by a method that no claim but one asks for."""

    def is_other(self, page: Page | None) -> bool:
        """Return whether this is another page."""
        return self.page is not page


IS_OTHER = "is_other"


@always
def by_name_alone(before: Drawer, after: Drawer) -> bool:
    return before.page is None or bool(getattr(after, IS_OTHER)(before.page))


def test_a_method_that_is_asked_for_by_its_name_alone() -> None:
    """A page stays where it is if nothing happens: that is noticed by a method that only a text names."""
    verdict = check(Drawer(), [by_name_alone], witnesses=False).of(by_name_alone)

    assert isinstance(verdict, Violated)
    assert [step.action for step in verdict.run.steps] == ["load", "nothing"]


def test_replay() -> None:
    """A step that does nothing keeps the page; a step that loads an equal one does not."""
    model = Shelf()
    kept = Run(model, (), (Step("load", (1,)), Step("nothing", ())))
    equal = Run(model, (), (Step("load", (1,)), Step("load", (1,))))

    assert (false_at(is_replaced, replay(kept)), false_at(stays, replay(kept))) == (2, None)
    assert (false_at(is_replaced, replay(equal)), false_at(stays, replay(equal))) == (None, 2)


# What has no identity


@always
def sizes_by_is(before: Shelf, after: Shelf) -> bool:
    return before.page is None or after.page is None or before.page.size is after.page.size


@always
def numbers_by_is(before: Shelf, after: Shelf) -> bool:
    return before.made is after.made


@always
def bags_by_is(before: Shelf, after: Shelf) -> bool:
    return before.bag is after.bag


@always
def states_by_equality(before: Shelf, after: Shelf) -> bool:
    return before == after


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        (sizes_by_is, "numbers or text"),
        (numbers_by_is, "numbers or text"),
        (bags_by_is, "containers by `is`"),
        (states_by_equality, "two states"),
    ],
    ids=lambda each: getattr(each, "name", ""),
)
def test_what_has_no_identity(claim: Claim, reason: str) -> None:
    """Where `is` says nothing about the model, the claim is refused with its line, and the others have verdicts."""
    report = check(Shelf(), [claim, stays], witnesses=False)
    refused = report.of(claim)

    assert isinstance(refused, Refused)
    assert reason in refused.why
    assert "test_identity.py:" in refused.why
    assert isinstance(report.of(stays), Violated)


def test_no_source() -> None:
    """Without the source of what compares by identity, a claim is refused, and told to write ==."""
    names: dict[str, Any] = {"__name__": __name__, "Shelf": Shelf}
    exec("def hidden(before: Shelf, after: Shelf) -> bool:\n    return before.page is after.page\n", names)  # noqa: S102
    report = check(Shelf(), [always(names["hidden"])], witnesses=False)

    assert "write == instead" in str(report.of("hidden"))
    assert report.exit_status() == 2


@always
def by_eval(before: Shelf, after: Shelf) -> bool:
    return bool(eval("before.page is after.page"))  # noqa: S307 - that is the point


@always
def by_exec(before: Shelf, after: Shelf) -> bool:
    return within(partial(exec, "before.page is after.page", {"before": before, "after": after}))


def within(asked: Any) -> bool:
    """Return what is asked for."""
    return bool(asked())


def test_code_that_is_text() -> None:
    """What a claim makes code of when it is asked compares Python's objects, and not the heap's: it is refused."""
    report = check(Shelf(), [by_eval, by_exec, stays], witnesses=False)

    for name in ("by_eval", "by_exec"):
        assert isinstance(report.of(name), Refused)
        assert f"text that {name[3:]} makes code of, in " in str(report.of(name))
    assert isinstance(report.of(stays), Violated)


same = operator.is_
TABLE: dict[str, Any] = {"same": operator.is_, "number": id}
equal_to: Any = partial(operator.is_, None)


def by_default_argument(one: Any, other: Any, same: Any = operator.is_) -> bool:
    """Compare by what is given."""
    return bool(same(one, other))


def made(question: Any) -> Callable[[Any, Any], bool]:
    """Return a function that compares by a question."""
    return lambda one, other: bool(question(one, other))


asked = made(operator.is_)


@always
def by_another_name(before: Shelf, after: Shelf) -> bool:
    return same(before.page, after.page)


@always
def by_a_table(before: Shelf, after: Shelf) -> bool:
    return bool(TABLE["same"](before.page, after.page))


@always
def by_a_default(before: Shelf, after: Shelf) -> bool:
    return by_default_argument(before.page, after.page)


@always
def by_a_closure(before: Shelf, after: Shelf) -> bool:
    return asked(before.page, after.page)


@always
def by_a_partial(before: Shelf, after: Shelf) -> bool:
    return bool(equal_to(before.page) or equal_to(after.page))


@always
def by_objects_own(before: Shelf, after: Shelf) -> bool:
    return object.__eq__(before.page, after.page) is True


ALIASES = [by_another_name, by_a_table, by_a_default, by_a_closure, by_a_partial, by_objects_own]


def test_identity_under_another_name() -> None:
    """What compares Python's objects and is not called by its own name is refused: the engine would not see it."""
    report = check(Shelf(), [*ALIASES, stays], witnesses=False)

    for claim in ALIASES:
        assert isinstance(report.of(claim), Refused)
        assert "by another name or as a value" in str(report.of(claim))
    assert isinstance(report.of(stays), Violated)


def test_no_source_is_needed_for_none() -> None:
    """`is None` is the same in every state."""
    names: dict[str, Any] = {"__name__": __name__, "Shelf": Shelf}
    exec("def plain(before: Shelf, after: Shelf) -> bool:\n    return after.page is None\n", names)  # noqa: S102

    assert isinstance(check(Shelf(), [always(names["plain"])], witnesses=False).of("plain"), Violated)


def test_is_means_what_it_did_elsewhere() -> None:
    """The functions that a claim calls answer as before where no claim is asked."""
    one, other = Page(1, 1), Page(1, 1)
    with pytest.raises(ClaimError, match="raises AttributeError"):
        by_function(None, None)

    assert (same_page(one, one), same_page(one, other), one == one, one == other) == (True, False, True, False)  # noqa: PLR0124
    assert len({one, other, one}) == 2
    with pytest.raises(ModelError, match="two claims are called stays"):
        check(Shelf(), [stays, always(stays.function)])
