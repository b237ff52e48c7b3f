"""What an explanation says of runs whose explanation is known: of the incident's core, and of small models."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from spillproof.counterexamples.command import run as command
from spillproof.counterexamples.explain import source
from spillproof.counterexamples.explain.explain import explain
from spillproof.counterexamples.explain.explanation import Dominated, Edge, Explanation, Share
from spillproof.counterexamples.explain.explanation_text import tell
from spillproof.counterexamples.explain.stored import where_stored
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.trace import Trace, trace
from spillproof.counterexamples.variants import repaired
from spillproof.model.catalogue import find
from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.claims import Claim
from spillproof.properties.engines.check import check
from spillproof.properties.engines.run import Run, Step, false_at, replay
from spillproof.properties.engines.verdict import Violated

E1_E2 = (Step("insert", (3, 1)), Step("iterator", (3,)), Step("insert", (3, 1)))


def traced(name: str, steps: tuple[Step, ...], claim: Claim = free_is_unreachable, capacity: int = 1) -> Trace:
    """The trace of a run on a model of the catalogue."""
    run = Run(find(name).build(), (capacity,), steps)
    return trace(run, name, (claim.name,), guilty=false_at(claim, replay(run)))


@pytest.fixture(scope="module")
def e1_e2() -> Explanation:
    """The explanation of the shortest run that breaks Spark 2.3.4, beside its repair."""
    taken = traced("spark@2.3.4", E1_E2)
    return explain(taken, find("spark@2.3.4").build(), repaired(taken))


def test_the_guilty_step_and_its_promise(e1_e2: Explanation) -> None:
    """E2's insert is guilty: in it E1 releases its byte, which E1 still holds and nobody claims."""
    assert e1_e2.guilty is not None
    assert (e1_e2.guilty.step, e1_e2.guilty.spelled) == (3, "insert(E2, 1)")
    (promise,) = e1_e2.guilty.promises
    assert (promise.step, promise.consumer, promise.size, promise.still_held) == (3, "E1", 1, 1)
    assert promise.lines[0].endswith("in insert")
    assert promise.lines[-1].endswith("in free_memory")


def test_both_paths_of_the_incident(e1_e2: Explanation) -> None:
    """The table is kept through the consumers, as the heap dump shows, and through the downstream's stack."""
    assert [path.words for path in e1_e2.paths] == [
        "downstream ▸ rdd_iterators ▸ sub ▸ upstream ▸ outer ▸ data",
        "task_memory_manager ▸ consumers ▸ E1 ▸ reading_iterator ▸ upstream ▸ outer ▸ data",
    ]


def test_the_cut_is_what_was_merged(e1_e2: Explanation) -> None:
    """SPARK-22713 replaces `upstream`, and one reference is the least; `readingIterator` alone is too little."""
    assert e1_e2.cut is not None
    assert [edge.words for edge in e1_e2.cut.edges] == ["SpillableIterator.upstream"]
    (line,) = e1_e2.cut.stored
    assert re.fullmatch(r"step 2, model/spark/collection/external_append_only_map\.py:\d+, in \w+", line)
    enough = {each.edge.words: each.enough for each in e1_e2.cut.alone}
    assert enough == {
        "AppendOnlyMap.data": True,
        "MapIterator.outer": True,
        "SpillableIterator.upstream": True,
        "CompletionIterator.sub": False,
        "CoGroupedRDD.rdd_iterators": False,
        "E1.reading_iterator": False,
    }
    left = next(each for each in e1_e2.cut.alone if each.edge.words == "E1.reading_iterator")
    assert left.other_path == "downstream ▸ rdd_iterators ▸ sub ▸ upstream ▸ outer ▸ data"
    assert left.reachable == 2


def flat(nodes: tuple[Dominated, ...]) -> list[tuple[str, int, int, float, bool]]:
    """The tree from the top, a node a line."""
    return [
        line
        for node in nodes
        for line in (
            (node.words, node.shallow, node.retained, node.percent, node.counted_free), *flat(node.children)
        )
    ]  # fmt: skip


def test_the_dominator_tree_has_two_halves(e1_e2: Explanation) -> None:
    """E2 retains its byte, and the iterator, not E1, the one that is counted free: each half of what is reachable."""
    assert flat(e1_e2.tree) == [
        ("ExternalAppendOnlyMap E2", 0, 1, 50.0, False), ("AppendOnlyMap", 0, 1, 50.0, False),
        ("Table", 1, 1, 50.0, False),
        ("SpillableIterator", 0, 1, 50.0, False), ("MapIterator", 0, 1, 50.0, False),
        ("AppendOnlyMap", 0, 1, 50.0, False), ("Table", 1, 1, 50.0, True),
    ]  # fmt: skip


