"""The proof, written out: an inductive invariant for each shape as SMT-LIB 2, and a checker that trusts nothing else.

A certificate is accepted when, for the automaton extracted anew from the model,

- *initiation*: every beginning leads into the invariant of its shape;
- *consecution*: every edge leads from the invariant of its source into the invariant of its target;
- *safety*: no state that meets the invariant makes a proved claim false;

each as a question to which a solver must answer `unsat`. That every size is a natural number is part of every
invariant. The text can be read: a shape's invariant is a few lines, its sizes are named as in the model; and any
SMT-LIB 2 solver can be asked again, without this project.
"""

from __future__ import annotations

import hashlib
import itertools
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

import z3

from spillproof.model.errors import ModelError
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Field, is_natural
from spillproof.properties.catalogue import NEVER_NEGATIVE, claims_about
from spillproof.properties.claims import Mode
from spillproof.properties.engines.automaton.frontier import extract
from spillproof.properties.engines.automaton.goals import Goal, goals
from spillproof.properties.engines.automaton.shapes import Automaton
from spillproof.properties.engines.limits import UNLIMITED, Limits
from spillproof.properties.engines.proof.smtlib import linear, residue, smt
from spillproof.properties.engines.proof.solver import MEMORY, Feasibility, Formula, evaluated
from spillproof.properties.engines.proof.terms import NotAFormula, check_formula, parsed, spelled
from spillproof.properties.engines.story.snippet import literal

if TYPE_CHECKING:
    from spillproof.model.system import Model
    from spillproof.properties.claims import Claim
    from spillproof.properties.engines.automaton.shapes import Shape
    from spillproof.properties.engines.proof.invariant import Invariant


@dataclass(frozen=True)
class Certificate:
    """An invariant for each shape of an automaton, and the claims that follow from it."""

    claims: tuple[str, ...]
    """The names of the claims that the invariant proves."""
    fingerprint: str
    """Of the automaton that it speaks of."""
    invariants: tuple[tuple[str, ...], ...]
    """For each shape, the conjuncts as SMT-LIB 2 terms over its sizes, which are called q0, q1, …"""
    text: str | None = field(default=None, compare=False, repr=False)
    """The script that it was read from, if it was: all of it must be what the model gives."""
    automaton: Automaton | None = field(default=None, compare=False, repr=False)
    """The automaton that it was made for; None for one that was read."""

    def smtlib(self, automaton: Automaton) -> str:
        """Return the whole proof as a script. Every `check-sat` in it must answer `unsat`."""
        return "\n".join(_script(automaton, self)) + "\n"

    def describe(self, automaton: Automaton, shape: int) -> str:
        """Return the invariant of one shape for a person, with the sizes named as in the model."""
        places = [slot.where for slot in automaton.shapes[shape].slots]
        named = [re.sub(r"\bq(\d+)\b", lambda match: places[int(match[1])], each) for each in self.invariants[shape]]
        return "\n".join(named) or "(every size is 0 or more)"


def certify(
    automaton: Automaton, claims: Iterable[Claim], invariant: Invariant, invented: list[Formula] | None = None
) -> Certificate:
    """Return a certificate for claims, made of an invariant and, if there is one, of what Spacer invented besides."""
    conjuncts = []
    for shape in automaton.shapes:
        terms = [smt(condition) for condition in invariant.conditions(shape.index)]
        terms += [residue(*known) for known in invariant.residues[shape.index].items()]
        if invented is not None and not z3.is_true(invented[shape.index]):
            terms.append(" ".join(invented[shape.index].sexpr().split()))
        conjuncts.append(tuple(terms))
    names = tuple(claim.name for claim in claims)
    return Certificate(names, fingerprint(automaton), tuple(conjuncts), automaton=automaton)


