"""A run in a regression test: what the tests that `spillproof export --format pytest` writes are made of.

Such a test names no index and no state. An object is the first, second … of its class that a step made, so that the run
can be taken on another variant of the model, where the same object may stand elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from spillproof.counterexamples.replay.variant import Retaken, retake
from spillproof.counterexamples.trace import Argument, Constant, Object, State, Trace
from spillproof.counterexamples.variants import asked_of, fitting
from spillproof.model.errors import ModelError
from spillproof.model.names import unknown
from spillproof.model.system import Kind, Model, actions_of
from spillproof.properties.catalogue import claims_about
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.run import Moment, Step, false_at
from spillproof.properties.engines.story.holders import measured


@dataclass(frozen=True)
class Made:
    """An object of a run, by its birth: so it is found on every variant of a model."""

    step: int
    """The step that made it; 0 for the beginning."""
    kind: str
    """The name of its class."""
    which: int = 1
    """Which of that class the step made, from 1."""


def step(action: str, *arguments: Made | Constant, picks: tuple[int, ...] = ()) -> Step:
    """Return a step, as tests spell it that were written before `Step` was in the face."""
    return Step(action, arguments, picks)


def assert_holds(claim: str, model: str, scope: Mapping[str, Constant], run: Sequence[Step]) -> None:
    """Take a run on a model, and fail if the claim is not true throughout; for a `sometimes` claim, if it is never.

    An object is `Made`, a number is a size, a text the name of an enum member. Fails as well where the model cannot
    take the run to its end, because then it says nothing about the model.
    """
    __tracebackhide__ = True  # pytest then shows the line of the test, and nothing of this
    try:
        wrong = _wrong(claim, model, _trace(scope, run))
    except ModelError as error:
        wrong = str(error)
    if wrong:
        raise AssertionError(wrong)


def _wrong(claim: str, model: str, trace: Trace) -> str:
    """Return what is wrong with a run on a model, or nothing."""
    played = fitting(trace, asked_of(trace, model, whole=True))
    wanted = _claim(claim, played)
    taken = retake(trace, played)
    at = false_at(wanted, taken.moments)
    if at is not None and wanted.mode is not Mode.SOMETIMES:
        return _told(f"{claim} is false on {model} after step {at}, {taken.moments[at].spelled}:", taken, at)
    if len(taken.moments) < len(trace.states):
        why = taken.stopped or f"step {len(taken.moments) - 1} raises {taken.moments[-1].raised}"
        return _told(f"{model} cannot take this run to its end, so that the run says nothing about it: {why}.", taken)
    if wanted.mode is Mode.SOMETIMES and at is None:
        return _told(f"{claim} is not seen on {model} in this run:", taken)
    return ""


def _told(why: str, taken: Retaken, at: int | None = None) -> str:
    return "\n".join([why, "", *_table(taken.moments, at)])


def _table(moments: Sequence[Moment], at: int | None) -> Iterator[str]:
    """Yield the run, a step a line, with what is accounted and what is reachable after each."""
    columns = list(dict.fromkeys(name for moment in moments for name in measured(moment) if name != "unclaimed"))
    width = max(len(moment.spelled) for moment in moments)
    yield f"       {'':{width}}  {'  '.join(f'{name:>9}' for name in columns)}".rstrip()
    for index, moment in enumerate(moments):
        found = measured(moment)
        sizes = "  ".join(f"{found[name]:>9,}" if name in found else f"{'':>9}" for name in columns)
        mark = "▶" if index == at else " "
        raised = f"  raises {moment.raised}" if moment.raised else ""
        yield f"  {mark} {index or '':>3} {moment.spelled:{width}}  {sizes}{raised}".rstrip()


def _claim(name: str, model: Model) -> Claim:
    always, sometimes = claims_about(type(model))
    known = [*always, *sometimes, *(_is_taken(action.name) for action in actions_of(type(model)))]
    found = next((each for each in known if each.name == name), None)
    if found is None:
        raise ModelError(unknown(f"claim about {type(model).__name__}", name, [each.name for each in known]))
    return found


def _is_taken(action: str) -> Claim:
    """Return the claim that a run which takes an action to its end shows."""
    return Claim(f"{action}_is_taken", Mode.SOMETIMES, lambda _before, _after: True, over_steps=True)


# As a trace, with no more of the heap than the objects that steps name


def _trace(scope: Mapping[str, Constant], run: Sequence[Step]) -> Trace:
    numbers = _numbers(run)
    states: list[State] = []
    for index, taken in enumerate(run):
        before = states[-1].heap if states else ()
        heap = tuple(_object(each, number) for each, number in numbers.items() if each.step <= index)
        states.append(_state(taken, tuple(_argument(each, before, numbers) for each in taken.arguments), heap))
    return Trace("this run", tuple(scope.items()), (), violation=True, states=tuple(states))


def _numbers(run: Sequence[Step]) -> dict[Made, int]:
    """Return a number for each object that a step names, and for those of its class that were made before it."""
    named = {each for taken in run for each in taken.arguments if isinstance(each, Made)}
    most: dict[tuple[int, str], int] = {}
    for each in named:
        most[each.step, each.kind] = max(each.which, most.get((each.step, each.kind), 0))
    found = [Made(step, kind, which) for (step, kind), last in sorted(most.items()) for which in range(1, last + 1)]
    return {each: number for number, each in enumerate(found)}


def _object(each: Made, number: int) -> Object:
    return Object(number, f"{each.kind} {each.which} of step {each.step}", each.kind, 0, (), (), ())


def _argument(value: Made | Constant, before: tuple[Object, ...], numbers: Mapping[Made, int]) -> Argument:
    if not isinstance(value, Made):
        return Argument("", Kind.VALUE if isinstance(value, (bool, str, tuple)) else Kind.SIZE, value)
    index = next((place for place, each in enumerate(before) if each.number == numbers[value]), -1)
    return Argument("", Kind.OBJECT, index)


def _state(taken: Step, arguments: tuple[Argument, ...], heap: tuple[Object, ...]) -> State:
    return State(
        action=taken.action, arguments=arguments, picks=taken.picks, spelled="", accounted=None, reachable=None,
        unclaimed=None, free=None, events=(), raised="", heap=heap, roots=(),
    )  # fmt: skip
