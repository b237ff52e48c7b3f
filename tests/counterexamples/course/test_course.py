"""The course: every solution is accepted, and typical wrong answers each fail with the hint that they should get."""

from __future__ import annotations

import io
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from spillproof.counterexamples.course.copies import copies
from spillproof.counterexamples.course.exercises import EXERCISES
from spillproof.counterexamples.course.grader import Grade, give, grade
from spillproof.model.errors import ModelError
from spillproof.properties.live.measure import content

SOLUTIONS = Path(__file__).resolve().parents[3] / "docs" / "course" / "solutions"


@dataclass(frozen=True)
class Wrong:
    """A typical wrong answer: what a student changes in a file, and what must be said of it."""

    exercise: str
    name: str
    change: str
    """Lines to leave out, and lines to write instead, around a line `---`; none for what is given."""
    says: str
    """What the grader says first."""
    run: tuple[str, ...] = ()
    """The steps of the shortest counterexample, by reasoning, each with what is in its parentheses left out."""
    start: str = "given"

    def __str__(self) -> str:
        return f"{self.exercise}-{self.name}"


CHIEF = "Accounted free memory is at most the memory actually unreachable"
HELD = "What is accounted is held"
NEGATIVE = "No counter is ever negative"

EVICT = """
        require(self.page is not None)
        self.used -= self.page.size
        self.page = None
---
"""

OBTAIN = """
        self.grant(size)
        return True
---
"""

FREED = """
        self.table = None
        return freed
---
        self.table = None
"""

READER = """
        self.store, self.key = store, key

    def read(self) -> Any:
        \"\"\"The value; None where it is gone.\"\"\"
        return self.store.get(self.key) if self.store.has(self.key) else None
---
"""

TO_DISK = """
        self.file(key).write_bytes(pickle.dumps(self.memory[key]))
---
"""


def cold(form: str) -> str:
    """A line that keeps a spilled value in another form: beside the file, which is written as well."""
    return (
        "        self.file(key).write_bytes(pickle.dumps(self.memory[key]))\n"
        f"        self.cold[key] = {form.replace('VALUE', 'self.memory[key]')}"
    )


