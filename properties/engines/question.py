"""What one check is asked: of which model, which claims and witnesses, by which engine."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal, get_args

from spillproof.model.errors import ModelError
from spillproof.model.names import unknown
from spillproof.model.system import Model
from spillproof.properties.catalogue import BUILT_IN, claims_about
from spillproof.properties.claims import Claim, Mode, named_apart
from spillproof.properties.unasked import Unasked, unasked_about

Engine = Literal["bounded", "explore", "network", "prove", "simulate"]

ENGINES: tuple[Engine, ...] = get_args(Engine)


@dataclass(frozen=True)
class Question:
    """What is asked."""

    model: Model
    asked: list[Claim]
    witnesses: list[Claim]
    """What shows that none of them is vacuous."""
    unasked: list[Unasked]
    engine: Engine | None = None
    """Which engine alone; without, whichever can."""
    seed: int = 0
    certify: bool = False
    each_action: bool = True
    """Whether it is asked as well that each action is possible."""

    @property
    def claims(self) -> list[Claim]:
        """Return all of them, in the order of the report."""
        return [*self.asked, *self.witnesses]

    @property
    def recoverable(self) -> list[Claim]:
        return [claim for claim in self.asked if claim.mode is Mode.RECOVERABLE]

    def safety(self) -> Question:
        """Return the same without the claims that something is recoverable."""
        return replace(self, asked=[claim for claim in self.asked if claim.mode is not Mode.RECOVERABLE])

    def left_out(self) -> Iterator[Unasked]:
        """Yield what was not asked: of any engine, and what an engine alone leaves out."""
        yield from self.unasked
        for claim in self.recoverable if self.engine == "simulate" else ():
            yield Unasked(claim.name, "the engine simulate alone does not look for ways back", is_slip=False)
        if self.witnesses and self.engine in ("simulate", "explore"):
            name = self.witnesses[0].name if len(self.witnesses) == 1 else f"{len(self.witnesses)} witnesses"
            yield Unasked(
                name, f"the engine {self.engine} alone does not ask whether a claim is vacuous", is_slip=False
            )


def claims_asked(
    model: type[Model], given: Iterable[Claim | str] | None, *, witnesses: bool
) -> tuple[list[Claim], list[Claim], list[Unasked]]:
    """Return the claims to ask about a model, the witnesses, and what is not asked. Raises `ModelError` for none."""
    asked, beside = claims_about(model) if given is None else _split(given, model)
    if not asked and not beside:
        message = "no claim was given; leave `claims` out for all that are about the model"
        raise ModelError(message)
    return asked, beside if witnesses else [], unasked_about(model) if given is None else []


def _split(given: Iterable[Claim | str], model: type[Model]) -> tuple[list[Claim], list[Claim]]:
    """Return the claims, and the witnesses (`sometimes`) with those that stand beside the former."""
    claims = by_names(given, model)
    _refuse_names_taken(claims)
    asked = [claim for claim in claims if claim.mode is not Mode.SOMETIMES]
    names = {claim.name for claim in asked}
    shown = [claim for claim in claims if claim.mode is Mode.SOMETIMES]
    known = {claim.name for claim in claims}
    beside = [claim for claim in claims_about(model)[1] if claim.beside in names and claim.name not in known]
    return asked, [*shown, *beside]


def refuse_no_model(given: object) -> None:
    """Raise `ModelError` for something else than a model, such as the class of one."""
    if isinstance(given, Model):
        return
    if isinstance(given, type) and issubclass(given, Model):
        raise ModelError(f"{given.__name__} is a class; the model is {given.__name__}(), with what its scope needs")
    raise ModelError(f"{given!r} is no model: a model is an instance of a class that derives from Model")


def by_names(given: Iterable[Claim | str] | Claim, model: type[Model]) -> tuple[Claim, ...]:
    """Return claims that were given by themselves or by name; one alone may be given without a list."""
    every = [given] if isinstance(given, (str, Claim)) else given
    return named_apart(by_name(each, model) if isinstance(each, str) else each for each in every)


def by_name(name: str, model: type[Model]) -> Claim:
    """Return the claim about a model that has a name. Raises `ModelError` that says what there is where none has."""
    known = {claim.name: claim for some in claims_about(model) for claim in some}
    if name not in known:
        raise ModelError(unknown(f"claim about {model.__name__}", name, known))
    return known[name]


def _refuse_names_taken(claims: Iterable[Claim]) -> None:
    """Raise `ModelError` for a claim that has the name of one that every engine knows."""
    for claim in claims:
        if any(claim.name == each.name and claim is not each for each in BUILT_IN):
            message = f"{claim.place}: {claim.name} is the name of a claim that is asked of every model; rename it"
            raise ModelError(message)
