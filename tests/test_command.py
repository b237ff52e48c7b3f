"""The `spillproof` command: what it prints, what it leaves behind, and how it ends."""

import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from spillproof.counterexamples import command, options, screen
from spillproof.counterexamples.export.itf import from_itf
from spillproof.model.catalogue import CATALOGUE
from spillproof.model.spark.fixes import BEARINGS, FIXES
from spillproof.model.spark.releases import NEWEST
from spillproof.properties.catalogue import CLAIMS
from spillproof.properties.engines import run
from spillproof.properties.engines.verdict import Report
from spillproof.properties.loader import class_in_file

MODELS = Path(__file__).parent / "counterexamples" / "leaky.py"
LEAKY = f"{MODELS}:Leaky"
REPAIRED = f"{MODELS}:Repaired"
KEYS = ["claim", "verdict", "engine", "steps", "objects", "bytes", "minimal", "reason", "seconds", "trace"]

Said = pytest.CaptureFixture[str]


def refused(capsys: Said, *arguments: str) -> str:
    """The line on stderr with which a command is refused. There is no more than this line, and the status is 2."""
    status = command.run(arguments)
    said = capsys.readouterr()
    assert (status, said.out, said.err.count("\n")) == (2, "", 1)
    return said.err.removeprefix("spillproof: ").rstrip()


def answered(capsys: Said, *arguments: str) -> dict[str, Any]:
    """The JSON object that a check prints."""
    command.run(["check", *arguments, "--json"])
    answer = json.loads(capsys.readouterr().out)
    assert isinstance(answer, dict)
    return answer


def without_seconds(text: str) -> str:
    """A text with every duration taken out."""
    return re.sub(r"\(\d+\.\d s\)|\"seconds\": [\d.]+", "", text)


# How it ends


@pytest.mark.parametrize(("name", "status"), [(LEAKY, 1), (REPAIRED, 0), ("lesson:release", 1)])
def test_the_status_says_whether_all_holds(name: str, status: int) -> None:
    """A violation ends in 1, and a model that keeps every claim in 0."""
    assert command.run(["check", name]) == status


def test_nothing_violated_but_something_unknown(capsys: Said) -> None:
    """A claim that is false has no proof: an engine that only proves leaves it unknown, and the status is 3."""
    assert command.run(["check", LEAKY, "--engine", "prove"]) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert f"? {LEAKY}: nothing violated, 3 of 13 claims and witnesses unknown" in said


