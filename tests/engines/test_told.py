"""A report made by hand is told word for word: marks, words, numbers; and a run with what it announced."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from spillproof.model.heap import HeapObject
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.oracle import announce
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import free_is_unreachable
from spillproof.properties.claims import Claim, Mode
from spillproof.properties.engines.run import Moment, Run, Step, replay
from spillproof.properties.engines.story.counterexample_text import Story, counterexample, told_held
from spillproof.properties.engines.story.holders import Held, Hop
from spillproof.properties.engines.story.report_text import HOW_TO_REPORT, headline, summary, table, tell
from spillproof.properties.engines.story.run_text import told_run
from spillproof.properties.engines.validation.result import Validated
from spillproof.properties.engines.verdict import (
    Disputed,
    Holds,
    Never,
    NotFound,
    Proved,
    Refused,
    Report,
    Result,
    Unknown,
    Verdict,
    Violated,
)
from spillproof.properties.unasked import Unasked

RUN = Run(Yardstick(), (3,), (Step("acquire", (1, 1)), Step("acquire", (1, 2))))
VIOLATED = Violated(RUN, 3, 6, minimal="all were tried")


class Certificate:
    """Stands for one: of two shapes with three conjuncts."""

    invariants: ClassVar[tuple[tuple[str, ...], ...]] = (("a", "b"), ("c",))


class OneCertificate:
    """Stands for one: of one shape with one conjunct."""

    invariants: ClassVar[tuple[tuple[str, ...], ...]] = (("a",),)


def result(name: str, verdict: Verdict, mode: Mode = Mode.ALWAYS, beside: str = "", engine: str = "proof") -> Result:
    """A verdict on a claim that is only a name."""
    return Result(Claim(name, mode, lambda _now: True, beside=beside), verdict, engine, 0.0)


def seen(name: str) -> Result:
    """A witness that was seen."""
    return result(name, Proved("", RUN), Mode.SOMETIMES)


def proved(name: str, certificate: Any = None, **fields: Any) -> Result:
    """A claim that was proved."""
    return result(name, Proved("any capacity", certificate, **fields))


def report(*results: Result, **fields: Any) -> Report:
    """A report on a model of the catalogue."""
    return Report(Yardstick(), list(results), **fields)


def test_the_headline_has_the_scope() -> None:
    """The name that is given, or the class's; each constant, an enum by its name; and what is left open."""
    assert headline(report(), "") == "Yardstick  consumers=2, forgets=NEVER, any capacity"
    bound = Report(Yardstick(capacity=5, forgets=Forgets.ALWAYS))
    assert headline(bound, "deep") == "deep  consumers=2, forgets=ALWAYS, capacity=5"


class Open(Model):
    """Leaves a switch open, and has fixes, which its name says."""

    def begin(self, *, fixes: frozenset[str] = frozenset("a"), deep: bool) -> None:
        self.fixes, self.deep = fixes, deep

    @action
    def nothing(self) -> None:
        """Change nothing."""


def test_a_switch_that_is_left_open() -> None:
    """Of a switch every value is asked for; a set of fixes is not spelled out."""
    assert headline(Report(Open()), "m") == "m  every deep"


ROWS = [
    (result("a", VIOLATED), "✗ violated  a  2 steps, the shortest"),
    (result("a", Violated(Run(Yardstick(), (3,), RUN.steps[:1]), 1, 1)), "✗ violated  a  1 step, perhaps not the shortest"),  # noqa: E501 - one text
    (proved("a"), "✓ proved    a  all sizes, any number of steps"),
    (result("a", Violated(RUN, 1, 1, "x", within="sizes up to 2")), "✗ violated  a  2 steps, the shortest for sizes up to 2"),  # noqa: E501 - one text
    (result("a", Holds("sizes up to 2, runs of at most 1 step (3 states)")), "✓ holds     a  sizes up to 2, runs of at most 1 step"),  # noqa: E501 - one text
    (result("a", NotFound("5 runs")), "? not-found a"),
    (result("a", Unknown("time", 0)), "? unknown   a  no run of up to 0 steps"),
    (result("a", Unknown("time", 1)), "? unknown   a  no run of up to 1 step"),
    (result("a", Unknown("time")), "? unknown   a"),
    (result("a", Refused("why")), "! refused   a"),
    (result("a", Disputed(VIOLATED, "why")), "! disputed  a  the engines disagree"),
    (result("a", Never("x"), Mode.SOMETIMES, "b"), "✗ never     a  so that b says nothing here"),
    (result("a", Never("x"), Mode.SOMETIMES), "✗ never     a  in no run"),
]  # fmt: skip # a table


