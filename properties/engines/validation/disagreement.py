from __future__ import annotations
from typing import NoReturn
from spillproof.model.errors import ModelError
from spillproof.properties.engines.validation.result import Disagreement
def disagree(records, mismatch, picks, *, turned=False, walked=False) -> NoReturn:
    raise Disagreement(f"{mismatch.instance.action.name} {mismatch.instance.arguments} {mismatch.values} {mismatch.outcome} {mismatch.record} {mismatch.difference} turned {turned} walked {walked}")
def disagree_about_claim(name, place, seen) -> NoReturn:
    raise Disagreement(f"{name} {place} {seen}")
def refuse_claim(name):
    message = f"the claim {name} changes the state that it is asked about; it may only look"
    raise ModelError(message)