def test_a_defect_of_ours_is_no_violation(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    """When spillproof itself fails, a script must not take that for a violation: the status is 70."""
    monkeypatch.setattr("spillproof.properties.engines.check.check", lambda *_args, **_more: 1 // 0)

    assert command.run(["check", LEAKY]) == 70
    assert "ZeroDivisionError" in capsys.readouterr().err


# What it refuses


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["check", "sprk@2.3.4"], "no model is called 'sprk@2.3.4'; did you mean spark@2.3.4"),
        (["check", "sprk@2.3.4"], f"`spillproof list models` lists all {len(CATALOGUE)}"),
        (["check", "zzz"], "no model is called 'zzz'; `spillproof list models` lists all "),
        (["check", "nowhere.py:Model"], "nowhere.py: there is no such file"),
        (["check", f"{MODELS}:Leeky"], "has no Leeky; models in it: Leaky, Repaired"),
        (["check", f"{MODELS}:NOT_A_MODEL"], "NOT_A_MODEL is not a subclass of Model; models in it: Leaky"),
        (["check", f"{MODELS}:Manager"], "Manager is not a subclass of Model; models in it: Leaky"),
        (["check", str(MODELS)], "which class? write"),
        (["check", f"{MODELS}:Idle"], "Idle has no actions"),
        (["check", f"{MODELS}:Indexes"], "an unknown size has no fixed value to count up to"),
        (["check", f"{MODELS}:Unbuildable"], "ZeroDivisionError: no beginning"),
        (["check", LEAKY, "--claim", "free_is_unreachabel"], "did you mean free_is_unreachable? `spillproof list"),
        (["check", LEAKY, "--claim", "no_record_lost_or_repeated"], "no claim about Leaky is called 'no_record_lost"),
        (["check", LEAKY, "--without", "SPARK-22713"], "is no release, so that --with and --without do not apply"),
        (["check", "spark@2.3.4", "--without", "SPARK-2271"], "no fix of spark@2.3.4 is called 'SPARK-2271'"),
        (["check", "spark@2.3.4", "--with", "SPARK-2713"], "SPARK-22713"),
        (["check", "lesson:release", "--with", "SPARK-22713"], "no fix of lesson:release is called"),
        (["check", "lesson:release", "--consumers", "3"], "has no scope 'consumers'"),
        (["check", LEAKY, "--engine", "tlc"], "'tlc' is not one of 'simulate', 'bounded', 'prove', 'explore'"),
        (["check", LEAKY, "--consumers", "0"], "'--consumers': must be a whole number of at least 1, or any, not 0"),
        (["check", LEAKY, "--consumers", "two"], "must be a whole number of at least 1, or any, not two"),
        (["check", LEAKY, "--capacity", "-5"], "'--capacity': must be a whole number of at least 1, not -5"),
        (["check", LEAKY, "--max-steps", "-1"], "'--max-steps': must be a whole number of at least 1, not -1"),
        (["check", LEAKY, "--time-limit", "-1"], "'--time-limit': must be a number of seconds, more than 0, not -1"),
        (["check", LEAKY, "--time-limit", "nan"], "'--time-limit': must be a number of seconds, more than 0, not nan"),
        (["check", LEAKY, "--seed", "x"], "'--seed': must be a whole number of at least 0, not x"),
        (["check", LEAKY, "--clam", "x"], "No such option"),
        (["check"], "Missing argument 'MODEL'; `spillproof check --help` says what it takes"),
        (["new", "modl"], "no command is called 'modl'; did you mean model? available: adapter, exercise, model"),
        (["new"], "which one? write `spillproof new adapter` or `spillproof new exercise` or `spillproof new model`"),
        (["new", "model"], "Missing argument 'NAME'; `spillproof new model --help` says what it takes"),
        (["chek"], "no command is called 'chek'; did you mean check?"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_line(capsys: Said, arguments: list[str], said: str) -> None:
    """What cannot be done ends in 2, with one line that says what was wrong and what there is instead."""
    assert said in refused(capsys, *arguments)


def test_a_file_that_does_not_import_is_refused(tmp_path: Path, capsys: Said) -> None:
    """The line says which line of the file failed, and how; there is no traceback."""
    file = tmp_path / "broken.py"
    file.write_text("x = 1\nimport nothing_of_the_kind\n")

    assert refused(capsys, "check", f"{file}:X").endswith(
        f"{file}:2: does not import: ModuleNotFoundError: No module named 'nothing_of_the_kind'"
    )


MISTAKEN = """
from spillproof import Bytes, HeapObject, Model, action

class Forgets(Model):
    used: Bytes

    def begin(self):
        self.used = 0

    @action
    def forget(self):
        self.used = None

    @action
    def take(self):
        if self.used is None:
            raise ValueError("it has forgotten")

    def accounted(self):
        return self.used

    def roots(self):
        if self.used is None:
            raise KeyError("no roots")
        return iter(())
"""


def test_a_model_that_fails_to_account_costs_no_verdict(tmp_path: Path, capsys: Said) -> None:
    """Where a counterexample passes a state whose bytes or roots a model cannot say, it is told without them."""
    file, out = tmp_path / "forgets.py", tmp_path / "found"
    file.write_text(MISTAKEN)

    assert command.run(["check", f"{file}:Forgets", "--out", str(out)]) == 1
    told, complained = capsys.readouterr()
    assert "violated no_exception 2 steps, the shortest" in " ".join(told.split())
    assert complained == ""
    assert (out / "no_exception.itf.json").exists()


def test_no_argument_shows_the_help(capsys: Said) -> None:
    """Without a command the help says which there are."""
    assert command.run([]) == 2
    assert "check        Check the claims about a model." in "".join(capsys.readouterr())


# What it prints


def test_the_verdict_is_last(capsys: Said) -> None:
    """The last lines of the output name what is violated."""
    command.run(["check", LEAKY])
    end = " ".join(capsys.readouterr().out.split()[-12:])

    assert without_seconds(end).rstrip() == (
        f"✗ {LEAKY} violates 3 of 6 claims: free_is_unreachable, release_frees_what_it_says, acquired_can_be_allocated"
    )


def test_json_is_one_object(capsys: Said) -> None:
    """`--json` prints one object with the keys that are promised, and nothing else."""
    answer = answered(capsys, LEAKY)
    chief = answer["results"][0]

    assert list(answer) == ["model", "scope", "results", "validated", "unasked"]
    assert (answer["model"], answer["scope"]) == (LEAKY, {"capacity": None, "consumers": 2})
    assert all(list(result) == KEYS for result in answer["results"])
    assert {key: chief[key] for key in KEYS[:2] + KEYS[3:4] + KEYS[6:7]} == {
        "claim": "free_is_unreachable", "verdict": "violated", "steps": 3, "minimal": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--max-steps", "2"], {"verdict": "holds", "bounds": "all sizes, runs of at most 2 steps"}),
        (["--engine", "explore"], {"verdict": "violated", "minimal": False, "within": "sizes up to 2"}),
    ],
)
def test_json_says_how_far_a_verdict_goes(capsys: Said, options: list[str], said: dict[str, object]) -> None:
    """What is known within bounds only has its bounds beside it: the run of three steps is beyond two."""
    chief = answered(capsys, LEAKY, "--claim", "free_is_unreachable", *options)["results"][0]

    assert {key: chief.get(key) for key in said} == said


def test_json_has_the_trace(capsys: Said) -> None:
    """The trace of a violation is ITF, from which the run can be taken again; a proof has none."""
    results = {result["claim"]: result for result in answered(capsys, LEAKY)["results"]}
    run = from_itf(results["free_is_unreachable"]["trace"]).run(class_in_file(LEAKY)())

    assert [step.action for step in run.steps] == ["insert", "read", "insert"]
    assert (results["counters_balance"]["verdict"], results["counters_balance"]["trace"]) == ("proved", None)


def test_the_bytes_of_a_violation_are_counted(capsys: Said) -> None:
    """The run is given a capacity of 1 and inserts two records of 1: three bytes in all."""
    chief = answered(capsys, LEAKY)["results"][0]

    assert chief["bytes"] == 3


def test_claims_can_be_chosen(capsys: Said) -> None:
    """Only the claims that were asked for are answered, each with its witnesses."""
    answer = answered(capsys, LEAKY, "--claim", "counters_balance", "--claim", "read_is_taken")

    assert [(result["claim"], result["verdict"]) for result in answer["results"]] == [
        ("counters_balance", "proved"), ("an_account_is_open", "proved"), ("read_is_taken", "proved"),
    ]  # fmt: skip


def test_a_witness_can_be_asked_for_alone(capsys: Said) -> None:
    """A witness is answered without the claim beside which it stands."""
    answer = answered(capsys, LEAKY, "--claim", "the_pool_is_full")

    assert [result["claim"] for result in answer["results"]] == ["the_pool_is_full"]


def test_a_claim_in_the_models_own_file_is_checked(tmp_path: Path, capsys: Said) -> None:
    """Who writes a model may write a claim beside it, and it is checked like the others."""
    file = tmp_path / "own.py"
    file.write_text(f"{MODELS.read_text()}\n{OWN_CLAIM}")

    results = {result["claim"]: result for result in answered(capsys, f"{file}:Leaky")["results"]}

    assert (results["never_full"]["verdict"], results["never_full"]["steps"]) == ("violated", 1)


OWN_CLAIM = '''
from spillproof.properties.claims import always

@always
def never_full(now: Leaky) -> bool:
    """The pool is never full."""
    return now.accounted() < now.capacity_of_pool()
'''


def test_the_scope_can_be_given(capsys: Said) -> None:
    """Consumers and capacity are put into the scope; a capacity that is given is no longer any."""
    answer = answered(capsys, LEAKY, "--consumers", "1", "--capacity", "7")

    assert answer["scope"] == {"capacity": 7, "consumers": 1}
    names = {claim.name for claim in CLAIMS}
    assert {result["verdict"] for result in answer["results"] if result["claim"] in names} == {"proved"}


def test_fixes_can_be_put_in_and_taken_out(capsys: Said) -> None:
    """The title says what was changed about a release, and the scope says which fixes are left."""
    command.run(["check", "spark@2.0.0", "--with", "SPARK-18986", "--claim", "no_exception"])
    told = capsys.readouterr().out

    assert told.startswith("spark@2.0.0 with SPARK-18986  ")
    assert "✓ proved    no_exception" in told


def test_the_list_names_everything(capsys: Said) -> None:
    """`spillproof list` names every model or its family, every claim and every fix, within 80 columns."""
    assert command.run(["list"]) == 0
    listed = capsys.readouterr().out
    names = {re.sub(r"@(.*)", "@", name) for name in CATALOGUE} | {NEWEST, "spark@VERSION", "spark@2.3.4+null-upstream"}

    assert [name for name in names | {claim.name for claim in CLAIMS} if name not in listed] == []
    assert "SPARK-22713-forced-spill" in listed
    assert [line for line in listed.splitlines() if len(line) > 80] == []


def test_the_list_of_fixes_says_what_each_carries(capsys: Said) -> None:
    """`spillproof list --fixes` has each line of the table, and each fix; within 80 columns."""
    assert command.run(["list", "--fixes"]) == 0
    listed = capsys.readouterr().out
    words = " ".join(listed.split())

    for bearing in BEARINGS:
        assert f"violated without, {bearing.steps} step" in words
        assert bearing.run in words
        assert bearing.model in listed
    assert [name for name in FIXES if name not in listed] == []
    assert "violated with, 3 steps free_is_unreachable (beside SPARK-26114)" in words
    assert [line for line in listed.splitlines() if len(line) > 80] == []


# What it leaves behind


def test_out_replays_each_run_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Verdict, text, report, trace and pages are made from the same moments: so many replays as there are traces."""
    replayed: list[run.Run] = []
    honest = run._moments

    def counted(each: run.Run) -> Iterator[run.Moment]:
        if each.model.scope["forgets"]:  # and not the repaired model, beside which a page shows the run
            replayed.append(each)
        return honest(each)

    monkeypatch.setattr(run, "_moments", counted)

    assert command.run(["check", "lesson:release", "--out", str(tmp_path)]) == 1
    assert len(replayed) == len([*tmp_path.glob("*.itf.json")]) > 2


def test_out_keeps_the_evidence(tmp_path: Path, capsys: Said) -> None:
    """The report, a trace for each run, and the certificate, which is a script that names the claims it proves."""
    command.run(["check", LEAKY, "--out", str(tmp_path / "new" / "folder")])
    kept = {file.name: file.read_text() for file in (tmp_path / "new" / "folder").iterdir()}

    assert {"report.json", "proof.smt2", "free_is_unreachable.itf.json", "insert_is_taken.itf.json"} <= set(kept)
    assert "counters_balance, no_exception, counters_never_negative" in kept["proof.smt2"].splitlines()[0]
    assert json.loads(kept["free_is_unreachable.itf.json"]) == json.loads(kept["report.json"])["results"][0]["trace"]
    assert capsys.readouterr().out.splitlines()[0].startswith(LEAKY)


@pytest.mark.parametrize("asked", [("check", LEAKY, "--out", ""), ("audit", ""), ("replay", ""), ("heap", "")])
def test_no_name_of_a_file_is_not_the_present_folder(
    asked: tuple[str, ...], tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As where nobody has set the variable that names it: nothing is read or written there."""
    monkeypatch.chdir(tmp_path)
    assert "it is empty, where a file or a folder is to be named" in refused(capsys, *asked)
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    "asked", [("check",), ("audit",), ("compare", "lesson:pool"), ("survey", "lesson:pool", "--out")], ids=" ".join
)
def test_a_name_that_no_file_can_have_is_no_defect(asked: tuple[str, ...], capsys: Said) -> None:
    """One that is too long, as where a variable holds a text and not a name."""
    refused(capsys, *asked, f"/{'x' * 300}.md")


