"""What a person asks on the command line, made into a model and claims; what is wrong with it is said in one line."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import ModuleType
from typing import TYPE_CHECKING

from spillproof.model.errors import ModelError
from spillproof.model.names import unknown
from spillproof.model.scope import read_scope
from spillproof.model.system import Model, actions_of
from spillproof.model.title import Title, is_path
from spillproof.properties.catalogue import claims_about
from spillproof.properties.claims import Claim
from spillproof.properties.engines.story.snippet import literal
from spillproof.properties.engines.verdict import Report
from spillproof.properties.loader import class_in_file, load
from spillproof.properties.unasked import Unasked, unasked_about

if TYPE_CHECKING:
    from spillproof.model.catalogue.entry import Entry


@dataclass(frozen=True)
class Question:
    """A model as it was asked for: its name, its scope, and fixes to put in or to take out."""

    name: str
    scope: Mapping[str, object]
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @classmethod
    def of(cls, title: str, scope: Mapping[str, object] | None = None) -> Question:
        """Return the question for a model by its title, such as `spark@2.3.4 with SPARK-22713`."""
        called = Title.parse(title)
        return cls(called.name, scope or {}, called.added, called.removed)

    def at(self, words: Iterable[str]) -> Question:
        """Return the same at the scope that words such as `places=3` say. Raises `ModelError` for what is wrong."""
        words = list(words)
        if not words:
            return self
        if any(each.partition("=")[0].strip() == "fixes" for each in words) and not is_path(self.name):
            raise ModelError("the fixes of a release are put in with --with, and taken out with --without")
        model = class_in_file(self.name) if is_path(self.name) else self.entry().model
        return replace(self, scope={**self.scope, **read_scope(model, words)})

    def model(self) -> Model:
        """Return the model. Raises `ModelError`, in one line, where it cannot be had."""
        if not is_path(self.name):
            return self.entry().build(**self.scope)
        if self.added or self.removed:
            message = f"{self.name} is no release, so that --with and --without do not apply"
            raise ModelError(message)
        return load(self.name, self.scope)

    def entry(self) -> Entry:
        """Return the entry of the catalogue, with fixes put in and taken out."""
        from spillproof.model.catalogue import find  # a model in a file needs none of it

        found = find(self.name)
        for name in self.added:
            found = found.with_fix(name)
        for name in self.removed:
            found = found.without_fix(name)
        return found

    def title(self) -> str:
        """Return what to call the model: its name, and what was changed about its fixes."""
        return str(Title(self.name, self.added, self.removed))

    def python(self) -> str:
        """Return an expression that gives the model."""
        fixes = [f'.with_fix("{name}")' for name in self.added] + [f'.without_fix("{name}")' for name in self.removed]
        words = ", ".join(f"{name}={literal(value)}" for name, value in self.scope.items())
        return f'find("{self.name}"){"".join(fixes)}.build({words})'


@dataclass(frozen=True)
class Selection:
    """The claims to check, and which verdicts are of interest."""

    claims: tuple[Claim, ...]
    only: frozenset[str] = frozenset()
    """The names of the results to keep. Empty: all."""

    def of(self, report: Report) -> Report:
        """Return a report with the results that are of interest. What was asked for by name and has none is a slip."""
        results = [result for result in report.results if not self.only or result.claim.name in self.only]
        known = {result.claim.name for result in results}
        missing = [] if report.interrupted else sorted(self.only - known)
        silent = [Unasked(name, "the engine that was chosen does not ask it") for name in missing]
        slips = [each for each in unasked_about(type(report.model)) if not self.only or each.name in self.only]
        unasked = [*slips, *(silent if self.only else report.unasked)]
        return replace(report, results=results, unasked=unasked)


def select(model: Model, names: Sequence[str], called: str = "") -> Selection:
    """Return the claims of these names, or all. A witness is checked with the claim that it stands beside.

    Raises `ModelError` for a name that is none, which says where to look: `called` is what to call the model there.
    """
    claims, witnesses = claims_about(type(model))
    if not names:
        return Selection((*claims, *witnesses))
    taken = [f"{action.name}_is_taken" for action in actions_of(type(model))]
    known = [each.name for each in (*claims, *witnesses)] + taken
    for name in names:
        if name not in known:
            if unasked := next((each for each in unasked_about(type(model)) if each.name == name), None):
                message = f"{name} is not asked of {type(model).__name__}: {unasked.reason}"
                raise ModelError(message)
            raise ModelError(
                unknown(f"claim about {type(model).__name__}", name, known, f"spillproof list {called or 'claims'}")
            )
    beside = {each.beside for each in witnesses if each.name in names}
    asked = {*names, *beside}
    chosen = tuple(each for each in (*claims, *witnesses) if each.name in asked or each.beside in asked)
    shown = {each.name for each in witnesses if each.beside in names}
    return Selection(chosen, frozenset({*names, *shown}))


@contextmanager
def placed(model: Model) -> Iterator[None]:
    """Say of an error that passed through the model's module at which line; of others nothing."""
    try:
        yield
    except ModelError:
        raise
    except Exception as error:
        if place := _line_in(sys.modules[type(model).__module__], error):
            raise ModelError(f"{place}: {type(error).__name__}: {error}") from error
        raise


def _line_in(module: ModuleType, error: BaseException) -> str:
    """Return the last line of a module that an error passed through, or nothing where it did not."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == module.__file__]
    return f"{frames[-1].filename}:{frames[-1].lineno}, in {frames[-1].name}" if frames else ""
