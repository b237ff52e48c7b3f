"""What `claims_of` returns is a test of Hypothesis: seed, settings, examples, database and statistics work."""

from importlib import import_module
from pathlib import Path

import pytest

from tests.test_news import run

pytest_plugins = ["pytester"]

STORE = """
from pathlib import Path
from hypothesis import example, seed, settings
from spillproof import Adapter, claims_of

class Store(Adapter):
    def begin(self, folder):
        self.values = {}
        self.kept = None
        note("begin")
    def put(self, key, value):
        note(f"put({key}, {len(value)})")
        self.values[key] = value
    def delete(self, key):
        note(f"delete({key})")
        self.forget(key)
    def forget(self, key):
        del self.values[key]
    def accounted(self):
        return sum(map(len, self.values.values()))

class Keeps(Store):
    def forget(self, key):
        self.kept = self.values.pop(key)

def note(word):
    with (Path(__file__).parent / "log").open("a") as file:
        print(word, file=file)

"""


@pytest.fixture(autouse=True)
def loaded() -> None:
    """What a run in this process needs is imported before it."""
    for name in ("counterexamples.kept", "properties.live", "properties.live.claim_tests"):
        import_module(f"spillproof.{name}")


def runs(pytester: pytest.Pytester, test: str, *args: str) -> tuple[list[list[str]], str]:
    """The runs that a test takes of a store, each as its steps, and what pytest says."""
    pytester.makepyfile(test_store=f"{STORE}\ntest_store = {test}\n")
    log = pytester.path / "log"
    log.unlink(missing_ok=True)
    result = run(pytester, "-q", "--spillproof-claims", "free_is_unreachable", *args)
    text = log.read_text(encoding="utf-8").partition("begin\n")[2]
    return [each.split("\n")[:-1] for each in text.split("begin\n")], result.stdout.str()


def random_ones(found: list[list[str]]) -> list[list[str]]:
    """Those that are longer than the smallest, which are taken in any case."""
    return [each for each in found if len(each) > 6]


@pytest.mark.slow
def test_a_seed_chooses_the_runs(pytester: pytest.Pytester) -> None:
    """The same seed gives the same runs, another gives others; `--hypothesis-seed` takes the place of the seed."""
    test = "claims_of(Store, examples=3)"
    plain, again, seven, forced = (
        random_ones(runs(pytester, words, *args)[0])
        for words, args in (
            (test, ()),
            (test, ()),
            (f"seed(7)({test})", ()),
            (f"seed(8)({test})", ("--hypothesis-seed=7",)),
        )
    )

    assert plain == again != []
    assert plain != seven == forced


@pytest.mark.slow
def test_settings_say_how_many_runs(pytester: pytest.Pytester) -> None:
    """More random runs with more examples, whatever `claims_of` was given."""
    few, many = (
        len(random_ones(runs(pytester, f"settings(max_examples={count})(claims_of(Store, examples=1))")[0]))
        for count in (2, 25)
    )

    assert few < many


@pytest.mark.slow
def test_an_example_is_taken_in_any_case(pytester: pytest.Pytester) -> None:
    """As it is spelled; a word that is no step there fails the test in one line."""
    steps = [f"put({key}, {size})" for size in (4096, 3072) for key in ("a", "b", "c")]
    given = ", ".join(map(repr, steps))
    found, _ = runs(pytester, f"example({given})(claims_of(Store, examples=1))")
    _, said = runs(pytester, "example('put(a, 1)')(claims_of(Store, examples=1))")

    assert steps in found
    assert "'put(a, 1)' cannot be taken there through Store" in said


@pytest.mark.slow
def test_what_broke_a_claim_is_taken_first_the_next_time(pytester: pytest.Pytester) -> None:
    """It is kept in Hypothesis's database, until it breaks nothing any more."""
    test = "settings(database=DATABASE)(claims_of(KIND, examples=1))"
    kept_in = "DATABASE = DirectoryBasedExampleDatabase(Path(__file__).parent / 'd')"
    head = f"from hypothesis.database import DirectoryBasedExampleDatabase\n{kept_in}\n"
    words = [f"None\n{head}test_store = {test.replace('KIND', kind)}" for kind in ("Keeps", "Keeps")]
    said = [runs(pytester, each)[1] for each in words]
    kept = [each for each in (Path(pytester.path) / "d").rglob("*") if each.is_file()]

    assert all("violated      free_is_unreachable  2 steps, the shortest" in each for each in said)
    assert any(b'"delete"' in each.read_bytes() for each in kept)


def test_statistics_are_shown(pytester: pytest.Pytester) -> None:
    """Hypothesis tells how it went, under the name of the test, and that it stopped at so many examples."""
    _, said = runs(pytester, "claims_of(Store, examples=5)", "--hypothesis-show-statistics")

    assert "test_store.py::test_store[free_is_unreachable]" in said
    assert "Stopped because settings.max_examples=5" in said
