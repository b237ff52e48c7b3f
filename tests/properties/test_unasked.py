"""What is not asked is named: each way in which a claim, or a method that a claim needs, can slip through."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from spillproof.properties.engines.check import check
from spillproof.properties.loader import load
from spillproof.properties.unasked import unasked_about

BEGINNING = """
from __future__ import annotations
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol
from spillproof.model.heap import HeapObject
from spillproof.model.quantity import Bytes
from spillproof.model.system import Model, action, require
from spillproof.properties.accounting import Accounting, free_is_unreachable
from spillproof.properties.claims import always, sometimes

class Limited(Accounting, Protocol):
    def limit(self) -> Bytes: ...

class Kept(Protocol):
    room: Bytes
    def kept(self, page: Any) -> bool: ...

class Page(HeapObject):
    size: Bytes

class M(Model):
    used: Bytes
    def begin(self) -> None:
        self.used = 0
        self.page = None
    @action
    def load(self, size: Bytes) -> None:
        self.used = size
"""

ACCOUNT = """
def accounted(self) -> Bytes:
    return self.used
def reachable(self) -> Bytes:
    return self.used
"""

OTHER = """
class Other(Model):
    def begin(self) -> None:
        self.done = False
    @action
    def end(self) -> None:
        self.done = True
    def limit(self) -> Bytes:
        return 1
    def accounted(self) -> Bytes:
        return 0
"""


def told(path: Path, methods: str, claims: str) -> list[tuple[str, str, bool]]:
    """What is not asked of M, with these methods, beside these claims."""
    source = BEGINNING + indent(dedent(methods), "    ") + dedent(claims)
    file = path / "not_asked.py"
    file.write_text(source, encoding="utf-8")
    found = unasked_about(type(load(f"{file}:M", {})))
    return [(each.name, each.reason, each.is_slip) for each in found]


CHIEF, RELEASE = "free_is_unreachable", "release_frees_what_it_says"


@pytest.mark.parametrize(
    ("methods", "reason"),
    [
        ("@property\ndef accounted(self): return self.used", "M.accounted is a property; write a method"),
        ("@cached_property\ndef accounted(self): return self.used", "M.accounted is a property; write a method"),
        ("accounted = 0", "M.accounted is an attribute; write a method"),
        ("accounted: Bytes", "M.accounted is an attribute; write a method"),
        ("def also(self): self.accounted = 0", "M.accounted is an attribute; write a method"),
        (
            "def __getattr__(self, name):\n    if name == 'accounted': return list\n    raise AttributeError",
            "M.accounted is given by __getattr__; write a method",
        ),
        (
            "def __getattr__(self, name): return getattr(self.x, name)\nclass X(HeapObject): accounted = lambda _: 0",
            "M.accounted is given by __getattr__; write a method",
        ),
        ("@staticmethod\ndef accounted(): return 0", "M.accounted is a static method, which cannot see the state"),
        ("@classmethod\ndef accounted(cls): return 0", "M.accounted is a class method, which cannot see the state"),
        ("class accounted: pass", "M.accounted is a class; write a method"),
        ("async def accounted(self): return 0", "M.accounted is an async function"),
        ("def accounted(self, page): return 0", r"M.accounted takes (self, page), and is called as accounted()"),
        ("def accounted(): return 0", r"M.accounted takes (), and is called as accounted()"),
        ("def acounted(self): return 0", "M has acounted, but no accounted; is it misspelt?"),
        ("def accounted_(self): return 0", "M has accounted_, but no accounted; is it misspelt?"),
        ("@property\ndef Accounted(self): return 0", "M has Accounted, but no accounted; is it misspelt?"),
    ],
)
def test_what_a_model_offers_by_half(tmp_path: Path, methods: str, reason: str) -> None:
    """A method that claims need and that is there in another form is a slip, and both claims that need it are named."""
    found = told(tmp_path, methods, "")

    assert [(name, slip) for name, _, slip in found] == [(CHIEF, True), (RELEASE, True)]
    assert all(reason in said for _, said, _ in found)


@pytest.mark.parametrize("methods", ["", "def account(self): return 0", "def accounts(self): return []"])
def test_a_model_without_an_account(tmp_path: Path, methods: str) -> None:
    """A model that keeps no account is told so, and that is no slip."""
    assert told(tmp_path, methods, "") == [
        (CHIEF, "M has no method accounted: nothing is said of its bytes", False),
    ]


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ("def c(now): return True", "no annotation says what it is about; write (now: M)"),
        ("def c(before, after): return True", "no annotation says what it is about; write (before: M, …)"),
        ("def c(now: Any): return True", "no annotation says what it is about"),
        ("def c(now: object): return True", "no annotation says what it is about"),
        ("def c(now: Modell): return True", "its annotation 'Modell' names nothing"),
        ("def c(now: 1 + 'x'): return True", "names nothing"),
        ("def c(now: Page): return True", "it is annotated Page, which is neither a model nor a protocol"),
        ("def c(now: int): return True", "it is annotated int, which is neither a model nor a protocol"),
        ("def c(now: Limited): return True", "M has no method limit"),
        ("def c(now: Kept): return True", "M has no method room and kept"),
        ("def free_is_unreachable(now: M): return True", "its name is that of a claim that comes with spillproof"),
        ("def no_exception(now: M): return True", "its name is that of a claim that comes with spillproof"),
        ("def load_is_taken(now: M): return True", "its name is that of the witness that the action load is taken"),
        ("def c(now: M): return True\nd = c\nc = 5\ndel d", "something else of its name follows"),
        ("def c(now: M): return True\n@always\ndef c(now: M): return False", "another claim of its name follows"),
        ("def c(now: M): return True\nkept = [c]\ndel c", "no name at the top of the module is given to it"),
        ("def c(now: M): return True\nd = c\n@always\ndef c(now: M): return False", "its name is that of the claim in"),
    ],
)
def test_own_claims(tmp_path: Path, claims: str, expected: str) -> None:
    """A claim of one's own that is not asked is named with its line; that is a slip."""
    ((name, reason, slip),) = told(tmp_path, ACCOUNT, f"@always\n{claims}")

    assert claims.startswith(f"def {name}(")
    assert slip
    assert "not_asked.py:" in reason
    assert expected in reason


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ("class Claims:\n    @always\n    def c(now: M): return True", "it stands in the class Claims"),
        ("def make():\n    @always\n    def c(now: M): return True\nmake()", "it is made within the function make"),
        ("def make():\n    @always\n    def c(now: M): return True", "it stands in the function make"),
    ],
)
def test_claims_that_stand_elsewhere(tmp_path: Path, claims: str, expected: str) -> None:
    """A claim in a class or in a function is not asked by itself, and is named."""
    ((name, reason, slip),) = told(tmp_path, ACCOUNT, claims)

    assert (name, slip) == ("c", True)
    assert expected in reason