def automaton_of(certificate: Certificate, model: Model, claims: Iterable[Claim] | None = None) -> Automaton:
    """Return the automaton that a certificate speaks of, made anew from the model.

    `claims` are those that the certificate was made for, or more; without them, all that are about the model. Raises
    `Rejected` where it speaks of another model.
    """
    asked = _spoken_of(certificate, model) if claims is None else list(claims)
    for any_preference, needed in itertools.product((True, False), (frozenset[Field](), None)):
        automaton = extract(model, asked, Feasibility(), any_preference=any_preference, needed=needed)
        if fingerprint(automaton) == certificate.fingerprint:
            return automaton
    raise Rejected(ANOTHER_MODEL)


def _spoken_of(certificate: Certificate, model: Model) -> list[Claim]:
    """Return the claims with which the automaton was made: those that are recoverable have one of their own."""
    about = claims_about(type(model))[0]
    recoverable = [each for each in about if each.mode is Mode.RECOVERABLE and each.name in certificate.claims]
    return recoverable or [each for each in about if each.mode is Mode.ALWAYS]


def fingerprint(automaton: Automaton) -> str:
    """Return a digest of all that a proof says of an automaton: equal for equal automata, on every machine."""
    digest = hashlib.sha256()
    for shape in automaton.shapes:
        digest.update(repr((shape.index, [slot.where for slot in shape.slots])).encode())
    for edge in automaton.edges:
        taken = (edge.source, edge.move, edge.guard, edge.target, edge.update, bool(edge.raised))
        digest.update(repr((*taken, edge.width, edge.symbols, edge.negative)).encode())
    return digest.hexdigest()[:16]


# The script


def _script(
    automaton: Automaton, certificate: Certificate, never: dict[int, list[Goal]] | None = None
) -> Iterator[str]:
    """Yield the lines of a script that proves the claims of a certificate, or that some goals are never reached."""
    scope = ", ".join(f"{name}={literal(value)}" for name, value in automaton.model.scope.items())
    yield f"; {type(automaton.model).__name__}({scope}): {', '.join(certificate.claims)}"
    yield f"; {len(automaton.shapes)} shapes, {len(automaton.edges)} edges, fingerprint {certificate.fingerprint}"
    yield "; Every check-sat must answer unsat. Sizes are in bytes; every unknown is a natural number."
    yield "(set-logic QF_LIA)"
    for shape in automaton.shapes:
        yield from _definition(shape, certificate.invariants[shape.index])
    unsafe = _goals_by_shape(automaton, certificate.claims) if never is None else never
    for question in _questions(automaton, unsafe, sound=_is_sound(certificate)):
        yield "(push 1)"
        yield from question.lines()
        yield "(check-sat)"
        yield "(pop 1)"


def _is_sound(certificate: Certificate) -> bool:
    """Return whether it is among the claims that no counter becomes negative."""
    return NEVER_NEGATIVE.name in certificate.claims


@dataclass(frozen=True)
class _Question:
    """All that leads from a shape out of the proof: a solver must find that none of it can be."""

    source: int
    width: int
    """How many sizes the shape has."""
    symbols: int
    """How many unknowns there are in all."""
    obligations: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        for symbol in range(self.symbols):
            yield f"(declare-const q{symbol} Int)"
        if self.source >= 0:
            yield f"(assert {_applied(self.source, [f'q{number}' for number in range(self.width)])})"
        yield f"(assert {_or(list(self.obligations))})"


def _questions(automaton: Automaton, unsafe: dict[int, list[Goal]], *, sound: bool) -> Iterator[_Question]:
    for source in (-1, *range(len(automaton.shapes))):
        obligations = tuple(_obligations(automaton, source, unsafe.get(source, ()), sound=sound))
        if obligations:
            width = len(automaton.shapes[source].slots) if source >= 0 else 0
            symbols = max((edge.symbols for edge in automaton.leaving[source]), default=0)
            own = max((1 + symbol for goal in unsafe.get(source, ()) for symbol in goal.own()), default=0)
            yield _Question(source, width, max(symbols, width, own), obligations)


