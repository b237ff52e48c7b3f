"""A manager of one's own, checked through the pytest plugin."""

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from spillproof.counterexamples.export import itf

MANAGER = '''
import pickle


class Store:
    """Keeps values in memory up to a budget, and beyond it on disk."""

    def __init__(self, folder, budget):
        self.folder, self.budget = folder, budget
        self.memory, self.used = {}, 0
        self.last = None  # for statistics

    def put(self, key, value):
        self.delete(key)
        self.memory[key] = value
        self.used += len(value)
        while self.used > self.budget:
            self.spill()

    def get(self, key):
        if key in self.memory:
            return self.memory[key]
        return pickle.loads(self.file(key).read_bytes())

    def delete(self, key):
        if key in self.memory:
            self.used -= len(self.memory.pop(key))
        self.file(key).unlink(missing_ok=True)

    def spill(self):
        key = next(iter(self.memory))
        value = self.memory[key]
        self.file(key).write_bytes(pickle.dumps(value))
        del self.memory[key]
        self.used -= len(value)
        self.last = key, value
        return len(value)

    def file(self, key):
        return self.folder / key
'''

TEST = """
from spillproof.properties.live import Adapter, claims_of
from store import Store


class MyStore(Adapter):
    def begin(self, folder): self.store = Store(folder, budget=6 * 1024)
    def put(self, key, value): self.store.put(key, value)
    def get(self, key): return self.store.get(key)
    def delete(self, key): self.store.delete(key)
    def spill(self): return self.store.spill() if self.store.memory else 0
    def accounted(self): return self.store.used


test_memory = claims_of(MyStore, examples=30)
"""

SETTINGS = "import hypothesis\nhypothesis.settings.register_profile('ci', derandomize=True)\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the manager and its test."""
    (tmp_path / "store.py").write_text(MANAGER, encoding="utf-8")
    (tmp_path / "test_memory.py").write_text(TEST, encoding="utf-8")
    (tmp_path / "conftest.py").write_text(SETTINGS, encoding="utf-8")
    return tmp_path


def run(folder: Path, *args: str, python: str = sys.executable) -> tuple[int, str]:
    """What pytest says in `folder`, and its exit status."""
    command = [python, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--hypothesis-profile=ci", *args]
    done = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True, encoding="utf-8")
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_the_bug_is_found(folder: Path) -> None:
    """The shortest run that shows the bug is told, with who holds the value; other claims pass."""
    status, said = run(folder, "--spillproof-claims", "free_is_unreachable,no_record_lost_or_repeated")

    assert status == 1, said
    assert "1 failed, 1 passed" in said
    assert "▶ 2  spill()" in said
    assert "store ▸ last ▸ [1] ▸ value 1  (1,024 B)" in said
    places = re.findall(r"\S+\.py:\d+", said.split("= FAILURES =")[1].split("short test summary")[0])
    assert {place.partition(":")[0] for place in places} <= {"store.py"}, "only lines of the manager itself are named"


@pytest.mark.slow
def test_the_run_is_kept_as_a_trace(folder: Path) -> None:
    """`--spillproof-out` keeps the run, and nothing of this machine is in the file."""
    run(folder, "--spillproof-claims", "free_is_unreachable", "--spillproof-out", "kept", "-n", "2")
    file = folder / "kept" / "MyStore_free_is_unreachable.itf.json"
    trace = itf.read(file)

    assert trace.model == "test_memory.py:MyStore"
    assert [state.spelled for state in trace.states] == ["begin()", "put(a, 1024)", "spill()"]
    assert trace.guilty == 2
    assert str(folder) not in file.read_text(encoding="utf-8")


@pytest.mark.thorough
def test_the_kept_test_needs_nothing_of_this_project(folder: Path) -> None:
    """Beside the trace stands a plain test, which finds the bug without spillproof."""
    run(folder, "--spillproof-claims", "free_is_unreachable", "--spillproof-out", "kept")
    file = folder / "kept" / "test_MyStore_free_is_unreachable.py"
    (folder / "conftest.py").write_text("import sys\nsys.modules['spillproof'] = None\n", encoding="utf-8")
    args = ["-p", "no:spillproof", "-p", "no:spillproof-traces", "-p", "no:cacheprovider", "-q", str(file)]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *args], cwd=folder, check=False, capture_output=True, text=True
    )

    assert "spillproof" not in file.read_text(encoding="utf-8")
    assert "1 failed" in done.stdout
    assert "assert manager.reachable() <= manager.accounted() + manager.unclaimed()" in done.stdout


@pytest.mark.slow
def test_a_file_of_somebody_else_is_left_as_it_is(folder: Path) -> None:
    """`--spillproof-out` writes over what it wrote before, and over nothing else."""
    file = folder / "kept" / "MyStore_free_is_unreachable.itf.json"
    file.parent.mkdir()
    file.write_text("mine", encoding="utf-8")
    _, said = run(folder, "--spillproof-claims", "free_is_unreachable", "--spillproof-out", "kept")

    assert file.read_text(encoding="utf-8") == "mine"
    assert "is not one of ours, and is left as it is" in said


@pytest.mark.slow
def test_the_profile_in_force_says_how_many_runs(folder: Path) -> None:
    """Without `examples`, as many as the Hypothesis profile has."""
    test = folder / "test_memory.py"
    test.write_text(test.read_text(encoding="utf-8").replace(", examples=30", ""), encoding="utf-8")
    (folder / "conftest.py").write_text(
        SETTINGS.replace("derandomize", "max_examples=7, derandomize"), encoding="utf-8"
    )
    _, said = run(folder, "--spillproof-claims", "free_is_unreachable")

    found = re.search(r"(\d+) at random", " ".join(said.split()))

    assert found is not None
    assert 7 <= int(found[1]) <= 20  # it takes some more than it is told to, and not the hundred of its default


@pytest.mark.thorough
def test_a_claim_that_is_not_there_is_a_usage_error(folder: Path) -> None:
    """A claim that no collected test is about is refused, with those that there are."""
    status, said = run(folder, "--spillproof-claims", "free_is_reachable")

    assert status == 4
    assert "no claim is called 'free_is_reachable'; collected are free_is_unreachable" in said


def quietly(*command: str) -> None:
    """Run a command that must succeed."""
    subprocess.run(command, check=True, capture_output=True)


@pytest.mark.slow
def test_the_bug_is_found_in_a_fresh_environment(folder: Path, checkout: Path) -> None:
    """With nothing but `pip install` of the wheel, the plugin finds the bug, and keeps its trace and its test."""
    build = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(checkout)]
    quietly(*build)
    (wheel,) = folder.glob("spillproof-*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = str(folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
    quietly(python, "-m", "pip", "install", "--quiet", str(wheel))
    claims = ["--spillproof-claims", "free_is_unreachable", "--spillproof-out", "kept"]
    status, said = run(folder, *claims, python=python)

    assert status == 1, said
    assert "store ▸ last ▸ [1] ▸ value 1  (1,024 B)" in said
    assert {file.suffix for file in (folder / "kept").iterdir()} == {".json", ".py"}
