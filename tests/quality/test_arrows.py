"""Dependencies point one way: model ← properties ← counterexamples, and nothing of ours imports the face."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

FORBIDDEN = {
    "model": ("spillproof.properties", "spillproof.counterexamples", "z3", "cvc5", "hypothesis"),
    "properties": ("spillproof.counterexamples",),
    "counterexamples": (),
}
"""What no module of a root may import, be it for types only, inside a function, or by a string."""

FACE = "_face"
"""The folder, below the model, of what users import from: it is above all."""

GIVEN = "given"
"""The folder, below the course, of what users begin with: it imports the face, as they do, and nothing imports it."""


def imports(source: str) -> Iterator[str]:
    """Everything that a module imports, by its full name; a relative import begins with its dots."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                whence = "." * level + (module or "")
                yield from (f"{whence}.{alias.name}" for alias in names)
            case ast.Call(
                func=ast.Name(id="import_module" | "__import__") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                yield name


def against_the_arrow(root: str, source: str) -> list[str]:
    """The imports in `source` that a module of `root` must not have."""
    return [
        name
        for name in imports(source)
        if name.startswith(".")
        or is_of_the_face(name)
        or any(f"{name}.".startswith(f"{forbidden}.") for forbidden in FORBIDDEN[root])
    ]


def is_of_the_face(name: str) -> bool:
    """Whether a name is the face, or in it: `spillproof`, `spillproof.check`."""
    top, *rest = name.split(".")
    return top == "spillproof" and (not rest or rest[0] not in FORBIDDEN)


def sources() -> list[tuple[str, Path]]:
    """Every .py file of the package, with the root that it belongs to."""
    return [
        (root, file)
        for root in FORBIDDEN
        for folder in import_module(f"spillproof.{root}").__path__
        for file in sorted(Path(folder).rglob("*.py"))
        if file.parent.name not in (FACE, GIVEN)
    ]


@pytest.mark.parametrize(
    ("root", "file"), [pytest.param(root, file, id=f"{root}/{file.name}") for root, file in sources()]
)
def test_imports_follow_the_arrow(root: str, file: Path) -> None:
    """A module imports only from its own root and from those before it, and by absolute names."""
    assert against_the_arrow(root, file.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import z3",
        "import z3.z3util as util",
        "from hypothesis import given",
        "from hypothesis.strategies import integers",
        "from spillproof import properties",
        "from spillproof.properties.claims import always",
        "from .. import properties",
        "if TYPE_CHECKING:\n    from spillproof.counterexamples.trace import Trace",
        "def late():\n    import cvc5",
        "importlib.import_module('spillproof.properties')",
        "import spillproof as sp",
        "from spillproof import Model",
    ],
)
def test_an_import_against_the_arrow_is_seen(source: str) -> None:
    """Each way to import backwards from the model is recognised."""
    assert len(against_the_arrow("model", source)) == 1


@pytest.mark.parametrize("source", ["import networkx", "from spillproof.model import heap", "import z3_unrelated"])
def test_an_import_along_the_arrow_is_allowed(source: str) -> None:
    """Names that only resemble a forbidden one, and names of one's own root, are no offence."""
    assert against_the_arrow("model", source) == []


def test_the_model_runs_without_solvers() -> None:
    """Importing every module of the model loads no solver and no Hypothesis, not even through something else."""
    program = (
        "import pkgutil, sys, spillproof.model as model\n"
        "from importlib import import_module\n"
        "for module in pkgutil.walk_packages(model.__path__, 'spillproof.model.'): import_module(module.name)\n"
        "print(*sorted({'z3', 'cvc5', 'hypothesis', 'spillproof.properties'} & set(sys.modules)))"
    )
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout

    assert loaded.strip() == ""