WRONG: tuple[Wrong, ...] = (
    # One page must be loaded and read before it can be evicted from under its reader: three steps.
    Wrong("cache", "as-given", "", CHIEF, ("load", "read", "evict")),
    Wrong(
        "cache",
        "the-reader-is-cut-off",
        f"{EVICT}        require(self.page is not None)\n        self.used -= self.page.size\n"
        "        self.page = self.reading = None",
        "A reader is not cut off",
        ("load", "read", "evict"),
    ),
    Wrong(
        "cache",
        "never-released",
        f"{EVICT}        require(self.page is not None and self.reading is None)\n        self.page = None",
        HELD,
        ("load", "evict"),
    ),
    Wrong("cache", "nobody-reads", "        self.reading = self.page\n---\n        pass", "Somebody reads the page"),
    Wrong(
        "cache",
        "no-eviction",
        f"{EVICT}        require(self.page is not None and self.page is not self.page)",
        "The cache gives a page up",
    ),
    Wrong(
        "cache",
        "released-twice",
        "        self.reading = None\n---\n        self.used -= self.reading.size\n        self.reading = None",
        CHIEF,
        ("load", "read", "finish"),
        "solution",
    ),
    # Something must be inserted, and an iterator be out, before a spill can leave it behind: three steps.
    Wrong("spool", "as-given", "", CHIEF, ("insert", "iterate", "spill")),
    Wrong(
        "spool",
        "the-table-is-cut-and-nothing-kept",
        "            self.iterator.filed += self.table.records\n---\n",
        "Every record is delivered once",
        ("insert", "iterate", "spill"),
        "solution",
    ),
    Wrong(
        "spool",
        "the-iterator-is-thrown-away",
        "            self.iterator.filed += self.table.records\n            self.iterator.table = None\n---\n"
        "            self.iterator = None",
        "Memory is released while somebody holds an iterator",
        (),
        "solution",
    ),
    Wrong(
        "spool",
        "no-spill-while-it-iterates",
        "        require(self.table.records > 0)\n---\n"
        "        require(self.table.records > 0 and self.iterator is None)",
        "Memory is released while somebody holds an iterator",
    ),
    Wrong(
        "spool",
        "the-end-releases-nothing",
        "        self.used -= self.table.records\n        self.table = Table()\n        self.file = 0\n---\n"
        "        self.table = Table()\n        self.file = 0",
        HELD,
        ("insert", "iterate", "pull"),
        "solution",
    ),
    Wrong(
        "spool",
        "what-was-spilled-is-released-again",
        "        self.used -= self.table.records\n        self.table = Table()\n        self.file = 0\n---\n"
        "        self.used -= self.delivered\n        self.table = Table()\n        self.file = 0",
        NEGATIVE,
        # spilled before or after the iterator: four steps both
        ("insert", "(spill|iterate)", "(spill|iterate)", "pull"),
        "solution",
    ),
    # A request for more than the whole pool needs no step before it: one step.
    Wrong("grant", "as-given", "", CHIEF, ("allocate",)),
    Wrong("grant", "the-part-is-kept", f"{OBTAIN}        return self.grant(size) == size", HELD, ("allocate",)),
    Wrong(
        "grant",
        "all-is-given-back",
        f"{OBTAIN}        granted = self.grant(size)\n        if granted < size:\n            self.give_back(size)\n"
        "        return granted == size",
        NEGATIVE,
        ("allocate",),
    ),
    Wrong("grant", "any-grant-will-do", f"{OBTAIN}        return self.grant(size) > 0", CHIEF, ("allocate",)),
    Wrong(
        "grant",
        "nobody-gets-anything",
        f"{OBTAIN}        self.give_back(self.grant(size))\n        return False",
        "Two buffers are there at once",
    ),
    Wrong(
        "grant",
        "it-waits-for-ever",
        f"{OBTAIN}        require(self.capacity - self.used >= size)\n        return self.grant(size) == size",
        "A request that does not fit is turned down",
    ),
    # E1 must have a record and a reader, and E2 must want what is not there: three steps.
    Wrong("task", "as-given", "", CHIEF, ("insert", "iterate", "insert")),
    Wrong(
        "task",
        "reading-is-forgotten",
        f"{FREED}        self.reading = None\n        return freed",
        CHIEF,
        ("insert", "iterate", "insert"),
    ),
    Wrong(
        "task",
        "nothing-is-kept",
        "            self.reading.filed += freed\n---\n",
        "No record is lost or read twice",
        ("insert", "iterate", "insert"),
        "solution",
    ),
    Wrong(
        "task",
        "it-refuses-while-it-is-read",
        "        freed = self.used\n---\n        if self.reading is not None:\n            return 0\n"
        "        freed = self.used",
        "E1 spills while somebody holds an iterator over it",
    ),
    Wrong(
        "task",
        "the-map-keeps-it",
        "        self.table = None\n        return freed\n---\n        return freed",
        CHIEF,
        ("insert", "insert"),
    ),
    Wrong(
        "task",
        "the-account-stays",
        "        self.used = 0\n---\n",
        # It says that it freed something, and the pool has no more than before: nobody gets memory by a spill
        "E1 spills while somebody holds an iterator over it",
    ),
    # One insertion fills the pool, the next one makes the first map spill: two steps.
    Wrong(
        "task",
        "it-says-that-it-freed-one-byte",
        "        return freed\n---\n        return 1",
        "A spill says what it freed",
        ("insert", "insert"),
        "solution",
    ),
    # The file has as much as was freed, until the map spills a second time: it needs two insertions for that, and the
    # other map two as well, or three where that one spills in between.
    Wrong(
        "task",
        "it-says-what-is-in-the-file",
        "        return freed\n---\n        return self.file",
        "A spill says what it freed",
        ("insert", "insert", "insert", "insert"),
        "solution",
    ),
    # A line must come, be handed over and be written, before it can be kept on the account: three steps.
    Wrong("doubts", "as-given", "", "What was written is never released", ("append", "hand_over", "written")),
    Wrong(
        "doubts",
        "a-claim-that-is-false",
        "    return now.reachable() <= now.accounted()\n---\n    return now.accounted() == now.batch.size",
        "What is reachable is accounted",
        ("append", "hand_over"),
    ),
    Wrong(
        "doubts",
        "a-claim-that-says-nothing",
        "    return now.reachable() <= now.accounted()\n---\n    return now.reachable() >= 0",
        "A batch is released when it is handed over",
        ("append", "hand_over"),
    ),
    Wrong(
        "doubts",
        "no-witness-of-writing",
        "    return now.on_disk > 0\n---\n    return now.received > 0",
        "The other thread never writes",
        (),
        "solution",
    ),
    Wrong(
        "doubts",
        "the-limit-is-not-claimed",
        "    return now.accounted() <= now.limit\n---\n    return now.accounted() >= 0",
        "The limit is not looked at",
        ("append",),
        "solution",
    ),
    Wrong(
        "doubts",
        "a-witness-that-is-never-seen",
        "    return now.on_disk > 0\n---\n    return now.on_disk > now.received",
        "Lines come to the disk",
        (),
        "solution",
    ),
    Wrong(
        "doubts",
        "a-name-that-is-taken",  # of a claim that comes with the project: `check` asks that one, and not the student's
        "def what_is_accounted_is_there\n---\ndef accounted_is_held",
        "its name is that of a claim that comes with spillproof; rename it",
        (),
        "solution",
    ),
    # The goal by itself: with more free than there can be, one insertion is too much.
    Wrong("invariant", "as-given", "", "Where it is true, it is true after every step", ("insert",)),
    Wrong(
        "invariant",
        "nothing-is-said",
        "    return now.data.held <= now.limit\n---\n    return True",
        "what is held is at most the limit",
    ),
    Wrong(
        "invariant",
        "the-counters-alone",
        "    return now.data.held <= now.limit\n---\n    return now.used + now.free == now.limit",
        "what is held is at most the limit",
    ),
    Wrong(
        "invariant",
        "the-heap-and-one-counter",
        "    return now.data.held <= now.limit\n---\n    return now.data.held == now.used",
        "what is held is at most the limit",
    ),
    Wrong(
        "invariant",
        "used-is-left-out",
        "    return now.data.held <= now.limit\n---\n    return now.data.held + now.free == now.limit",
        "Where it is true, it is true after every step",
        ("spill",),
    ),
    Wrong(
        "invariant",
        "too-strong",
        "    return now.data.held <= now.limit\n---\n    return now.data.held == 0",
        "It is true in every run",
        ("insert",),
    ),
    # A value, somebody who reads it, and a spill: three steps.
    Wrong("store", "as-given", "", CHIEF, ("put", "issue", "spill")),
    Wrong(
        "store",
        "the-last-one-is-remembered",
        "        freed = len(self.memory.pop(key))\n---\n        self.last = self.memory.pop(key)\n"
        "        freed = len(self.last)",
        CHIEF,
        ("put", "spill"),
        "solution",
    ),
    Wrong(
        "store",
        "nothing-is-written",
        "        self.file(key).write_bytes(pickle.dumps(self.memory[key]))\n---\n",
        "No exception",  # there is no file to read
        ("put", "spill", "get"),
        "solution",
    ),
    Wrong(
        "store",
        "the-account-forgets",
        "        self.used -= freed\n        return freed\n---\n        return freed",
        "No exception",  # two values do not fit, and however much is spilled, the account says that they do not
        ("put", "put"),
        "solution",
    ),
    Wrong(
        "store",
        "deleted-and-still-accounted-for-less",
        "            self.used -= len(self.memory.pop(key))\n---\n            self.used -= len(self.memory[key])",
        CHIEF,
        ("put", "delete"),
        "solution",
    ),
    Wrong(
        "store",
        "a-reader-keeps-what-it-has-read",
        "        return self.store.get(self.key) if self.store.has(self.key) else None\n---\n"
        "        self.value = self.store.get(self.key) if self.store.has(self.key) else None\n"
        "        return self.value",
        CHIEF,
        ("put", "(issue|spill)", "(issue|pull|spill)", "(pull|spill)"),  # spilled before, between or after: four steps
        "solution",
    ),
    Wrong(
        "store",
        "a-reader-reads-nothing",
        "        return self.store.get(self.key) if self.store.has(self.key) else None\n---\n        return None",
        "No exception",  # it keeps nothing, and is of no use
        ("put", "issue", "pull"),
        "solution",
    ),
    # The bytes of a value and those of its copy are twice as many as are accounted: at the latest after the spill.
    Wrong(
        "store",
        "a-reader-keeps-a-copy",
        f"{READER}        self.store, self.key = store, key\n        self.copy = pickle.dumps(store.get(key))\n\n"
        "    def read(self) -> Any:\n"
        '        """The value; None where it is gone."""\n'
        "        return pickle.loads(self.copy) if self.store.has(self.key) else None",
        CHIEF,
        ("put", "issue"),
        "solution",
    ),
    Wrong(
        "store",
        "a-reader-keeps-a-file-in-memory",
        f"{READER}        self.store, self.key = store, key\n"
        "        self.copy = io.BytesIO(pickle.dumps(store.get(key)))\n\n    def read(self) -> Any:\n"
        '        """The value; None where it is gone."""\n'
        "        self.copy.seek(0)\n"
        "        return pickle.load(self.copy) if self.store.has(self.key) else None",
        CHIEF,
        ("put", "issue"),
        "cold",
    ),
    Wrong(
        "store", "spilled-to-a-dictionary", f"{TO_DISK}{cold('pickle.dumps(VALUE)')}", CHIEF, ("put", "spill"), "cold"
    ),
    Wrong(
        "store",
        "spilled-to-a-file-in-memory",
        f"{TO_DISK}{cold('io.BytesIO(pickle.dumps(VALUE))')}",
        CHIEF,
        ("put", "spill"),
        "cold",
    ),
    Wrong("store", "spilled-to-text", f"{TO_DISK}{cold('pickle.dumps(VALUE).hex()')}", CHIEF, ("put", "spill"), "cold"),
    Wrong("store", "spilled-to-numbers", f"{TO_DISK}{cold('[*pickle.dumps(VALUE)]')}", CHIEF, ("put", "spill"), "cold"),
    Wrong("incident", "as-given", "", "SPILLED = '' is not so"),
    Wrong("incident", "who-asked", 'SPILLED = "E1"\n---\nSPILLED = "E2"', "SPILLED = 'E2' is not so", (), "solution"),
    Wrong("incident", "all-of-it", "ACCOUNTED = 40\n---\nACCOUNTED = 128", "ACCOUNTED = 128 is not so", (), "solution"),
    Wrong("incident", "the-other-table", "STILL_HELD = 88\n---\nSTILL_HELD = 40", "STILL_HELD = 40", (), "solution"),
    Wrong("incident", "another-release", '"spark@2.2.1"\n---\n"spark@2.3.4"', "MODEL = 'spark@2.3.4'", (), "solution"),
    Wrong(
        "incident",
        "half-a-cut",
        '"SpillableIterator.upstream"\n---\n"E1.reading_iterator"',
        "CUT = 'E1.reading_iterator' is not so",
        (),
        "solution",
    ),
    # The report's proposal: the other holder is left, and the same three steps lead there.
    Wrong(
        "incident",
        "the-report-s-proposal",
        '"spark@2.4.0"\n---\n"spark@2.3.4+null-reading-iterator+exhaustion"',
        "REPAIRED =",
        ("insert", "iterator", "insert"),
        "solution",
    ),
)


