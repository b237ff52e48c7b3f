"""Mutants of a model: its source with one guard or one update changed, run in a process of its own.

A mutant is noticed by the first of these that differs from the model as it is written:

- `claim`: the word of a verdict on a claim (violated, proved), in any of the scenes that are checked;
- `witness`: whether a `sometimes` claim or an action is ever seen;
- `count`: the length, objects or bytes of a shortest run; shapes and edges of an automaton; states and transitions;
- `error`: it does not import, or an engine refuses it;
- `no end`: it is stopped after `PATIENCE` seconds of processor time.

A verdict that is unknown notices nothing, so that no clock decides what is noticed, but for the last.

`python -m tests.quality.mutation FAMILY` prints what notices each mutant; see `main`.
"""

from __future__ import annotations

import json
import os
import pickle
import random
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from spillproof.model.errors import ModelError
from spillproof.model.system import Model, open_parameters
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.claims import applicable
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.check import check
from spillproof.properties.engines.exploration.explore import explore
from spillproof.properties.engines.exploration.layers import Bounds
from spillproof.properties.engines.proof.solver import Feasibility
from spillproof.properties.engines.verdict import Violated
from tests.quality.mutants.changes import Mutant, mutants_in
from tests.quality.mutants.serving import serve

Notice = Literal["claim", "witness", "count", "error", "no end", ""]
"""What notices a mutant; empty for nothing."""

PATIENCE = 40
"""Seconds of processor time after which a mutant is stopped: a busy machine stops none."""

MOST_MEMORY = 4 << 30

# How a mutant is run


def source_of(module: str) -> Path:
    """Return the file of a module."""
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin)


MODELS = ("spillproof.model.lessons", "spillproof.model.spark", "spillproof.model.catalogue")
"""Imported anew for each mutant; the kit and the engines are not."""


def put_in(mutant: Mutant) -> None:
    """Let all models be imported anew, one module of them mutated. Only for a process that ends after that."""
    for name in [each for each in sys.modules if each.startswith(MODELS)]:
        del sys.modules[name]
    sys.modules.pop("partial_spillers", None)
    serve(mutant)


# What is looked at, and what is to be seen there

Counts = dict[str, tuple[int, int]]
Verdicts = dict[str, bool]
"""For each claim that is decided whether it is violated; for each witness that is, whether it never happens."""


@dataclass(frozen=True)
class Scene:
    """A model at a scope, how it is looked at, and what was seen when it was looked at without a mutant."""

    entry: str
    scope: dict[str, object] = field(default_factory=dict)
    checked: bool = False
    """Whether claims and witnesses are checked, for all sizes."""
    never: frozenset[str] = frozenset()
    """The witnesses that never happen."""
    shortest: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """For each claim that is violated, the steps, objects and bytes of the shortest run."""
    shapes: Counts = field(default_factory=dict)
    """Shapes and edges of the automaton: `exact`, with nothing sliced; with `any_preference`, as the portfolio has it."""
    sizes: tuple[int, int, int] = (2, 3, 5)
    """The largest size, the value of what is left open, and the depth to which states are explored."""
    explored: tuple[int, int] = (0, 0)
    """States and transitions."""

    def build(self) -> Model:
        """Return the model, of whatever the modules are now."""
        if self.entry.startswith("spillers@"):
            return spillers(self.entry.removeprefix("spillers@"))
        model: Model = self.catalogued().build(**self.scope)
        return model

    def violated(self) -> frozenset[str]:
        """Return the claims that the catalogue expects to be violated."""
        return frozenset() if self.entry.startswith("spillers@") else self.catalogued().violated

    def catalogued(self) -> Any:
        """Return the entry, which is not the same object in a mutant's process."""
        return import_module("spillproof.model.catalogue").find(self.entry)

    def bounds(self, model: Model) -> Bounds:
        """Return how far states are explored."""
        largest, opening, depth = self.sizes
        return Bounds(largest, opening={each.name: opening for each in open_parameters(model)}, depth=depth)

    @property
    def name(self) -> str:
        """Return what to call it."""
        return " ".join([self.entry, *(f"{name}={value}" for name, value in self.scope.items())])


