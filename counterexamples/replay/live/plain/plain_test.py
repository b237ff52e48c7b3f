"""A run on running code as a plain pytest file: what was done, line by line, and the claim as an assertion."""

from __future__ import annotations

import ast
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from inspect import getsource, iscoroutinefunction

from spillproof.counterexamples.replay.live.plain.definitions import Copied
from spillproof.model.errors import ModelError
from spillproof.properties.claims import Claim
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.findings import versions
from spillproof.properties.live.measure import Traced
from spillproof.properties.live.move import Move, Script
from spillproof.properties.live.offers import operations_of
from spillproof.properties.live.operations.cancelled import Cancelled
from spillproof.properties.live.operations.operation import Operation, Text
from spillproof.properties.live.operations.threads import Pair
from spillproof.properties.live.search import measuring
from spillproof.properties.live.session import Seen, Session

UNCLAIMED = "manager.unclaimed()"

AFTER = {
    "free_is_unreachable": "assert manager.reachable() <= manager.accounted() + {unclaimed}",
    "release_frees_what_it_says": "assert manager.reachable() - manager.accounted() - ({unclaimed}) <= max(0, gap)",
    "spill_frees_what_it_claims": "assert claimed <= max(0, before - manager.reachable()) + {unclaimed}",
    "acquired_can_be_allocated": "assert manager.reachable() <= manager.capacity_of_pool() + {unclaimed}",
    "counters_balance": "assert manager.accounted() == sum(manager.accounts())",
    "empty_means_nothing_left": "assert manager.accounted() == 0 and manager.reachable() <= {unclaimed}",
    "nothing_left_at_end": "assert manager.accounted() + manager.reachable() == 0",
    "no_record_lost_or_repeated": "is_what_was_put = read == [{owed}]\nassert is_what_was_put",
    "disk_is_accounted": "assert manager.disk_accounted() == manager.disk_used()",
    "spilled_stays_within_limit": "assert manager.disk_accounted() <= limit",
    "nothing_that_fits_is_refused": "",
    "nothing_that_fits_is_dropped": "assert before | {{{key}}} <= set(manager.keys())",
    "what_is_pinned_stays": "assert {{{pinned}}} <= set(manager.keys())",
    "tables_are_emptied": "assert entries(manager, folder) <= at_first",
    "no_exception": "",
    "counters_never_negative": "assert min(manager.accounted(), *{accounts}) >= 0",
}
"""What claims say at the end of a run, where that is not what they return of a state.

Values may be long, and pytest would look for what differs in them.
"""

BEFORE = {
    "release_frees_what_it_says": "gap = manager.reachable() - manager.accounted() - ({unclaimed})",
    "spill_frees_what_it_claims": "before = manager.reachable()",
    "no_record_lost_or_repeated": "read = []",
    "nothing_that_fits_is_dropped": "before = set(manager.keys())",
}
"""What is looked at before the last step."""

AT_FIRST = {"tables_are_emptied": "at_first = entries(manager, folder)"}
"""What is looked at before the first step."""


def plain_test(adapter: type[Adapter], script: Script, claim: Claim) -> str:
    """Return the text of a test file. Raises `ModelError` where the adapter's source cannot be copied.

    Nothing in it comes from a trace but numbers and the names of keys: the code is the adapter's own.
    """
    if asserted(claim) is None:
        message = f"{claim.name} is not a claim that a plain test can ask; there are {', '.join(AFTER)}"
        raise ModelError(message)
    with measuring(adapter):
        body = "\n".join(_body(adapter, script, claim))
    measure = "Traced" if issubclass(adapter.measured_by, Traced) else "Ledger"
    test = TEST.format(name=claim.name, sentence=claim.sentence, adapter=adapter.__name__, measure=measure)
    copied = Copied()
    copied.adapter(adapter)
    around = "@OUTSIDE\n" if "OUTSIDE" in copied.definitions else ""
    run = f"{around}def run(manager: Any, memory: Any, folder: Path) -> None:\n{textwrap.indent(body, '    ')}\n"
    copied.names_in(run + test)
    return "\n".join([*_head(adapter, script, claim), "", *_imports(copied), "", "", *_parts(copied), run, "", test])


def asserted(claim: Claim) -> str | None:
    """Return what a claim says at the end of a run; None where that is neither written here nor one expression."""
    if claim.name in AFTER:
        return AFTER[claim.name]
    match ast.parse(textwrap.dedent(getsource(claim.function))).body:
        case [ast.FunctionDef(args=ast.arguments(args=[ast.arg(arg=now)]), body=[ast.Expr(), ast.Return(value=said)])]:
            words = re.sub(rf"\b{now}\.", "manager.", ast.unparse(said) if said else "None")
            return f"assert {words}".replace("{", "{{").replace("}", "}}")
    return None


TEST = '''\
def test_{name}(tmp_path: Path) -> None:
    """{sentence}"""
    for folder in (tmp_path / "first", tmp_path / "again"):  # what is imported and cached is not measured
        folder.mkdir()
    with suppress(Exception):
        run({adapter}(), {measure}(), tmp_path / "first")
    gc.collect()
    run({adapter}(), {measure}(), tmp_path / "again")
'''


