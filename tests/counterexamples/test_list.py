"""`spillproof list [WHAT]`: what there is, of a kind, of a word, or of one model; for people and as JSON."""

import json
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples import command
from spillproof.model.catalogue import CATALOGUE
from spillproof.model.catalogue.library import CARRIED, REPAIRS
from spillproof.model.spark.fixes import BEARINGS, FIXES, HALVES
from spillproof.properties.catalogue import CLAIMS, WITNESSES

CACHE = f"{Path(__file__).parent / 'switched.py'}:Cache"

Said = pytest.CaptureFixture[str]


def listed(capsys: Said, *words: str) -> str:
    """What `spillproof list` prints."""
    assert command.run(["list", *words]) == 0
    return capsys.readouterr().out


def as_json(capsys: Said, *words: str) -> dict[str, Any]:
    """The object that `spillproof list --json` prints."""
    answer = json.loads(listed(capsys, *words, "--json"))
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize(
    ("what", "titles"),
    [
        ("", ["Models", "Claims", "Fixes (--with, --without)"]),
        ("models", ["Models"]),
        ("claims", ["Claims"]),
        ("fixes", ["Fixes (--with, --without)"]),
        ("RAW-MAP", ["Models"]),
        ("release", ["Models", "Claims", "Fixes (--with, --without)"]),
        ("SPARK-22713", ["Fixes (--with, --without)"]),
    ],
)
def test_a_kind_or_a_word_says_which_parts(capsys: Said, what: str, titles: list[str]) -> None:
    """A part of which nothing is meant is left out, whatever the case of the word; every line has 80 columns."""
    lines = listed(capsys, what).splitlines()

    assert [line for line in lines if line and not line.startswith(" ")] == titles
    assert [line for line in lines if len(line) > 80] == []


def test_a_word_is_in_every_name(capsys: Said) -> None:
    """Of a word only those are listed whose name has it, each with its name as `check` takes it."""
    found = as_json(capsys, "raw-map")

    assert [each["name"] for each in found["models"]] == [name for name in CATALOGUE if "raw-map" in name]
    assert (found["claims"], found["fixes"]) == ([], [])


def test_json_has_everything(capsys: Said) -> None:
    """Each model, claim, witness and fix by name, with what is known of it."""
    found = as_json(capsys)
    names = {kind: [each["name"] for each in found[kind]] for kind in found}

    assert names["models"] == [*CATALOGUE]
    assert set(names["claims"]) == {claim.name for claim in (*CLAIMS, *WITNESSES)}
    assert names["fixes"] == [*HALVES, *FIXES, *REPAIRS]
    assert found["models"][0]["scope"] == {"consumers": 2}


def test_what_each_fix_carries_as_json(capsys: Said) -> None:
    """`--fixes --json` has each line of the table, or those of a word."""
    assert len(as_json(capsys, "--fixes")["bearings"]) == len(BEARINGS) + len(CARRIED)
    assert {each["fix"] for each in as_json(capsys, "--fixes", "exhaustion")["bearings"]} == {"SPARK-22713-exhaustion"}


# One model


def test_a_model_of_the_catalogue(capsys: Said) -> None:
    """Its scope with what each part takes, its steps, the claims about it, and the fixes that it has."""
    told = " ".join(listed(capsys, "spark@2.3.4").split())

    assert "capacity=any a size: a whole number of at least 1 consumers=2 a whole number" in told
    assert "downstream=COGROUP COGROUP or ANY or KEEPING" in told
    assert "Steps insert, iterator, pull, end_task" in told
    assert "free_is_unreachable" in told
    assert "no_share_is_exceeded" not in told, "a claim that is not about it"
    assert "Fixes that it has (--without)" in told


def test_a_model_in_a_file(capsys: Said) -> None:
    """A file is read as `check` reads it; what it prints is no part of the answer."""
    found = as_json(capsys, CACHE)

    assert found["summary"] == "One page, which may be read while it is evicted."
    assert found["scope"]["mode"] == {"default": "CLEAN", "takes": "LEAK or CLEAN"}
    assert found["steps"] == ["load", "read", "evict"]
    assert "free_is_unreachable" in [each["name"] for each in found["claims"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["sprak"], "no model, claim or fix is called 'sprak'; did you mean"),
        (["nowhere.py:Cache"], "nowhere.py: there is no such file"),
        (["--fixes", "raw-map"], "no fix is called 'raw-map'; `spillproof list fixes` lists all"),
    ],
)
def test_what_there_is_not_is_said_in_one_line(capsys: Said, words: list[str], said: str) -> None:
    """With status 2, what was meant perhaps, and who lists what there is."""
    assert command.run(["list", *words]) == 2
    said_then = capsys.readouterr()

    assert said_then.err.startswith(f"spillproof: {said}")
    assert (said_then.out, said_then.err.count("\n")) == ("", 1)