@pytest.mark.parametrize(("one", "row"), ROWS)
def test_each_verdict_has_a_row(one: Result, row: str) -> None:
    """A mark, a word, the claim, and what is to be added."""
    assert table(report(one)) == [row]


def test_names_are_in_a_column() -> None:
    """Claims, witnesses that were not seen, and what was not asked: all are as wide as the longest of their names."""
    unasked = [Unasked("longest_of_all", "it has no annotation")]
    found = report(proved("a"), result("bcd", Unknown("x", 2), Mode.SOMETIMES), seen("ef"), unasked=unasked)

    assert table(found) == [
        "✓ proved    a               all sizes, any number of steps",
        "? unknown   bcd             no run of up to 2 steps",
        "✓ seen      1 of 2 witnesses",
        "· not asked longest_of_all  it has no annotation",
    ]
    assert table(report()) == []
    assert table(report(seen("a"))) == ["✓ seen      the witness: no claim is vacuous"]


def test_a_long_row_goes_on_below_its_detail() -> None:
    """The next line begins under the detail, but no further in than 50 columns."""
    short = table(report(unasked=[Unasked("a", "word " * 30)]))[0].split("\n")
    long = table(report(unasked=[Unasked("a" * 50, "word " * 30)]))[0].split("\n")

    assert [len(line) - len(line.lstrip()) for line in short] == [0, 15, 15]
    assert {len(line) - len(line.lstrip()) for line in long[1:]} == {50}


def paragraphs(found: Report) -> list[str]:
    """What is told between the table and the last line, each paragraph as one line."""
    return [" ".join(each.split()) for each in tell(found).split("\n\n")[2:-1]]


def test_reasons() -> None:
    """Each reason once, with the claims that it is on; a refusal names its claim by itself; a proof has none."""
    found = report(
        result("a", Unknown("the time was up")), result("b", Unknown("the time was up")), result("c", Holds("2 steps")),
        result("d", NotFound("5 runs")), result("e", Refused("the claim e raises")), proved("f"),
    )  # fmt: skip

    assert paragraphs(found) == [
        "Unknown, because the time was up: a, b.",
        "Holds for 2 steps, and nothing is said beyond: c.",
        "Not found in 5 runs, which proves nothing: d.",
        "Refused: the claim e raises.",
    ]


def test_certificates() -> None:
    """One for all that it proves, with its size; who confirmed it, and what kept another from it; a run is none."""
    whole = Certificate()
    found = report(
        proved("a", whole, confirmed_by=("Z3", "cvc5")), proved("b", whole), seen("c"), proved("d"),
        proved("e", OneCertificate(), remark="no cvc5"),
    )  # fmt: skip

    assert paragraphs(found) == [
        "Certificate: 3 conjuncts over 2 shapes, inductive, confirmed by Z3 and cvc5; proves a, b for any capacity.",
        "Certificate: 1 conjunct over 1 shape, inductive, confirmed by Z3 (no cvc5); proves e for any capacity.",
    ]


def test_disputes() -> None:
    """Both sides, with the run where there is one, and once how to report them."""
    with_run = result("a", Disputed(Proved("any capacity", None), "a run", ("begin(1)", "load(1)")))
    without = result("b", Disputed(NotFound("5"), "x"), engine="bounded")
    told = tell(report(with_run, without))

    assert paragraphs(report(with_run, without)) == [
        "The engines disagree on a. Withdrawn (proof): proved for any capacity. Against it: a run: begin(1) 1 load(1)",
        "The engines disagree on b. Withdrawn (bounded): no violation found in 5; this proves nothing. Against it: x.",
        HOW_TO_REPORT,
    ]
    assert "\n        begin(1)\n     1  load(1)\n" in told
    assert HOW_TO_REPORT not in " ".join(tell(report(proved("a"))).split())


