"""Which claims are asked of an adapter, and which are not."""

from __future__ import annotations

from collections.abc import Iterable

from spillproof.model.errors import ModelError
from spillproof.model.names import unknown
from spillproof.properties.claims import Claim
from spillproof.properties.live.adapter import Adapter
from spillproof.properties.live.claims import asked_besides, asked_of
from spillproof.properties.live.offers import seen_of, seen_with


def claims_asked(adapter: type[Adapter], claims: Iterable[Claim | str] | None) -> list[Claim]:
    """Return what is asked of an adapter. Raises `ModelError` for a claim that there is not."""
    always, sometimes = asked_of(seen_of(adapter))
    known = {claim.name: claim for claim in (*always, *sometimes)}
    return [*known.values()] if claims is None else [_claim(each, known, adapter) for each in claims]


def unasked(adapter: type[Adapter]) -> list[Claim]:
    """Return the claims about memory, which are not asked where an adapter says that there is none to speak of."""
    return [] if adapter.has_memory else about_memory(adapter)


def about_memory(adapter: type[Adapter]) -> list[Claim]:
    """Return the claims that can be asked of an adapter only if there is memory to speak of."""
    return asked_besides(seen_with(adapter, memory=True), seen_with(adapter, memory=False))


def _claim(given: Claim | str, known: dict[str, Claim], adapter: type[Adapter]) -> Claim:
    if not isinstance(given, str):
        return given
    if given not in known:
        if given in [claim.name for claim in unasked(adapter)]:
            message = f"{given} is not asked of {adapter.__name__}, which says has_memory = False; leave that out"
            raise ModelError(message)
        raise ModelError(unknown(f"claim about {adapter.__name__}", given, known))
    return known[given]