def test_the_ledger(e1_e2: Explanation) -> None:
    """Before the guilty step belief and truth agree; after it E1 claims nothing and holds a byte."""
    assert [(each.accounted, each.free, each.reachable, each.unreachable, each.gap) for each in e1_e2.ledger] == [
        (0, 1, 0, 1, 0), (1, 0, 1, 0, 0), (1, 0, 1, 0, 0), (1, 0, 2, -1, 1),
    ]  # fmt: skip
    assert e1_e2.ledger[3].shares == (Share("E1", 0, 1), Share("E2", 1, 1))


def test_every_step_of_a_shortest_run_is_needed(e1_e2: Explanation) -> None:
    """Without any one of the three steps the claim holds."""
    assert [(each.step, each.holds, each.skipped) for each in e1_e2.needed] == [
        (1, True, ()), (2, True, ()), (3, True, ()),
    ]  # fmt: skip


def test_a_needless_step_is_seen_as_such() -> None:
    """E2's iterator, taken before E1's, changes nothing: left out, the claim is still false."""
    steps = (Step("insert", (3, 1)), Step("iterator", (3,)), Step("iterator", (3,)), Step("end_task", ()))
    needless = traced("spark@2.3.4", (*steps[:2], Step("insert", (3, 1)), steps[2]))
    explained = explain(needless, find("spark@2.3.4").build())

    assert [each.holds for each in explained.needed] == [True, True, True, False]


def test_a_step_that_loses_its_object_is_left_out_with_it() -> None:
    """Exhaustion: without E1's iterator there is nothing to pull from, and the run without it says so."""
    verdict = check(find("spark@2.3.4+null-upstream").build(), (free_is_unreachable,)).of(free_is_unreachable)
    assert isinstance(verdict, Violated)
    run = verdict.run
    explained = explain(trace(run, "spark@2.3.4+null-upstream", ("free_is_unreachable",), guilty=len(run)), run.model)
    without = next(each for each in explained.needed if each.spelled == "iterator(E1)")

    assert without.holds
    assert without.skipped == (4, 5)
    assert without.why == "there is no I1 here, which is a CompletionIterator"
    assert explained.cut is not None
    assert [edge.words for edge in explained.cut.edges] == ["SpillableIterator.upstream"]


def test_the_contrast_parts_at_the_guilty_step(e1_e2: Explanation) -> None:
    """With SPARK-22713 the same run reaches one byte less after the third step, and the claim holds."""
    contrast = e1_e2.contrast
    assert contrast is not None
    assert (contrast.model, contrast.holds, contrast.stopped) == ("spark@2.3.4 with SPARK-22713", True, "")
    assert contrast.first is not None
    assert contrast.first.step == 3
    assert contrast.first.words[0] == "reachable 2 → 1"
    assert [edge.words for edge in contrast.cuts] == ["SpillableIterator.upstream"]
    assert "SpillableIterator.upstream: MapIterator → DiskMapIterator" in contrast.first.words


@pytest.mark.parametrize(("name", "repair"), [
    ("spark@2.1.0", "spark@2.1.0 with SPARK-22713"),
    ("lesson:pool", "lesson:pool+repaired"),
    ("lesson:grant", "lesson:grant+repaired"),
    ("lesson:release", "lesson:release+repaired"),
    ("yardstick:deep", "yardstick:none"),
])  # fmt: skip # a table
def test_the_repair_is_found(name: str, repair: str) -> None:
    """The first fix that is enough alone, or what the catalogue calls repaired."""
    result = check(find(name).build()).violated()[0]
    assert isinstance(result.verdict, Violated)
    run = result.verdict.run
    found = repaired(trace(run, name, (result.claim.name,), guilty=false_at(result.claim, replay(run))))

    assert found is not None
    assert found[0] == repair


def test_bytes_that_hang_on_no_consumer() -> None:
    """Where E1 has let go of its iterator, its table hangs on nobody; E2's is rightly held, and is not named."""
    name = "spark@2.3.4+null-reading-iterator"
    explained = explain(traced(name, E1_E2), find(name).build())

    assert [path.words for path in explained.paths] == ["downstream ▸ rdd_iterators ▸ sub ▸ upstream ▸ outer ▸ data"]


