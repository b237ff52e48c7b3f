"""Every example in a docstring runs, and prints what it says it prints."""

import doctest
import pkgutil
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOTS = ("spillproof.model", "spillproof.properties", "spillproof.counterexamples")
FACE = "._face"
"""In the checkout the face is below the model, too; it is `spillproof`."""


def modules_of(root: str) -> list[str]:
    """The names of the package `root` and of every module below it.

    Under an editable install, walking `spillproof` finds none of them: each root is walked by name.
    """
    package = import_module(root)
    below = (module.name for module in pkgutil.walk_packages(package.__path__, f"{root}."))
    return [root, *sorted(name for name in below if FACE not in name)]


def has_examples(name: str) -> bool:
    """Whether there is an example in a module's text: looking for them in its objects takes as long as running some."""
    found = find_spec(name)
    return found is None or found.origin is None or ">>> " in Path(found.origin).read_text()


MODULES = ["spillproof", *(name for root in ROOTS for name in modules_of(root))]


@pytest.mark.parametrize("name", [*filter(has_examples, MODULES)])
def test_examples_in_docstrings_hold(name: str) -> None:
    """The examples in a module's docstrings print what they say."""
    failed, _ = doctest.testmod(import_module(name), optionflags=doctest.ELLIPSIS)

    assert failed == 0


@pytest.mark.parametrize("root", ROOTS)
def test_no_module_escapes_the_walk(root: str) -> None:
    """Each .py file below a root is one of the modules whose examples run."""
    (folder,) = import_module(root).__path__
    files = [file.relative_to(folder).with_suffix("") for file in Path(folder).rglob("*.py")]
    names = {".".join([root, *file.parts]).removesuffix(".__init__") for file in files}

    assert {name for name in names if FACE not in name} == set(modules_of(root))
