"""Mutants of a model: its source with one guard or one update changed, run in a process of its own.

A mutant is noticed by the first of these that differs from the model as it is written:

- `claim`: the word of a verdict on a claim (violated, proved), in any of the scenes that are checked;
- `witness`: whether a `sometimes` claim or an action is ever seen;
- `count`: the length, objects or bytes of a shortest run; shapes and edges of an automaton; states and transitions;
- `error`: it does not import, or an engine refuses it;
- `no end`: it is stopped after `PATIENCE` seconds of processor time.

A verdict that is unknown notices nothing, so that no clock decides what is noticed, but for the last.

`python tests/quality/mutation.py` prints what notices each mutant; see `main`.
"""

from __future__ import annotations

import ast
import copy
import itertools
import json
import os
import pickle
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import find_spec
from pathlib import Path
from types import CodeType
from typing import Any, Literal, TypeVar

from spillproof.model.errors import ModelError
from spillproof.model.system import Model, open_parameters
from spillproof.properties.catalogue import CLAIMS, WITNESSES
from spillproof.properties.claims import applicable
from spillproof.properties.engines.check import check
from spillproof.properties.engines.explore import explore
from spillproof.properties.engines.layers import Bounds
from spillproof.properties.engines.shapes import extract
from spillproof.properties.engines.solver import Feasibility
from spillproof.properties.engines.verdict import Violated

Tree = TypeVar("Tree", bound=ast.AST)

Notice = Literal["claim", "witness", "count", "error", "no end", ""]
"""What notices a mutant; empty for nothing."""

PATIENCE = 40
"""Seconds of processor time after which a mutant is stopped: a busy machine stops none."""

MOST_MEMORY = 4 << 30

# Which mutants there are

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE, ast.Eq),
    ast.LtE: (ast.Lt, ast.Gt, ast.Eq),
    ast.Gt: (ast.GtE, ast.LtE, ast.Eq),
    ast.GtE: (ast.Gt, ast.Lt, ast.Eq),
    ast.Eq: (ast.NotEq, ast.LtE, ast.GtE),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
"""What each comparison is replaced by: the boundary moved, the opposite (first of all that is one), and equality."""

OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip

SIGNS: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add}


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what takes the place of a node, one for each mutant that changes it."""
    match node:
        case ast.Assign() | ast.AnnAssign() | ast.Expr(value=ast.Call()) | ast.Break() | ast.Return(value=None):
            yield ast.Pass()
        case ast.AugAssign(op=op):
            yield ast.Pass()
            if type(op) in SIGNS:
                yield _with(node, op=SIGNS[type(op)]())
        case ast.If() | ast.While():
            yield ast.Pass()
            yield _with(node, test=negated(node.test))
        case ast.IfExp():
            yield _with(node, test=negated(node.test))
        case ast.Compare(ops=[op]):
            yield from (_with(node, ops=[each()]) for each in COMPARISONS[type(op)])
        case ast.BoolOp(op=op, values=values):
            yield _with(node, op=ast.Or() if isinstance(op, ast.And) else ast.And())
            for dropped in values:
                kept = [each for each in values if each is not dropped]
                yield kept[0] if len(kept) == 1 else _with(node, values=kept)
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.BinOp(op=op) if type(op) in SIGNS:
            yield _with(node, op=SIGNS[type(op)]())
        case ast.Constant(value=bool(value)):
            yield ast.Constant(not value)
        case ast.Constant(value=int(value)) if value in (0, 1):
            yield ast.Constant(1 - value)
        case ast.comprehension(ifs=[_, *_]):
            yield _with(node, ifs=[])


def negated(test: ast.expr) -> ast.expr:
    """Return the opposite of a condition."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return operand
        case ast.Compare(ops=[op]):
            return _with(test, ops=[OPPOSITE[type(op)]()])
    return ast.UnaryOp(ast.Not(), test)


def _with(node: Any, **fields: Any) -> Any:
    changed = copy.copy(node)
    vars(changed).update(fields)
    return changed


@dataclass(frozen=True)
class Mutant:
    """One change to one module."""

    module: str
    name: str
    """Says what was changed, without line numbers: `yardstick Yardstick.spill: consumer.owned = 0 → pass`."""
    place: int
    """Of the node, in the order of `ast.walk`."""
    change: int
    """Of those that `changes` yields."""

    def tree(self) -> ast.Module:
        """Return the changed module."""
        tree = ast.parse(source_of(self.module).read_bytes())
        target = next(itertools.islice(ast.walk(tree), self.place, None))
        replacement = next(itertools.islice(changes(target), self.change, None))
        return ast.fix_missing_locations(replaced(tree, target, replacement))


