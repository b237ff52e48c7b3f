"""What a shell offers for the word that is being typed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete

from spillproof.counterexamples.command import cli
from spillproof.counterexamples.completion import Bash
from spillproof.model.catalogue import CATALOGUE

CACHE = f"{Path(__file__).parent / 'switched.py'}:Cache"


def offered(*words: str) -> list[str]:
    """What is offered for the last of the words after `spillproof`."""
    *before, incomplete = words
    return [each.value for each in ShellComplete(cli, {}, "spillproof", "_X").get_completions(before, incomplete)]


@pytest.mark.parametrize(
    ("words", "values"),
    [
        (["check", "spark@2.0."], ["spark@2.0.0", "spark@2.0.1", "spark@2.0.2"]),
        (["check", CACHE[:-2]], [CACHE]),
        (["check", "no/such/fi"], ["no/such/fi"]),
        (["check", "spark@2.3.4", "--claim", "free"], ["free_is_unreachable"]),
        (["check", CACHE, "--claim", "counters_b"], ["counters_balance"]),
        (["check", "spark@2.3.4", "--without", "SPARK-44"], ["SPARK-4452"]),
        (["check", "spark@2.3.4", "--with", "SPARK-44"], []),
        (["check", "spark@2.3.4", "--with", "SPARK-22713"],
         ["SPARK-22713", "SPARK-22713-forced-spill", "SPARK-22713-exhaustion"]),
        (["check", "spark@2.3.4", "--set", ""], ["capacity=", "consumers=", "downstream=", "merges="]),
        (["check", "spark@2.3.4", "--set", "merges="], ["merges=true", "merges=false"]),
        (["check", CACHE, "--set", "m"], ["mode="]),
        (["check", "nowhere.py:Any", "--set", "m"], []),
        (["explain", "x.itf.json", "--against", "lesson:release+"], ["lesson:release+repaired"]),
        (["replay", "x.itf.json", "--on", "lesson:release+"], ["lesson:release+repaired"]),
        (["list", "m"], ["models"]),
        (["list", "lesson:release+"], ["lesson:release+repaired"]),
    ],
)  # fmt: skip
def test_what_is_offered(words: list[str], values: list[str]) -> None:
    """Names that begin as the word does, and that make sense where it stands."""
    assert offered(*words) == values


def test_every_model_is_offered() -> None:
    """Before anything is typed, every model of the catalogue is."""
    assert offered("check", "") == [*CATALOGUE]


def test_a_claim_about_something_else_is_not_offered() -> None:
    """A claim that is not about the model would be refused."""
    assert "a_share_is_not_exceeded" not in offered("check", "spark@2.3.4", "--claim", "a_")
    assert "a_share_is_not_exceeded" in offered("check", "spark:execution-pool@4.0.0", "--claim", "a_")


def test_a_file_is_not_executed() -> None:
    """Completing the name of a class in a file does not import it."""
    assert not hasattr(sys.modules.get("switched_that_nobody_imports"), "Cache")
    folder = Path(CACHE).parent
    assert offered("check", f"{folder / 'leaky.py'}:Un") == [f"{folder / 'leaky.py'}:Unbuildable"]


def test_no_solver_is_imported() -> None:
    """Models, claims and fixes are offered without a solver, Hypothesis, networkx, numpy or rich."""
    program = (
        "import sys\n"
        "from click.shell_completion import ShellComplete\n"
        "from spillproof.counterexamples.command import cli\n"
        "complete = ShellComplete(cli, {}, 'spillproof', '_X').get_completions\n"
        "assert complete(['check'], 'spark') and complete(['check', 'spark@2.3.4', '--claim'], 'f')\n"
        "assert complete(['check', 'spark@2.3.4', '--with'], 'S') and complete(['check', 'spark@2.3.4', '--set'], '')\n"
        "print(*sorted({'z3', 'hypothesis', 'networkx', 'numpy', 'rich', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert done.stdout == "\n"


# Bash


@pytest.mark.parametrize(
    ("line", "offers"),
    [
        ("spillproof check spark:raw-map@2", ["2.0.0"]),
        ("spillproof check lesson:rel", ["release", "release+repaired"]),
        ("spillproof check spark@2.3.4 --set merges=", ["true", "false"]),
        ("spillproof check --claim=counters_b", ["counters_balance"]),
        ("spillproof lis", ["list"]),
        ("spillproof new ", ["adapter", "model"]),
    ],
)
def test_bash_completes_the_part_after_a_colon(monkeypatch: pytest.MonkeyPatch, line: str, offers: list[str]) -> None:
    """Bash takes what follows `:`, `@` or `=` for a word of its own; what it gets begins there."""
    monkeypatch.setenv("COMP_LINE", line)
    monkeypatch.setenv("COMP_POINT", str(len(line)))
    monkeypatch.setenv("COMP_WORDBREAKS", " \t\n\"'@><=;|&(:")
    complete = Bash(cli, {}, "spillproof", "_X")

    assert set(complete.complete().splitlines()) >= {f"plain,{each}" for each in offers}


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="a shell of Unix")
def test_bash_itself_gets_it(tmp_path: Path) -> None:
    """The script that is to be sourced gives Bash the words."""
    command = tmp_path / "spillproof"
    command.write_text(f"#!{sys.executable}\nfrom spillproof.counterexamples.command import main\nmain()\n")
    command.chmod(0o755)
    script = (
        'eval "$(_SPILLPROOF_COMPLETE=bash_source spillproof)"\n'
        'COMP_LINE="spillproof check spark:raw-map@2"\n'
        "COMP_POINT=${#COMP_LINE} COMP_WORDS=(spillproof check spark : raw-map @ 2) COMP_CWORD=6\n"
        '_spillproof_completion spillproof\necho "${COMPREPLY[@]}"\n'
    )
    bash = shutil.which("bash") or pytest.skip("there is no Bash")
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [bash, "--norc", "-c", script], env={**os.environ, "PATH": path}, check=False, capture_output=True, text=True
    )

    assert done.stdout == "2.0.0\n", done.stderr