@pytest.mark.parametrize(("edges", "ways", "told"), [(3, 4, False), (2, 4, True), (3, 3, True)])
def test_what_was_not_validated(edges: int, ways: int, told: bool) -> None:  # noqa: FBT001 - parametrized
    """It is said where an edge or a way is left; with the numbers, and the reason."""
    validated = Validated(edges, 3, 9, ways, 4, 20, 11)
    words = f"? validated: {edges} of 3 edges, {ways} of 4 ways, 11 random steps on plain integers: for the rest the time was too short."  # noqa: E501 - one text

    assert paragraphs(report(proved("a"), validated=validated)) == ([words] if told else [])


SUMMARIES = [
    ([proved("a"), proved("b"), seen("w")], "✓ m: of 2 claims, 2 proved"),
    ([proved("a"), result("b", Holds("x")), result("c", Holds("x"))],
     "✓ m: of 3 claims, 1 proved and 2 hold within bounds"),
    ([seen("w")], "✓ m: 1 witness seen"),
    ([seen("w"), seen("v")], "✓ m: 2 witnesses seen"),
    ([], "? m: nothing was asked"),
    ([proved("a"), result("b", Unknown("x")), result("c", NotFound("x")), result("d", Refused("x"))],
     "? m: nothing violated, 1 of 4 claims unknown, 1 not seen to be violated, 1 refused"),
    ([result("d", Refused("x")), seen("w")], "! m: nothing could be asked, 1 refused"),
    ([result("w", Refused("x"), Mode.SOMETIMES)], "! m: nothing could be asked, 1 refused"),
    ([result("a", VIOLATED), proved("b"), result("c", Unknown("x"))], "✗ m violates 1 of 3 claims: a; 1 unknown"),
    ([result("a", VIOLATED), result("b", VIOLATED)], "✗ m violates 2 of 2 claims: a, b"),
    ([proved("b"), result("w", Never("x"), Mode.SOMETIMES)],
     "✗ m is never seen to do what shows that its claims are not vacuous: w"),
    ([result("a", VIOLATED), result("w", Never("x"), Mode.SOMETIMES)],
     "✗ m violates 1 of 1 claims: a; is never seen to do what shows that its claims are not vacuous: w"),
    ([proved("a"), result("b", Disputed(proved("b").verdict, "x")), result("c", VIOLATED)],
     "! m: the engines disagree on 1 of 3 claims"),
]  # fmt: skip # a table


@pytest.mark.parametrize(("results", "line"), SUMMARIES)
def test_the_last_line(results: list[Result], line: str) -> None:
    """What a script is told by the exit status a person is told in a line, with what is left open."""
    assert " ".join(summary(report(*results), "m").split()) == line
    assert summary(report(*results)).split()[1].strip(":") == "Yardstick"


def test_how_long_it_took_and_what_was_not_asked() -> None:
    """Seconds and an interrupt are said at the end; a slip is left open, what nobody meant to be asked is not."""
    slip, other = Unasked("b", "no annotation"), Unasked("c", "about another model", is_slip=False)

    assert summary(report(proved("a")), "m", 1.26) == "✓ m: of 1 claims, 1 proved (1.3 s)"
    assert summary(report(proved("a"), interrupted=True), "m") == "? m: nothing violated (interrupted)"
    assert summary(report(proved("a"), unasked=[slip, other]), "m") == "? m: nothing violated, 1 not asked"
    assert summary(report(proved("a"), unasked=[other]), "m") == "✓ m: of 1 claims, 1 proved"


def test_parts_stand_apart() -> None:
    """A blank line stands between two parts, none where a part is empty, and the last line comes last."""
    assert tell(report(proved("a")), "m", seconds=1.0).split("\n") == [
        "m  consumers=2, forgets=NEVER, any capacity",
        "",
        "✓ proved    a  all sizes, any number of steps",
        "",
        "✓ m: of 1 claims, 1 proved (1.0 s)",
    ]


# Verdicts


def test_sentences() -> None:
    """A verdict says what is known: that a run is the shortest, and how far it was searched."""
    assert VIOLATED.sentence() == "violated in 2 steps (shortest: all were tried)"
    assert Violated(RUN, 3, 6).sentence() == "violated in 2 steps (that no shorter run exists was not certified)"
    assert seen("w").verdict.sentence() == "seen in 2 steps"
    assert proved("a").verdict.sentence() == "proved for any capacity"
    assert Unknown("time", 0).sentence() == "unknown: time; no violation within 0 steps"
    assert Unknown("time").sentence() == "unknown: time; nothing is known"