def replaced(tree: Tree, target: ast.AST, replacement: ast.AST) -> Tree:
    """Return a copy of a tree with one node replaced."""
    return copy.deepcopy(tree, {id(target): ast.copy_location(replacement, target)})


def mutants_of(module: str) -> list[Mutant]:
    """Return every mutant of a module, in the order of its source."""
    return mutants_in(source_of(module).read_text(encoding="utf-8"), module)


def mutants_in(source: str, module: str) -> list[Mutant]:
    """Return every mutant of a source, in its order: none that only spells another one differently."""
    tree = ast.parse(source)
    number = {id(node): place for place, node in enumerate(ast.walk(tree))}
    seen: set[tuple[int, str]] = set()
    names: Counter[str] = Counter()
    found: list[Mutant] = []
    for node, owner, statement in _places(tree, (), tree):
        seen.add((id(statement), ast.unparse(statement)))
        for change, replacement in enumerate(changes(node)):
            after = replaced(statement, node, replacement)
            if (id(statement), ast.unparse(after)) in seen:
                continue
            seen.add((id(statement), ast.unparse(after)))
            name = f"{module.rpartition('.')[2]} {'.'.join(owner)}: {_head(statement)} → {_head(after)}"
            names[name] += 1
            again = f" ({names[name]})" if names[name] > 1 else ""
            found.append(Mutant(module, name + again, number[id(node)], change))
    return found


def _head(node: ast.AST) -> str:
    return ast.unparse(node).split("\n")[0]


def _places(node: ast.AST, owner: tuple[str, ...], statement: ast.AST) -> Iterator[tuple[ast.AST, tuple[str, ...], ast.AST]]:
    """Yield what may be changed: no assertions (they speak to the type checker), annotations, messages, decorators."""
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        owner = (*owner, node.name)
    if isinstance(node, ast.stmt):
        statement = node
    if owner and not (isinstance(node, ast.AnnAssign) and node.value is None):
        yield node, owner, statement
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "bases"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not isinstance(child, (ast.Assert, ast.Raise, ast.Import, ast.ImportFrom)):
                yield from _places(child, owner, statement)


# How a mutant is run

def source_of(module: str) -> Path:
    """Return the file of a module."""
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin)


MODELS = ("spillproof.model.lessons", "spillproof.model.spark", "spillproof.model.catalogue")
"""Imported anew for each mutant; the kit and the engines are not."""


class _Loader(SourceFileLoader):
    def __init__(self, mutant: Mutant, path: str) -> None:
        super().__init__(mutant.module, path)
        self.mutant = mutant

    def get_code(self, fullname: str) -> CodeType:
        return compile(self.mutant.tree(), self.path, "exec")


class _Finder(MetaPathFinder):
    """Finds the mutant in the place of the module that it is made from."""

    def __init__(self, mutant: Mutant) -> None:
        self.mutant = mutant
        self.path = str(source_of(mutant.module))

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname != self.mutant.module:
            return None
        return ModuleSpec(fullname, _Loader(self.mutant, self.path), origin=self.path)


def put_in(mutant: Mutant) -> None:
    """Let all models be imported anew, one module of them mutated. Only for a process that ends after that."""
    finder = _Finder(mutant)
    for name in [each for each in sys.modules if each.startswith(MODELS)]:
        del sys.modules[name]
    sys.modules.pop("partial_spillers", None)
    sys.meta_path.insert(0, finder)


# What is looked at

Counts = dict[str, object]


@dataclass(frozen=True)
class Scene:
    """A model at a scope, and what is looked at in it."""

    entry: str
    scope: dict[str, object] = field(default_factory=dict)
    checked: str = ""
    """How claims and witnesses are checked, if at all."""
    automata: bool = False
    """Whether shapes and edges are counted."""
    explored: tuple[int, int, int] = (2, 3, 5)
    """The largest size, the value of what is left open, and the depth to which states are counted."""

    def build(self) -> Model:
        """Return the model, of whatever the modules are now."""
        if self.entry.startswith("spillers@"):
            return spillers(self.entry.removeprefix("spillers@"))
        model: Model = import_module("spillproof.model.catalogue").find(self.entry).build(**self.scope)
        return model

    def bounds(self, model: Model) -> Bounds:
        """Return how far states are counted."""
        largest, opening, depth = self.explored
        return Bounds(largest, opening={each.name: opening for each in open_parameters(model)}, depth=depth)

    @property
    def name(self) -> str:
        """Return what to call it."""
        return " ".join([self.entry, *(f"{name}={value}" for name, value in self.scope.items())])


