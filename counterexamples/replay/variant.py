"""A trace taken again on a model: its own, or another variant.

A trace names objects by their index in a state, and in another variant the same object may have another index once the
two have parted. So objects are found by what they are: by the step that made them (or the beginning), their class, and
their order among those.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from spillproof.counterexamples.trace import Object, State, Trace, live
from spillproof.model.errors import ModelError
from spillproof.model.state import snapshot
from spillproof.model.system import Kind, Model, open_parameters
from spillproof.properties.engines.run import Moment, Playing, Run, Script, Step


@dataclass
class Retaken:
    """A trace as it went on a model."""

    run: Run
    """What could be taken, with the indices that objects have here."""
    moments: list[Moment]
    indices: list[int]
    """For each moment, the state of the trace that it answers to."""
    skipped: dict[int, str] = field(default_factory=dict)
    """The steps of the trace that could not be taken here, and why."""

    @property
    def stopped(self) -> str:
        """Return why the run did not go to its end: a step that could not be taken, or one that raised; or nothing."""
        if raised := self.moments[-1].raised:
            return f"step {self.indices[-1]} raises {raised}"
        return next((f"step {step} cannot be taken: {why}" for step, why in self.skipped.items()), "")


def retake(trace: Trace, model: Model, *, without: Collection[int] = (), go_on: bool = False) -> Retaken:
    """Take a trace on a model, leaving out the steps `without`.

    A step that cannot be taken ends the run, or with `go_on` is left out as well; one that raises ends it, as in any
    run. Raises `ModelError` where the model cannot even begin as the trace does.
    """
    taking = _Taking(trace, model)
    for index in range(1, len(trace.states)):
        if index in without:
            continue
        if why := taking.why_not(index):
            taking.done.skipped[index] = why
            if not go_on:
                break
        elif taking.done.moments[-1].raised:
            break
    return taking.done


class Preferring(Script):
    """Makes the choices that a trace recorded; where a heuristic of this model prefers otherwise, it has its way."""

    def __init__(self, picks: tuple[int, ...], doing: str) -> None:
        super().__init__(picks, doing)
        self.made: list[int] = []

    def choose(self, options: int) -> int:
        self.made.append(super().choose(options))
        return self.made[-1]

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:  # noqa: ARG002 - as its base has it
        recorded, preferred = self.picks.pop(0) if self.picks else 0, best()
        self.made.append(recorded if recorded in preferred else preferred[0])
        return self.made[-1]


class _Taking:
    """A trace while it is being taken on a model."""

    def __init__(self, trace: Trace, model: Model) -> None:
        self.trace = trace
        self.births = list(_births(trace.states))
        self.known: dict[int, int] = {}
        """By the number that an object has in the trace, the number that it has here."""
        first = trace.states[0]
        given = live(first, open_parameters(model))
        self.playing = Playing(model)
        script = Preferring(first.picks, "begin")
        moment = self.playing.begin(given, script=script)
        self.done = Retaken(Run(model, given, (), tuple(script.made)), [moment], [0])
        self.recognise(0, before=0)

    def why_not(self, index: int) -> str:
        """Take a step of the trace; return why it cannot be taken, or nothing."""
        before = len(self.playing.numbering)
        try:
            step = self.step(index)
            script = Preferring(step.picks, step.action)
            moment = self.playing.take(step, script)
        except ModelError as error:
            self.go_back()
            return str(error)
        if moment.refused:
            self.go_back()
            return f"{moment.guard} is false"
        self.done.moments.append(moment)
        self.done.indices.append(index)
        taken = (*self.done.run.steps, replace(step, picks=tuple(script.made)))
        self.done.run = replace(self.done.run, steps=taken)
        self.recognise(index, before)
        return ""

    def go_back(self) -> None:
        """Undo what a refused step has changed: take again what was taken."""
        self.playing = Playing(self.done.run.model)
        self.playing.begin(self.done.run.opening, self.done.run.opening_picks)
        for step in self.done.run.steps:
            self.playing.take(step)

    def step(self, index: int) -> Step:
        """Return a step of the trace, with the indices that its objects have here."""
        state, heap = self.trace.states[index], self.trace.states[index - 1].heap
        actions = self.playing.actions
        if state.action not in actions:
            message = f"{type(self.playing.model).__name__} has no action {state.action!r}; it has {', '.join(actions)}"
            raise ModelError(message)
        objects = [id(each) for each in snapshot(self.playing.state).objects]
        given = zip(state.arguments, live(state, actions[state.action].parameters), strict=True)
        names = {each.number: each.name for each in state.heap}  # after the step, which may have given a name
        arguments = tuple(
            self.index(named(heap, value), names, objects) if each.kind is Kind.OBJECT else value
            for each, value in given
        )
        return Step(state.action, arguments, state.picks)

    def index(self, wanted: Object, names: dict[int, str], objects: list[int]) -> int:
        """Return where an object of the trace stands here."""
        here = self.known.get(wanted.number)
        place = None if here is None else id(self.playing.numbering.kept[here])
        if place not in objects:
            message = f"there is no {names.get(wanted.number, wanted.name)} here, which is a {wanted.kind}"
            raise ModelError(message)
        return objects.index(place)

    def recognise(self, index: int, before: int) -> None:
        """Find out which objects that a step made here are which that it made in the trace."""
        made: dict[str, list[int]] = {}
        for number in range(before, len(self.playing.numbering)):
            made.setdefault(type(self.playing.numbering.kept[number]).__name__, []).append(number)
        for each in self.births[index]:
            if made.get(each.kind):
                self.known[each.number] = made[each.kind].pop(0)


def named(heap: tuple[Object, ...], index: object) -> Object:
    """Return the object of a state that an argument names. Raises `ModelError` where there is none."""
    if type(index) is not int or not 0 <= index < len(heap):
        message = f"the trace names object {index!r}, and the state has {len(heap)}"
        raise ModelError(message)
    return heap[index]


def _births(states: tuple[State, ...]) -> Iterator[list[Object]]:
    """Yield for each state the objects that are new in it, in the order of their numbers."""
    seen: set[int] = set()
    for state in states:
        new = sorted((each for each in state.heap if each.number not in seen), key=lambda each: each.number)
        seen |= {each.number for each in new}
        yield new