def text_of(exercise: str, start: str) -> str:
    """The file as it is given, or solved; `cold` is the store solved, with a table for more."""
    if start == "solution":
        return (SOLUTIONS / f"{exercise}.py").read_text(encoding="utf-8")
    if start == "cold":
        solved = text_of(exercise, "solution").replace("import pickle\n", "import io\nimport pickle\n")
        return solved.replace(
            "        self.used = 0\n", "        self.used = 0\n        self.cold: dict[str, Any] = {}\n"
        )
    return next(each for each in EXERCISES if each.name == exercise).given()


def changed(text: str, change: str) -> str:
    """A file with some of its lines replaced. The lines must be there."""
    if not change:
        return text
    old, _, new = change.partition("---\n")
    assert old.strip("\n") in text
    return text.replace(old.strip("\n"), new.strip("\n"), 1)


def graded(folder: Path, name: str, text: str) -> Grade:
    """What came of an answer."""
    file = folder / f"{name}.py"
    file.write_text(text, encoding="utf-8")
    return grade(file)


def run_in(hint: str) -> list[str]:
    """The names of the steps of the counterexample in a hint."""
    lines = re.findall(r"^ [▶ ]{3}\d+  (\w+)\(", hint, re.MULTILINE)
    return [*map(str, lines)]