def _definition(shape: Shape, conjuncts: tuple[str, ...]) -> Iterator[str]:
    count = len(shape.slots)
    objects = ", ".join(type(each).__name__ for each in shape.objects if isinstance(each, HeapObject))
    yield f"; shape {shape.index}: {objects or 'no objects'}"
    for number, slot in enumerate(shape.slots):
        yield f";   q{number} = {slot.where}"
    arguments = " ".join(f"(q{number} Int)" for number in range(count))
    yield f"(define-fun shape{shape.index} ({arguments}) Bool {_and([*_naturals(count), *conjuncts])})"


def _obligations(automaton: Automaton, source: int, unsafe: Iterable[Goal], *, sound: bool) -> Iterator[str]:
    """Yield each way in which the proof would fail at a shape, as a term."""
    for edge in automaton.leaving[source]:
        if edge.target >= 0:
            # Where counters can become negative, the proof speaks of the runs in which none does.
            within = [] if sound else [f"(>= {linear(size)} 0)" for size in edge.update if not is_natural(size)]
            keeps = _applied(edge.target, [linear(size) for size in edge.update])
            yield _and([*_naturals_between(edge.width, edge.symbols), *map(smt, edge.guard), *within, f"(not {keeps})"])
    for goal in unsafe:
        width = goal.edge.symbols if goal.edge is not None else 0
        own = _naturals_between(goal.edge.width, width) if goal.edge is not None else []
        own += [f"(>= q{symbol} 0)" for symbol in goal.own()]
        yield _and([*own, *map(smt, goal.conditions())])


def _goals_by_shape(automaton: Automaton, names: tuple[str, ...]) -> dict[int, list[Goal]]:
    found: dict[int, list[Goal]] = {}
    for claim in automaton.claims:
        for goal in goals(automaton, claim) if claim.name in names else ():
            found.setdefault(goal.shape, []).append(goal)
    return found


def _applied(shape: int, sizes: list[str]) -> str:
    return f"(shape{shape} {' '.join(sizes)})" if sizes else f"shape{shape}"


def _naturals(count: int) -> list[str]:
    return _naturals_between(0, count)


def _naturals_between(first: int, end: int) -> list[str]:
    return [f"(>= q{symbol} 0)" for symbol in range(first, end)]


def _and(terms: list[str]) -> str:
    return "true" if not terms else terms[0] if len(terms) == 1 else f"(and {' '.join(terms)})"


def _or(terms: list[str]) -> str:
    return terms[0] if len(terms) == 1 else f"(or {' '.join(terms)})"


# The checker


ANOTHER_MODEL = "the certificate speaks of another model, or of an earlier version of this one: prove it again"


class Rejected(ModelError):
    """A solver did not confirm a certificate, or it is not one."""


class Unanswered(Rejected):
    """A solver did not answer whether a certificate holds."""


def check_with_z3(certificate: Certificate, automaton: Automaton, limits: Limits = UNLIMITED) -> int:
    """Return how many questions Z3 answered as it must. Raises `Rejected` at the first that it did not.

    Raises `OutOfTime` at the deadline.
    """
    _accept(certificate, automaton)
    return ask_z3(certificate.smtlib(automaton), limits)


def check_with_cvc5(certificate: Certificate, automaton: Automaton, limits: Limits = UNLIMITED) -> int:
    """Return how many questions cvc5 answered as it must. Raises `Rejected` at the first that it did not.

    Raises `Unanswered`, which is a `Rejected`, where it did not answer at all or not within the limits, and
    `ModuleNotFoundError` without the extra `certify`.
    """
    _accept(certificate, automaton)
    return ask_cvc5(certificate.smtlib(automaton), limits)


