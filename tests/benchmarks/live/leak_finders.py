"""What other tools see of the planted managers of another hand: the table in docs/explanation/peers.md.

    python -m tests.benchmarks.live.leak_finders

It needs memray, objgraph and Pympler, which the project does not. Each tool is given the shortest run, and then what
its documentation offers to tell whether more is held than is accounted; of correct managers, a run of all their steps.
"""

from __future__ import annotations

import gc
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from spillproof.properties.live.measure import Ledger, Payload

Ledger.unit = 256 * 1024  # so that a value is more than what surrounds it

from spillproof.properties.live.adapter import Adapter  # noqa: E402 - after the unit
from spillproof.properties.live.move import Script  # noqa: E402
from spillproof.properties.live.search import check_live, measuring  # noqa: E402
from spillproof.properties.live.session import Session  # noqa: E402
from spillproof.properties.live.verdicts import Falsified  # noqa: E402
from spillproof.properties.live.watch import CountedFreeError, Watcher, size_of  # noqa: E402
from tests.live.strangers.cases import CORRECT, PLANTED  # noqa: E402

vars_of_payload: Any = Payload
del vars_of_payload.__sizeof__  # it counts the bytes that it refers to, which Pympler counts as well

HALF = Ledger.unit // 2

TOOLS = ("watch", "pytest-memray", "objgraph", "Pympler")


def stepped(kind: type[Adapter], script: Script) -> Iterator[Session]:
    """Yield the session after each step."""
    with Session(kind, alone=True) as playing:
        yield playing
        for move in script:
            if playing.can(move):
                playing.take(move)
            gc.collect()
            yield playing


def believed(playing: Session) -> int:
    """What a tool may find: what is accounted, and what the client holds itself."""
    return int(playing.adapter.accounted()) + playing.pinned()


def by_watch(kind: type[Adapter], script: Script) -> bool:
    """Ask the chief claim of the adapter and its handles, as `watch` does."""
    watcher: Watcher | None = None
    for playing in stepped(kind, script):
        watcher = watcher or Watcher(playing.adapter, lambda: 0, size_of, 0)
        watcher.accounted = lambda: believed(playing)  # noqa: B023 - asked at once
        for handle in playing.handles.values():
            watcher.keep(handle)
        try:
            watcher.ask("step()")
        except CountedFreeError:
            return True
    return False


def by_memray(kind: type[Adapter], script: Script) -> bool:
    """Ask what was allocated and not given back, as `limit_leaks` of pytest-memray does."""
    import memray

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "run"
        run: Any = stepped(kind, script)
        with memray.Tracker(file):
            playing = [next(run) for _ in range(len(script) + 1)][-1]  # and not to its end, where it is closed
        limit = believed(playing)
        with memray.FileReader(file) as reader:
            found = sum(each.size for each in reader.get_leaked_allocation_records(merge_threads=True))
        run.close()
    return bool(found > limit + HALF)


def by_objgraph(kind: type[Adapter], script: Script) -> bool:
    """Count the objects that are alive of the class of which there ought to be one for each key."""
    import objgraph

    return any(objgraph.count("Buffer") > len(playing.held) for playing in stepped(kind, script))


def by_pympler(kind: type[Adapter], script: Script) -> bool:
    """Ask how large the adapter is, with all that it refers to."""
    from pympler import asizeof

    return any(
        asizeof.asizeof(vars(playing.adapter), playing.handles) > believed(playing) + HALF
        for playing in stepped(kind, script)
    )


FINDERS: dict[str, Callable[[type[Adapter], Script], bool]] = dict(
    zip(TOOLS, (by_watch, by_memray, by_objgraph, by_pympler), strict=True)
)


def all_steps(kind: type[Adapter]) -> Script:
    """Return a run that takes each step of a manager once, where it can."""
    script: list[Any] = []
    with Session(kind, alone=True) as playing:
        for name in ("put", "put", *playing.operations, "delete"):
            move = next((each for each in playing.possible([1]) if each.action == name), None)
            if move is not None and not move.at and "missing" not in name and "unpicklable" not in name:
                script.append(move)
                playing.take(move)
    return tuple(script)


def main() -> None:
    """Print the table, kind by kind."""
    warnings.simplefilter("ignore")
    found: dict[str, list[int]] = {}
    for each in PLANTED:
        verdict = check_live(each.adapter, [each.claim], examples=12).of(each.claim)
        assert isinstance(verdict, Falsified)
        with measuring(each.adapter):
            row = [int(finder(each.adapter, verdict.script)) for finder in FINDERS.values()]
        print(each.kind, row, file=sys.stderr, flush=True)
        found[each.kind] = [one + other for one, other in zip(found.get(each.kind, [0] * len(row)), row, strict=True)]
    print(f"| kind | `claims_of` | {' | '.join(TOOLS)} |")
    print(f"|---|---|{'---|' * len(TOOLS)}")
    for kind, row in found.items():
        print(f"| {kind} | 2 | {' | '.join(map(str, row))} |")
    print(f"| of 30 | 30 | {' | '.join(str(sum(column)) for column in zip(*found.values(), strict=True))} |")
    alarms: dict[str, int] = dict.fromkeys(TOOLS, 0)
    for kind_ in CORRECT:
        script = all_steps(kind_)
        with measuring(kind_):
            for name, finder in FINDERS.items():
                alarms[name] += finder(kind_, script)
    print(f"| false alarms, of 30 correct | 0 | {' | '.join(map(str, alarms.values()))} |")


if __name__ == "__main__":
    main()