def test_a_verdict_is_found_by_its_claim() -> None:
    """By the claim itself or by its name; what was not asked is a `KeyError` that names it."""
    one, other = proved("a"), result("b", Unknown("x"))
    found = report(one, other)

    assert (found.of(one.claim), found.of("b")) == (one.verdict, other.verdict)
    for missing in ("c", Claim("c", Mode.ALWAYS, lambda _now: True)):
        with pytest.raises(KeyError, match="c"):
            found.of(missing)


def test_no_verdict_is_true() -> None:
    """None can be mistaken for a yes."""
    assert not any(each.verdict for each in (proved("a"), seen("w"), result("b", VIOLATED)))


# A run


class Page(HeapObject):
    """Some bytes."""

    size: Bytes
    short_name: ClassVar[str] = "P"

    def shallow_size(self) -> Bytes:
        return self.size


class Shelf(Model):
    """Pages are loaded and evicted, and an evicted one is perhaps kept."""

    page: Page | None
    old: Page | None
    used: Bytes

    def begin(self) -> None:
        self.page, self.old, self.used = None, None, 0

    @action
    def load(self, size: Bytes) -> None:
        """Load a page, and say so in several ways."""
        require(size < 1 << 30)
        self.page = Page(size)
        announce("acquire", consumer=self.page, size=size)
        announce("acquire", consumer=self.page, size=2)
        announce("acquire", consumer=self.page, forced=True, again=False, reason="x")
        self.used += size

    @action
    def evict(self) -> None:
        """Evict the page, which somebody keeps."""
        require(self.page is not None)
        assert self.page is not None
        self.old, self.page = self.page, None
        self.used -= self.old.size

    @action
    def fail(self) -> None:
        """Raises."""
        raise RuntimeError("no " * 40)

    def accounted(self) -> Bytes:
        """Return what is accounted."""
        return self.used

    def capacity_of_pool(self) -> Bytes:
        """Return the limit."""
        return 10_000


def run(*steps: Step) -> list[Moment]:
    """A run on the shelf."""
    return replay(Run(Shelf(), (), steps))


def test_a_run_is_told_in_columns() -> None:
    """Each step has a line with its bytes under their titles; the guilty one a mark; what was announced is below."""
    told = told_run(run(Step("load", (5000,)), Step("evict", ())), 2)

    assert told == [
        f"{'':49}  accounted  reachable    free",
        f"       {'begin()':42}          0          0  10,000",
        f"    1  {'load(5000)':42}      5,000      5,000   5,000",
        "         acquire P1 5,002 B in 2 parts; forced acquire P1 reason=x",
        f"  ▶ 2  {'evict()':42}          0      5,000  10,000",
    ]


def test_a_run_of_ten_steps_has_two_digits() -> None:
    """Numbers are as wide as the last one; the beginning has none."""
    steps = [Step("load", (5,)), Step("evict", ())] * 5
    told = [line for line in told_run(run(*steps), 1) if "(" in line]

    assert told[0].startswith("        begin()")
    assert told[1].startswith("  ▶  1  load(5)")
    assert told[10].startswith("    10  evict()")


def test_what_was_raised_and_what_was_refused() -> None:
    """Of a step that raises, or that a guard refuses, no bytes are known, and below it stands why."""
    raised = told_run(run(Step("fail", ())), 1)
    refused = told_run(run(Step("load", (1 << 31,))), 1)

    assert raised[2].split() == ["▶", "1", "fail()", "–", "–", "–"]
    first, second, *_ = raised[3].split("\n")
    assert first.startswith("         raises RuntimeError: no no")
    assert second.startswith("           no no")
    assert refused[3].strip().startswith("refused: ")


class Wordy(Model):
    """Has an action with a long name."""

    def begin(self) -> None:
        self.done = 0

    @action
    def does_a_lot_of_things_one_after_the_other(self, first: Bytes, second: Bytes, third: Bytes) -> None:
        """Change nothing."""