@pytest.mark.parametrize(
    "claims",
    [
        "@always\ndef c(now: M): return True",
        "@always\ndef c(now: 'M'): return True",
        "@always\ndef c(before, after: M): return True",
        "@always\ndef c(before: M, after): return True",
        "@always\ndef c(now: M | Page): return True",
        "@always\ndef c(now: Accounting): return True",
        "@always\ndef c(now: Model): return True",
        "def make():\n    @always\n    def c(now: M): return True\n    return c\nkept = make()",
        f"{OTHER}@always\ndef c(now: Other): return True",
        f"{OTHER}@always\ndef c(now: Limited): return True",
        "def test_it():\n    @always\n    def c(now: M): return True",
    ],
)
def test_nothing_to_say(tmp_path: Path, claims: str) -> None:
    """A claim that is asked, that is about another model, or that stands in a test is not mentioned."""
    assert told(tmp_path, ACCOUNT, claims) == []


def test_a_claim_may_come_before_its_model(tmp_path: Path) -> None:
    """An annotation is looked up when it is needed; what a claim inherits from other files is asked too."""
    (tmp_path / "beneath.py").write_text(
        BEGINNING.replace("class M(", "class Beneath(") + "@always\ndef base(now: Beneath): return now.used < 5\n"
    )
    file = tmp_path / "above.py"
    file.write_text(
        "from spillproof.properties.claims import always\nfrom beneath import Beneath\n"
        "@always\ndef early(now: 'M'): return now.used < 4\n\nclass M(Beneath): pass\n"
    )
    report = check(load(f"{file}:M", {}))

    assert [(result.claim.name, result.verdict.word) for result in report.violated()] == [
        ("early", "violated"),
        ("base", "violated"),
    ]


@pytest.mark.parametrize(
    ("imported", "named"),
    [("import beside_it", ["c", "d"]), ("from beside_it import c", []), ("from beside_it import c, d", [])],
)
def test_claims_of_a_module_beside(tmp_path: Path, imported: str, named: list[str]) -> None:
    """Of a module that is imported as a whole no claim is asked, and each is named; who names one has chosen."""
    (tmp_path / "beside_it.py").write_text(
        "from spillproof import Model, always\n@always\ndef c(now: Model): return now.used < 4\n"
        "@always\ndef d(before: Model, after: Model): return True\n@always\ndef e(now: int): return True\n"
    )
    found = told(tmp_path, ACCOUNT, imported)

    assert [name for name, *_ in found] == named
    assert all("write `from beside_it import" in reason and slip for _, reason, slip in found)


def test_running_a_module_again_is_no_slip(tmp_path: Path) -> None:
    """The claims of a module that is run again take the place of those that it made before."""
    claims = "@always\ndef c(now: M): return True\n"

    assert told(tmp_path, ACCOUNT, claims) == told(tmp_path, ACCOUNT, claims) == []


def test_a_slip_is_not_green(tmp_path: Path) -> None:
    """With a slip the status is not 0 and `assert_holds` fails, though every claim that was asked holds."""
    told(tmp_path, ACCOUNT, "@always\ndef c(now): return True\n@sometimes(beside=c)\ndef d(now: M): return True\n")
    report = check(load(f"{tmp_path / 'not_asked.py'}:M", {}))

    assert {result.verdict.word for result in report.results} <= {"proved", "violated"}
    assert [each.name for each in report.slips()] == ["c"]
    with pytest.raises(AssertionError, match="not asked c"):
        report.assert_holds()