def test_out_never_overwrites_silently(tmp_path: Path, capsys: Said) -> None:
    """A folder that keeps an earlier report is refused before anything is computed, unless --force is said."""
    command.run(["check", LEAKY, "--out", str(tmp_path)])
    before = (tmp_path / "report.json").read_text()
    capsys.readouterr()

    line = refused(capsys, "check", REPAIRED, "--out", str(tmp_path))
    assert re.search(r"it already keeps .* and \d+ more; name another folder, or say --force to overwrite", line)
    assert (tmp_path / "report.json").read_text() == before

    assert command.run(["check", REPAIRED, "--out", str(tmp_path), "--force"]) == 0
    assert (tmp_path / "report.json").read_text() != before


def test_out_must_be_a_folder(tmp_path: Path, capsys: Said) -> None:
    """A file in the place of the folder is refused in one line."""
    (tmp_path / "file").touch()

    assert "file" in refused(capsys, "check", LEAKY, "--out", str(tmp_path / "file"))
    assert "--out" in refused(capsys, "check", LEAKY, "--out", str(tmp_path / "file" / "below"))


# As a process


def spillproof(*arguments: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(started(*arguments), check=False, capture_output=True, text=True, encoding="utf-8",
                          env={**os.environ, **(env or {})})  # fmt: skip


def started(*arguments: str) -> list[str]:
    """The words that start the command, whether or not its script is installed."""
    return [sys.executable, "-c", "from spillproof.counterexamples.command import main; main()", *arguments]


def test_an_interrupt_ends_with_what_is_known() -> None:
    """Ctrl-C ends a check in 3, with a report that says that it was interrupted, and no traceback."""
    words = started("check", f"{MODELS}:Slow")
    pipe = subprocess.PIPE
    # Where the tests run in the background, interrupts are ignored, and children would inherit that.
    heeded = signal.signal(signal.SIGINT, signal.default_int_handler)
    with subprocess.Popen(words, stdout=pipe, stderr=pipe, text=True, encoding="utf-8") as process:
        signal.signal(signal.SIGINT, heeded)
        assert process.stderr is not None
        assert process.stderr.readline() == "begun\n"
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)

    assert (process.returncode, err.replace("begun\n", "")) == (3, "")
    assert re.search(r"\(interrupted\) \(\d+\.\d s\)$", " ".join(out.split()))


