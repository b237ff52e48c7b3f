"""The pytest plugin: `pytest --pyargs spillproof.properties --model spark@2.3.4` checks every claim about a model.

Every pytest run loads this file wherever the package is installed, so it imports nothing of weight, and does nothing
unless that suite is asked for. `--model` is a common option of other people's tests: it is declared only where it is
given together with the suite; `--spillproof-model` always works.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeGuard

import pytest

HERE = Path(__file__).resolve().parent
PACKAGE = "spillproof.properties"


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare the options."""
    config = pluginmanager.get_plugin("pytestconfig")
    given = config.invocation_params.args if config is not None else ()
    short = ["--model"] if is_asked_for(given) and any(str(each).startswith("--model") for each in given) else []
    group = parser.getgroup("spillproof", "claims about memory accounting")
    group.addoption(
        "--spillproof-model",
        *short,
        dest="spillproof_model",
        metavar="MODEL",
        help=(
            "the model that `--pyargs spillproof.properties` is about: a name of the catalogue such as spark@2.3.4, or "
            "path/to/file.py:Class (beside that suite, --model is short for it)"
        ),
    )
    group.addoption(
        "--spillproof-claims",
        dest="spillproof_claims",
        metavar="CLAIM,…",
        help="of the claims about running managers (`claims_of`), test these only",
    )


class Hooks:
    """What other plugins may hear of."""

    @staticmethod
    def pytest_spillproof_violation(config: pytest.Config, adapter: type, claim: Any, verdict: Any) -> None:
        """Hear that a claim about a running manager is violated."""


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    """Declare what other plugins may hear of."""
    pluginmanager.add_hookspecs(Hooks)


def pytest_configure(config: pytest.Config) -> None:
    """Declare the mark of tests that `claims_of` makes."""
    config.addinivalue_line("markers", "spillproof: a claim about a running memory manager")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the claims about running managers that were not asked for."""
    asked = config.getoption("spillproof_claims")
    if not asked:
        return
    wanted = {name.strip() for name in asked.split(",")}
    marked = {item: str(item.callspec.params["claim"]) for item in items if _is_claim(item)}
    if unknown := sorted(wanted - set(marked.values())):
        known = ", ".join(dict.fromkeys(marked.values())) or "none"
        raise pytest.UsageError(f"--spillproof-claims: no claim is called {unknown[0]!r}; collected are {known}")
    left_out = [item for item, claim in marked.items() if claim not in wanted]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def _is_claim(item: pytest.Item) -> TypeGuard[pytest.Function]:
    return isinstance(item, pytest.Function) and item.get_closest_marker("spillproof") is not None


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Find the model before anything is collected, or say in one line why there is none."""
    config = session.config
    if not is_asked_for(config.args):
        return
    name = config.getoption("spillproof_model")
    if not name:
        raise pytest.UsageError(
            f"{PACKAGE}: which model? add --model, such as --model spark@2.3.4 or --model path/to/file.py:Class"
        )
    from spillproof.model.errors import ModelError
    from spillproof.properties.loading import load
    from spillproof.properties.suite import MODEL

    try:
        config.stash[MODEL] = load(name, {})
    except ModelError as error:
        raise pytest.UsageError(str(error)) from None


def pytest_collect_directory(path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Collect the claims where they were asked for. They are no test modules, and pytest finds none by itself."""
    if path.resolve() != HERE or not is_asked_for(parent.config.args):
        return None
    from spillproof.properties.suite import Folder

    return Folder.from_parent(parent, path=path)


def is_asked_for(args: Sequence[str]) -> bool:
    """Return whether the arguments of pytest name the suite, as a package or as a path."""
    return any(_names_suite(str(each).partition("::")[0]) for each in args)


def _names_suite(arg: str) -> bool:
    return arg in (PACKAGE, f"{PACKAGE}.suite") or (
        arg.rstrip("/").endswith(("properties", "suite.py")) and Path(arg).resolve() in (HERE, HERE / "suite.py")
    )
