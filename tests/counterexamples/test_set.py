"""`spillproof check --set NAME=VALUE`: a scope is said, kept, and taken again."""

import json
import re
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.export import itf
from spillproof.counterexamples.switches import switched
from spillproof.counterexamples.variants import asked_of

FILE = Path(__file__).parent / "switched.py"
CACHE, OTHER = f"{FILE}:Cache", f"{FILE}:Other"
CHIEF = "free_is_unreachable"

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `--out` keeps of a check of a scope that somebody said."""
    folder = tmp_path_factory.mktemp("kept")
    said = ["--set", "mode=LEAK", "--set", "places=3", "--set", "loud=true"]
    assert command.run(["check", CACHE, *said, "--claim", CHIEF, "--out", str(folder)]) == 1
    return folder


def test_without_it_nothing_is_violated() -> None:
    """The model keeps the claim at its usual scope, so that what follows is due to `--set`."""
    assert command.run(["check", CACHE, "--claim", CHIEF]) == 0


def test_a_report_and_a_trace_say_the_scope(kept: Path) -> None:
    """Both have every value by name, an enum's as the name of its member."""
    scope = {"loud": True, "mode": "LEAK", "places": 3}

    assert json.loads((kept / "report.json").read_text())["scope"] == scope
    assert dict(itf.read(kept / f"{CHIEF}.itf.json").scope) == scope


def test_consumers_is_short_for_it(capsys: Said) -> None:
    """`--consumers 1` is `--set consumers=1`, and both at once are refused."""
    words = ["check", "yardstick:none", "--engine", "bounded", "--max-steps", "1", "--json", "--claim", CHIEF]
    reports = []
    for given in (["--consumers", "1"], ["--set", "consumers=1"]):
        command.run([*words, *given])
        reports.append(re.sub(r'"seconds": [\d.]+', "", capsys.readouterr().out))
    assert reports[0] == reports[1]
    assert '"consumers": 1' in reports[0]

    assert command.run([*words, "--consumers", "1", "--set", "consumers=1"]) == 2
    assert "the scope 'consumers' is given twice" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([CACHE, "--set", "mode=LEEK"], "mode cannot be 'LEEK': did you mean LEAK? available: LEAK, CLEAN"),
        ([CACHE, "--set", "mood=LEAK"], "Cache has no scope 'mood'; did you mean mode? available: places, mode, loud"),
        (["spark@2.3.4", "--set", "fixes=none"], "the fixes of a release are put in with --with"),
        (["lesson:release", "--set", "forgets=maybe"], "forgets cannot be 'maybe': available: true, false"),
    ],
)
def test_what_is_wrong_is_one_line(capsys: Said, arguments: list[str], said: str) -> None:
    """It ends with status 2, with what there is."""
    assert command.run(["check", *arguments]) == 2
    errors = [line for line in capsys.readouterr().err.splitlines() if line not in ("imported", "begun")]
    assert len(errors) == 1
    assert said in errors[0]


# A kept trace


@pytest.mark.parametrize("on", [CACHE, OTHER])
def test_a_replay_takes_the_scope_along(kept: Path, capsys: Said, on: str) -> None:
    """Both on the trace's own model and on a variant, whose default is another."""
    assert command.run(["replay", str(kept / f"{CHIEF}.itf.json"), "--on", on]) == 1
    assert f"✗ {on} violates {CHIEF} in this run, at step 3" in " ".join(capsys.readouterr().out.split())


def test_an_explanation_takes_the_scope_along(kept: Path, capsys: Said) -> None:
    """Why each step is needed is found out by taking the run again, which at the usual scope does no harm."""
    assert command.run(["explain", str(kept / f"{CHIEF}.itf.json"), "--on", CACHE]) == 0
    assert "the claim is still false" not in capsys.readouterr().out


def test_a_regression_test_has_the_scope(kept: Path) -> None:
    """The test that `--out` keeps fails on the model that leaks: it takes the run at the scope of the check."""
    text = (kept / f"test_{CHIEF}.py").read_text()
    names: dict[str, object] = {}
    exec(compile(text, "test_kept.py", "exec"), names)  # noqa: S102 - our own output
    test = names[f"test_{CHIEF}"]

    assert names["SCOPE"] == {"places": 3, "loud": True, "mode": "LEAK"}
    assert callable(test)
    with pytest.raises(AssertionError, match=f"{CHIEF} is false on .* after step 3"):
        test()


def test_the_snippet_is_the_same_run(capsys: Said) -> None:
    """What is printed to take the run again has the scope, and the member is the model's own."""
    command.run(["check", CACHE, "--set", "mode=LEAK", "--claim", CHIEF])
    told = capsys.readouterr().out
    program = re.sub(r"(?m)^    ", "", told.partition("To take it again:\n\n")[2].partition("\n\n✗")[0])
    *lines, last = program.partition("replay(Run")
    names: dict[str, object] = {}
    exec("\n".join(lines[:1]), names)  # noqa: S102 - our own output
    moments = eval(f"replay(Run{last}", names)  # noqa: S307

    assert "mode=LEAK" in told
    assert [moment.state.reachable() for moment in moments] == [0, 1, 1, 1]


def test_defaults_of_a_variant_stay_behind() -> None:
    """The switch that makes a lesson broken is not carried to the repaired one; one that was set is."""
    broken = itf_of("lesson:release", forgets=True)
    set_by_hand = itf_of("yardstick:none", forgets="ALWAYS")

    assert (switched(broken), switched(set_by_hand)) == ({}, {"forgets": "ALWAYS"})
    assert asked_of(broken, "lesson:release+repaired").scope == {}
    assert asked_of(set_by_hand, "yardstick:shallow").scope == asked_of(set_by_hand).scope


def itf_of(model: str, **scope: object):  # type: ignore[no-untyped-def] # noqa: ANN201 - a trace
    """A trace of a model at a scope, with no step."""
    from spillproof.counterexamples.trace import Trace

    return Trace(model, tuple(scope.items()), (CHIEF,), violation=True, states=())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


# What a model prints


def test_json_is_one_object_whatever_the_model_prints(capsys: Said) -> None:
    """What the model's file and its steps print goes to stderr."""
    assert command.run(["check", CACHE, "--claim", CHIEF, "--json"]) == 0
    said = capsys.readouterr()

    assert json.loads(said.out)["model"] == CACHE
    assert "begun\n" in said.err
