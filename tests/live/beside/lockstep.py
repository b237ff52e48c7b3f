"""A run of a model taken on the code that it is a model of, step by step, and where the two differ.

The model's values are keys on the other side, its iterators handles. What is compared after each step: what is
accounted, what is reachable, and by how much the disk holds more than is accounted there (a pickled value is longer).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from spillproof.properties.claims import Claim
from spillproof.properties.engines.run import Moment, Run, Step, replay
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import Seen, Session, false_at


@dataclass(frozen=True)
class Pair:
    """What is seen of a step on both sides."""

    spelled: str
    model: tuple[int, ...]
    code: tuple[int, ...]


def lockstep(run: Run, adapter: type[Adapter], scale: int = 1) -> list[Pair]:
    """Return what is seen after each step of a run, on the model and on the code; `scale` is bytes of code a byte."""
    moments = replay(run)
    seen = taken(adapter, script_of(moments, adapter, scale))
    return [
        Pair(one.spelled, tuple(size * scale for size in _of_model(one)), _of_code(other))
        for one, other in zip(moments, seen, strict=True)
    ]


def breaks(run: Run, adapter: type[Adapter], claim: Claim, scale: int = 1) -> int | None:
    """Return the step at which a run of the model breaks a claim about the code, or None."""
    return false_at(claim, taken(adapter, script_of(replay(run), adapter, scale)))


def taken(adapter: type[Adapter], script: Script) -> list[Seen]:
    """Take a script that a model allows, be it one that random runs would not draw."""
    with measuring(adapter), Session(adapter, alone=True) as playing:
        for move in script:
            playing.take(move)
        return playing.steps


def script_of(moments: list[Moment], adapter: type[Adapter], scale: int = 1) -> Script:
    """Return the steps of a run as moves: what a step makes gets a key or a name, and what it is about is called so."""
    names: dict[int, str] = {}
    script: list[Move] = []
    for before, after in pairwise(moments):
        step = after.step
        assert step is not None
        new = [number for number in after.numbers if number not in names and number not in before.numbers]
        if step.action in ("put", "issue"):
            made = (
                adapter.keys_used[0]
                if adapter.appends and step.action == "put"
                else _fresh(adapter, names, step.action)
            )
            names |= dict.fromkeys(new, made)
            units = -(-step.arguments[0] * scale // adapter.measured_by.unit) if step.action == "put" else 0
            script.append(_made(step.action, adapter, made, units))
        else:
            script.append(_about(step, [names[before.numbers[index]] for index in step.arguments]))
    return tuple(script)


def _fresh(adapter: type[Adapter], names: dict[int, str], action: str) -> str:
    used = set(names.values())
    wanted = [f"h{number}" for number in range(1, len(used) + 2)] if action == "issue" else list(adapter.keys_used)
    wanted += [f"key{number}" for number in range(len(used) + 1)]
    return next(name for name in wanted if name not in used)


def _made(action: str, adapter: type[Adapter], name: str, units: int) -> Move:
    return Move(action, name, units) if action == "put" else Move(action, adapter.keys_used[0], name=name)


def _about(step: Step, names: list[str]) -> Move:
    if step.action in ("drop", "pull"):
        return Move(step.action, name=names[0])
    return Move(step.action, names[0] if names else "")


def _of_model(moment: Moment) -> tuple[int, ...]:
    state = moment.state
    disk = [state.disk_used() - state.disk_accounted()] if hasattr(state, "disk_used") else []
    return (int(state.accounted()), int(state.reachable()), *map(int, disk))


def _of_code(step: Seen) -> tuple[int, ...]:
    seen = step.now.seen
    disk = [seen["disk_used"] - seen["disk_accounted"]] if "disk_used" in seen else []
    return (seen["accounted"], seen["reachable"], *disk)