def spillers(release: str) -> Model:
    """Return the model that has all that consumers do and Spark's maps do not."""
    folder = str(Path(__file__).parent)
    if folder not in sys.path:
        sys.path.append(folder)
    fixes = import_module("spillproof.model.spark.releases").fixes_of(release)
    model: Model = import_module("partial_spillers").Spillers(fixes=fixes)
    return model


EVERYTHING = "for all sizes"
FOR_SMALL_SIZES = "for small sizes"

SCENES: dict[str, tuple[Scene, ...]] = {
    "yardstick": (
        Scene("yardstick:none", {}, EVERYTHING, automata=True),
        Scene("yardstick:shallow", {}, EVERYTHING, automata=True),
        Scene("yardstick:deep", {}, EVERYTHING, automata=True),
    ),
    "lessons": tuple(
        Scene(f"lesson:{lesson}{repaired}", {}, EVERYTHING, automata=True)
        for lesson in ("pool", "release", "grant")
        for repaired in ("", "+repaired")
    ),
    "spark": (
        Scene("spark@2.4.0", {}, EVERYTHING, automata=True),
        Scene("spark@2.3.4", {}, EVERYTHING, automata=True),
        Scene("spark@2.1.3", {}, EVERYTHING),
        Scene("incident@2.1.3", {}, EVERYTHING, explored=(1, 1, 9)),
        Scene("incident@2.4.1", {}, EVERYTHING, explored=(1, 1, 9)),
        Scene("spark@2.4.0", {"consumers": 3}, automata=True, explored=(3, 4, 4)),
        Scene("spark@2.1.3", {"consumers": 3}, explored=(3, 4, 4)),
        Scene("spark@2.4.1"),
        Scene("spark@2.3.4+null-reading-iterator"),
        Scene("spark@2.3.4+null-upstream"),
        Scene("spark@2.3.4+keep-nothing"),
        *(Scene(f"spillers@{release}", {}, FOR_SMALL_SIZES, explored=(3, 4, 4))
          for release in ("2.1.3", "2.3.4", "2.4.0", "3.2.0", "3.3.0")),
    ),
}
"""For each family of models what is looked at, in this order.

For Spark: the release before the fix of SPARK-22713 and the one with it; 2.1.3 for SPARK-18986; the incident for tables
that grow; three consumers, and spillers, for the orders of victims; 2.4.1 for SPARK-26114; the proposals.
"""

SPARK = ("task_memory_manager", "external_append_only_map", "append_only_map", "completion_iterator", "co_grouped_rdd",
         "execution_memory_pool", "spillable", "memory_consumer", "spark_task")

MODULES: dict[str, tuple[str, ...]] = {
    "yardstick": ("spillproof.model.lessons.yardstick",),
    "lessons": tuple(f"spillproof.model.lessons.{each}" for each in ("pool", "release", "partial_grant")),
    "spark": tuple(f"spillproof.model.spark.{each}" for each in SPARK),
}
"""The modules that are mutated."""


def all_mutants(family: str) -> list[Mutant]:
    """Return every mutant of a family of models."""
    return [mutant for module in MODULES[family] for mutant in mutants_of(module)]


def sample(family: str, size: int, seed: int = 0) -> list[Mutant]:
    """Return some of them, the same ones each time."""
    everyone = all_mutants(family)
    return random.Random(seed).sample(everyone, min(size, len(everyone)))


Words = dict[str, str]
"""What is said of each claim and each witness; nothing where it is unknown."""


def asked(scene: Scene, model: Model) -> tuple[Words, Counts]:
    """Return what is said of each claim and witness, and how long and large the shortest violations are."""
    if scene.checked == FOR_SMALL_SIZES:
        claims = applicable((*CLAIMS, *WITNESSES), type(model))
        found = explore(model, claims, scene.bounds(model))
        runs = {name: len(run) for name, run in (*found.violations.items(), *found.witnesses.items())}
        return {claim.name: "found" if claim.name in runs else "not found" for claim in claims}, {**runs}
    results = check(model, time_limit=CHECK_LIMIT).results
    shortest = {each.claim.name: (len(each.verdict.run), each.verdict.objects, each.verdict.bytes)
                for each in results if isinstance(each.verdict, Violated)}
    return {each.claim.name: each.verdict.word for each in results if each.verdict.word != "unknown"}, {**shortest}


