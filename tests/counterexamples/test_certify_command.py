"""`check --certify`: who confirmed the proofs is said once, and in the JSON; without cvc5 it is refused in one line."""

import json

import pytest

from spillproof.counterexamples.command import run
from spillproof.properties.engines.proof import certificate

Said = pytest.CaptureFixture[str]


@pytest.fixture
def name() -> str:
    """A small model all of whose claims are proved."""
    from pathlib import Path

    return f"{Path(__file__).parent / 'leaky.py'}:Repaired"


def test_both_are_named(name: str, capsys: Said) -> None:
    """One line says that both confirmed."""
    assert run(["check", name, "--certify", "--claim", "no_exception"]) == 0
    printed = " ".join(capsys.readouterr().out.split())

    assert printed.count("confirmed by Z3 and cvc5") == 1


def test_both_are_in_the_json(name: str, capsys: Said) -> None:
    """Each proof says who confirmed it, where both were asked."""
    for more, expected in ((["--certify"], ["Z3", "cvc5"]), ([], None)):
        assert run(["check", name, "--json", "--claim", "no_exception", *more]) == 0
        (result,) = [each for each in json.loads(capsys.readouterr().out)["results"] if each["claim"] == "no_exception"]
        assert result.get("confirmed_by") == expected


def test_without_cvc5(name: str, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install, and the status is 2."""
    monkeypatch.setattr(certificate, "find_spec", lambda _name: None)

    assert run(["check", name, "--certify"]) == 2
    assert capsys.readouterr().err == (
        "spillproof: cvc5 is not installed, and is needed to certify: pip install 'spillproof[certify]'\n"
    )