def test_a_run_that_raises_has_not_gone_to_its_end(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On 2.1.3 the second insert fails of SPARK-18986. That the claim held until then is not reported as if it held."""
    kept = tmp_path / "run.itf.json"
    steps = (Step("insert", (3, 1)), Step("insert", (4, 1)))
    kept.write_text(itf.dumps(traced("spark@2.3.4", steps)), encoding="utf-8")

    assert command(["replay", str(kept), "--on", "spark@2.1.3"]) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert "? spark@2.1.3: free_is_unreachable holds as far as the run could be taken: step 2 raises" in said


class Page(HeapObject):
    """Some bytes."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class Cache(Model):
    """A cache whose eviction forgets two references."""

    used: Bytes
    page: Page | None
    reading: Page | None
    index: Page | None

    def begin(self) -> None:
        self.used, self.page, self.reading, self.index = 0, None, None, None

    @action
    def load(self, size: Bytes) -> None:
        """Load a page, which is indexed."""
        require(self.page is None)
        self.page = self.index = Page(size)
        self.used += size

    @action
    def read(self, page: Page) -> None:
        """Begin to read."""
        self.reading = page

    @action
    def evict(self) -> None:
        """Evict the page."""
        require(self.page is not None)
        assert self.page is not None
        self.used -= self.page.size
        self.page = None

    def accounted(self) -> Bytes:
        """Return what is accounted."""
        return self.used

    def capacity_of_pool(self) -> Bytes:
        """Return the limit."""
        return 10


def test_two_references_to_cut() -> None:
    """Where the index and a reader both refer to an evicted page, both must go, and neither alone is enough."""
    run = Run(Cache(), (), (Step("load", (8,)), Step("read", (1,)), Step("evict", ())))
    explained = explain(trace(run, "Cache", ("free_is_unreachable",), guilty=3), run.model)

    assert explained.cut is not None
    assert sorted(edge.words for edge in explained.cut.edges) == ["Cache.index", "Cache.reading"]
    assert [each.enough for each in explained.cut.alone] == [False, False]
    assert explained.guilty is not None
    assert explained.guilty.promises == ()  # this model announces nothing
    assert "No fewer than 2 references are enough" in tell(explained)


def test_a_leak_that_is_older_than_the_guilty_step() -> None:
    """There is room for the first leak. The claim about room breaks later, and what is named is still the old page."""
    steps = (Step("load", (1,)), Step("read", (1,)), Step("evict", ()), Step("load", (10,)))
    run = Run(Cache(), (), steps)
    explained = explain(trace(run, "Cache", ("acquired_can_be_allocated",), guilty=4), run.model)

    assert [path.words for path in explained.paths] == ["reading ▸ Page1"]  # the index refers to the new page by now
    assert explained.cut is not None
    assert [edge.words for edge in explained.cut.edges] == ["Cache.reading"]


def test_what_is_told_fits(e1_e2: Explanation) -> None:
    """At most 80 columns, no colour needed, no trailing space."""
    told = tell(e1_e2)

    assert max(map(len, told.splitlines())) <= 80
    assert not any(line != line.rstrip() for line in told.splitlines())
    assert "\x1b" not in told


def test_without_the_model_all_but_two_parts_are_there(e1_e2: Explanation) -> None:
    """From the trace alone, which may come from anybody, all is computed but what takes the run again."""
    bare = explain(e1_e2.trace)

    assert e1_e2.cut is not None
    assert (bare.guilty, bare.paths, bare.cut, bare.tree, bare.ledger) == (
        e1_e2.guilty, e1_e2.paths, replace(e1_e2.cut, stored=()), e1_e2.tree, e1_e2.ledger,
    )  # fmt: skip
    assert (bare.needed, bare.contrast) == ((), None)


@pytest.fixture
def file(e1_e2: Explanation, tmp_path: Path) -> Path:
    """The trace, kept."""
    kept = tmp_path / "e1e2.itf.json"
    kept.write_text(itf.dumps(e1_e2.trace), encoding="utf-8")
    return kept


def test_the_command_explains(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`explain` finds the model and the repair by itself, and says the same as data."""
    assert command(["explain", str(file)]) == 0
    assert "It should have unlinked SpillableIterator.upstream." in capsys.readouterr().out
    assert command(["explain", str(file), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert [edge["words"] for edge in data["cut"]["edges"]] == ["SpillableIterator.upstream"]
    assert data["contrast"]["model"] == "spark@2.3.4 with SPARK-22713"


@pytest.mark.parametrize(("on", "status", "said"), [
    ("", 1, "✗ spark@2.3.4 violates free_is_unreachable in this run, at step 3"),
    ("spark@2.4.0", 0, "✓ spark@2.4.0: free_is_unreachable holds in this run, which proves nothing of others"),
    ("spark@2.3.4 with SPARK-22713", 0, "The two part at step 3"),
    ("spark@2.3.4+null-reading-iterator", 1, "E1.reading_iterator: SpillableIterator → None"),
])  # fmt: skip # a table
def test_the_command_replays(file: Path, capsys: pytest.CaptureFixture[str], on: str, status: int, said: str) -> None:
    """`replay` says where the runs part, and its exit status what becomes of the claim."""
    assert command(["replay", str(file), *(["--on", on] if on else [])]) == status
    assert said in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(("on", "said"), [
    ("lesson:pool", "has no action 'insert'; it has grow, drop"),
    ("spark@9", "no model is called 'spark@9'"),
    ("nowhere.py:M", "nowhere.py: there is no such file"),
])  # fmt: skip # a table
def test_what_cannot_be_replayed_is_one_line(
    file: Path, capsys: pytest.CaptureFixture[str], on: str, said: str
) -> None:
    """A model of another kind, or none, is refused with status 2."""
    assert command(["replay", str(file), "--on", on]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.err.count("\n") == 1
    assert captured.out == ""


def test_a_file_is_not_run_because_a_trace_says_so(
    e1_e2: Explanation, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A trace that names a model in a file is explained without it, and replayed only where the user names the file."""
    evil = tmp_path / "evil.py"
    evil.write_text("raise SystemExit('executed')\n", encoding="utf-8")
    named = itf.dumps(e1_e2.trace).replace('"source": "spark@2.3.4"', f'"source": "{evil}:Evil"')
    kept = tmp_path / "named.itf.json"
    kept.write_text(named, encoding="utf-8")

    assert command(["explain", str(kept)]) == 0
    assert "It should have unlinked SpillableIterator.upstream." in capsys.readouterr().out
    assert command(["replay", str(kept)]) == 2
    assert f"add --on {evil}:Evil" in capsys.readouterr().err


def test_a_trace_that_its_model_does_not_do_any_more(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A trace of another version, or a changed one, is not explained as if it were true."""
    changed = file.read_text(encoding="utf-8").replace('"reachable": {"#bigint": "2"}', '"reachable": {"#bigint": "3"}')
    file.write_text(changed, encoding="utf-8")

    assert command(["explain", str(file)]) == 2
    assert "at step 3 it differs (reachable 3 → 2)" in capsys.readouterr().err


@pytest.mark.parametrize("guilty", [2, 3])
def test_when_a_reference_was_stored(guilty: int) -> None:
    """Roots, too: the index by `load` in step 1, what is read by `read` in step 2, be that the guilty one or not."""
    run = Run(Cache(), (), (Step("load", (8,)), Step("read", (1,)), Step("evict", ())))
    taken = trace(run, "Cache", ("free_is_unreachable",), guilty=guilty)
    (page,) = [each.number for each in taken.states[2].heap if each.kind == "Page"]
    stored = where_stored(taken, Cache(), [Edge(-1, field, page, field) for field in ("index", "reading")])

    assert [re.sub(r" \S+:\d+,", "", each) for each in stored] == ["step 1, in load", "step 2, in read"]


def test_a_report_is_explained() -> None:
    """Its first violation, whatever holds before; of a claim that holds there is nothing to explain."""
    report = check(Cache(), ["no_exception", "free_is_unreachable"], witnesses=False)

    assert source.explain(report).claim == source.explain(report, "free_is_unreachable").claim == "free_is_unreachable"
    with pytest.raises(ModelError, match=r"nothing to explain about no_exception.*there for: free_is_unreachable"):
        source.explain(report, "no_exception")


def test_an_unknown_claim_has_no_contrast() -> None:
    """Of a claim that nobody knows it cannot be said whether it holds on another model."""
    run = Run(Cache(), (), (Step("load", (8,)),))

    assert explain(trace(run, "Cache", ("no_such_claim",), guilty=1), Cache(), ("again", Cache())).contrast is None
