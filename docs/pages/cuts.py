"""The page that compares, for violations whose repair is known, what is proposed to cut with what the repair cuts.

`make cuts` writes it, in about a minute, once the packages that are targets are installed. A slow test compares the
committed page with what comes out here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from spillproof.counterexamples.explain.contrast import cut_there
from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation import Edge, Explanation
from spillproof.counterexamples.record import trace_of
from spillproof.counterexamples.replay.live.live_trace import trace as live_trace
from spillproof.model.catalogue import find
from spillproof.model.catalogue.entry import Entry
from spillproof.model.catalogue.library import CARRIED
from spillproof.model.spark.fixes import BEARINGS
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.engines.check import check
from spillproof.properties.engines.verdict import Violated
from tests.live.judged.judgements import TARGETS

STANDING = (
    ("spark@2.3.4", "spark@2.4.0"),
    ("spark@2.3.4+null-reading-iterator", "spark@2.4.0"),
    ("spark@2.3.4+null-both", "spark@2.4.0"),
    ("lesson:release", "lesson:release+repaired"),
    ("lesson:grant", "lesson:grant+repaired"),
    ("python:spooled-file", "python:spooled-file+repaired"),
    ("yardstick:deep", "yardstick:none"),
)
"""Models with a defect, each with one that is repaired."""

ACCOUNTS = "The bytes are in use: the repair accounts for them, or does not allocate them, and cuts nothing."

JUDGED = {
    "spark:modes@4.3.0 without SPARK-34089": ACCOUNTS,
    "spark:unroll-values@4.3.0 without SPARK-17503": (
        "The repair releases the memory only once the iterator has come to its end, and drops `unrolled` of the "
        "partially unrolled iterator with it; in this run it has not come there, so that nothing is cut. What is "
        "proposed is the next reference behind that one."
    ),
    "datafusion:aggregate without datafusion-20313": ACCOUNTS,
    "rocksdb+repaired without rocksdb-charge-first": ACCOUNTS,
    "ray without ray-26639": ACCOUNTS,
    "lesson:grant": ACCOUNTS,
    "yardstick:deep": ACCOUNTS,
    "kv-blocks:offload without vllm-42571": (
        "No cut is proposed: the account is -1, so that no reference makes the claim true. The repair keeps a block "
        "from being in the list of free ones twice."
    ),
    "flink:managed without FLINK-21728": (
        "No cut is proposed: the account is -1, so that no reference makes the claim true. The repair releases a page "
        "once."
    ),
    "zarr's CacheStore": (
        "The repair takes the value out of the dictionary that `_store_dict` refers to. Of running code only what "
        "leads to bytes is drawn: without the value the whole store is not there."
    ),
    "dulwich's LRUSizeCache": (
        "The repair puts the new value in the place of the old one: the same references are there, and lead to it."
    ),
}
"""Why what is proposed is not what was merged, where that is so."""


@dataclass(frozen=True)
class Row:
    """A violation, what is proposed to cut, and what the repair cuts."""

    name: str
    proposed: tuple[str, ...]
    repaired: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Return whether all that is proposed is cut by the repair as well."""
        return bool(self.proposed) and {*self.proposed} <= {*self.repaired}

    def line(self) -> str:
        """Return the row of the table."""
        proposed, repaired = (
            ", ".join(f"`{each}`" for each in words) or "–" for words in (self.proposed, self.repaired)
        )
        return f"| `{self.name}` | {proposed} | {repaired} | {'✓' if self.agrees else JUDGED.get(self.name, '✗')} |"


def rows() -> Iterator[Row]:
    """Yield every violation of the chief claim whose repair is known."""
    for bearing in (*BEARINGS, *CARRIED):
        if bearing.claim == free_is_unreachable.name:
            whole = find(bearing.model)
            for each in bearing.beside:
                whole = whole.without_fix(each)
            yield from _row(
                f"{bearing.model} without {bearing.fix}", whole.without_fix(bearing.fix), whole, bearing.scope
            )
    for broken, mended in STANDING:
        yield from _row(broken, find(broken), find(mended), {})
    yield from _live()


def _row(name: str, broken: Entry, mended: Entry, scope: object) -> Iterator[Row]:
    given = dict(scope)  # type: ignore[call-overload] # a mapping
    report = check(broken.build(**given), (free_is_unreachable,))
    result = next(each for each in report.results if each.claim is free_is_unreachable)
    if isinstance(result.verdict, Violated):
        taken = trace_of(result, broken.name)
        explained = explain(taken, result.verdict.run.model, (mended.name, mended.build(**given)))
        assert explained.contrast is not None
        yield Row(name, _words(explained), _edges(explained.contrast.cuts))


def _live() -> Iterator[Row]:
    """Yield what was found in running code and has a repaired adapter."""
    for target in TARGETS:
        for each in target.judgements:
            if each.claim == free_is_unreachable.name and target.repaired:
                explained = explain(live_trace(target.load(), each.run, (free_is_unreachable,)))
                mended = live_trace(target.load_repaired(), each.run, (free_is_unreachable,), violation=False)
                at = explained.trace.guilty
                assert at is not None
                yield Row(target.name, _words(explained), _edges(tuple(cut_there(mended.states[at], explained.paths))))


def _words(explained: Explanation) -> tuple[str, ...]:
    return () if explained.cut is None else _edges(explained.cut.edges)


def _edges(edges: tuple[Edge, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.words for each in edges))


def page() -> str:
    """Return the page."""
    found = list(rows())
    agree = sum(each.agrees for each in found)
    return "\n".join(
        [
            "# What is proposed to cut, and what repairs cut",
            "",
            "<!-- Written by docs/pages/cuts.py from the runs. Do not edit. -->",
            "",
            "An explanation proposes which reference to cut ([why that](../decisions/0012-which-reference-to-cut.md)).",
            "Here that is compared with what the repair cuts that was merged, or that a model or an adapter has: the",
            "references on the paths that are not there in the same run on the repaired one.",
            f"Of {len(found)} violations, {agree} proposals are what the repair cuts; the others are judged.",
            "",
            "| violation of `free_is_unreachable` | proposed | cut by the repair | agrees |",
            "|---|---|---|---|",
            *(each.line() for each in found),
            "",
        ]
    )


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201 - it is what the page is made of
