"""The claims as a pytest suite over any model, and finding the model that a person names."""

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from spillproof.model.errors import ModelError
from spillproof.model.lessons.yardstick import Yardstick
from spillproof.properties.loader import load
from spillproof.properties.pytest_plugin import is_asked_for

MODELS = '''
"""Two yardsticks under names of their own."""
from spillproof.model.lessons.yardstick import Forgets, Yardstick
from spillproof.model.quantity import Bytes

class Correct(Yardstick):
    """Never forgets."""

class Shallow(Yardstick):
    """Always forgets."""
    def begin(self, capacity: Bytes, consumers: int = 2, forgets: Forgets = Forgets.ALWAYS) -> None:
        super().begin(capacity, consumers, forgets)

class Bare:
    """No model."""
'''


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A file with models of somebody's own."""
    file = tmp_path / "my_models.py"
    file.write_text(MODELS, encoding="utf-8")
    return file


def run(folder: Path, *args: str) -> tuple[int, str]:
    """What pytest says in `folder`, and its exit status. The plugin is loaded once, installed or not."""
    installed = any(entry.name == "spillproof" for entry in entry_points(group="pytest11"))
    plugin = [] if installed else ["-p", "spillproof.properties.pytest_plugin"]
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", *plugin, *args]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


SUITE = ("--pyargs", "spillproof.properties")


# The suite


def test_a_claim_is_a_test(models: Path) -> None:
    """One test a claim, called as the claim, and one for each action."""
    status, said = run(models.parent, *SUITE, "--model", f"{models}:Shallow", "--collect-only")

    assert status == 0
    assert {line.partition("::")[2] for line in said.splitlines() if "::" in line} >= {
        "free_is_unreachable",
        "release_frees_what_it_says",
        "no_exception",
        "counters_never_negative",
        "something_is_released",
        "acquire_is_taken",
        "spill_is_taken",
    }


def test_a_violated_claim_fails_with_its_run(models: Path) -> None:
    """The failure is the counterexample, with the guilty step and what keeps the bytes, and no line of the engine."""
    status, said = run(models.parent, *SUITE, "--model", f"{models}:Shallow", "-k", "free_is_unreachable or spill")

    assert status == 1
    assert "1 failed, 1 passed" in said
    assert "▶ 3  spill(Consumer1)" in said
    assert "consumers[0] ▸ Consumer1  (1 B)" in said
    assert ".py:" not in said.replace("suite.py::", "")


def test_a_model_that_keeps_its_claims_passes(models: Path) -> None:
    """Every test passes where every claim is proved."""
    status, said = run(models.parent, *SUITE, "--model", f"{models}:Correct")

    assert (status, "failed" in said) == (0, False)


@pytest.mark.thorough
def test_workers_agree(models: Path) -> None:
    """Under xdist every worker finds the model and collects the same tests."""
    status, said = run(
        models.parent, *SUITE, "--model", f"{models}:Shallow", "-n", "2", "-k", "free_is_unreachable or spill"
    )

    assert status == 1
    assert "1 failed, 1 passed" in said


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((), "which model? add --model"),
        (("--model", "spork@2.3.4"), "no model is called 'spork@2.3.4'; did you mean spark@2.3.4"),
        pytest.param(("--model", "nowhere.py:Model"), "nowhere.py: there is no such file", marks=pytest.mark.thorough),
    ],
)
def test_without_a_model_there_is_one_line(tmp_path: Path, args: tuple[str, ...], words: str) -> None:
    """Asking for the suite without a model, or with one that is not there, is a usage error of one line."""
    status, said = run(tmp_path, *SUITE, *args)

    assert status == 4
    assert words in next(line for line in said.splitlines() if line.startswith("ERROR"))
    assert "Traceback" not in said


# The plugin, for those who did not ask


def test_the_plugin_is_inert(tmp_path: Path) -> None:
    """Other people's tests may have a --model of their own, and load nothing of ours but the plugin itself."""
    (tmp_path / "conftest.py").write_text("def pytest_addoption(parser): parser.addoption('--model')\n")
    (tmp_path / "test_theirs.py").write_text(
        "import sys\n"
        "def test_model(pytestconfig): assert pytestconfig.getoption('--model') == 'resnet'\n"
        "def test_modules():\n"
        "    ours = {name for name in sys.modules if name.startswith('spillproof.')}\n"
        "    plugins = {f'spillproof.{root}.pytest_plugin' for root in ('properties', 'counterexamples')}\n"
        "    assert ours <= plugins | {'spillproof.properties', 'spillproof.counterexamples'}\n"
        "    assert not {'z3', 'networkx'} & set(sys.modules)\n"
    )
    status, said = run(tmp_path, "--model", "resnet")

    assert "2 passed" in said, said
    assert status == 0