LONG = ("doubts", "store", "incident")
"""Exercises whose solution takes more than two seconds to judge."""


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(each.name, id=each.name, marks=[pytest.mark.thorough] if each.name in LONG else [])
        for each in EXERCISES
    ],
)
def test_the_solution_is_accepted(name: str, tmp_path: Path) -> None:
    """Every claim of it is proved, and every witness seen; nothing is left to hint at."""
    found = graded(tmp_path, name, text_of(name, "solution"))

    assert (found.accepted, found.judged.hint) == (True, "")


HEAVY = ("store", "incident-half", "incident-the-report", "doubts")
"""What takes seconds begins like this."""


def marked(values: Iterable[Wrong]) -> list[object]:
    """Test cases: without a mark two of each exercise, if they do not take seconds."""
    count: Counter[str] = Counter()
    found: list[object] = []
    for each in values:
        count[each.exercise] += 1
        busy = count[each.exercise] > 2 or str(each).startswith(HEAVY)
        found.append(pytest.param(each, id=str(each), marks=[pytest.mark.thorough] if busy else []))
    return found


@pytest.mark.parametrize("wrong", marked(WRONG))
def test_a_wrong_answer_gets_the_hint_that_it_should(wrong: Wrong, tmp_path: Path) -> None:
    """It is not accepted; what is wrong is said first, and the run is the shortest there is."""
    found = graded(tmp_path, wrong.exercise, changed(text_of(wrong.exercise, wrong.start), wrong.change))

    assert not found.accepted
    assert wrong.says in " ".join(found.judged.found[0].split())
    steps = run_in(found.judged.hint)
    assert re.fullmatch(" ".join(wrong.run), " ".join(steps)), steps


