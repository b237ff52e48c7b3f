"""The stories of the gallery: which runs are told, and what a person says about each.

Each story is a folder in `gallery/`. The run is found by the checker, everything that can be computed from it is, and
only the plain words here are written by hand; the numbers in them are filled in from the run.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation import Edge, Explanation
from spillproof.counterexamples.question import Question, select
from spillproof.counterexamples.record import trace_of
from spillproof.counterexamples.variants import asked_of, fitting, repaired
from spillproof.model.errors import ModelError
from spillproof.properties.engines.check import check
from spillproof.properties.engines.story.report_text import roughly


@dataclass(frozen=True)
class Story:
    """A counterexample worth telling."""

    folder: str
    title: str
    model: str
    """As `spillproof check` and a trace name it: `spark@2.3.4`, `spark@2.3.4 with SPARK-18986`."""
    claim: str
    words: str
    """What happened, in plain words, with names for what is filled in: see `numbers`."""

    @property
    def subject(self) -> str:
        """What the index says that the story is about."""
        return self.model

    def aside(self, explanation: Explanation) -> list[str]:  # noqa: ARG002 - for those that have more to say
        """Return what stands on the page besides the run."""
        return []

    def explained(self) -> Explanation:
        """Return the explanation of the shortest run. Raises `ModelError` where the claim is not violated any more."""
        model = question(self.model).model()
        report = check(model, select(model, (self.claim,)).claims)
        result = next((each for each in report.violated() if each.claim.name == self.claim), None)
        if result is None:
            message = f"the story {self.folder} has no run: {self.model} does not violate {self.claim}"
            raise ModelError(message)
        trace = trace_of(result, self.model)
        return explain(trace, fitting(trace, asked_of(trace)), repaired(trace))

    def titled(self, explanation: Explanation) -> str:
        """Return the title with the numbers of a run."""
        return self.title.format(**numbers(explanation))

    def told(self, explanation: Explanation) -> str:
        """Return the plain words with the numbers of a run, in paragraphs."""
        paragraphs = self.words.format(**numbers(explanation)).strip().split("\n\n")
        return "\n\n".join(textwrap.fill(" ".join(each.split()), 120, break_on_hyphens=False) for each in paragraphs)


def question(title: str) -> Question:
    """Return what a model's title asks for."""
    name, *changes = title.split(" ")
    pairs = list(zip(changes[::2], changes[1::2], strict=True))
    added, removed = (tuple(fix for word, fix in pairs if word == which) for which in ("with", "without"))
    return Question(name, {}, added, removed)


def numbers(explanation: Explanation) -> dict[str, str]:
    """Return what may stand in a story's words: bytes after the guilty step, what to cut, and what the repair cuts."""
    step = 0 if explanation.guilty is None else explanation.guilty.step
    entry = explanation.ledger[step]
    cut = () if explanation.cut is None else explanation.cut.edges
    repair = () if explanation.contrast is None else explanation.contrast.cuts
    sizes = {name: getattr(entry, name) for name in ("accounted", "reachable", "free", "gap")}
    return {
        **{name: "nothing" if size in (0, None) else roughly(size) for name, size in sizes.items()},
        "steps": str(len(explanation.trace.states) - 1),
        "cut": _named(cut),
        "repair": _named(repair),
    }


def _named(edges: Iterable[Edge]) -> str:
    return " and ".join(f"`{edge.words}`" for edge in edges)


