"""What CI shows of a claim that does not hold, before anybody opens the log: in pytest, JUnit, and on GitHub."""

import json
import re
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.export import itf
from spillproof.properties.engines import check
from spillproof.properties.engines.verdict import Report
from spillproof.properties.github import annotation

pytest_plugins = ["pytester"]

FILE = Path(__file__).parent / "counterexamples" / "switched.py"
CHIEF = "free_is_unreachable"
NEWS = f"{CHIEF} violated in 3 steps, at step 3: evict(LEAK)"

OWN = f"""
import importlib.util, sys
spec = importlib.util.spec_from_file_location("switched", {str(FILE)!r})
switched = sys.modules["switched"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(switched)
from spillproof import check
from spillproof.properties.accounting import free_is_unreachable

def test_mine():
    check(switched.Cache(mode=switched.Mode.LEAK), [free_is_unreachable]).assert_holds()
"""

ADAPTER = """
from spillproof import Adapter, claims_of

class Store(Adapter):
    def begin(self, folder): self.values = {}
    def put(self, key, value): self.values[key] = value
    def get(self, key): return self.values[key]
    def accounted(self): return 0

test_memory = claims_of(Store, examples=3, steps=3)
"""


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """Everything that a run in this process needs is imported before it: pytester forgets what is imported in it."""
    for name in ("counterexamples.kept", "properties.suite", "properties.live", "model.catalogue"):
        import_module(f"spillproof.{name}")
    command.run(["check", f"{FILE}:Cache", "--set", "mode=LEAK", "--claim", CHIEF])


@pytest.fixture(autouse=True)
def not_on_github(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever these tests run themselves. A summary is not cut as for a narrow terminal."""
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    monkeypatch.setenv("GITHUB_WORKSPACE", str(FILE.parent))
    monkeypatch.setenv("COLUMNS", "200")


def run(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """What pytest says in a folder of its own, in this process. The plugins are loaded once, installed or not."""
    installed = any(entry.name == "spillproof" for entry in entry_points(group="pytest11"))
    names = [f"spillproof.{root}.pytest_plugin" for root in ("properties", "counterexamples")]
    plugins = [] if installed else [word for name in names for word in ("-p", name)]
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly", *plugins, *args)


def suite(pytester: pytest.Pytester, *args: str) -> pytest.RunResult:
    """What the suite says of the model that leaks."""
    model = ["--spillproof-model", f"{FILE}:Cache", "--spillproof-set", "mode=LEAK"]
    return run(pytester, "--pyargs", "spillproof.properties", *model, "-k", CHIEF, *args)


def properties(file: Path) -> dict[str, list[tuple[str, str]]]:
    """The properties of each test that failed, in a file of JUnit."""
    found: dict[str, list[tuple[str, str]]] = {}
    for case in ElementTree.parse(file).iter("testcase"):  # noqa: S314 - our own file
        if case.find("failure") is not None:
            found[case.attrib["name"]] = [(each.attrib["name"], each.attrib["value"]) for each in case.iter("property")]
    return found


# pytest


def test_the_suite_has_the_news_in_a_line(pytester: pytest.Pytester) -> None:
    """The claim, the number of steps and the guilty step stand in the summary; the text is as ever."""
    result = suite(pytester)

    result.assert_outcomes(failed=1)
    assert [line.partition(" - ")[2] for line in result.outlines if line.startswith("FAILED")] == [NEWS]
    result.stdout.fnmatch_lines(["*places=1, mode=LEAK*", "*✗ violated  free_is_unreachable*", "*▶ 3  evict(LEAK)*"])


def test_junit_says_which_claim(pytester: pytest.Pytester) -> None:
    """Each failure has the claim, the news and the place as properties, and the news alone as its message."""
    suite(pytester, "--junitxml", "junit.xml")
    file = pytester.path / "junit.xml"
    (failure,) = ElementTree.parse(file).iter("failure")  # noqa: S314 - our own file
    line = next(n for n, text in enumerate(FILE.read_text().splitlines(), 1) if "def evict" in text) - 1

    assert failure.attrib["message"] == NEWS
    news = NEWS.removeprefix(f"{CHIEF} ")
    assert properties(file)[CHIEF] == [("claim", CHIEF), ("news", news), ("place", f"{FILE}:{line}")]


def test_out_keeps_what_violates_a_claim_about_a_model(pytester: pytest.Pytester) -> None:
    """A trace at the scope that was set, and a test that fails as long as the model does its harm."""
    suite(pytester, "--spillproof-out", "kept")
    names = sorted(file.name for file in (pytester.path / "kept").iterdir())

    assert names == [f"Cache_mode_LEAK_{CHIEF}.itf.json", f"test_Cache_mode_LEAK_{CHIEF}.py"]
    trace = itf.read(pytester.path / "kept" / names[0])
    assert (trace.model, dict(trace.scope)["mode"]) == (f"{FILE}:Cache", "LEAK")
    run(pytester, f"kept/{names[1]}").assert_outcomes(failed=1)


def test_a_test_of_ones_own_has_it_too(pytester: pytest.Pytester) -> None:
    """`assert_holds` says the news first; what it found is kept and told to JUnit in the same way."""
    pytester.makepyfile(test_mine=OWN)
    result = run(pytester, "test_mine.py", "--spillproof-out", "kept", "--junitxml", "junit.xml")

    assert [line.partition(" - ")[2] for line in result.outlines if line.startswith("FAILED")] == [
        f"AssertionError: {NEWS}"
    ]
    assert f"test_Cache_mode_LEAK_{CHIEF}.py" in [file.name for file in (pytester.path / "kept").iterdir()]
    assert properties(pytester.path / "junit.xml")["test_mine"][0] == ("claim", CHIEF)


def test_a_running_manager_has_it_too(pytester: pytest.Pytester) -> None:
    """The failure of a claim about running code says in how many steps, and which is the last."""
    pytester.makepyfile(test_store=ADAPTER)
    result = run(pytester, "test_store.py", "--spillproof-claims", CHIEF)
    (line,) = [line for line in result.outlines if line.startswith("FAILED")]

    assert re.search(rf" - Failed: {CHIEF} violated in 1 step, at step 1: put\(", line)


def test_annotations_are_for_github(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where GitHub runs the tests, and only there, a line says at which line of the model the guilty action is."""
    assert "::error" not in suite(pytester).stdout.str()
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    said = suite(pytester).stdout.str()

    assert re.findall(r"(?m)^::error file=switched\.py,line=\d+,title=free_is_unreachable::(.*)$", said) == [NEWS]


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["--spillproof-set", "mode=LEEK"], "mode cannot be 'LEEK': did you mean LEAK? available: LEAK, CLEAN"),
        (["--spillproof-set", "mood=1"], "Cache has no scope 'mood'; did you mean mode?"),
    ],
)
def test_what_is_wrong_is_one_line(pytester: pytest.Pytester, args: list[str], said: str) -> None:
    """A scope that the model does not have is a usage error."""
    result = run(pytester, "--pyargs", "spillproof.properties", "--spillproof-model", f"{FILE}:Cache", *args)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert said in result.stderr.str()