def test_a_reader_that_goes_away_is_no_error() -> None:
    """`spillproof check … | head -1` prints no traceback, and ends as it would have."""
    words = started("check", REPAIRED)
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""

    assert process.returncode == 0


def test_a_terminal_without_unicode_is_no_error() -> None:
    """Where ✗ cannot be printed, the words still say it."""
    done = spillproof("check", "lesson:release", env={"PYTHONIOENCODING": "ascii"})

    assert (done.returncode, done.stderr) == (1, "")
    assert "violated  free_is_unreachable" in done.stdout


def test_the_help_waits_for_nothing_heavy() -> None:
    """The help needs no solver, no Hypothesis, no networkx, no numpy, no rich."""
    program = (
        "import sys\n"
        "from spillproof.counterexamples.command import run\n"
        "run(['--help'])\n"
        "print(*sorted({'z3', 'hypothesis', 'networkx', 'numpy', 'rich'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert done.stderr == "\n"


def test_a_check_loads_only_its_solver() -> None:
    """A check whose output is no terminal needs no Hypothesis, no networkx, no numpy, no rich."""
    program = (
        "import sys\n"
        "from spillproof.counterexamples.command import run\n"
        "run(['check', 'lesson:release'])\n"
        "print(*sorted({'hypothesis', 'networkx', 'numpy', 'rich'} & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)

    assert done.stderr == "\n"


# On a terminal


class Terminal:
    """A stream that says it is a terminal, and keeps what is written to it."""

    encoding = "utf-8"

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing is kept back."""

    def isatty(self) -> bool:
        return True

    def reconfigure(self, **_how: str) -> None:
        """As it is."""


@pytest.mark.parametrize(("no_color", "colored"), [("", True), ("1", False)])
def test_color_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch, no_color: str, colored: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """A terminal gets color, unless NO_COLOR is set; the text is the same."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    screen.show("✗ violated  something")

    assert ("\x1b[" in terminal.text) is colored
    assert re.sub(r"\x1b\[[\d;]*m", "", terminal.text) == "✗ violated  something\n"


def test_color_can_be_forced(monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    """FORCE_COLOR colors what goes to a pipe as well; NO_COLOR has the last word."""
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    screen.show("✗ violated")
    forced = capsys.readouterr().out
    monkeypatch.setenv("NO_COLOR", "1")
    screen.show("✗ violated")

    assert "\x1b[" in forced
    assert capsys.readouterr().out == "✗ violated\n"


def test_signs_differ_without_unicode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a terminal knows ASCII only, what holds and what is violated do not look the same."""
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii", write_through=True))
    screen.show("✓ holds\n✗ is violated\n? is unknown\n  ▶ 3  a ▸ b … 2 × 3 é")

    assert written.getvalue().decode() == "ok holds\nNO is violated\n? is unknown\n  > 3  a > b ... 2 x 3 ?\n"


def test_progress_waits_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short check shows no progress; one that takes longer than a moment says what is being done."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("TERM", "xterm-256color")
    with screen.Progress() as progress:
        progress("at once")
        assert terminal.text == ""
        progress.started -= 2 * screen.PATIENCE
        progress("shapes: 7 found")
        time.sleep(0.3)

    assert "shapes: 7 found" in terminal.text


def test_progress_is_for_terminals() -> None:
    """Where stderr is no terminal, nothing is shown, however long it takes."""
    with screen.Progress() as progress:
        progress.started -= 2 * screen.PATIENCE
        progress("shapes: 7 found")

        assert progress.status is None


def test_every_engine_can_be_asked_for() -> None:
    """`--engine` offers the engines that `check` has."""
    from spillproof.properties.engines.question import ENGINES

    assert set(options.ENGINES) == set(ENGINES)


def test_options_reach_the_engines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Options are passed on to the engines as they were given."""
    asked: dict[str, object] = {}

    def check(model: Any, claims: Any, **options: Any) -> Report:
        asked.update(options, claims=[claim.name for claim in claims])
        return Report(model)

    monkeypatch.setattr("spillproof.properties.engines.check.check", check)
    words = ["check", LEAKY, "--engine", "simulate", "--seed", "7", "--max-steps", "9", "--time-limit", "inf"]

    assert command.run([*words, "--claim", "no_exception"]) == 3, "no verdict came back"
    given = {"engine": "simulate", "seed": 7, "max_steps": 9, "time_limit": None, "claims": ["no_exception"]}
    assert asked.items() >= given.items()
