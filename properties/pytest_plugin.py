"""The pytest plugin: `pytest --pyargs spillproof.properties --model spark@2.3.4` checks every claim about a model.

Every pytest run loads this file wherever the package is installed, so it imports nothing of weight, and does nothing
unless that suite is asked for. `--model` is a common option of other people's tests: it is declared only where it is
given together with the suite; `--spillproof-model` always works.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeGuard

import pytest

HERE = Path(__file__).resolve().parent
PACKAGE = "spillproof.properties"

FAILURE = "spillproof"
"""The attribute of an error that says which claims do not hold."""


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
        "--spillproof-set",
        dest="spillproof_set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set an argument of the model's `begin`, such as places=3; may be repeated",
    )
    group.addoption(
        "--spillproof-certify",
        dest="spillproof_certify",
        action="store_true",
        help="have cvc5 confirm every proof about the model as well; needs the extra certify",
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

    @staticmethod
    def pytest_spillproof_failure(config: pytest.Config, failure: Any) -> None:
        """Hear of a test that failed because a claim does not hold: its news, and its report if it is of a model."""


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
    from spillproof.properties.loader import load
    from spillproof.properties.suite import MODEL

    if config.getoption("spillproof_certify") and find_spec("cvc5") is None:
        raise pytest.UsageError("--spillproof-certify: cvc5 is not installed: pip install 'spillproof[certify]'")
    try:
        config.stash[MODEL] = load(name, config.getoption("spillproof_set") or ())
    except ModelError as error:
        raise pytest.UsageError(str(error)) from None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Put the claim and the news of a failure into its report: JUnit writes them as properties of the test."""
    report = yield
    failure = getattr(call.excinfo.value, FAILURE, None) if call.excinfo else None
    if failure is not None:
        for each in failure.news:
            said = [("claim", each.claim), ("news", each.words), ("place", f"{each.file}:{each.line}")]
            report.user_properties += said
            item.user_properties += said  # JUnit reads those of the teardown
        item.config.hook.pytest_spillproof_failure(config=item.config, failure=failure)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Annotate the lines of a pull request with what failed, where GitHub runs the tests."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        return
    from spillproof.properties.github import annotation

    found = [news for report in terminalreporter.getreports("failed") for news in _news(report.user_properties)]
    for claim, words, place in dict.fromkeys(found):
        file, _, line = place.rpartition(":")
        terminalreporter.write_line(annotation(claim, f"{claim} {words}", file, int(line)))


def _news(properties: Sequence[tuple[str, object]]) -> list[tuple[str, str, str]]:
    """Return what `pytest_runtest_makereport` put there, a triple for each claim."""
    named = [(name, str(value)) for name, value in properties]
    return [
        (claim, words, place)
        for (first, claim), (second, words), (third, place) in zip(named, named[1:], named[2:], strict=False)
        if (first, second, third) == ("claim", "news", "place")
    ]


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
