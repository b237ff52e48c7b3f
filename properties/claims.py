"""What a claim is: a plain function of a state, or of the states before and after a step.

A claim's docstring is its sentence. The annotation of its argument says what a system must offer for the claim to be
about it (a protocol, such as `Accounting`); a system that does not offer it is not asked. The same function runs on
plain integers, on unknown sizes, and on a real system.

`always` claims must be true in every state (or step). `sometimes` claims must be true in some run: they are the proof
that a model is not vacuous, and each names the `always` claim beside which it stands. `recoverable` claims need not be
true now, but from every state that can be reached it must be possible to get to one in which they are.

A claim answers True or False. Whatever else it answers or raises is its own fault, said as a `ClaimError` with its
line: one claim that cannot be asked costs no other claim its verdict.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any

from spillproof.model import identity
from spillproof.model.errors import ModelError, Require, line_of, place_of
from spillproof.model.identity import Identity
from spillproof.model.names import counted
from spillproof.model.quantity import Linear, Opaque
from spillproof.model.slips import a
from spillproof.properties import registry
from spillproof.properties.annotation import Subject, subject_of
from spillproof.properties.claim_code import compare_as_the_heap_does


class Mode(Enum):
    """How often a claim ought to be true."""

    ALWAYS = "always"
    SOMETIMES = "sometimes"
    RECOVERABLE = "recoverable"
    """Not always, but from every reachable state some run leads to where it is true (in CTL: AG EF)."""


class ClaimError(ModelError):
    """A claim cannot be asked as it stands: the fault of this claim, and of nothing else."""

    def __init__(self, claim: Claim, message: str) -> None:
        super().__init__(message)
        self.claim = claim


class ClaimRaisedError(ClaimError):
    """A claim raises. On unknown sizes that is its fault only if a run leads there."""


class ClaimChangedError(ClaimError):
    """A claim has changed the state that it was asked about: nothing else must be concluded from that state."""

    def __init__(self, claim: Claim) -> None:
        super().__init__(claim, f"{claim.called} changes the state that it is asked about; it may only look")


@dataclass(frozen=True, eq=False)
class Claim:
    """A sentence about every state, or every step, of a system; callable as the function that it was made from.

    Two claims are two, whatever they are called.
    """

    name: str
    mode: Mode
    function: Callable[..., Any]
    subject: Subject = field(default_factory=Subject)
    """What a system must be or offer."""
    over_steps: bool = False
    """Whether it relates the state before a step to the state after."""
    beside: str = ""
    """For a `sometimes` claim, the name of the `always` claim that it keeps from being vacuous."""

    @property
    def sentence(self) -> str:
        """Return what is claimed, in a sentence."""
        return " ".join((self.function.__doc__ or self.name.replace("_", " ")).split("\n\n")[0].split())

    @property
    def about(self) -> Any:
        """Return the protocol or the class that a system must offer or be; `object` where nothing says."""
        return self.subject.about

    @cached_property
    def place(self) -> str:
        """Return `file:line` of the claim, for messages."""
        return place_of(self.function)

    @property
    def called(self) -> str:
        """Return what to call the claim in a message."""
        return f"the claim {self.name} ({self.place})"

    def __call__(self, *states: Any, identity: Identity | None = None) -> bool:
        """Return whether the claim is true.

        A claim about a step needs to know, in `identity`, which objects of the state after it are which of the state
        before; without, all are taken for new. Raises `ClaimError` where it answers anything else, or raises.
        """
        if self._fault:
            raise ClaimError(self, f"{self.called} {self._fault}")
        if not self.over_steps:
            return answered(self, self._ask(*states))
        self._prepare(type(states[-1]))
        with _known(identity):
            return answered(self, self._ask(*states))

    def _ask(self, *states: Any) -> Any:
        try:
            return self.function(*states)
        except ClaimError:
            raise
        except ModelError as error:
            raise ClaimError(self, f"{self.called} cannot be asked: {error}") from error
        except Require as error:
            message = f"{self.called} calls require ({line_of(error)}); a claim is true or false, and refuses nothing"
            raise ClaimError(self, message) from error
        except (Exception, SystemExit) as error:
            if _is_an_engines(error):
                raise
            said = f"{type(error).__name__}{f': {error}' if str(error) else ''}"
            message = f"{self.called} raises {said} ({line_of(error)}); a claim is true or false"
            raise ClaimRaisedError(self, message) from error

    @cached_property
    def _fault(self) -> str:
        """What is wrong with its function, whatever it is asked about."""
        plain = inspect.unwrap(self.function)
        if inspect.iscoroutinefunction(plain) or inspect.isasyncgenfunction(plain):
            return "is an async function, which answers nothing by itself; write `def`"
        if inspect.isgeneratorfunction(plain):
            return "is a generator function (it says yield), which answers nothing by itself; write return"
        return ""

    @cached_property
    def _prepared(self) -> set[type]:
        return set()

    def _prepare(self, system: type) -> None:
        """Have its comparisons of objects mean what they say, once for each kind of system."""
        if system in self._prepared or registry.is_own(self.function):
            return
        try:
            compare_as_the_heap_does(self.called, self.function, system)
        except ModelError as error:
            raise ClaimError(self, str(error)) from None
        self._prepared.add(system)

    def applies_to(self, system: type) -> bool:
        """Return whether a system is what the claim is about: of that class, or with what the protocol names."""
        return self.subject.applies_to(system)

    def is_about_anything(self) -> bool:
        """Return whether the annotation leaves open what the claim is about."""
        return self.subject.is_anything()


def answered(claim: Claim, value: Any) -> bool:
    """Return what a claim answered. Raises `ClaimError` unless that is a bool."""
    if type(value) is bool:
        return value
    seen, instead = _seen(value)
    if inspect.iscoroutine(value):
        value.close()  # or Python warns, wherever it happens to be, that nobody awaited it
    raise ClaimError(claim, f"{claim.called} answers {seen}, where a claim answers True or False; {instead}")


def always(function: Callable[..., Any]) -> Claim:
    """Make a claim that must be true in every state, or in every step if it has two arguments."""
    return _claim(function, Mode.ALWAYS, "")


def recoverable(function: Callable[..., Any]) -> Claim:
    """Make a claim of which every reachable state must have a way back: some run leads to where it is true.

    For what safety cannot say: the pool can always be emptied, whoever waits can always be served, a block can always
    be freed. Sizes, objects and the environment's choices on the way back may be whatever suits: it is possible, not
    certain, that it comes about. The function has one argument, the state. Raises `ModelError` where it has two.
    """
    made = _claim(function, Mode.RECOVERABLE, "")
    if made.over_steps:
        message = f"{made.place}: the recoverable claim {made.name} is about a state that is to be reached: write (now)"
        raise ModelError(message)
    return made


def sometimes(beside: Claim) -> Callable[[Callable[..., Any]], Claim]:
    """Make a claim that must be true in some run, to stand beside an `always` claim."""
    if not isinstance(beside, Claim):
        message = f"{_named(beside)} stands beside no claim; write @sometimes(beside=…) with the `always` claim"
        raise ModelError(message)
    return lambda function: _claim(function, Mode.SOMETIMES, beside.name)


def applicable(claims: Iterable[Claim], system: type) -> list[Claim]:
    """Return the claims that are about this system."""
    return [claim for claim in claims if claim.applies_to(system)]


def named_apart(claims: Iterable[Claim]) -> tuple[Claim, ...]:
    """Return each claim once. Raises `ModelError` where two have one name: verdicts go by name."""
    found: dict[str, Claim] = {}
    for claim in claims:
        if found.setdefault(claim.name, claim) is not claim:
            message = f"two claims are called {claim.name}: {found[claim.name].place} and {claim.place}; rename one"
            raise ModelError(message)
    return tuple(found.values())


def _known(identity_: Identity | None) -> Any:
    return identity.known(identity_ or Identity())


def _claim(function: Callable[..., Any], mode: Mode, beside: str) -> Claim:
    if not inspect.isfunction(function):
        kind = a(type(function).__name__)
        message = f"a claim is made from a function, and this is {kind}; write a function at the top of a module"
        raise ModelError(message)
    parameters = list(inspect.signature(function).parameters.values())
    if len(parameters) not in (1, 2) or not all(map(_is_a_state, parameters)):
        message = (
            f"{place_of(function)}: the claim {function.__name__} takes {_arguments(parameters)}; "
            "write (now) or (before, after)"
        )
        raise ModelError(message)
    subject = subject_of(function, registry.names_of_caller(function))
    made = Claim(function.__name__, mode, function, subject, len(parameters) == 2, beside)  # noqa: PLR2004 - before and after
    registry.keep(made)  # pyright: ignore[reportArgumentType] # two names of one file
    return made


def _is_a_state(parameter: inspect.Parameter) -> bool:
    return (
        parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        and parameter.default is parameter.empty
    )


def _arguments(parameters: list[inspect.Parameter]) -> str:
    odd = [str(each) for each in parameters if not _is_a_state(each)]
    return counted(len(parameters), "argument") + (f", of which {', '.join(odd)} cannot be a state" if odd else "")


def _named(value: object) -> str:
    return place_of(value) if inspect.isfunction(value) else a(type(value).__name__)


def _is_an_engines(error: BaseException) -> bool:
    """Return whether an engine raised this at itself, such as that its time is up or that it needs a quantity."""
    return type(error).__module__.startswith("spillproof.") and not isinstance(error, Require)


def _seen(value: Any) -> tuple[str, str]:
    """Return what was answered, and what is usually meant."""
    if value is None:
        return "None", "usually a `return` is missing"
    if value is NotImplemented:
        return "NotImplemented", "write what is claimed instead"
    if inspect.isroutine(value):
        name = getattr(value, "__name__", "a function")
        return f"the function {name} itself", f"call it: {name}()"
    if inspect.isgenerator(value):
        return "a generator", "write all(…) or any(…) around it"
    if inspect.isawaitable(value):
        return "a coroutine", "write `def`, not `async def`"
    if isinstance(value, (Linear, Opaque)):
        return "a size", "compare it: `… > 0`, `… == 0`"
    if isinstance(value, (int, float)):
        return f"the number {value!r}", "compare it: `… > 0`, `… == 0`"
    if isinstance(value, (str, bytes)):
        return f"the text {str(value)!r}", "compare it, or write bool(…) around it"
    return f"a {type(value).__name__}", "compare it, as in `… is not None`, or write bool(…) around it"
