"""A model in Quint: a module with an action for each of ours, and a `val` for each claim."""

from __future__ import annotations

from collections.abc import Iterator

from spillproof.counterexamples.export.checkers.infix import Infix
from spillproof.counterexamples.export.checkers.names import given_in, spelled
from spillproof.counterexamples.export.checkers.preamble import preamble
from spillproof.counterexamples.export.checkers.program import Choice, Claimed, Program, Region, Station, Transition

_BUILT_IN = """
    Bool Int List Map Nat None Rec Set Some Tup action actionAll actionAny all allLists allListsUpTo always and any
    append as assert assume bool chooseSome concat const contains def else enabled eq eventually exclude exists
    existsConst expect export fail field fieldNames filter flatten fold foldl foldr forall from get getOnlyElement
    guarantees head iadd idiv if iff igt igte ilt ilte imod implies import imul in indices init int intersect ipow
    isFinite isub item ite iuminus keys leadsTo length map mapBy match matchVariant module mustChange neq next nondet
    not nth oneOf or orKeep powerset pure put range replaceAt reps run select set setBy setOfMaps setToMap size slice
    step str strongFair subseteq tail temporal then to tuples type union unionMatch val var variant weakFair with
    Sizes Least breaks nothing
"""
BUILT_IN = frozenset(_BUILT_IN.split())
"""Words of Quint, its own operators (which nothing may be called), and those that are written here."""


def _named(name: str) -> str:
    """Return a name as Quint takes it. No other name has two underscores in a row."""
    return f"{name}__" if name in BUILT_IN else name


class _Quint(Infix):
    def unknown(self, symbol: int, region: Region) -> str:
        name = region.names.get(symbol)
        return super().unknown(symbol, region) if name is None else _named(name)


QUINT = _Quint(divided="/", equal="==", different="!=")

START = "start"

_HOW = "Quint: quint typecheck FILE; quint run --main={name} --invariant=CLAIM FILE     (random runs, not all of them)"


def quint(program: Program, name: str) -> str:
    """Return the module `name`. Sizes are 1 to `LARGEST`."""
    return "\n".join(_lines(program, _named(spelled(name)))) + "\n"


def _lines(program: Program, name: str) -> Iterator[str]:
    sizes = [*map(_named, program.sizes())]
    yield from (f"// {line}".rstrip() for line in preamble(program, _HOW.format(name=name)))
    yield f"module {name} {{"
    yield "  pure val LARGEST = 2"
    yield "  pure val Sizes = 1.to(LARGEST)"
    yield ""
    yield "  var shape: str"
    yield "  var broken: str"
    yield from (f"  var {size}: int" for size in sizes)
    yield from _LEAST if any(len(each.orders) > 1 for each in program.stations) else ()
    yield ""
    yield "  // A step that breaks a claim about steps leads to a state of its own, in which the run ends."
    yield "  action breaks(claim__: str): bool = all {"
    yield f"""    shape' = "broken", broken' = claim__{_zero(sizes)}"""
    yield "  }"
    yield ""
    yield "  // The shapes of the heap, with their sizes."
    for station in program.stations:
        yield from _station(station, sizes)
    yield ""
    yield f"""  action init = all {{ shape' = "{START}", broken' = "nothing"{_zero(sizes)} }}"""
    actions = program.actions()
    for action, choices in actions.items():
        yield ""
        yield f"  action {_named(action)} = any {{"
        for choice in choices:
            yield from _choice(choice)
        yield "  }"
    yield ""
    yield f"  action step = any {{ {', '.join(map(_named, actions))} }}"
    for claim in program.claims:
        yield from _claim(claim)
    yield "}"


def _zero(sizes: list[str]) -> str:
    return "".join(f", {size}' = 0" for size in sizes)


_LEAST = (
    "",
    "  // Alike objects in a bag have no order: of the ways to write a state, the least one is taken.",
    "  pure def less__(one__: List[int], other__: List[int]): bool = one__.indices().exists(at__ =>",
    "    one__[at__] < other__[at__] and 0.to(at__ - 1).forall(place__ => one__[place__] == other__[place__]))",
    "  pure def Least(written__: List[List[int]]): List[int] =",
    "    written__.foldl(written__[0], (best__, each__) => if (less__(each__, best__)) each__ else best__)",
)


def _station(station: Station, sizes: list[str]) -> Iterator[str]:
    yield ""
    yield from (f"  // {line}" for line in station.description)
    given = [f"new__{place}" for place, _ in enumerate(station.sizes)]
    values = given
    head = f"  action {station.name}{given_in([f'{each}: int' for each in given])}{': bool' if given else ''} = "
    if len(station.orders) > 1:
        written = (f"[{', '.join(given[place] for place in order)}]" for order in station.orders)
        yield f"{head}{{"
        yield f"    val least__ = Least([{', '.join(written)}])"
        values = [f"least__[{place}]" for place, _ in enumerate(given)]
        head = "    "
    own = dict(zip(map(_named, station.sizes), values, strict=True))
    told = "".join(f", {size}' = {own.get(size, '0')}" for size in sizes)
    yield f"""{head}all {{ shape' = "{station.name}", broken' = broken{told} }}"""
    if len(station.orders) > 1:
        yield "  }"


def _choice(choice: Choice) -> Iterator[str]:
    yield f"    // {choice.words}"
    yield f'    all {{ shape == "{choice.source.name if choice.source else START}", {{'
    yield from (f"      nondet {_named(argument)} = Sizes.oneOf()" for argument in choice.arguments)
    yield "      any {"
    yield from (f"        {line}," for way in choice.ways for line in _way(way))
    yield "      }"
    yield "    } },"


def _way(way: Transition) -> Iterator[str]:
    if way.target is not None:
        conditions = [*QUINT.conditions(way.region), *(QUINT.condition(each, way.region) for each in way.goes_on)]
        reached = f"{way.target.name}{given_in(QUINT.size(each, way.region) for each in way.update)}"
        yield f"all {{ {', '.join([*conditions, reached])} }}"
    for name, region in way.breaks:
        yield f"""all {{ {", ".join([*QUINT.conditions(region), f'breaks("{name}")'])} }}"""


def _claim(claim: Claimed) -> Iterator[str]:
    yield ""
    yield f"  // {claim.sentence}"
    if claim.about_steps:
        yield f'  val {_named(claim.name)} = broken != "{claim.name}"'
    elif not claim.false:
        yield f"  val {_named(claim.name)} = true"
    else:
        yield f"  val {_named(claim.name)} = and {{"
        yield from (f"    {_never(region)}," for region in claim.false)
        yield "  }"


def _never(region: Region) -> str:
    assert region.station is not None
    return f"""not({" and ".join([f'shape == "{region.station.name}"', *QUINT.conditions(region)])})"""
