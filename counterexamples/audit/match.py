"""The trace of the model that matches what a log says: the same steps with the same sizes, ready for `replay`.

The incident's own log is matched by the catalogue's model of it, which has its sizes and its heap. Any other forced
spill of a map that is read is matched by a run of `spark@…`: the grants as insertions, in the order of the log. That
model accounts exactly and has one thread and one mode; consumers that are no maps are left out of it, and that is said.
A trace is given out only if the model, taking it, releases what the log says was released.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from spillproof.counterexamples.audit.audit import Audit
from spillproof.counterexamples.audit.books import MAP, Task, Window
from spillproof.counterexamples.audit.interval import Interval, exactly, gigabytes
from spillproof.counterexamples.trace import State, Trace, trace
from spillproof.model.catalogue import find
from spillproof.model.claim_names import CHIEF
from spillproof.model.errors import ModelError
from spillproof.model.spark.collection.external_append_only_map import ExternalAppendOnlyMap
from spillproof.model.spark.scenario import incident
from spillproof.model.state import snapshot
from spillproof.model.system import Model
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.engines.run import Moment, Playing, Run, Step, false_at, replay

MOST = 200
"""Steps of a trace that is made of a log."""


@dataclass(frozen=True)
class Match:
    """A trace of a model, and how far it is the log's."""

    trace: Trace
    model: str
    words: str
    accounted: Interval
    reachable: int
    left_out: int = 0
    held: str = ""
    """What is reachable then, by consumer."""


def match(audit: Audit) -> Match | None:
    """Return the trace that matches the worst forced spill of a map, or None where the log has none."""
    for task in audit.tasks:
        windows = [
            each for each in task.windows if each.kind == "forced spill" and each.collection == MAP and each.whom
        ]
        for window in sorted(windows, key=lambda each: -each.size.hi)[:3]:
            if found := _incident(audit, window) or _spark(audit, task, window):
                return found
    return None


# The incident's own log


def _incident(audit: Audit, window: Window) -> Match | None:
    first = [each.size for each in window.before if each.who == window.who]
    second = [each.size for each in window.after]
    last = exactly(incident.POOL - sum(incident.E1_REQUESTS[:-1]) * incident.MB // 10)
    wanted = [*map(_tenths, incident.E1_REQUESTS[:-1]), last]
    if not (_same(first, wanted) and _same(second, list(map(_tenths, incident.E2_REQUESTS)))):
        return None
    release = audit.evidence.modelled() if audit.evidence.asked else "2.1.2"
    name = f"incident@{release}"
    model = find(name).build()
    playing = Playing(model)
    playing.begin(())
    steps: list[Step] = []
    for action, label in (("build", 0), ("open", 0), ("build_again", 1), ("grow_table", 1)):
        building = [each for each in snapshot(playing.state).objects if isinstance(each, ExternalAppendOnlyMap)]
        maps = [each for each in building if each in playing.state.downstream.building]
        index = snapshot(playing.state).objects.index(maps[min(label, len(maps) - 1)])
        steps.append(Step(action, (index,)))
        playing.take(steps[-1])
    return _made(Run(model, (), tuple(steps)), name, "the catalogue's model of this very incident, with its heap", 0)


def _tenths(number: int) -> Interval:
    return exactly(number * incident.MB // 10)


def _same(here: Sequence[Interval], there: Sequence[Interval]) -> bool:
    return len(here) == len(there) and all(one.meets(other) for one, other in zip(here, there, strict=True))


# Any other


def _spark(audit: Audit, task: Task, window: Window) -> Match | None:
    """Return the grants to the two maps as a run: the one that had to spill, and the one that it had to spill for."""
    before = [each for each in window.before if each.who in (window.who, window.whom)]
    given = sum(each.size.middle() for each in before if each.who == window.who)
    if not given or not window.after or len(before) + len(window.after) > MOST:
        return None
    capacity = sum(each.size.middle() for each in before)
    name = f"spark@{audit.evidence.modelled()}"
    taking = _Taking(name, capacity, (window.who, window.whom))
    try:
        for each in before:
            taking.insert(each.who, each.size.middle())
        taking.step("iterator", taking.map(window.who))
        for each in window.after:
            room = capacity - sum(taking.used(label) for label in (window.whom,))
            if room > 0:
                taking.insert(window.whom, min(each.size.middle(), room))
    except ModelError:
        return None
    if taking.released != given:
        return None
    others = sum(1 for each in task.consumers.values() if each.label not in (window.who, window.whom))
    words = "the log's grants as insertions, each in the middle of what its rounding leaves open"
    return _made(Run(taking.model, (capacity,), tuple(taking.steps)), name, words, others)


class _Taking:
    """A run of `spark@…` while it is made."""

    def __init__(self, name: str, capacity: int, labels: Sequence[str]) -> None:
        self.model: Model = find(name).build(consumers=max(2, len(labels)))
        self.playing = Playing(self.model)
        self.playing.begin((capacity,))
        self.steps: list[Step] = []
        self.maps = dict(zip(labels, self.playing.state.downstream.building, strict=False))
        self.released = 0

    def map(self, label: str) -> int:
        """Return where a map stands in the state."""
        return [id(each) for each in snapshot(self.playing.state).objects].index(id(self.maps[label]))

    def used(self, label: str) -> int:
        """Return what a map is using."""
        return int(self.maps[label].used)

    def insert(self, label: str, size: int) -> None:
        """Put a record of that size into a map."""
        self.step("insert", self.map(label), size)

    def step(self, action: str, *arguments: int) -> Moment:
        """Take a step. Raises `ModelError` where the model cannot."""
        step = Step(action, arguments)
        moment = self.playing.take(step)
        if moment.refused or moment.raised:
            raise ModelError(f"{moment.spelled}: {moment.raised or 'refused'}")
        self.steps.append(step)
        self.released += sum(int(str(details["size"])) for name, details in moment.events if name == "release")
        return moment


def _made(run: Run, name: str, words: str, left_out: int) -> Match:
    chief = next(each for each in CLAIMS if each.name == CHIEF)
    moments = replay(run)
    guilty = false_at(chief, moments)
    made = trace(run, name, (CHIEF,), violation=guilty is not None, guilty=guilty)
    at = made.states[guilty if guilty is not None else -1]
    told = " and ".join(f"{label}'s {gigabytes(exactly(size))}" for label, size in sorted(_held(at)))
    return Match(made, name, words, exactly(at.accounted or 0), at.reachable or 0, left_out, told)


def _held(state: State) -> Iterator[tuple[str, int]]:
    """Yield what each map of a state keeps reachable of tables, by its name."""
    heap = {each.name: each for each in state.heap}
    for owner in state.heap:
        if owner.kind != MAP:
            continue
        seen = {owner.name}
        waiting = [owner]
        size = 0
        while waiting:
            each = waiting.pop()
            size += each.shallow if each.kind == "Table" else 0
            nexts = {name for _, name in each.references if heap[name].kind != "TaskMemoryManager"} - seen
            seen |= nexts
            waiting += [heap[name] for name in nexts]
        if size:
            yield owner.name, size
