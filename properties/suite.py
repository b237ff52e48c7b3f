"""The claims as a pytest suite over any model: `pytest --pyargs spillproof.properties --model spark@2.3.4`.

One test a claim, called as the claim. The model is checked once, when the first test runs, for the claims that were
selected (`-k`, `--deselect`). A failure shows the counterexample, and nothing of the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from _pytest._code.code import ReprEntryNative, ReprExceptionInfo, ReprFileLocation, ReprTraceback

from spillproof.model.system import Model, actions_of
from spillproof.properties.catalogue import NO_EXCEPTION, claims_about
from spillproof.properties.engines.verdict import Report
from spillproof.properties.unasked import Unasked, unasked_about

HERE = Path(__file__)
MODEL = pytest.StashKey[Model]()


class Folder(pytest.Directory):
    """This folder: nothing in it is a test module, but for this one."""

    def collect(self) -> Iterator[pytest.Collector]:
        yield Suite.from_parent(self, path=self.path / HERE.name)


class Suite(pytest.File):
    """A test for each claim that is about the model, and one for each action: that it is taken in some run."""

    def collect(self) -> Iterator[pytest.Item]:
        kind = type(self.model)
        always, sometimes = claims_about(kind)
        names = [claim.name for claim in (*always, *sometimes)]
        for unasked in unasked_about(kind):
            yield UnaskedTest.from_parent(self, name=unasked.name, unasked=unasked)
        for name in [*names, *(f"{action.name}_is_taken" for action in actions_of(kind))]:
            yield ClaimTest.from_parent(self, name=name)

    @property
    def model(self) -> Model:
        return self.config.stash[MODEL]

    @cached_property
    def report(self) -> Report:
        """The verdicts on the claims of the tests that were selected."""
        from spillproof.properties.engines.check import check  # loads a solver; not for --collect-only

        wanted = {item.name for item in self.session.items if item.parent is self}
        always, sometimes = claims_about(type(self.model))
        beside = {witness.beside for witness in sometimes if witness.name in wanted}
        claims = [claim for claim in always if claim.name in wanted | beside]
        return check(
            self.model,
            claims or [NO_EXCEPTION],
            witnesses=not wanted <= {claim.name for claim in always},
            certify=bool(self.config.getoption("spillproof_certify")),
        )


class ClaimTest(pytest.Item):
    """One claim about the model."""

    parent: Suite

    def runtest(self) -> None:
        report = self.parent.report
        verdicts = [result for result in report.results if result.claim.name == self.name]
        Report(report.model, verdicts, interrupted=report.interrupted).assert_holds()

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        if isinstance(excinfo.value, AssertionError):
            first, _, rest = str(excinfo.value).partition("\n\n")
            return told(rest, first, self.path)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


def told(text: str, line: str, path: Path) -> ReprExceptionInfo:
    """Return what pytest prints of a failure: the text, without a traceback; and a line for summaries and JUnit."""
    return ReprExceptionInfo(
        reprtraceback=ReprTraceback([ReprEntryNative([text, "\n"])], None, "native"),
        reprcrash=ReprFileLocation(str(path), 1, line),
    )


class UnaskedTest(pytest.Item):
    """One claim that is not asked: a failure where that is a slip, skipped where it is not."""

    def __init__(self, *, unasked: Unasked, **given: Any) -> None:
        super().__init__(**given)
        self.unasked = unasked

    def runtest(self) -> None:
        said = f"not asked: {self.unasked.reason}"
        if self.unasked.is_slip:
            pytest.fail(f"{self.name} is {said}", pytrace=False)
        pytest.skip(said)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name
