"""A moment of a run as plain data: the bytes, the heap with what is in its fields, and what was announced."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeAlias

from spillproof.counterexamples.trace import constant, leaves
from spillproof.model.fields import fields_of
from spillproof.model.heap import HeapObject
from spillproof.model.system import Kind, actions_of
from spillproof.properties.engines.run import Moment, Step
from spillproof.properties.engines.story.holders import counted_free, measured, retained
from spillproof.properties.engines.story.names import names_of

Json: TypeAlias = Any


def portrait(moments: list[Moment], at: int) -> dict[str, Json]:
    """Return what there is to see after a step of a run."""
    moment = moments[at]
    names = paths_of(moment)
    return {
        "spelled": spelled(moments, at),
        "raised": moment.raised,
        "memory": _memory(moment),
        "events": [
            [name, [[key, _detail(value, names)] for key, value in details.items()]] for name, details in moment.events
        ],
        "heap": None if moment.raised or moment.refused else _heap(moments, at, names),
    }


def paths_of(moment: Moment) -> dict[int, str]:
    """Return what each object is called, by id: the shortest way by which the model reaches it, such as `e1.table`."""
    return names_of(replace(moment, names={}))


def spelled(moments: list[Moment], at: int) -> str:
    """Return a step as the bench writes it: objects are called by how they are reached before it."""
    moment = moments[at]
    if moment.step is None:
        return moment.spelled
    return f"{moment.step.action}({', '.join(words_of(moment.step, moments[at - 1]))})"


def words_of(step: Step, before: Moment) -> list[str]:
    """Return the arguments of a step as the bench writes them, in the moment before it."""
    names = paths_of(before)
    action = next(each for each in actions_of(type(before.state)) if each.name == step.action)
    return [
        names[id(before.objects[value])] if each.kind is Kind.OBJECT else str(constant(value))
        for each, value in zip(action.parameters, step.arguments, strict=True)
    ]


def _detail(value: object, names: dict[int, str]) -> Json:
    if isinstance(value, HeapObject):
        return names.get(id(value), type(value).__name__)
    return value if type(value) is int else str(constant(value))


def _memory(moment: Moment) -> dict[str, int | None] | None:
    found = measured(moment)
    if not found or moment.refused:
        return None
    gap = max(0, found["reachable"] - found["accounted"] - found["unclaimed"])
    capacity = found["accounted"] + found["free"] if "free" in found else None
    return {name: found[name] for name in ("accounted", "reachable", "unclaimed")} | {"capacity": capacity, "gap": gap}


def _heap(moments: list[Moment], at: int, names: dict[int, str]) -> dict[str, Json]:
    moment = moments[at]
    index = {id(each): place for place, each in enumerate(moment.objects)}
    roots = list(moment.state.roots())
    return {
        "roots": [[each.name, index[id(each.target)]] for each in roots],
        "free": [index[id(each)] for each in counted_free(moments, at)],
        "objects": [
            {
                "at": place,
                "id": number,
                "name": names.get(id(each), ""),
                "kind": type(each).__name__,
                "shallow": int(each.shallow_size()) if isinstance(each, HeapObject) else 0,
                "retained": retained(each, roots) if isinstance(each, HeapObject) else None,
                **_fields(each, index),
            }
            for place, (each, number) in enumerate(zip(moment.objects, moment.numbers, strict=True))
        ],
    }


def _fields(each: Any, index: dict[int, int]) -> dict[str, Json]:
    """Return what is in the fields of an object, by what it is: sizes, references by place, constants in words."""
    sizes: list[Json] = []
    refers: list[Json] = []
    constants: list[Json] = []
    for field, is_size in fields_of(type(each)).of(vars(each)):
        for name, value in leaves(field, vars(each)[field]):
            if isinstance(value, HeapObject):
                refers.append([name, index[id(value)]])
            elif is_size and value is not None:
                sizes.append([name, value])
            else:
                constants.append([name, str(constant(value))])
    return {"sizes": sizes, "references": refers, "constants": constants}
