"""A fix of an engine, with what it carries: declared once, beside the model whose line asks whether it is there."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from spillproof.model.spark.fixes.fix import Change
from spillproof.model.system import Model


@dataclass(frozen=True, kw_only=True)
class Repair(Change):
    """A change to an engine, or one that was only proposed, and the claim that falls without it.

    `since` names the oldest release that is known to have it, from tags, changelogs, the code, or by running it.

    A model asks `REPAIR.name in fixes` at the line that the change changed; that line and this record are all that a
    fix needs. A test checks the record: violated without it in a shortest run of so many steps, proved with it.
    """

    issue: str
    """Where it was reported or repaired: `owner/repository#number`, or the key of an issue of Apache's tracker."""
    claim: str
    steps: int
    run: str
    """The shortest run, in words."""
    scope: Mapping[str, object] = field(default_factory=dict)
    """The scope that shows it, where it is not the entry's own."""
    beside: tuple[str, ...] = ()
    """Other fixes that are left out in both cases, because they hide the defect."""

    @property
    def url(self) -> str:
        """Return the address of the issue."""
        found = re.fullmatch(r"([\w.-]+/[\w.-]+)#(\d+)", self.issue)
        if found is None:
            return f"https://issues.apache.org/jira/browse/{self.issue}"
        return f"https://github.com/{found[1]}/issues/{found[2]}"

    @property
    def stands(self) -> bool:
        """Return whether the defect stands: no release is known to have the fix."""
        return not self.since


def repairs_of(model: type[Model]) -> dict[str, Repair]:
    """Return the repairs that a model may ask about, by name: those that its module names, in that order."""
    values = vars(sys.modules[model.__module__]).values()
    return {value.name: value for value in values if isinstance(value, Repair)}