@pytest.mark.thorough
def test_a_store_that_keeps_values_pickled_and_accounts_for_them_is_accepted(tmp_path: Path) -> None:
    """What is in memory may have any form: it is to be accounted for until it is on disk."""
    text = text_of("store", "solution")
    text = text.replace("self.memory[key] = value\n", "self.memory[key] = pickle.dumps(value)\n")
    text = text.replace("return self.memory[key]\n", "return pickle.loads(self.memory[key])\n")
    text = text.replace("write_bytes(pickle.dumps(self.memory[key]))", "write_bytes(self.memory[key])")
    text = text.replace("len(self.memory.pop(key))", "len(pickle.loads(self.memory.pop(key)))")

    assert graded(tmp_path, "store", text).accepted


class Holder:
    """Something that has attributes."""

    def __init__(self, held: object) -> None:
        self.held = held


def closed_over(data: bytes) -> Callable[[], bytes]:
    """A function that keeps data."""
    return lambda: data


DATA = content(1, 1024)
"""The bytes of a value of one unit: 128 words of 8 bytes, each with the number of the value."""


@pytest.mark.parametrize(
    "held",
    [
        DATA,
        bytearray(DATA),
        memoryview(DATA),
        io.BytesIO(DATA),
        io.StringIO(DATA.decode()),
        DATA.decode(),
        int.from_bytes(DATA),
        [*DATA],
        deque(DATA),
        iter(DATA),
        {"a": [(DATA,)]},
        {DATA: 1},
        [DATA[:512], DATA[512:]],
        lambda data=DATA: data,
        closed_over(DATA),
        (each for each in [DATA]),
    ],
    ids=lambda held: type(held).__name__,
)
def test_bytes_of_a_value_count_in_every_form(held: object) -> None:
    """A value of 1,024 bytes is in memory, once, in whatever it is copied to."""
    assert sum(size for _, size in copies([Holder(held)])) == 1024


@pytest.mark.parametrize("held", [Path("/a/b") / ("c" * 200), 12, True, "a", "b" * 900, [1, 2], {}, deque(), None])
def test_what_is_no_copy_does_not_count(held: object) -> None:
    """Keys, paths and counters are no values, and less than the smallest one."""
    assert not [*copies([Holder(held)])]


def test_every_exercise_has_five_wrong_answers() -> None:
    """At least five typical mistakes are tried of each."""
    for exercise in EXERCISES:
        assert len([each for each in WRONG if each.exercise == exercise.name]) >= 5


