"""What other tools see of the planted managers of another hand: this writes the table in docs/explanation/peers.md.

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
from importlib.metadata import version
from pathlib import Path
from typing import Any

from spillproof.properties.live.measure import Ledger, Payload

Ledger.unit = 256 * 1024  # so that a value is more than what surrounds it

from spillproof.properties.live.adapter import Adapter  # noqa: E402 - after the unit
from spillproof.properties.live.live_check import check_live  # noqa: E402
from spillproof.properties.live.move import Script  # noqa: E402
from spillproof.properties.live.search import measuring  # noqa: E402
from spillproof.properties.live.session import Session  # noqa: E402
from spillproof.properties.live.verdicts import Falsified  # noqa: E402
from spillproof.properties.live.watch import CountedFreeError, Watcher, size_of  # noqa: E402
from tests.live.planted.cases import Planted  # noqa: E402
from tests.live.strangers.cases import CORRECT, PLANTED  # noqa: E402

vars_of_payload: Any = Payload
del vars_of_payload.__sizeof__  # it counts the bytes that it refers to, which Pympler counts as well

HALF = Ledger.unit // 2

TOOLS = ("watch", "memray", "objgraph", "Pympler")

PAGE = Path("docs/explanation/peers.md")

BEGIN, END = "<!-- leak finders -->", "<!-- end of leak finders -->"
"""What stands before and after the table in the page."""


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
        watcher = watcher or Watcher(playing.adapter, lambda: 0, size_of, HALF)
        watcher.accounted = lambda: believed(playing)  # noqa: B023 - asked at once
        watcher.keep(playing.handles)  # and no name of a handle here: it would keep it
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


def seen_of(case: Planted) -> list[int]:
    """Return for each tool whether it sees a fault, given the shortest run that shows it."""
    verdict = check_live(case.adapter, [case.claim], examples=12).of(case.claim)
    assert isinstance(verdict, Falsified)
    with measuring(case.adapter):
        return [int(finder(case.adapter, verdict.script)) for finder in FINDERS.values()]


def alarms() -> dict[str, int]:
    """Return how many correct managers each tool accuses."""
    count: dict[str, int] = {str(tool): 0 for tool in TOOLS}
    for kind in CORRECT:
        script = all_steps(kind)
        with measuring(kind):
            for name, finder in FINDERS.items():
                count[name] += finder(kind, script)
    return count


def table() -> Iterator[str]:
    """Yield the lines of the table, kind by kind."""
    found: dict[str, list[int]] = {}
    for case in PLANTED:
        row = seen_of(case)
        print(case.kind, row, file=sys.stderr, flush=True)
        found[case.kind] = [one + other for one, other in zip(found.get(case.kind, [0] * len(row)), row, strict=True)]
    names = ["`watch`", *(f"{name} {version(name.lower())}" for name in TOOLS[1:])]
    yield f"| two faults of each kind | `claims_of` | {' | '.join(names)} |"
    yield f"|---|---|{'---|' * len(names)}"
    yield from (f"| {kind} | 2 | {' | '.join(map(str, row))} |" for kind, row in found.items())
    total = [sum(column) for column in zip(*found.values(), strict=True)]
    yield f"| all {len(PLANTED)} | {len(PLANTED)} | {' | '.join(map(str, total))} |"
    yield f"| false alarms, of {len(CORRECT)} that are right | 0 | {' | '.join(map(str, alarms().values()))} |"


def main() -> None:
    """Put the table into the page."""
    warnings.simplefilter("ignore")
    page = PAGE.read_text(encoding="utf-8")
    before, _, after = page.partition(BEGIN)
    made = "\n".join(table())
    PAGE.write_text(f"{before}{BEGIN}\n{made}\n{END}{after.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
