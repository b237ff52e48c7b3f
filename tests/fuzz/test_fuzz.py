"""A slice of the generated models: no engine is contradicted, none fails, nothing is refused, limits are kept.

`make fuzz` has 10,000.
"""

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from spillproof.properties.engines.verdict import Proved, Refused


def beside(name: str) -> Any:
    """A module of this folder."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


grammar, judge, fuzz = beside("grammar"), beside("judge"), beside("fuzz")

FIRST, MODELS, PARTS = 100_000, 200, 8
TIME_LIMIT, WORK = 1.0, 800


@pytest.mark.thorough  # CI runs them after `make test`
@pytest.mark.parametrize("part", range(PARTS))
def test_engines_agree_on_generated_models(part: int) -> None:
    """What is proved, shortest or never is so for a thorough explorer, too, on a fixed slice of generated models."""
    found = {}
    for seed in range(FIRST + part, FIRST + MODELS, PARTS):
        source, _ = grammar.written(seed)
        judgement = judge.judged(source, f"generated_{seed}", TIME_LIMIT, WORK)
        if judgement.is_bad():
            found[seed] = judgement.kind()

    assert found == {}


def test_a_model_is_the_same_every_time() -> None:
    """A number gives the same text on every machine, whatever the hash seed."""
    source, features = grammar.written(1)

    assert grammar.written(1) == (source, features)
    assert source != grammar.written(2)[0]


FEATURES = {
    "bag", "row", "pair", "named", "nested", "list of sizes", "dict of sizes", "tuple of sizes", "enum", "look-alikes",
    "inheritance of models", "inheritance of objects", "overridden action", "shared reference", "cycle", "next",
    "list in object", "bag in object", "//", "%", "×", "min", "max", "sorted", "sum", "abs", "any", "all", "chain",
    "not", "and", "or", "implication", "is over a step", "is True", "match", "isinstance", "isinstance of a size",
    "hasattr", "lazy", "open size", "open switch", "open kind", "scope constant", "require in begin", "choose in begin",
    "partial grant", "raise", "caught", "caught broadly", "finally", "objects made in a loop", "choose",
    "choose an object", "preferred", "announce", "require in the middle", "helper", "early return", "while", "for",
    "constant", "tuple of flags", "large constant", "object argument", "two objects", "bool argument", "enum argument",
    "new object", "sometimes over a state", "sometimes over a step", "accounted", "capacity of pool", "conditional",
    "int of bool", "careful", "len", "max default", "in", "recoverable",
}  # fmt: skip


def test_every_feature_occurs() -> None:
    """Among a thousand models there is each feature of the kit, and none that is not listed here."""
    occurring = {feature for seed in range(1000) for feature in grammar.written(seed)[1]}

    assert occurring == FEATURES


LYING = """
from spillproof.model import Model, action
from spillproof.properties.claims import always


class M(Model):
    def begin(self):
        self.n = 0

    @action
    def act(self):
        {body}


@always
def state(now: M) -> bool:
    return now.n < 3
"""


@pytest.mark.parametrize(("body", "kind"), [
    ("self.n = min(self.n + 1, 2)", ""),
    ("self.n = {1}", "refused: X holds {N}, a set"),
])  # fmt: skip
def test_what_is_refused_is_a_finding(body: str, kind: str) -> None:
    """A legitimate model gives no finding; a refusal is one, named by its kind."""
    assert judge.judged(LYING.format(body=body), "lying").kind().startswith(kind)


def test_what_is_disputed_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A prover that lies is a disagreement; a claim that is refused is a finding, too."""
    honest = judge.check
    lie: Any = None

    def lying(model: Any, time_limit: float) -> Any:
        report = honest(model, time_limit=time_limit)
        report.results = [replace(each, verdict=lie) for each in report.results if each.claim.name == "state"]
        return report

    monkeypatch.setattr(judge, "check", lying)
    source = LYING.format(body="self.n = min(self.n + 1, 3)")
    lie = Proved("everything", None)
    assert judge.judged(source, "lying").kind() == "disagreement: Proved, simulate"
    lie = Refused("it is what it is")
    assert judge.judged(source, "lying").kind() == "refused: it is what it is"


def test_a_second_call_goes_on(tmp_path: Path) -> None:
    """What was judged is kept, a line a model, and is not judged again; the summary counts it."""
    kept = tmp_path / "judged.jsonl"
    first = list(fuzz.many(range(2), kept))
    size = kept.stat().st_size

    assert list(fuzz.many(range(2), kept)) == first
    assert kept.stat().st_size == size
    assert next(fuzz.summary(first)).startswith("2 models, ")