def check_unreachable(
    certificate: Certificate, automaton: Automaton, never: Iterable[Goal], limits: Limits, *, by_cvc5: bool = False
) -> int:
    """Have Z3, or cvc5, confirm that no run without negative counters comes to some goals, whatever these are.

    Returns how many questions it answered as it must. Raises as `check_with_z3` and `check_with_cvc5` do.
    """
    unsafe: dict[int, list[Goal]] = {}
    for goal in never:
        unsafe.setdefault(goal.shape, []).append(goal)
    _accept_terms(certificate, automaton)
    script = "\n".join(_script(automaton, certificate, unsafe)) + "\n"
    return (ask_cvc5 if by_cvc5 else ask_z3)(script, limits)


def ask_z3(script: str, limits: Limits) -> int:
    """Return how many questions of a script Z3 answered as it must. Raises as `check_with_z3` does."""
    questions = script.count("(check-sat)")
    for number, answer in enumerate(answers := evaluated(script, limits), 1):
        if answer.startswith("(error"):
            message = f"Z3 does not understand question {number} of {questions}: {answer[:SHOWN]}"
            raise Rejected(message)
        _expect_unsat("Z3", answer, number, questions)
    if len(answers) != questions:
        message = f"Z3 answered {len(answers)} of {questions} questions"
        raise Unanswered(message)
    return questions


def has_cvc5() -> bool:
    """Return whether cvc5 can be asked: it comes with the extra `certify`."""
    return find_spec("cvc5") is not None


def ask_cvc5(script: str, limits: Limits) -> int:
    """Return how many questions of a script cvc5 answered as it must. Raises as `check_with_cvc5` does."""
    if not has_cvc5():
        message = "No module named 'cvc5': it comes with the extra certify (pip install 'spillproof[certify]')"
        raise ModuleNotFoundError(message, name="cvc5")
    questions = script.count("(check-sat)")
    printed, error = _run_cvc5(script, limits)
    for number, answer in enumerate(printed, 1):
        _expect_unsat("cvc5", answer, number, questions)
    if len(printed) != questions:
        message = f"cvc5 answered {len(printed)} of {questions} questions{f': {error}' if error else ''}"
        raise Unanswered(message)
    return questions