def test_a_long_step_goes_on_below() -> None:
    """A step that is too long is continued two columns further in; of a model without account no bytes are told."""
    step = Step("does_a_lot_of_things_one_after_the_other", (10**9, 10**9, 10**9))

    assert told_run(replay(Run(Wordy(), (), (step,))), 1) == [
        "",
        "       begin()",
        "  ▶ 1  does_a_lot_of_things_one_after_the_other(1000000000, 1000000000,",
        "         1000000000)",
    ]


def test_what_is_counted_free_is_told_with_its_path() -> None:
    """Each object has its path with the names that the run gave, then a line a hop with sizes in columns."""
    hops = (
        Hop("shelf", "", "Shelf", "Shelf", 0, 70_000_000),
        Hop("old", "P1", "Page P1", "Page", 5, 5),
        Hop("data", "", "Array", "Array", 5, 5),
    )

    assert told_held([Held(5, hops)], 5) == [
        "  Counted free, and still reachable: 5 B",
        "",
        "    shelf ▸ old ▸ P1 ▸ data  (5 B)",
        "",
        "    shallow    retained",
        "          0  70,000,000  shelf  Shelf",
        "          5           5  └ old  Page P1",
        "          5           5    └ data  Array",
    ]


def test_large_sizes_widen_their_column() -> None:
    """A shallow size that is wider than its title widens it, too."""
    told = told_held([Held(5, (Hop("a", "", "A", "A", 123_456_789, 1),))], 1)

    assert told[4:] == ["        shallow  retained", "    123,456,789         1  a  A"]


def test_a_long_path_is_broken_before_a_hop() -> None:
    """A line never begins with the mark that parts two hops."""
    hops = tuple(Hop(f"a_reference_of_some_length_{each}", "", "A", "A", 0, 1) for each in range(4))
    path = told_held([Held(5, hops)], 1)[2].split("\n")

    assert path[0].endswith(" ▸")
    assert path[1].startswith("      a_reference")


# A counterexample

STORY = Run(Shelf(), (), (Step("load", (8,)), Step("evict", ())))


def told_story(*results: Result, number: int = 1, of: int = 1) -> list[str]:
    """What is told of a run, to where it is pasted."""
    lines = counterexample(Story(STORY, list(results)), number, of)
    return lines[: lines.index("  To take it again:")]


def broken(claim: Claim = free_is_unreachable, minimal: str = "all were tried (3 chains of shapes)") -> Result:
    """A claim that the run violates."""
    return Result(claim, Violated(STORY, 1, 8, minimal=minimal), "bounded", 0.0)


def test_a_counterexample() -> None:
    """How many steps, what it violates in a sentence, the run, what is held, and why nothing shorter does."""
    told = told_story(broken())

    assert told[:3] == ["Counterexample: 2 steps", "", "  violates free_is_unreachable"]
    assert " ".join(" ".join(told[3:]).split()).startswith(free_is_unreachable.sentence)
    assert "  ▶ 2  evict()" in "\n".join(told)
    assert "  Counted free, and still reachable: 8 B" in told
    assert told[-2:] == ["  Shortest: all were tried.", ""]
    assert told_story(broken(), number=2, of=3)[0] == "Counterexample 2 of 3: 2 steps"


def test_a_claim_that_is_false_earlier_is_guilty() -> None:
    """Of several claims the first step that makes one false is marked; where none is false, the last."""
    loaded = Claim("nothing_is_loaded", Mode.ALWAYS, lambda now: now.page is None)
    never = Claim("never_false", Mode.ALWAYS, lambda _now: True)

    for claims, marked in (((free_is_unreachable, loaded), "▶ 1  load"), ((never,), "▶ 2  evict")):
        assert marked in "\n".join(told_story(*map(broken, claims)))


def test_what_makes_it_the_shortest() -> None:
    """Where claims of one run differ in that, each reason has the claims that it is for."""
    never = Claim("never_false", Mode.ALWAYS, lambda _now: True)

    assert told_story(broken(minimal=""))[-2] == "  That no shorter run exists was not certified."
    assert told_story(broken(), broken(never, ""))[-3:-1] == [
        "  Shortest (free_is_unreachable): all were tried.",
        "  That no shorter run exists was not certified (never_false).",
    ]