def test_what_is_given_is_not_overwritten(tmp_path: Path) -> None:
    """The file with holes is written once; a second time it is left as it is, and said."""
    (file,) = give("cache", tmp_path)
    file.write_text("mine")

    with pytest.raises(ModelError, match="is left as it is"):
        give("cache", tmp_path)
    assert file.read_text() == "mine"


@pytest.mark.thorough
def test_a_hint_about_a_mutant_does_not_hand_over_the_claim(tmp_path: Path) -> None:
    """The run and its numbers are shown; what to claim of them is the exercise."""
    hint = graded(tmp_path, "doubts", text_of("doubts", "given")).judged.hint

    assert run_in(hint) == ["append", "hand_over", "written"]
    assert "What is accounted is reachable" not in hint
    assert "what_is_accounted_is_reachable" not in hint
    assert "accounted" in hint
    assert "None of your claims notices it" in hint


# A grader that can be fooled teaches the wrong thing


def cheats() -> Iterator[tuple[str, str, str]]:
    """Yield what somebody tries, the answer, and what is said."""
    given = text_of("cache", "given")
    yield "more-is-accounted", given.replace("return self.used", "return self.used + 10"), "Cache.accounted is given"
    yield "pages-weigh-nothing", given.replace("return self.size", "return 0"), "Page.shallow_size is given"
    yield (
        "reachable-is-overridden",
        given + "\n    def reachable(self) -> Bytes:\n        return 0\n",
        "would override what the model kit measures with",
    )
    yield (
        "roots-are-overridden",
        given + "\n    def roots(self):\n        return iter(())\n",
        "would override what the model kit measures with",
    )
    without = given[: given.index("    @action\n    def finish")] + given[given.index("    @action\n    def evict") :]
    yield "a-step-is-left-out", without, "Cache.finish is missing"
    yield "a-step-is-none", given.replace("    @action\n    def evict", "    def evict"), "keeps its arguments"
    yield (
        "a-step-is-added",
        given + "\n    @action\n    def more(self) -> None:\n        self.page = None\n",
        "more is a new action",
    )
    yield (
        "a-step-is-defined-twice",
        given + "\n    @action\n    def evict(self) -> None:\n        self.page = None\n",
        "defined twice",
    )
    yield (
        "a-claim-is-replaced",
        given + "\n\ndef free_is_unreachable(now):\n    return True\n\n\nCache.accounted = lambda self: 10**9\n",
        "is done while the file is read",
    )
    yield (
        "the-class-is-patched",
        given.replace("self.page = None\n\n    # To", "Page.size = 0\n\n    # To"),
        "is of a class",
    )
    yield (
        "a-field-overrides",
        given.replace("    reading: Page | None\n", "    reading: Page | None\n    unclaimed: int = 5\n"),
        "an answer has definitions only",
    )
    yield "the-grader-is-imported", "import spillproof.counterexamples.course\n" + given, "is not imported here"
    yield "require-is-replaced", given + "\n\ndef require(guard):\n    pass\n", "would take the place"
    yield "min-is-replaced", given + "\n\ndef len(guard):\n    return 0\n", "would take the place"
    yield "the-process-ends", "import os\n" + given.replace("self.reading = None", "os._exit(0)"), "os is not imported"
    yield (
        "a-global-holds-it",
        given.replace("self.reading = self.page", "global kept; kept = self.page"),
        "a global is not part of the state",
    )
    yield "sideways", given.replace("self.reading = self.page", "setattr(self, 'x', 1)"), "reaches around the model"
    yield "by-the-class", given.replace("self.reading = self.page", "self.__class__.x = 1"), "reaches around the model"


@pytest.mark.parametrize(("text", "says"), [each[1:] for each in cheats()], ids=[each[0] for each in cheats()])
def test_the_grader_is_not_fooled(text: str, says: str, tmp_path: Path) -> None:
    """What changes the question is named with its line, and not run."""
    found = graded(tmp_path, "cache", text)

    assert not found.accepted
    assert says in "\n".join(found.judged.found)


def test_a_file_without_holes_is_not_told_of_holes(tmp_path: Path) -> None:
    """All of the store is the student's; what may be imported is said."""
    found = graded(tmp_path, "store", "import zlib\n" + text_of("store", "given"))

    assert "there are __future__, collections, " in " ".join(" ".join(found.judged.found).split())
    assert "holes" not in found.judged.hint
    assert "spillproof new exercise store" in found.judged.hint
