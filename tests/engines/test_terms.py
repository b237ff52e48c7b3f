"""Which texts are formulas over the sizes of a shape, and nothing else."""

import pytest

from spillproof.properties.engines.proof import terms
from spillproof.properties.engines.proof.terms import NotAFormula, check_formula, parsed, spelled

GOOD = [
    "true",
    "(>= q0 0)",
    "(and (>= q0 (- 3)) (not (= (+ q0 (* (- 2) q1)) 0)))",
    "(let ((a!1 (not (>= (+ q0 (* (- 1) q1)) 1)))) (or a!1 (= (mod q1 2) 0)))",
    "(let ((a!1 true)) (let ((a!2 (and a!1 (< q0 q1)))) (=> a!2 a!1)))",
    "(ite (distinct q0 q1) (> (div q0 3) 1) (<= (- q1 q0 1) 7))",
    "(= (* 2 3 q0) 6)",
    "(= (* (ite true 2 3) q0) 6)",
    "(= (+ (ite true 1 q0) q1) 3)",
    "(and (or true))",
    "(>= q0 340282366920938463463374607431768211457)",
]


@pytest.mark.parametrize("text", GOOD)
def test_formulas(text: str) -> None:
    """Linear arithmetic over two sizes, with every word that solvers write."""
    check_formula(text, 2)
    assert spelled(parsed(text)) == text


BAD = [
    ("", "empty"),
    ("(>= q0 0", "brackets do not match"),
    (">= q0 0)", "more than one term"),
    ("(>= q0 0) true", "more than one term"),
    ("(and (>= q0 0)) (assert false)", "more than one term"),
    ("()", "begins with no word"),
    ("((and true))", "begins with no word"),
    ("q0", "a number, not a condition"),
    ("(+ q0 1)", "a number, not a condition"),
    (")", "brackets do not match"),
    ("(>= q2 0)", "not one of the 2 sizes"),
    ("(>= q3 0)", "not one of the 2 sizes"),
    ("(>= q00 0)", "not one of the 2 sizes"),
    ("(>= x 0)", "not one of the 2 sizes"),
    ("shape0", "not one of the 2 sizes"),
    ("(shape1 q0 q1)", "not known"),
    ("(is_prime q0)", "not known"),
    ("(define-fun f () Bool true)", "not one of the 2 sizes"),
    ("(forall ((x Int)) (>= x q0))", "begins with no word"),
    ("(exists ((x!1 Int)) (= q0 x!1))", "begins with no word"),
    ("(! (>= q0 0) :weight 0)", "not one of the 2 sizes"),
    ("(let ((q0 1)) (= q0 1))", "cannot be given a value"),
    ("(let ((true false)) true)", "cannot be given a value"),
    ("(let (a!1 true) a!1)", "one value"),
    ("(let (ab) true)", "one value"),
    ("(let ((a!1 true false)) a!1)", "one value"),
    ("(let (((a!1) true)) true)", "one value"),
    ("(let () true)", "names and a term"),
    ("(let x true)", "names and a term"),
    ("(let ((a!1 true)) true false)", "names and a term"),
    ("(let ((a!1 true)) (let ((a!2 a!1)) a!3))", "not one of the 2 sizes"),
    ("(let ((a!1 true) (a!2 a!1)) a!2)", "not one of the 2 sizes"),
    ("(and q0 true)", "does not take"),
    ("(and)", "does not take"),
    ("(=> true)", "does not take"),
    ("(>= (-) 0)", "does not take"),
    ("(ite true true 1)", "does not take"),
    ("(not true false)", "does not take"),
    ("(= q0 true)", "does not take"),
    ("(>= q0 true)", "does not take"),
    ("(>= q0)", "does not take"),
    ("(ite q0 true false)", "does not take"),
    ("(= (* q0 q1) 0)", "multiplies sizes"),
    ("(= (* q0 (+ q1 0)) 0)", "multiplies sizes"),
    ("(= (div q0 q1) 0)", "divides by something else"),
    ("(= (mod q0 0) 0)", "divides by something else"),
    ("(= (div q0 (- 0)) 0)", "divides by something else"),
    ("(= (mod q0 (let ((a!1 0)) a!1)) 0)", "divides by something else"),
    ("(let ((a!1 q0) (a!1 true)) a!1)", "cannot be given a value"),
    ("(>= (+ q0) 0)", "does not take"),
    ("(>= (* q0) 0)", "does not take"),
    ("(>= q0 1.5)", "not one of the 2 sizes"),
    ("(>= q0 #x1f)", "not one of the 2 sizes"),
    ("(>= q0 007)", "not one of the 2 sizes"),
    ("(>= q0 -3)", "not one of the 2 sizes"),
    ("(>= q0 ٣)", "not one of the 2 sizes"),
    ("(>= ｑ0 0)", "not one of the 2 sizes"),
    ('(= "a" "a")', "not one of the 2 sizes"),
    ("|q0|", "not one of the 2 sizes"),
    (f"(>= q0 {'9' * 5000})", "more than 1000 digits"),
    ("(not " * 5000 + "true" + ")" * 5000, "nested more than"),
    ("(" * 300, "nested more than"),
    (f"(and {'true ' * 500_000})", "more than 2000000 characters"),
]


@pytest.mark.parametrize(("text", "why"), BAD, ids=[text[:30] for text, _ in BAD])
def test_what_is_not_a_formula(text: str, why: str) -> None:
    """Each is refused, in words that say what is wrong with it."""
    with pytest.raises(NotAFormula, match=why):
        check_formula(text, 2)


@pytest.mark.parametrize(
    ("limit", "most", "text"),
    [("LONGEST", 9, "(>= q0 0)"), ("DEEPEST", 2, "(not (not true))"), ("MOST_DIGITS", 3, "(>= q0 100)")],
)
def test_what_is_as_large_as_may_be(limit: str, most: int, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit is the most that is a formula; one more is none."""
    monkeypatch.setattr(terms, limit, most)
    check_formula(text, 1)
    monkeypatch.setattr(terms, limit, most - 1)
    with pytest.raises(NotAFormula, match="more than"):
        check_formula(text, 1)


def test_terms_as_lists() -> None:
    """Spaces do not matter; what stands beside a term is refused."""
    assert parsed(" ( and  true ( not q0 ) ) ") == ["and", "true", ["not", "q0"]]
    with pytest.raises(NotAFormula, match="more than one term"):
        parsed("true false")