def _head(adapter: type[Adapter], script: Script, claim: Claim) -> list[str]:
    words = ", ".join(f"{name} {number}" for name, number in versions(adapter).items())
    return [
        f'"""{adapter.__name__} breaks {claim.name} in {len(script)} step{"" if len(script) == 1 else "s"} ({words}).',
        "",
        "Needs pytest and the target, and nothing else. It fails as long as the run does its harm.",
        '"""',
    ]


def _imports(copied: Copied) -> list[str]:
    own = ["import gc", "from contextlib import suppress", "from pathlib import Path", "from typing import Any"]
    every = sorted({*copied.imports, *own}, key=lambda line: (line.startswith("from"), line))
    return ["from __future__ import annotations", "", *every]


def _parts(copied: Copied) -> Iterator[str]:
    for text in copied.definitions.values():
        yield from (text, "", "")


# The run


def _body(adapter: type[Adapter], script: Script, claim: Claim) -> Iterator[str]:
    """Yield the lines of the run: the beginning, each step, and what is claimed after the last."""
    with Session(adapter, alone=True) as playing:
        words, owed = _Words(claim, adapter), list[tuple[int, int]]()
        yield from ("manager.measure = memory", "manager.begin(folder)")
        yield from [AT_FIRST[claim.name]] if claim.name in AT_FIRST else []
        for place, move in enumerate(script):
            last = place == len(script) - 1
            if last and claim.name in BEFORE:
                yield words.filled(BEFORE[claim.name])
            step = playing.take(move)
            excused = [str(about["error"]) for _, about in step.events if "error" in about]
            owed = playing.held.get(move.key, [])
            wrong = last and claim.name == "nothing_that_fits_is_refused"
            yield from words.step(move, [] if wrong else excused, asked=last, number=playing.made, at=_point(step))
        pinned = ", ".join(f'"{key}"' for key in playing.pins)
        accounts = "manager.accounts()" if hasattr(adapter, "accounts") else "[0]"
        parts = " + ".join(f"content({number}, {size})" for number, size in owed)
    yield "gc.collect()"
    if end := asserted(claim):
        key = f'"{script[-1].key}"' if script else ""
        yield words.filled(end, owed=parts, accounts=accounts, pinned=pinned, key=key)


def _point(step: Seen) -> str:
    """Return the point at which a second thread worked."""
    return next((str(about.get("", "")) for word, about in step.events if word.startswith("the second thread")), "")


class _Words:
    """How steps are spelled in Python; it knows which values are kept, and whether the disk is full."""

    def __init__(self, claim: Claim, adapter: type[Adapter]) -> None:
        self.claim = claim.name
        self.adapter = adapter
        self.operations = operations_of(adapter)
        self.unit = adapter.measured_by.unit
        self.hooked = hasattr(adapter, "drop")
        self.kept: list[str] = []
        self.disk_full = False

    def filled(self, line: str, **more: str) -> str:
        """Return a line with what it leaves open."""
        unclaimed = f"{UNCLAIMED} + total({', '.join(self.kept)})" if self.kept else UNCLAIMED
        return line.format(unclaimed=unclaimed, **more)

    def step(self, move: Move, excused: Sequence[str], *, asked: bool, number: int, at: str) -> Iterator[str]:
        """Yield the lines of a step. Raises `ModelError` for one that no plain test can take."""
        operation = self.operations[move.action]
        value = _value(number, move.units * self.unit)
        compared = asked and self.claim == "no_record_lost_or_repeated"
        claimed = asked and self.claim == "spill_frees_what_it_claims"
        text = Text(move, value, compared, claimed, self.unit, self.hooked)
        if at not in ("", "pickling"):
            message = f"a plain test lets a second thread work while the first pickles, and not at {at}"
            raise ModelError(message)
        if isinstance(operation, Cancelled) or self.waits(operation):
            message = f"{operation.name} is a coroutine, which a plain test does not wait for"
            raise ModelError(message)
        if operation.fills_disk is not None:
            self.disk_full = operation.fills_disk
            yield operation.line(text)
            return
        if operation.keeps is not None:
            (self.kept.append if operation.keeps else self.kept.remove)(move.name)
        around = ["full_disk()"] if self.disk_full else []
        around += [f"suppress({', '.join(dict.fromkeys(excused))})"] if excused else []
        if isinstance(operation, Pair):
            around += [f"second_thread(memory, lambda: {operation.beside(text)})"]
        line = operation.line(text)
        yield from ([f"with {', '.join(around)}:", f"    {line}"] if around else [line])

    def waits(self, operation: Operation) -> bool:
        """Return whether an adapter does a step in a coroutine."""
        return iscoroutinefunction(getattr(self.adapter, operation.method or operation.name, None))


def _value(number: int, size: int) -> Callable[..., str]:
    """Return what spells a value of so many bytes."""
    return lambda *, poisoned: f"memory.value({number}, {size}{', poisoned=True' if poisoned else ''})"
