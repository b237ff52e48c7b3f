"""spillproof: find the run in which memory is counted free that something still references, or prove there is none.

The names below are the public interface; every other name, in whatever module, may change without notice. Each is
imported when it is asked for: `import spillproof` loads neither a solver nor Hypothesis.

PYTEST_DONT_REWRITE: pytest would warn of a plugin that was imported before it, as in a notebook.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spillproof.counterexamples.explain.source import explain
    from spillproof.counterexamples.replay.regression import Made, assert_holds
    from spillproof.model.errors import ModelError
    from spillproof.model.heap import Bag, HeapObject
    from spillproof.model.oracle import choose
    from spillproof.model.quantity import Bytes, Count
    from spillproof.model.rest import WithRest
    from spillproof.model.system import Model, action, require
    from spillproof.properties.claims import always, recoverable, sometimes
    from spillproof.properties.engines.check import check
    from spillproof.properties.engines.machine import machine_of
    from spillproof.properties.engines.run import Run, Step, replay
    from spillproof.properties.engines.verdict import Proved, Report, Violated
    from spillproof.properties.live.adapter import Adapter
    from spillproof.properties.live.claim_tests import claims_of
    from spillproof.properties.live.live_check import check_live
    from spillproof.properties.live.own import step
    from spillproof.properties.live.watch import watch
    from spillproof.properties.loader import find

    __version__: str
    """The version that is installed. Raises `PackageNotFoundError` where none is."""

__all__ = [
    "Adapter",
    "Bag",
    "Bytes",
    "Count",
    "HeapObject",
    "Made",
    "Model",
    "ModelError",
    "Proved",
    "Report",
    "Run",
    "Step",
    "Violated",
    "WithRest",
    "action",
    "always",
    "assert_holds",
    "check",
    "check_live",
    "choose",
    "claims_of",
    "explain",
    "find",
    "machine_of",
    "recoverable",
    "replay",
    "require",
    "sometimes",
    "step",
    "watch",
]

_HOMES = {
    "Adapter": "properties.live.adapter",
    "Bag": "model.heap",
    "Bytes": "model.quantity",
    "Count": "model.quantity",
    "HeapObject": "model.heap",
    "Made": "counterexamples.replay.regression",
    "Model": "model.system",
    "ModelError": "model.errors",
    "Proved": "properties.engines.verdict",
    "Report": "properties.engines.verdict",
    "Run": "properties.engines.run",
    "Step": "properties.engines.run",
    "Violated": "properties.engines.verdict",
    "WithRest": "model.rest",
    "action": "model.system",
    "always": "properties.claims",
    "assert_holds": "counterexamples.replay.regression",
    "check": "properties.engines.check",
    "check_live": "properties.live.live_check",
    "choose": "model.oracle",
    "claims_of": "properties.live.claim_tests",
    "explain": "counterexamples.explain.source",
    "find": "properties.loader",
    "machine_of": "properties.engines.machine",
    "recoverable": "properties.claims",
    "replay": "properties.engines.run",
    "require": "model.system",
    "sometimes": "properties.claims",
    "step": "properties.live.own",
    "watch": "properties.live.watch",
}
"""The module of each name, below `spillproof`."""

if not TYPE_CHECKING:  # a type checker that saw this would take every misspelt name for one of ours

    def __getattr__(name: str) -> object:
        """Import a name when it is first asked for, and keep it."""
        if name == "__version__":
            from importlib.metadata import version

            found = version("spillproof")
        elif home := _HOMES.get(name):
            found = getattr(import_module(f"spillproof.{home}"), name)
        else:
            message = f"module 'spillproof' has no attribute {name!r}; it has {', '.join(__all__)}"
            raise AttributeError(message, name=name)
        globals()[name] = found
        return found


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