@pytest.mark.parametrize(
    ("args", "asked"),
    [
        (["spillproof.properties"], True),
        (["tests", "spillproof.properties.suite::free_is_unreachable"], True),
        (["tests"], False),
        (["spillproof.properties.engines"], False),
        (["my/properties"], False),
        ([], False),
    ],
)
def test_the_suite_must_be_named(args: list[str], asked: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """The suite is collected only where an argument names it."""
    assert is_asked_for(args) == asked


# Finding a model


def test_a_class_in_a_file_is_found(models: Path) -> None:
    """`path/to/file.py:Class` is the class in that file, at the scope that is asked for."""
    found = load(f"{models}:Shallow", {"consumers": 3})

    assert type(found).__name__ == "Shallow"
    assert isinstance(found, Yardstick)
    assert found.scope["consumers"] == 3


def test_a_file_imports_its_neighbors(tmp_path: Path) -> None:
    """A model may import what lies beside it, as a script may, and afterwards the way there is closed again."""
    (tmp_path / "neighbor_of_mine.py").write_text("from spillproof.model.lessons.yardstick import Yardstick\n")
    (tmp_path / "queue.py").write_text("import neighbor_of_mine\nclass Mine(neighbor_of_mine.Yardstick): pass\n")
    before = list(sys.path)

    assert type(load(f"{tmp_path / 'queue.py'}:Mine", {})).__name__ == "Mine"
    assert sys.path == before
    assert not hasattr(sys.modules.get("queue"), "Mine")


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (MODELS, "Nobody", "{file} has no Nobody; models in it: Correct, Shallow"),
        (MODELS, "Bare", "{file}: Bare is not a subclass of Model; models in it: Correct, Shallow"),
        (MODELS, "", "{file}: which class? write {file}:Class; models in it: Correct, Shallow"),
        ("", "Any", "{file} has no Any; there is no subclass of Model in it"),
        ("x = 1\nif:\n", "Any", "{file}:2: does not import: SyntaxError: invalid syntax"),
        ("x = 1\n\nraise ValueError('no\\nluck')\n", "Any", "{file}:3: does not import: ValueError: no luck"),
        ("import sys\nsys.exit(3)\n", "Any", "{file}:2: does not import: SystemExit: 3"),
        ("x = 1\nraise GeneratorExit\n", "Any", "{file}:2: does not import: GeneratorExit"),
        ("x = '\0'\n", "Any", "{file}: does not import: SyntaxError: source code string cannot contain null bytes"),
        (
            (
                "import abc, spillproof\nclass Half(spillproof.Model, abc.ABC):\n"
                "    @abc.abstractmethod\n    def size(self): pass\n"
            ),
            "Half",
            "{file}: Half is abstract: it has no size of its own; name a class that has",
        ),
        (
            "import nowhere_at_all\n",
            "Any",
            "{file}:1: does not import: ModuleNotFoundError: No module named 'nowhere_at_all'",
        ),
        (
            "from spillproof.model.system import Model\nclass Idle(Model):\n    def begin(self): pass\n",
            "Idle",
            "Idle has no actions: mark the steps that the environment may take with @action",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_one_line(tmp_path: Path, text: str, name: str, said: str) -> None:
    """A file that does not import, and a class that is missing or is no model, are told in one line with the place."""
    file = tmp_path / "some_models.py"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        load(f"{file}:{name}" if name else str(file), {})

    assert str(caught.value) == said.format(file=file)


def test_a_file_that_is_named_from_where_one_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its line is said as well: Python knows the file by its whole path."""
    (tmp_path / "here.py").write_text("one = 1\ntwo = one / 0\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError, match=r"^here\.py:2: does not import: ZeroDivisionError: division by zero$"):
        load("here.py:Any", {})


def test_a_file_that_does_not_import_leaves_nothing_behind(tmp_path: Path) -> None:
    """No half-imported module stays among the modules."""
    file = tmp_path / "half_a_model.py"
    file.write_text("one = 1\nraise ValueError\n", encoding="utf-8")
    with pytest.raises(ModelError, match=r"half_a_model\.py:2: does not import: ValueError"):
        load(f"{file}:Any", {})

    assert "half_a_model" not in sys.modules


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        ({"consumer": 2}, "Correct has no scope 'consumer'"),
        ({"consumers": 0}, "must be a whole number of at least 1, not 0"),
    ],
)
def test_what_is_wrong_with_a_scope_is_one_line(models: Path, scope: dict[str, object], said: str) -> None:
    """A scope that the model does not have, or that is too small, is refused."""
    with pytest.raises(ModelError, match=said) as caught:
        load(f"{models}:Correct", scope)

    assert "\n" not in str(caught.value)


def test_a_name_of_the_catalogue_is_found() -> None:
    """A name that is no path is looked up in the catalogue."""
    assert load("yardstick:none", {"consumers": 3}).scope["consumers"] == 3