def spillers(release: str) -> Model:
    """Return the model of consumers that do what Spark's maps do not."""
    folder = str(Path(__file__).parent)
    if folder not in sys.path:
        sys.path.append(folder)
    fixes = import_module("spillproof.model.spark.fixes").fixes_of(release)
    model: Model = import_module("partial_spillers").Spillers(fixes=fixes)
    return model


def both(shapes: int, edges: int) -> Counts:
    """Return the counts where slicing and preferences make no difference."""
    return {"exact": (shapes, edges), "any_preference": (shapes, edges)}


CHIEF, GUILTY, ALLOCATABLE = "free_is_unreachable", "release_frees_what_it_says", "acquired_can_be_allocated"
NOT_BEFORE_THE_FIX = frozenset(
    {
        "something_becomes_unreachable",
        "the_task_ends_in_use",
        "a_record_is_delivered",
        "build_on_is_taken",
        "end_task_is_taken",
    }
)
"""What the incident does not come to when it ends in an OutOfMemoryError."""

SCENES: dict[str, tuple[Scene, ...]] = {
    # Shapes: a consumer is empty, owning, or owning and read; and once it was spilled: empty, empty with an account that
    # is a difference (accounted - owned, which only the invariant knows to be 0), owning; read and owning, read and
    # pinned, read and both. That is 9, and two consumers that are told apart are 9 × 9.
    # Edges: acquire from each of the 9; start_reading from the 2 that own and are not read; end_reading from the 4 that
    # are read; spill from the 5 that own. These 20 for each of 2 consumers, whatever the other's shape of 9, and the
    # beginning: 1 + 2 × 9 × 20. Deep compares account and capacity when one that is read, owns and was spilled (2 of the
    # 9) is spilled again: 2 × 9 × 2 edges more.
    # Explored: the walk, the kernels, and for `none` a search on tuples (tests/engines/test_explore.py) agree.
    "yardstick": (
        Scene("yardstick:none", {}, True, shapes=both(9 * 9, 1 + 2 * 9 * 20), explored=(104, 293)),
        Scene(
            "yardstick:shallow",
            {},
            True,
            shortest={CHIEF: (3, 2, 2), GUILTY: (3, 2, 2)},
            shapes=both(9 * 9, 1 + 2 * 9 * 20),
            explored=(138, 355),
        ),
        Scene(
            "yardstick:deep",
            {},
            True,
            shortest={CHIEF: (5, 2, 3), GUILTY: (5, 2, 3)},
            shapes=both(9 * 9, 1 + 2 * 9 * 20 + 2 * 9 * 2),
            explored=(108, 293),
        ),
    ),
    # Shapes and edges: derived in tests/engines/test_shapes.py, but for the grant: nothing held or something, and the
    # edges are the beginning, from each shape an acquisition that is granted in full or in part, and one that frees.
    "lessons": (
        # 5 steps of 1 or 2 bytes come to 0 … 10. From the 9 sums that 4 steps come to: two ways to grow, and from all
        # but 0 one to drop; and the beginning. At a capacity of 3, refused beyond it: 0 … 3, with 2 + 2 + 1 + 0 ways.
        Scene(
            "lesson:pool",
            {},
            True,
            shortest={ALLOCATABLE: (1, 1, 3)},
            shapes=both(2, 1 + 1 + 2),
            explored=(11, 1 + 9 * 2 + 8),
        ),
        Scene("lesson:pool+repaired", {}, True, shapes=both(2, 1 + 1 + 2), explored=(4, 1 + (2 + 2 + 1) + 3)),
        # No page; a page of 1 or 2 bytes; read; released but read; and a new one (2 × 2) then. Steps out of these:
        # acquire 2; read or release 2 × 2; the same 2 × 2; acquire 2 × 2; read or release 4 × 2; and the beginning.
        Scene(
            "lesson:release",
            {},
            True,
            shortest={CHIEF: (3, 2, 1), GUILTY: (3, 2, 1)},
            shapes=both(5, 1 + 1 + 2 + 2 + 1 + 2),
            explored=(1 + 2 + 2 + 2 + 4, 1 + 2 + 4 + 4 + 4 + 8),
        ),
        Scene("lesson:release+repaired", {}, True, shapes=both(3, 1 + 1 + 2 + 2), explored=(1 + 2 + 2, 1 + 2 + 4 + 4)),
        # As the pool; what is used follows from what is held. Repaired, every request is granted as far as there is room.
        Scene(
            "lesson:grant",
            {},
            True,
            shortest={CHIEF: (1, 1, 3), GUILTY: (1, 1, 3), ALLOCATABLE: (1, 1, 3)},
            shapes=both(2, 1 + 2 * 2 + 1),
            explored=(11, 1 + 9 * 2 + 8),
        ),
        Scene("lesson:grant+repaired", {}, True, shapes=both(2, 1 + 2 * 2 + 1), explored=(4, 1 + 4 * 2 + 3)),
    ),
    # Not by reasoning, but agreed by two engines: what is explored by the walk and by the kernels. A change is to be
    # explained. Some of it can be: SPARK-26114 changes nothing that is reachable (2.4.1 is as 2.4.0), and two consumers
    # leave no choice of a victim, so that any preference makes no difference.
    "spark": (
        Scene("spark@2.4.0", {}, True, shapes=both(70, 326), explored=(183, 472)),
        Scene(
            "spark@2.3.4",
            {},
            True,
            shortest={CHIEF: (3, 14, 3), GUILTY: (3, 14, 3), ALLOCATABLE: (3, 14, 3)},
            shapes=both(112, 472),
            explored=(224, 511),
        ),
        Scene(
            "spark@2.1.3",
            {},
            True,
            explored=(132, 312),
            shortest={CHIEF: (3, 14, 3), GUILTY: (3, 14, 3), ALLOCATABLE: (3, 14, 3), "no_exception": (2, 8, 3)},
        ),
        # One state for each line of the log, and the beginning. Before the fix E2's table does not grow at the fourth
        # line; that step is a transition to no state. Two maps, so that the first line has two ways to begin.
        Scene(
            "incident@2.1.3",
            {},
            True,
            NOT_BEFORE_THE_FIX,
            sizes=(1, 1, 9),
            explored=(1 + 3, 1 + 2 + 1 + 1 + 1),
            shortest={CHIEF: (3, 14, 0), GUILTY: (3, 14, 0), ALLOCATABLE: (3, 14, 0), "no_exception": (4, 14, 0)},
        ),
        Scene("incident@2.4.1", {}, True, sizes=(1, 1, 9), explored=(1 + 6, 1 + 2 + 1 + 1 + 1 + 1 + 1)),
        Scene("spark@2.4.1", explored=(183, 472)),
        Scene("spark@2.3.4+null-reading-iterator", explored=(225, 511)),
        Scene("spark@2.3.4+null-upstream", explored=(208, 499)),
        Scene("spark@2.3.4+keep-nothing", explored=(217, 503)),
        Scene("spark@2.1.3", {"consumers": 3}, sizes=(3, 4, 4), explored=(178, 724)),
        Scene("spillers@2.1.3", sizes=(3, 4, 4), explored=(591, 3801)),
        Scene("spillers@2.3.4", sizes=(3, 4, 4), explored=(551, 3082)),
        Scene("spillers@2.4.0", sizes=(3, 4, 4), explored=(538, 3277)),
        Scene("spillers@3.2.0", sizes=(3, 4, 4), explored=(529, 3514)),
        Scene("spillers@3.3.0", sizes=(3, 4, 4), explored=(535, 3211)),
        Scene(
            "spark@2.4.0",
            {"consumers": 3},
            sizes=(3, 4, 4),
            explored=(257, 944),
            shapes={"exact": (229, 1940), "any_preference": (229, 1640)},
        ),
    ),
}
"""For each family of models what is looked at, in this order.

For Spark: the release before the fix of SPARK-22713 and the one with it; 2.1.3 for SPARK-18986; the incident for tables
that grow; 2.4.1 for SPARK-26114; the proposals; three consumers, and spillers, for the orders of victims.
"""

