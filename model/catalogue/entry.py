"""A model under a name, with what is expected of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from spillproof.model.errors import ModelError
from spillproof.model.names import unknown
from spillproof.model.spark.fixes import FIXES, HALVES, shown
from spillproof.model.spark.fixes.fix import Change
from spillproof.model.system import Model


@dataclass(frozen=True)
class Entry:
    """A model at a scope, under a name."""

    name: str
    summary: str
    model: type[Model]
    scope: Mapping[str, object] = field(default_factory=dict)
    knows_fixes: bool = False
    violated: frozenset[str] | None = frozenset()
    """The names of the claims that are expected to be violated at this scope; all others are expected to hold.
    None where fixes were put in or taken out, so that nothing is expected."""
    expected: Callable[[frozenset[str]], frozenset[str]] | None = None
    """What is violated with such fixes, where that is known of any."""
    repaired: str = ""
    """The name of the same without its fault, for a model that has one and knows no fixes."""
    own: Mapping[str, Change] | None = None
    """The fixes that it knows, where these are not Spark's."""

    @property
    def known(self) -> Mapping[str, Change]:
        """Return the fixes that it knows, by name."""
        if not self.knows_fixes:
            return {}
        return FIXES if self.own is None else self.own

    @property
    def halves(self) -> Mapping[str, frozenset[str]]:
        """Return names that stand for several of these fixes."""
        return HALVES if self.knows_fixes and self.own is None else {}

    @property
    def fixes(self) -> tuple[str, ...]:
        """Return the names that `with_fix` and `without_fix` take."""
        return (*self.halves, *self.known)

    def build(self, **scope: object) -> Model:
        """Return the model, at another scope than usual where one is given (`consumers=3`)."""
        return self.model(**{**self.scope, **scope})

    def with_fix(self, name: str) -> Entry:
        """Return the same with a fix put in. Raises `ModelError` for a fix that it does not know."""
        return self._fixed(f"{self.name} with {name}", self._present() | self._named(name))

    def without_fix(self, name: str) -> Entry:
        """Return the same with a fix taken out. Raises `ModelError` for a fix that it does not know."""
        return self._fixed(f"{self.name} without {name}", self._present() - self._named(name))

    def _present(self) -> frozenset[str]:
        fixes = self.scope.get("fixes", frozenset())
        assert isinstance(fixes, frozenset)
        return fixes

    def _named(self, name: str) -> frozenset[str]:
        if name not in self.fixes:
            raise ModelError(unknown(f"fix of {self.name}", name, self.fixes, "spillproof list fixes"))
        return self.halves.get(name, frozenset({name}))

    def _fixed(self, name: str, fixes: frozenset[str]) -> Entry:
        scope = MappingProxyType({**self.scope, "fixes": fixes})
        violated = None if self.expected is None else self.expected(fixes)
        return replace(self, name=name, scope=scope, violated=violated, repaired="")


def of_spark(
    name: str, summary: str, model: type[Model], scope: Mapping[str, object], violated: AbstractSet[str] = frozenset()
) -> Entry:
    """Return an entry that knows Spark's fixes, and violates what those show that it lacks, beside what is said."""
    fixes = scope["fixes"]
    assert isinstance(fixes, frozenset)
    return Entry(name, summary, model, scope, knows_fixes=True, violated=shown(name, fixes) | violated)


def followed(name: str, available: Iterable[str]) -> str:
    """Return which releases a family follows, if a name is that of a family at a release that it does not: a clause."""
    family, _, release = name.partition("@")
    releases = [each.partition("@")[2] for each in available if re.fullmatch(rf"{re.escape(family)}@[\d.]+", each)]
    if not releases or not re.fullmatch(r"[\d.]+", release):
        return ""
    return f"{family} follows the releases {releases[0]} to {releases[-1]}, and {release} is not among them"