STORIES: tuple[Story, ...] = (
    Story(
        "smallest",
        "The smallest model of all: a release that forgets a reference",
        "lesson:release",
        "free_is_unreachable",
        """
An owner acquires a page. Somebody begins to read it. The owner is done with it, drops its own reference, and releases
the page's bytes: they are off the account, and so counted free.

The reader still refers to the page: {reachable} is reachable, and {accounted} is accounted. It is a byte that nobody
may give out, and that the accountant would give to the next who asks. No size is too small and no pool too large for
it; the fault is one reference, {cut}, that the release did not know of.

Everything else in this gallery is this story with more furniture.
""",
    ),
    Story(
        "spark-22713-forced-spill",
        "SPARK-22713: E1 is spilled by force, counted free, and still there",
        "spark@2.3.4",
        "free_is_unreachable",
        """
Two maps of one task share a pool. E1 is complete, and the next operator holds its iterator but has not pulled from it
yet. Then E2, which computes the task's other input, needs memory. The pool is empty, so E1 is asked to spill.

E1 writes its records to disk and releases its bytes. Its iterator prepares to read from disk *at the next pull*: until
then its field `upstream` refers to the map in memory. That pull can be minutes away, for the operator that would pull
waits for E2 to be built. E2 is given the bytes that E1 released. After step {steps}, {accounted} is accounted and
{reachable} is reachable: {gap} more than the pool knows of, and more than it has.

Two chains of references keep the map: the one that a heap dump shows, through the manager's set of consumers and
`readingIterator`, and one through the stack of the operator that holds the iterator. Setting `readingIterator` to null
therefore frees nothing. One reference is on both chains, {cut}, and it is the one that Spark 2.4.0 replaces at once.

In every release from 2.0.0 to 2.3.4; never ported back.
""",
    ),
    Story(
        "incident",
        "The incident: {free} believed free, and no room for a table of 16 MB",
        "incident@2.1.2",
        "free_is_unreachable",
        """
The run of SPARK-22713 with the sizes that the reporter's log and heap dump give. E1 acquires the whole pool in eight
requests. Its result does not fit into the cache, so the join gets E1's iterator, and the same partition is computed
again, in E2. E2's first request for 5.1 MB forces E1 to spill: the log says "release 3.3 GB".

Five minutes later E2 has acquired {accounted}. The pool believes that {free} is free. In truth {reachable} is
reachable, where {accounted} is accounted; the next thing that E2 does is to double its table, for which there is no
room. The task dies of an OutOfMemoryError with memory to spare, on paper.

The sizes are those of the log, to a tenth of a megabyte; the model's source says which come from where.
""",
    ),
    Story(
        "spark-22713-exhaustion",
        "SPARK-22713, its second half: an iterator that is read to its end keeps its map",
        "spark@2.3.4 with SPARK-22713-forced-spill",
        "free_is_unreachable",
        """
No forced spill is needed for this one. E1 is read to its last record, and releases its bytes: it is done. But the
iterator that is done still refers to the map, and E1 refers to the iterator, and the manager refers to E1 until the
task ends: {reachable} is reachable, and {accounted} is accounted.

The operator downstream may have dropped the iterator long ago; {cut} alone keeps the map. The repair cuts {repair}
when the last record is taken. A task that reads many maps
one after the other keeps them all.

This run is on Spark 2.3.4 with the first half of the repair already in, to show that the second is needed by itself.
""",
    ),
    Story(
        "proposal-null-reading-iterator",
        "The report's proposal, first reading: set readingIterator to null",
        "spark@2.3.4+null-reading-iterator",
        "free_is_unreachable",
        """
The report of SPARK-22713 proposes "setting the upstream/readingIterator to null after the forceSpill() action". Read as
`readingIterator = null` it cuts the chain that the heap dump shows, and the dump would look repaired.

The shortest run is the same as without it. The operator that holds E1's iterator reaches the map by a chain of its own,
which a dominator tree rooted at the manager does not show: {reachable} is reachable and {accounted} accounted. What was
merged cuts {repair}, which both chains need.
""",
    ),
    Story(
        "proposal-null-upstream",
        "The report's proposal, second reading: upstream = null, and nextUpstream kept",
        "spark@2.3.4+null-upstream",
        "free_is_unreachable",
        """
Read as `upstream = null` in the forced spill, with the file to read from kept in `nextUpstream`, the proposal is right
for forced spills: the map is free as soon as it is spilled, and no record is lost. (With the other half of SPARK-22713
put in as well, every claim about this model is proved.)

It says nothing about an iterator that is read to its end, and that half remains: in {steps} steps E1 is read, releases
its bytes, and is kept by {cut}.
""",
    ),
    Story(
        "proposal-null-both",
        "The report's proposal, third reading: both null, and nextUpstream kept",
        "spark@2.3.4+null-both",
        "free_is_unreachable",
        """
Both references are set to null by the forced spill. What was right about the second reading stays right, and what was
missing stays missing: a map that was never spilled and is read to its end is still kept, through {cut}.
""",
    ),
    Story(
        "proposal-keep-nothing",
        "The report's proposal, misread: upstream = null, and nothing kept",
        "spark@2.3.4+keep-nothing",
        "no_record_lost_or_repeated",
        """
If `upstream` is set to null and nothing takes its place, the memory is free, and so is the iterator of its duty: the
records that the forced spill wrote to disk are never read again. The claim about memory holds after the spill, and the
claim about records does not. A repair of a leak is a change to a program that also has a job to do, which is why every
claim is checked and not only the one that was broken.
""",
    ),
    Story(
        "spark-18986",
        "SPARK-18986: a map that is force-spilled before anybody reads it",
        "spark@2.1.3",
        "no_exception",
        """
Cooperative spilling came in Spark 2.0.0 with an assertion that a map is only asked to spill while it is read. Nothing
keeps it from being asked earlier: E1 is still being built when E2 needs its memory, and the task fails with an
AssertionError in {steps} steps. Since 2.2.0 E1 spills what it has, and goes on with an empty map.

The same change of 2.0.0 brought SPARK-22713. A fix is a change like any other.
""",
    ),
)
"""In the order in which to tell them."""
