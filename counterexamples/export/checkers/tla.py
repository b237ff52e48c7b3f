"""A model in TLA+, for TLC: a module with its configuration behind it, in one file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spillproof.counterexamples.export.checkers.infix import Infix
from spillproof.counterexamples.export.checkers.names import given_in, spelled
from spillproof.counterexamples.export.checkers.preamble import preamble
from spillproof.counterexamples.export.checkers.program import Choice, Claimed, Program, Region, Station, Transition

TLA = Infix(divided=r"\div", equal="=", different="#")

START = "start"


def tla(program: Program, name: str) -> str:
    """Return the module `name`. TLC wants it in a file of that name: `TLC -config NAME.tla NAME.tla`."""
    return "\n".join(_lines(program, spelled(name))) + "\n"


def _lines(program: Program, name: str) -> Iterator[str]:
    sizes = program.sizes()
    yield f"---- MODULE {name} ----"
    yield from (rf"\* {line}".rstrip() for line in preamble(program, _HOW.format(name=name)))
    yield "EXTENDS Integers, Sequences"
    yield ""
    yield "CONSTANT LARGEST"
    yield f"VARIABLES {', '.join(['shape', *sizes, 'broken'])}"
    yield f"vars == <<{', '.join(['shape', *sizes, 'broken'])}>>"
    yield ""
    yield "Sizes == 1..LARGEST"
    yield ""
    yield from _LEAST if any(len(each.orders) > 1 for each in program.stations) else ()
    yield r"\* A step that breaks a claim about steps leads to a state of its own, in which the run ends."
    yield "Breaks(claim) =="
    yield f"  /\\ shape' = \"broken\" /\\ broken' = claim{_all(sizes, chr(39))}"
    yield ""
    yield r"\* The shapes of the heap, with their sizes."
    for station in program.stations:
        yield from _station(station, sizes)
    yield ""
    yield f'Init == shape = "{START}" /\\ broken = "nothing"{_all(sizes)}'
    actions = program.actions()
    for action, choices in actions.items():
        yield ""
        yield f"{action} =="
        for choice in choices:
            yield from _choice(choice)
    yield ""
    yield f"Next == {_or(actions)}"
    yield "Spec == Init /\\ [][Next]_vars"
    for claim in program.claims:
        yield from _claim(claim)
    yield "===="
    yield f"---- CONFIG {name} ----"
    yield "CONSTANT LARGEST = 2"
    yield "INIT Init"
    yield "NEXT Next"
    yield "CHECK_DEADLOCK FALSE"
    yield from (f"INVARIANT {claim.name}" for claim in program.claims)
    yield "===="


_HOW = "TLC: java -cp tla2tools.jar tlc2.TLC -config {name}.tla {name}.tla"

_LEAST = (
    r"\* Alike objects in a bag have no order: of the ways to write a state, the least one is taken.",
    r"Less(a, b) == \E i \in 1..Len(a) : a[i] < b[i] /\ \A j \in 1..(i - 1) : a[j] = b[j]",
    r"Least(all) == CHOOSE a \in all : \A b \in all : a = b \/ Less(a, b)",
    "",
)


def _or(words: Iterable[str]) -> str:
    return r" \/ ".join(words)


def _all(sizes: list[str], prime: str = "") -> str:
    return "".join(f" /\\ {size}{prime} = 0" for size in sizes)


def _station(station: Station, sizes: list[str]) -> Iterator[str]:
    yield ""
    yield from (rf"\* {line}" for line in station.description)
    given = [f"{size}_" for size in station.sizes]
    yield f"{station.name}{given_in(given)} =="
    values = given
    if len(station.orders) > 1:
        written = (f"<<{', '.join(given[place] for place in order)}>>" for order in station.orders)
        yield f"  LET least == Least({{{', '.join(written)}}}) IN"
        values = [f"least[{place + 1}]" for place in range(len(given))]
    yield f'  /\\ shape\' = "{station.name}" /\\ UNCHANGED broken'
    yield from (f"  /\\ {size}' = {value}" for size, value in zip(station.sizes, values, strict=True))
    others = [f"{size}' = 0" for size in sizes if size not in station.sizes]
    if others:
        yield "  /\\ " + " /\\ ".join(others)


def _choice(choice: Choice) -> Iterator[str]:
    yield f'  \\/ /\\ shape = "{choice.source.name if choice.source else START}"  \\* {choice.words}'
    chosen = "".join(f"\\E {argument} \\in Sizes : " for argument in choice.arguments)
    first = f"     /\\ {chosen}"
    for line in (line for way in choice.ways for line in _way(way)):
        yield f"{first}\\/ {line}"
        first = " " * len(first)


def _way(way: Transition) -> Iterator[str]:
    if way.target is not None:
        conditions = [*TLA.conditions(way.region), *(TLA.condition(each, way.region) for each in way.goes_on)]
        reached = f"{way.target.name}{given_in(TLA.size(each, way.region) for each in way.update)}"
        yield " /\\ ".join([*conditions, reached])
    for name, region in way.breaks:
        yield " /\\ ".join([*TLA.conditions(region), f'Breaks("{name}")'])


def _claim(claim: Claimed) -> Iterator[str]:
    yield ""
    yield rf"\* {claim.sentence}"
    if claim.about_steps:
        yield f'{claim.name} == broken # "{claim.name}"'
    elif not claim.false:
        yield f"{claim.name} == TRUE"
    else:
        yield f"{claim.name} =="
        yield from (f"  /\\ {_never(region)}" for region in claim.false)


def _never(region: Region) -> str:
    assert region.station is not None
    conditions = TLA.conditions(region)
    inside = f'shape = "{region.station.name}"'
    return "~(" + " /\\ ".join([inside, *conditions]) + ")"
