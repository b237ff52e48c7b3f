"""What is in the folders is in the package, and nothing else is."""

import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.metadata import distribution, version
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement

from spillproof.model.quantity import Bytes

ROOTS = ("model", "properties", "counterexamples")
FACE = ("model", "_face")
"""The folder that is `spillproof` itself."""


@pytest.fixture
def pyproject() -> dict[str, Any]:
    """The settings that these tests stand beside."""
    file = Path(__file__).resolve().parents[2] / "pyproject.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def folders_with_code(checkout: Path) -> set[str]:
    """The package name of every folder below the roots that holds a .py file."""
    folders = {file.parent.relative_to(checkout).parts for root in ROOTS for file in (checkout / root).rglob("*.py")}
    return {".".join(["spillproof", *(() if parts == FACE else parts)]) for parts in folders}


def test_every_folder_with_code_is_listed(checkout: Path, pyproject: dict[str, Any]) -> None:
    """A folder that pyproject.toml does not list works in the checkout, and is missing from the wheel."""
    listed = pyproject["tool"]["setuptools"]["packages"]

    assert folders_with_code(checkout) == set(listed)


def test_an_unlisted_folder_would_be_seen(tmp_path: Path) -> None:
    """The test above looks into folders of any depth."""
    (tmp_path / "model" / "velox" / "deep").mkdir(parents=True)
    (tmp_path / "model" / "velox" / "deep" / "pool.py").touch()

    assert folders_with_code(tmp_path) == {"spillproof.model.velox.deep"}


def test_every_folder_with_code_is_a_package(checkout: Path) -> None:
    """Each folder with code has an __init__.py: without one, nothing walks into it."""
    missing = [name for name in folders_with_code(checkout) if not (folder(checkout, name) / "__init__.py").exists()]

    assert missing == []


def folder(checkout: Path, name: str) -> Path:
    """The folder of the package called `name`."""
    return checkout.joinpath(*(name.split(".")[1:] or FACE))


@pytest.mark.parametrize("root", ROOTS)
def test_type_checkers_find_each_root(checkout: Path, root: str) -> None:
    """.links/spillproof links to each root: mypy and pyright cannot run the import hook of an editable install."""
    link = checkout / ".links" / "spillproof" / root

    assert link.is_symlink()
    assert (checkout / root).resolve() == link.resolve()


def test_the_checkout_shows_the_face_that_is_installed(checkout: Path) -> None:
    """Each file of the face has a link beside those to the roots, so that the checkout needs no installation."""
    files = {each for each in checkout.joinpath(*FACE).iterdir() if each.is_file()}
    links = {each.resolve() for each in (checkout / ".links" / "spillproof").iterdir() if each.name not in ROOTS}

    assert {each.resolve() for each in files} == links


@pytest.mark.parametrize("root", ROOTS)
def test_each_root_ships_its_types(root: str) -> None:
    """Each root has the py.typed marker beside its modules, so that its users' checkers read its annotations."""
    (where,) = import_module(f"spillproof.{root}").__path__

    assert (Path(where) / "py.typed").is_file()


@pytest.mark.parametrize("root", ROOTS)
def test_the_tests_import_what_they_mean_to(root: str, *, from_wheel: bool) -> None:
    """In a checkout the tests import the folders of the checkout, and against a wheel those in site-packages."""
    (where,) = import_module(f"spillproof.{root}").__path__

    site_packages = [part for part in sys.path if part.endswith("site-packages")]
    installed = any(Path(where).is_relative_to(part) for part in site_packages)

    assert from_wheel == installed


def test_site_packages_receives_one_name(*, from_wheel: bool) -> None:
    """The wheel installs `spillproof`, and nothing called `model` beside it."""
    if not from_wheel:
        pytest.skip("about the wheel, and this is a checkout")
    files = distribution("spillproof").files or []
    tops = {file.parts[0] for file in files if not file.parts[0].endswith(".dist-info") and file.parts[0] != ".."}

    assert tops == {"spillproof"}


def test_one_import_is_enough(tmp_path: Path) -> None:
    """Elsewhere, in a new process, each name of the face can be imported, and the module is the command."""

    def said(*words: str) -> str:
        return subprocess.run(
            [sys.executable, *words], cwd=tmp_path, check=True, capture_output=True, text=True, encoding="utf-8"
        ).stdout.strip()

    one = "from spillproof import *; print(Bytes, check.__name__, find('lesson:pool').build())"
    assert said("-c", one) == f"{Bytes} check PoolThatForgetsToCheck  checks=False, any capacity"
    each = "import spillproof as sp; print([getattr(sp, name).__class__ for name in sp.__all__] and sp.__version__)"
    assert said("-c", each) == version("spillproof")
    assert said("-m", "spillproof", "--version") == f"spillproof {version('spillproof')}"


def test_pytest_may_be_started_where_spillproof_was_imported(tmp_path: Path) -> None:
    """As in a notebook: pytest does not warn that it comes too late to rewrite our assertions."""
    program = "import spillproof, pytest; raise SystemExit(pytest.main(['-q', '-p', 'no:cacheprovider', '--co', '.']))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=tmp_path, check=False, capture_output=True, text=True
    )

    assert (done.returncode, done.stderr) == (pytest.ExitCode.NO_TESTS_COLLECTED, "")


@pytest.mark.parametrize(("group", "name"), [("console_scripts", "spillproof"), ("pytest11", "spillproof")])
def test_entry_points_lead_somewhere(group: str, name: str) -> None:
    """The command and the pytest plugin can be loaded."""
    (entry,) = distribution("spillproof").entry_points.select(group=group, name=name)

    assert entry.load()


def test_the_lowest_versions_are_the_ones_promised(checkout: Path, pyproject: dict[str, Any]) -> None:
    """`make lowest` runs the tests with exactly the lower bounds that pyproject.toml promises."""
    project = pyproject["project"]
    extras = project["optional-dependencies"]
    untried = ("dev", "spark")  # a Java is no Python package that another version could break
    tried_extras = [line for name in extras if name not in untried for line in extras[name]]
    promised = [Requirement(line) for line in (*project["dependencies"], *tried_extras)]
    lines = (checkout / "constraints-lowest.txt").read_text(encoding="utf-8").splitlines()
    tried = [Requirement(line) for line in lines if line and not line.startswith("#")]

    assert {
        requirement.name: str(requirement.specifier).replace(">=", "==")
        for requirement in promised
        if requirement.name != "spillproof"
    } == {requirement.name: str(requirement.specifier) for requirement in tried}