def automata(scene: Scene, model: Model) -> Counts:
    """Return how many shapes and edges there are, exactly and with any preference."""
    if not scene.automata:
        return {}
    exact = extract(model, (), Feasibility(), needed=None)
    claims = applicable(CLAIMS, type(model))
    wide = extract(model, claims, Feasibility(), any_preference=True, needed=frozenset())
    return {"exact": (len(exact.shapes), len(exact.edges)), "any_preference": (len(wide.shapes), len(wide.edges))}


def explored(scene: Scene, model: Model) -> Counts:
    """Return how many states and transitions there are at small sizes, to a depth."""
    found = explore(model, (), scene.bounds(model))
    return {"explored": (found.states, found.transitions)}


@dataclass
class Portrait:
    """What there is to see of the scenes of a family: of the model as it is written."""

    reports: dict[str, tuple[Words, Counts]] = field(default_factory=dict)
    counts: dict[str, Counts] = field(default_factory=dict)


CHECK_LIMIT = 40.0


def portray(family: str) -> Portrait:
    """Look at everything."""
    portrait = Portrait()
    for scene in SCENES[family]:
        model = scene.build()
        if scene.checked:
            portrait.reports[scene.name] = asked(scene, model)
        portrait.counts[scene.name] = automata(scene, model) | explored(scene, model)
    return portrait


def notice(family: str, original: Portrait) -> tuple[Notice, str]:
    """Return what notices that the models are not as they were, and where."""
    try:
        return _notice(SCENES[family], original)
    except ModelError as error:
        return "error", str(error)
    except Exception as error:  # noqa: BLE001 - a mutant may raise anything
        return "error", f"{type(error).__name__}: {error}"


def _notice(scenes: tuple[Scene, ...], original: Portrait) -> tuple[Notice, str]:
    seen: list[str] = []
    measured: list[str] = []
    for scene in (each for each in scenes if each.checked):
        now, shortest = asked(scene, scene.build())
        words, runs = original.reports[scene.name]
        differing = [name for name in words if name in now and now[name] != words[name]]
        claims = {claim.name for claim in CLAIMS}
        for name in differing:
            if name in claims:
                return "claim", f"{scene.name}: {name} is {now[name]}"
            seen.append(f"{scene.name}: {name} is {now[name]}")
        if shortest != runs and now.keys() == words.keys():
            measured.append(f"{scene.name}: shortest {shortest}, was {runs}")
    if seen:
        return "witness", seen[0]
    if measured:
        return "count", measured[0]
    for count in (explored, automata):  # the quick one first
        for scene in scenes:
            counts = count(scene, scene.build())
            if not counts.items() <= original.counts[scene.name].items():
                return "count", f"{scene.name}: {counts}, was {original.counts[scene.name]}"
    return "", ""


@dataclass(frozen=True)
class Judged:
    """What became of a mutant."""

    name: str
    notice: Notice
    where: str
    seconds: float


def judge(mutant: Mutant, look: Callable[[], tuple[Notice, str]], patience: int = PATIENCE) -> Judged:
    """Put a mutant in and look at it."""
    began = time.monotonic()

    def looked() -> tuple[Notice, str]:
        put_in(mutant)
        return look()

    said, where = apart(looked, patience) or ("no end", "")
    return Judged(mutant.name, said, where, time.monotonic() - began)


def apart(function: Callable[[], Any], patience: int = PATIENCE) -> Any:
    """Return what a function returns in a process of its own, which leaves nothing behind. None if it does not end."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(function(), pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return pickle.loads(answer) if answer else None  # noqa: S301 - our own


# As a program: one process without threads, which may fork

def main(family: str, size: str = "all", part: str = "0/1") -> None:
    """Judge the mutants of a family, or a sample of `size`; of these every n-th, for `part` k/n. Print one JSON a line."""
    chosen = all_mutants(family) if size == "all" else sample(family, int(size))
    first, step = map(int, part.split("/"))
    original: Portrait = apart(lambda: portray(family))
    assert original is not None
    for mutant in chosen[first::step]:
        print(json.dumps(vars(judge(mutant, lambda: notice(family, original)))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
