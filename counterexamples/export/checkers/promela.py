"""A model in Promela, for Spin: one process, one indivisible step for each of ours."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.counterexamples.export.checkers.infix import Infix
from spillproof.counterexamples.export.checkers.preamble import preamble
from spillproof.counterexamples.export.checkers.program import Choice, Claimed, Program, Region, Station, Transition
from spillproof.model.errors import ModelError

PROMELA = Infix(divided="/", equal="==", different="!=")

LARGEST_INT = 2**31 - 1
"""Spin's int has 32 bits."""

_HOW = (
    "Spin: spin -a FILE; gcc -O2 -DSAFETY -DBFS -o pan pan.c; ./pan     (add -DLARGEST=3 to spin: sizes are 1 to 3)",
    "-DCOUNT asks no claim, and prints states: ./pan | grep STATE | sort -u | wc -l     (pan's own count has others)",
    "-DSTEPS=n looks at runs of at most n steps.",
)


_SETTINGS = """\
#ifndef LARGEST
#define LARGEST 2
#endif
#ifdef COUNT
#define MUST(claim) skip
#define SEEN PRINTED
#else
#define MUST(claim) assert(claim)
#define SEEN skip
#endif
#ifdef STEPS
int steps;
#define MORE (steps < STEPS)
#define COUNTED steps++
#else
#define MORE true
#define COUNTED skip
#endif
"""
"""What Spin's options -D set."""


def promela(program: Program, _name: str) -> str:
    """Return the model. Raises `ModelError` for a constant that Spin's int cannot hold."""
    text = "\n".join(_lines(program)) + "\n"
    big = next((part for part in text.split() if part.isdigit() and int(part) > LARGEST_INT), None)
    if big is not None:
        raise ModelError(
            f"{program.title} has the constant {big}, and Spin's int ends at {LARGEST_INT}; use tla or chc"
        )
    return text


def _lines(program: Program) -> Iterator[str]:
    sizes, arguments = program.sizes(), program.arguments()
    yield from ("/* " + line.replace("*/", "* /") + " */" if line else "" for line in preamble(program, *_HOW))
    yield from _SETTINGS.replace("PRINTED", _printed(sizes)).splitlines()
    yield ""
    yield "#define START 0"
    for number, station in enumerate(program.stations):
        yield f"#define {station.name} {number + 1}"
    yield ""
    yield "short shape;"
    yield from (f"int {size}, {size}_;     /* now, and after the step */" for size in sizes)
    yield from (f"int {argument};     /* chosen for a step, 0 after it */" for argument in arguments)
    for station in program.stations:
        yield from _station(station, sizes)
    yield ""
    yield "inline judge() {"
    yield from (f"  {line}" for claim in program.claims for line in _claim(claim))
    yield "  skip"
    yield "}"
    yield ""
    yield "active proctype task() {"
    yield "end:"
    yield "  do"
    for action, choices in program.actions().items():
        yield f"  /* {action} */"
        for choice in choices:
            yield from _choice(choice)
    yield "  od"
    yield "}"


def _printed(sizes: list[str]) -> str:
    """Return what prints a state. Spin itself counts states within an atomic step, or too few."""
    values = ["now.shape", *(f"now.{size}" for size in sizes)]
    return f'c_code {{ printf("STATE{" %d" * len(values)}\\n", {", ".join(values)}); }}'


def _station(station: Station, sizes: list[str]) -> Iterator[str]:
    yield ""
    yield from ("/* " + line.replace("*/", "* /") + " */" for line in station.description)
    yield f"inline to_{station.name}() {{"
    yield f"  shape = {station.name};"
    for order in station.orders:
        if order != tuple(range(len(order))):
            yield from _least(station, order)
    for size in sizes:
        yield f"  {size} = {f'{size}_; {size}_ = 0' if size in station.sizes else 0};"
    yield "  COUNTED;"
    yield "  SEEN;"
    yield "  judge()"
    yield "}"


def _least(station: Station, order: tuple[int, ...]) -> Iterator[str]:
    """Yield: if the sizes are less in that order, bring them into it. The variables of the step before hold them."""
    less = ""
    for place, other in reversed([*enumerate(order)]):
        one, two = f"{station.sizes[other]}_", f"{station.sizes[place]}_"
        if other != place:
            less = f"({one} < {two} || ({one} == {two} && {less}))" if less else f"({one} < {two})"
    yield "  if     /* alike objects in a bag have no order: of the ways to write a state, the least one is taken */"
    yield f"  :: {less} ->"
    moved = [(place, other) for place, other in enumerate(order) if place != other]
    yield from (f"     {station.sizes[place]} = {station.sizes[other]}_;" for place, other in moved)
    yield "     " + "; ".join(f"{station.sizes[place]}_ = {station.sizes[place]}" for place, _ in moved)
    yield "  :: else"
    yield "  fi;"


def _claim(claim: Claimed) -> Iterator[str]:
    for region in claim.false:
        assert region.station is not None
        conditions = " && ".join([f"shape == {region.station.name}", *_conditions(region)])
        yield f"MUST(!({conditions}));     /* {claim.name} */"


def _conditions(region: Region) -> list[str]:
    return [f"({each})" for each in PROMELA.conditions(region)]


def _choice(choice: Choice) -> Iterator[str]:
    source = choice.source.name if choice.source else "START"
    more = " && MORE" if choice.source else ""
    yield f"  :: atomic {{ shape == {source}{more} ->     /* {choice.words} */"
    yield from (f"       select ({argument} : 1 .. LARGEST);" for argument in choice.arguments)
    told = "".join(f" {argument}=%d" for argument in choice.arguments)
    words = choice.words.replace("\\", "").replace('"', "'").replace("%", "%%")
    given = "".join(f", {argument}" for argument in choice.arguments)
    yield "       if"
    for way in choice.ways:
        yield from (f"       {line}" for line in _way(way, f'printf("{words}{told}\\n"{given})'))
    if not any(_always(way) for way in choice.ways):
        yield "       :: else"
    cleared = "; ".join(f"{argument} = 0" for argument in choice.arguments)
    yield f"       fi{'; ' if cleared else ''}{cleared} }}"


def _always(way: Transition) -> bool:
    return way.target is not None and not way.region.conditions and not way.goes_on


def _way(way: Transition, said: str) -> Iterator[str]:
    if way.target is not None:
        conditions = [*_conditions(way.region), *(f"({PROMELA.condition(each, way.region)})" for each in way.goes_on)]
        update = [
            f"{size}_ = {PROMELA.size(value, way.region)}; "
            for size, value in zip(way.target.sizes, way.update, strict=True)
        ]
        guard = " && ".join(conditions) or "true"
        yield f":: {guard} -> d_step {{ {said}; {''.join(update)}to_{way.target.name}() }}"
    for name, region in way.breaks:
        yield f":: {' && '.join(_conditions(region)) or 'true'} -> {said}; MUST(false)     /* {name} */"