SPARK = (
    "memory.task_memory_manager",
    "collection.external_append_only_map",
    "collection.append_only_map",
    "collection.completion_iterator",
    "scenario.co_grouped_rdd",
    "memory.execution_memory_pool",
    "collection.spillable",
    "memory.memory_consumer",
    "scenario.spark_task",
)

MODULES: dict[str, tuple[str, ...]] = {
    "yardstick": ("spillproof.model.lessons.yardstick",),
    "lessons": tuple(f"spillproof.model.lessons.{each}" for each in ("pool", "release", "partial_grant")),
    "spark": tuple(f"spillproof.model.spark.{each}" for each in SPARK),
}
"""The modules that are mutated."""


def all_mutants(family: str) -> list[Mutant]:
    """Return every mutant of a family of models."""
    return [mutant for module in MODULES[family] for mutant in mutants_in(source_of(module), module)]


def sample(family: str, size: int, seed: int = 0) -> list[Mutant]:
    """Return some of them, the same ones each time."""
    everyone = all_mutants(family)
    return random.Random(seed).sample(everyone, min(size, len(everyone)))


CHECK_LIMIT = 60.0


def verdicts(model: Model) -> tuple[Verdicts, dict[str, tuple[int, int, int]]]:
    """Return what is violated or never happens, and how long and large the shortest violations are."""
    results = check(model, time_limit=CHECK_LIMIT).results
    decided = {each.claim.name: each.verdict.word == "violated" for each in results if each.verdict.word != "unknown"}
    return decided, {
        each.claim.name: (len(each.verdict.run), each.verdict.objects, each.verdict.bytes)
        for each in results
        if isinstance(each.verdict, Violated)
    }


