"""Whether what the page computes is what the model does on integers."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from spillproof.counterexamples.explorer.announced import announced
from spillproof.counterexamples.explorer.link import Link, chain, read
from spillproof.counterexamples.explorer.names import Names, prefixes
from spillproof.model import oracle
from spillproof.model.clone import clone
from spillproof.model.heap import HeapObject, shallow_size_of
from spillproof.model.state import put_sizes, snapshot
from spillproof.model.step import attempt, bind, ranges
from spillproof.model.system import Action, actions_of
from spillproof.properties.catalogue import NEVER_NEGATIVE, NO_EXCEPTION
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.automaton.concrete import concrete
from spillproof.properties.engines.automaton.correspondence import correspondence
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.run import Moment, Script, asked_between, replay, sizes_of
from spillproof.properties.engines.story.holders import counted_free, measured, shares

SIZES = (1, 2, 3, 5)
"""What steps are given besides the sizes that the page suggests."""


class Agreement:
    """Compares runs of the page with the same runs on integers."""

    def __init__(self, automaton: Automaton) -> None:
        self.automaton = automaton
        self.claims = [claim for claim in automaton.claims if claim.mode is Mode.ALWAYS]
        events = {edge.index: announced(automaton, edge) for edge in automaton.edges}
        self.prefixes = prefixes(automaton, events)
        self.actions = actions_of(type(automaton.model))

    def check(self, walks: Sequence[Any]) -> int:
        """Compare runs, and return how many steps they have in all. Raises `AssertionError` at the first difference."""
        for walk in walks:
            self.compare(walk)
        return sum(len(walk["steps"]) for walk in walks)

    def compare(self, walk: Any) -> None:
        """Compare one run with the same run on integers, step by step."""
        links = [each["link"] for each in walk["steps"]]
        link: Link = read(f"#model=it&run={','.join(links)}")
        names = Names(self.automaton, self.prefixes)
        found = chain(link, names)
        moments = replay(concrete(self.automaton, found))

        assert len(moments) == len(links), links
        for at, (told, edge) in enumerate(zip(walk["steps"], found.edges, strict=True)):
            assert told["raised"] == moments[at].raised, links
            assert not moments[at].refused, links
            assert told["broken"] == self.broken(moments, at), links
            assert told["events"] == [[name, _details(details)] for name, details in moments[at].events], links
            if not told["raised"]:
                self.compare_states(told, edge.target, moments, at)
        if not walk["steps"][-1]["raised"]:
            assert names.now == walk["steps"][-1]["names"], links
        if walk["possible"] is not None:
            assert walk["possible"] == sorted(self.possible(moments[-1].state)), links

    def compare_states(self, told: Any, shape: int, moments: list[Moment], at: int) -> None:
        """Compare a state of the page with one on integers: the heap, and what is measured of it."""
        copy = self.automaton.shapes[shape].template.copy()
        put_sizes(copy[0], told["sizes"], self.automaton.sliced)
        known = correspondence(copy[0], moments[at].state)
        assert known is not None, told["link"]
        if told["ended"]:  # a counter is negative: nothing else is computed of such a state
            return
        bytes_ = measured(moments[at])
        memory = told["memory"] or {}
        assert {name: memory.get(name) for name in ("accounted", "reachable", "unclaimed") if memory} == {
            name: size for name, size in bytes_.items() if name != "free"
        }
        if "free" in bytes_:
            assert memory["capacity"] - memory["accounted"] == bytes_["free"]
        assert told["shallow"] == [
            shallow_size_of(known[id(each)]) if isinstance(each, HeapObject) else 0 for each in copy
        ]
        if memory:
            assert sorted(told["shares"]) == sorted([list(each) for each in shares(moments, at).values()])
        if told["free"] is not None:
            free = counted_free(moments, at)
            assert sum(size for _, size in told["free"]) == sum(int(each.shallow_size()) for each in free)

    def broken(self, moments: list[Moment], at: int) -> list[str]:
        """The claims that are false of a moment, asked on integers, in the order of the claims."""
        return [claim.name for claim in self.claims if self.is_false(claim, moments, at)]

    def is_false(self, claim: Claim, moments: list[Moment], at: int) -> bool:
        """Whether a claim is false at a moment. In a state with a negative size nothing else is asked."""
        now = moments[at]
        if claim is NO_EXCEPTION or now.raised:
            return claim is NO_EXCEPTION and bool(now.raised)
        negative = any(size < 0 for size in sizes_of(now.state))
        if claim is NEVER_NEGATIVE or negative:
            return claim is NEVER_NEGATIVE and negative
        if claim.over_steps:
            return at > 0 and not asked_between(claim, moments[at - 1], now)
        return not claim(now.state)

    def possible(self, state: Any) -> Iterator[str]:
        """Everything that the model can do from a state on integers with the sizes above, as the driver tells it."""
        objects = snapshot(state).objects
        for action in self.actions:
            for given in itertools.product(*ranges(action.parameters, objects, SIZES)):
                for after, raised in outcomes(state, action, given):
                    kinds = [_kind(each, objects, value) for each, value in zip(action.parameters, given, strict=True)]
                    sizes = [v for each, v in zip(action.parameters, given, strict=True) if each.kind.name == "SIZE"]
                    moment = Moment(after, None, "", {}, [], [])
                    bytes_ = {} if raised or min(sizes_of(after), default=0) < 0 else measured(moment)
                    memory = [bytes_["accounted"], bytes_["reachable"]] if bytes_ else None
                    yield json.dumps(
                        [action.name, kinds, sizes, raised, memory], separators=(",", ":"), ensure_ascii=False
                    )


def outcomes(state: Any, action: Action, given: tuple[Any, ...]) -> Iterator[tuple[Any, str]]:
    """Take a step on copies of a state, once for each way that the environment can choose, without what is refused."""
    waiting: list[tuple[int, ...]] = [()]
    while waiting:
        copies: dict[int, Any] = {}
        copy = clone(state, copies)
        objects = [copies[id(each)] for each in snapshot(state).objects]
        script = _Choosing(waiting.pop(), action.name)
        with oracle.consulting(script):
            outcome = attempt(copy, action, bind(action.parameters, given, objects))
        waiting += script.others
        if not outcome.refused:
            yield copy, outcome.raised


class _Choosing(Script):
    """Makes given choices, then the first possible one of each, and keeps what else could have been chosen."""

    def __init__(self, picks: tuple[int, ...], doing: str) -> None:
        super().__init__(picks, doing)
        self.made: tuple[int, ...] = ()
        self.others: list[tuple[int, ...]] = []

    def choose(self, options: int) -> int:
        return self.among(list(range(options)))

    def prefer(self, options: int, best: Callable[[], Sequence[int]]) -> int:
        return self.among(list(best()))

    def among(self, possible: list[int]) -> int:
        """Make a choice."""
        if self.picks:
            pick = self.picks.pop(0)
        else:
            pick, *others = possible
            self.others += [(*self.made, each) for each in others]
        self.made = (*self.made, pick)
        return pick


def _details(details: dict[str, object]) -> list[list[str]]:
    return [[key, "object" if isinstance(value, HeapObject) else str(value)] for key, value in details.items()]


def _kind(parameter: Any, objects: list[Any], value: Any) -> Any:
    if parameter.kind.name == "OBJECT":
        return type(objects[value]).__name__
    return "" if parameter.kind.name == "SIZE" else getattr(value, "name", value)