def _run_cvc5(script: str, limits: Limits) -> tuple[list[str], str]:
    """Return the lines that cvc5 prints, and the last of its complaints."""
    process = subprocess.Popen(  # noqa: S603 - our own file, run by this Python
        [sys.executable, str(Path(__file__).with_name("second.py")), str(MEMORY)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us, and we end it
        text=True,
        encoding="utf-8",
    )
    try:
        printed, complaint = process.communicate(script, timeout=None if limits.left() == inf else limits.left())
    except subprocess.TimeoutExpired:
        message = "cvc5 had no more time"
        raise Unanswered(message) from None
    finally:
        _end(process)
    return printed.split("\n")[:-1], (complaint.strip().split("\n")[-1])[:200]


def _end(process: subprocess.Popen[str]) -> None:
    """End a process if it has not ended, and leave nothing of it behind."""
    if process.poll() is None:
        process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        with suppress(OSError):  # what it was not given any more is lost
            if pipe is not None:
                pipe.close()


def _expect_unsat(who: str, answer: str, number: int, questions: int) -> None:
    if answer != "unsat":
        message = f"{who} answers {answer!r} to question {number} of {questions}, where the proof needs unsat"
        raise (Rejected if answer == "sat" else Unanswered)(message)


def _accept(certificate: Certificate, automaton: Automaton) -> None:
    """Raise `Rejected` for what is not a certificate for claims about this automaton."""
    if certificate.fingerprint != fingerprint(automaton):
        raise Rejected(ANOTHER_MODEL)
    unasked = set(certificate.claims) - {claim.name for claim in automaton.claims if claim not in automaton.refused}
    if unasked or not certificate.claims:
        message = (
            f"the certificate is for claims that were not asked of the model: {', '.join(sorted(unasked)) or 'none'}"
        )
        raise Rejected(message)
    _accept_terms(certificate, automaton)
    _accept_text(certificate, automaton)


def _accept_terms(certificate: Certificate, automaton: Automaton) -> None:
    if len(certificate.invariants) != len(automaton.shapes):
        message = "the certificate speaks of another model: it has not one invariant for each shape"
        raise Rejected(message)
    for shape, conjuncts in zip(automaton.shapes, certificate.invariants, strict=True):
        for conjunct in conjuncts:
            shown = conjunct if len(conjunct) <= SHOWN else f"{conjunct[:SHOWN]}…"
            if not is_one_term(conjunct):
                message = f"a conjunct is not one term, and could say anything to a solver: {shown}"
                raise Rejected(message)
            try:
                check_formula(conjunct, len(shape.slots))
            except NotAFormula as why:
                message = f"a conjunct of shape {shape.index} is not a formula over its sizes: {why}: {shown}"
                raise Rejected(message) from None


SHOWN = 200
"""How much of a conjunct is shown in a message."""


def _accept_text(certificate: Certificate, automaton: Automaton) -> None:
    """Raise `Rejected` where a script that was read says anything else than what the model gives."""
    if certificate.text is None:
        return
    given, expected = certificate.text.split("\n"), certificate.smtlib(automaton).split("\n")
    for number, (here, there) in enumerate(itertools.zip_longest(given, expected), 1):
        if here != there:
            message = (
                f"line {number} of the script is not what the model gives: {(here or 'it ends')[:SHOWN]!r} instead of "
                f"{(there or 'its end')[:SHOWN]!r}; prove it again"
            )
            raise Rejected(message)


def is_one_term(text: str) -> bool:
    """Return whether a text is one SMT-LIB 2 term, without comments, quotes, or anything that ends it early."""
    if re.fullmatch(r"[\w.!?<>=+*/@$%&^~ ()-]+", text, re.ASCII) is None:
        return False
    depths = [*itertools.accumulate((each == "(") - (each == ")") for each in text)]
    if depths[-1] != 0 or min(depths) < 0:
        return False
    return " " not in text if text[0] != "(" else 0 not in depths[:-1]


SECOND_HALF = r"^(?:; Ways back for |\(reset\)$)"
"""Where that of a recoverable claim begins, or that of any number of consumers."""


def read(script: str) -> Certificate:
    """Return the certificate that a script was written from.

    Everything but the invariants is derived anew to check it, and must be what the script says. Raises `Rejected`,
    which is a `ModelError`, where the text is not such a script, or has a second half.
    """
    head = re.match(r"; [^\n]*: ([\w, ]*)\n; [^\n]*fingerprint (\w+)\n", script)
    if head is None:
        message = "this is no certificate: its first two lines do not name the claims and the fingerprint"
        raise Rejected(message)
    if re.search(SECOND_HALF, script, re.MULTILINE):
        message = "this certificate has a second half, which is not read: give the whole script to a solver"
        raise Rejected(message)
    bodies = re.findall(r"^\(define-fun shape\d+ \(([^\n]*?)\) Bool ([^\n]*)\)$", script, re.MULTILINE)
    invariants = tuple(_conjuncts(body, arguments.count("(")) for arguments, body in bodies)
    return Certificate(tuple(head[1].split(", ")), head[2], invariants, script)


def _conjuncts(body: str, sizes: int) -> tuple[str, ...]:
    """Return the conjuncts of a shape's definition, but for those that say that its sizes are naturals."""
    try:
        tree = parsed(body)
    except NotAFormula as why:
        message = f"a definition in the script is not one term: {why}: {body[:SHOWN]}"
        raise Rejected(message) from None
    terms = tree[1:] if isinstance(tree, list) and tree[:1] == ["and"] else [] if tree == "true" else [tree]
    words = [spelled(each) for each in terms]
    return tuple(words[sizes:] if words[:sizes] == _naturals(sizes) else words)
