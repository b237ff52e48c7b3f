"""`[tool.spillproof]` in pyproject.toml: defaults for the options of `check`."""

from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.commands.check import check
from spillproof.counterexamples.defaults import KEYS
from spillproof.properties.engines.verdict import Report

CACHE = f"{Path(__file__).parent / 'switched.py'}:Cache"

Said = pytest.CaptureFixture[str]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the engines are asked, of which none runs."""
    found: dict[str, Any] = {}

    def check(model: Any, claims: Any, **options: Any) -> Report:
        found.update(options, claims=[claim.name for claim in claims])
        return Report(model)

    monkeypatch.setattr("spillproof.properties.engines.check.check", check)
    return found


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose tests stand in a folder of their own, which is the working folder."""
    folder = tmp_path / "tests" / "memory"
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    return tmp_path


def written(project: Path, table: str) -> Path:
    """The project's file, with these lines in the table."""
    file = project / "pyproject.toml"
    file.write_text(f"[tool.spillproof]\n{table}\n", encoding="utf-8")
    return file


TABLE = """
seed = 7
time-limit = 500
max-steps = 9
certify = true
engine = "bounded"
claim = ["no_exception"]
out = "evidence"
"""


def test_the_table_is_found_above_the_working_folder(project: Path, asked: dict[str, Any]) -> None:
    """Every option of it reaches the engines; the folder to keep things in is beside the file."""
    written(project, TABLE)
    command.run(["check", CACHE])

    given = {"seed": 7, "max_steps": 9, "certify": True, "engine": "bounded", "claims": ["no_exception"]}
    assert asked.items() >= given.items()
    assert 400 < asked["time_limit"] < 500
    assert (project / "evidence" / "report.json").exists()


def test_the_command_line_comes_first(project: Path, asked: dict[str, Any]) -> None:
    """What is given there counts, a switch that is on can be put off."""
    written(project, TABLE)
    words = ["--seed", "8", "--time-limit", "inf", "--no-certify", "--claim", "free_is_unreachable"]
    command.run(["check", CACHE, *words])

    assert (asked["seed"], asked["certify"], asked["time_limit"]) == (8, False, None)
    assert asked["claims"][0] == "free_is_unreachable"


def test_the_nearest_file_that_has_the_table_counts(project: Path, asked: dict[str, Any]) -> None:
    """A file without it, or that is broken and does not mention it, is passed over."""
    written(project, "seed = 7")
    (project / "tests" / "pyproject.toml").write_text('[project]\nname = "spillproof-user"\n')
    (project / "tests" / "memory" / "pyproject.toml").write_text("[broken")
    command.run(["check", CACHE])

    assert asked["seed"] == 7


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("time_limit = 5", "no setting is called 'time_limit'; did you mean time-limit? available: certify, claim,"),
        ("json = true", "no setting is called 'json'; available: "),
        ("seed = -1", "seed must be a whole number of at least 0, not -1"),
        ("seed = true", "seed must be a number or a text, not True"),
        ('certify = "yes"', "certify must be true or false, not 'yes'"),
        ('time-limit = "soon"', "time-limit must be a number of seconds, more than 0, not soon"),
        ('engine = "tlc"', "engine cannot be 'tlc': 'tlc' is not one of 'simulate', 'bounded', 'prove', 'explore'"),
        ('claim = "no_exception"', "claim must be a list of names, not 'no_exception'"),
    ],
)
def test_what_is_wrong_is_one_line_with_the_file(project: Path, capsys: Said, table: str, said: str) -> None:
    """It ends with status 2, and says in which file."""
    file = written(project, table)

    assert command.run(["check", CACHE]) == 2
    errors = capsys.readouterr().err
    assert errors.startswith(f"spillproof: {file}: [tool.spillproof]: {said}")
    assert errors.count("\n") == 1


def test_a_file_that_is_not_toml_is_named(project: Path, capsys: Said) -> None:
    """Where it mentions the table, it is not passed over."""
    file = written(project, "seed = ")

    assert command.run(["check", CACHE]) == 2
    assert capsys.readouterr().err.startswith(f"spillproof: {file} is not TOML: ")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_a_file_that_is_not_utf8_is_named(project: Path, capsys: Said, encoding: str) -> None:
    """Where it mentions the table: its limits and claims would not count, and nobody would know."""
    file = written(project, "# é\nseed = 7")
    file.write_text(file.read_text(encoding="utf-8"), encoding=encoding)

    assert command.run(["check", CACHE]) == 2
    assert capsys.readouterr().err.startswith(f"spillproof: {file} is not TOML: 'utf-8' codec can't decode")


def test_a_file_with_a_mark_in_front_is_read(project: Path, asked: dict[str, Any]) -> None:
    """Some editors write one before UTF-8; and a `tool` that is no table has no table of ours."""
    (project / "tests" / "pyproject.toml").write_text('tool = "spillproof"')
    file = written(project, "seed = 7")
    file.write_text(file.read_text(encoding="utf-8"), encoding="utf-8-sig")

    command.run(["check", CACHE])
    assert asked["seed"] == 7


def test_nothing_else_minds(project: Path, capsys: Said) -> None:
    """The help of `check`, and the other commands, do not read the table."""
    written(project, "nonsense = 1")

    assert command.run(["check", "--help"]) == 0
    assert command.run(["list", "lesson:release"]) == 0
    assert "Traceback" not in capsys.readouterr().err


def test_every_key_is_an_option() -> None:
    """What the table takes, `check` takes."""
    options = {name.removeprefix("--") for each in check.params for name in each.opts}

    assert set(KEYS) <= options