def test_certifying_needs_cvc5(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, `--spillproof-certify` is a usage error that says how to get it."""
    monkeypatch.setattr("spillproof.properties.pytest_plugin.find_spec", lambda _name: None)
    result = suite(pytester, "--spillproof-certify")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "pip install 'spillproof[certify]'" in result.stderr.str()


def test_certify_reaches_the_engines(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """The suite asks for it where the option is given."""
    asked: list[bool] = []
    honest = check.check

    def noted(*args: Any, certify: bool, **more: Any) -> Report:
        asked.append(certify)
        return honest(*args, **more)

    monkeypatch.setattr(check, "check", noted)
    suite(pytester, "--spillproof-certify")

    assert asked == [True]


# The command


def test_the_command_annotates_on_stderr(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """On GitHub a check says which line of the model is guilty, and its JSON stays one object."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    command.run(["check", f"{FILE}:Cache", "--set", "mode=LEAK", "--claim", CHIEF, "--json"])
    said = capsys.readouterr()

    assert json.loads(said.out)["results"][0]["verdict"] == "violated"
    assert re.search(rf"(?m)^::error file=switched\.py,line=\d+,title={CHIEF}::{re.escape(NEWS)}$", said.err)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (("a", "b"), "::error title=a::b"),
        (("a:b,c", "100%\nd:e"), "::error title=a%3Ab%2Cc::100%25%0Ad:e"),
        (("a", "b", str(FILE), 7), "::error file=switched.py,line=7,title=a::b"),
        (("a", "b", "/elsewhere/model.py", 7), "::error title=a::b"),
    ],
)
def test_an_annotation_is_one_line(given: tuple[str, str], line: str) -> None:
    """What GitHub would take for its own signs is escaped, and a file that it does not know is left out."""
    assert annotation(*given) == line