def shapes(model: Model) -> Counts:
    """Return how many shapes and edges there are, exactly and with any preference."""
    exact = extract(model, (), Feasibility(), needed=None)
    claims = applicable(CLAIMS, type(model))
    wide = extract(model, claims, Feasibility(), any_preference=True, needed=frozenset())
    return {"exact": (len(exact.shapes), len(exact.edges)), "any_preference": (len(wide.shapes), len(wide.edges))}


def notice(family: str) -> tuple[Notice, str]:
    """Return what notices that the models are not as they were, and where."""
    try:
        return _notice(SCENES[family])
    except ModelError as error:
        return "error", str(error)
    except Exception as error:  # noqa: BLE001 - a mutant may raise anything
        return "error", f"{type(error).__name__}: {error}"


def _notice(scenes: tuple[Scene, ...]) -> tuple[Notice, str]:
    lesser: list[tuple[Notice, str]] = []
    claims = {claim.name for claim in CLAIMS}
    for scene in scenes:
        if scene.checked:
            decided, shortest = verdicts(scene.build())
            for name, violated in decided.items():
                if violated != (name in scene.violated() | scene.never):
                    if name in claims:
                        return "claim", f"{scene.name}: {name}"
                    lesser.insert(0, ("witness", f"{scene.name}: {name}"))
            if decided.keys() >= scene.shortest.keys() and shortest != scene.shortest:
                lesser.append(("count", f"{scene.name}: shortest {shortest}"))
    if lesser:
        return lesser[0]
    for scene in scenes:
        found = explore(scene.build(), (), scene.bounds(scene.build()))
        if (found.states, found.transitions) != scene.explored:
            return "count", f"{scene.name}: explored {found.states, found.transitions}"
    for scene in scenes:
        if scene.shapes and shapes(scene.build()) != scene.shapes:
            return "count", f"{scene.name}: {shapes(scene.build())}"
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

    ended: tuple[Notice, str] | None = apart(looked, patience)
    said, where = ended or ("no end", "")
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
    """Judge the mutants of a family, or a sample of `size`; of these every n-th, for `part` k/n. Print one JSON a line.

    With "none" for the size, look at the models as they are.
    """
    if size == "none":
        print(json.dumps(notice(family)))
        return
    chosen = all_mutants(family) if size == "all" else sample(family, int(size))
    first, step = map(int, part.split("/"))
    for mutant in chosen[first::step]:
        print(json.dumps(vars(judge(mutant, lambda: notice(family)))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
