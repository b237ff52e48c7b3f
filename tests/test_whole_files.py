"""Whatever goes wrong while a file is written, there is the old one or the new one, and one line that says why."""

from __future__ import annotations

import ast
import errno
import hashlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import spillproof.counterexamples
import spillproof.model
import spillproof.properties
from spillproof.counterexamples import command, files, record
from spillproof.counterexamples.output import save
from spillproof.counterexamples.pytest_plugin import pytest_spillproof_violation
from spillproof.model.errors import ModelError

pytestmark = pytest.mark.skipif(os.name == "nt", reason="about links, permissions and pipes as POSIX has them")

LEAKY = f"{Path(__file__).parent / 'counterexamples' / 'leaky.py'}:Leaky"

Said = pytest.CaptureFixture[str]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file that is there already."""
    file = tmp_path / "file"
    file.write_text("old")
    return file


@pytest.fixture
def unprivileged() -> Iterator[Path]:
    """A folder of somebody to whom permissions apply."""
    folder = Path(tempfile.mkdtemp())
    is_root = os.geteuid() == 0
    if is_root:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    yield folder
    if is_root:
        os.seteuid(0)
    shutil.rmtree(folder)


def names(folder: Path) -> list[str]:
    """Everything in a folder, hidden or not."""
    return sorted(each.name for each in folder.iterdir())


# One file


def test_a_file_is_replaced(old: Path) -> None:
    """A text takes the place of another, with its line ends as they are, and nothing else is left."""
    files.write(old, "é\r\n")

    assert old.read_bytes() == b"\xc3\xa9\r\n"
    assert names(old.parent) == ["file"]


@pytest.mark.parametrize("call", ["os.fsync", "pathlib.Path.open", "pathlib.Path.replace"])
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_full_disk_leaves_the_old_file(old: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int) -> None:
    """Wherever the disk turns out to be full, the old file is as it was, and nothing else is left."""

    def full(*_: object, **_more: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(call, full)
    with pytest.raises(OSError, match=os.strerror(code)):
        files.write(old, "new")

    monkeypatch.undo()
    assert old.read_text() == "old"
    assert names(old.parent) == ["file"]


def test_an_interrupt_leaves_the_old_file(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interrupt in the midst of writing is no error of the disk, and leaves as little behind."""

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        files.write(old, "new")

    assert old.read_text() == "old"
    assert names(old.parent) == ["file"]


def test_a_file_that_must_not_be_replaced(old: Path) -> None:
    """A file that is there is left alone unless it may be replaced, and so is a link that leads nowhere."""
    link = old.with_name("link")
    link.symlink_to("nowhere")
    for place in (old, link):
        with pytest.raises(FileExistsError):
            files.write(place, "new", replace=False)

    assert old.read_text() == "old"
    assert names(old.parent) == ["file", "link"]


def test_a_file_that_came_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process that writes the same name first is not overwritten."""
    file = tmp_path / "file"
    monkeypatch.setattr("os.fsync", lambda _: file.write_text("theirs"))
    with pytest.raises(FileExistsError):
        files.write(file, "ours", replace=False)

    assert file.read_text() == "theirs"
    assert names(tmp_path) == ["file"]


def test_a_disk_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that knows no second name for a file gets a new file, too."""

    def no_link(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no links here")

    monkeypatch.setattr("os.link", no_link)
    files.write(tmp_path / "file", "new", replace=False)

    assert (tmp_path / "file").read_text() == "new"
    assert names(tmp_path) == ["file"]


def test_permissions_are_kept(old: Path) -> None:
    """A file that is replaced keeps its mode, and a new one has the mode that the process gives to all."""
    before = os.umask(0o027)
    old.chmod(0o604)
    files.write(old, "new")
    files.write(old.with_name("new"), "new")
    os.umask(before)

    assert stat.S_IMODE(old.stat().st_mode) == 0o604
    assert stat.S_IMODE(old.with_name("new").stat().st_mode) == 0o640


@pytest.mark.parametrize("there", [True, False])
def test_a_link_stays_a_link(old: Path, there: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """What a link leads to is written, in its own folder, whether or not it is there."""
    folder = old.parent / "folder"
    folder.mkdir()
    link = folder / "link"
    link.symlink_to("../file")
    if not there:
        old.unlink()
    files.write(link, "new")

    assert link.is_symlink()
    assert old.read_text() == "new"
    assert names(folder) == ["link"]


def test_a_device_stays_a_device(tmp_path: Path) -> None:
    """What is no ordinary file is written to, and not replaced by one."""
    files.write(Path(os.devnull), "nothing")
    assert Path(os.devnull).is_char_device()

    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["cat", pipe], stdout=subprocess.PIPE) as reader:  # noqa: S607 - every system has it
        files.write(pipe, "through")
        assert reader.communicate()[0] == b"through"
    assert pipe.is_fifo()


def test_a_folder_that_is_read_only(unprivileged: Path) -> None:
    """Where no file may be made nothing is written, and what is there stays."""
    (unprivileged / "file").write_text("old")
    unprivileged.chmod(0o555)
    with pytest.raises(PermissionError):
        files.write(unprivileged / "file", "new")

    assert (unprivileged / "file").read_text() == "old"
    unprivileged.chmod(0o755)


def test_a_file_that_is_read_only(unprivileged: Path) -> None:
    """A file that is protected is not replaced by one that is not."""
    file = unprivileged / "file"
    file.write_text("old")
    file.chmod(0o444)
    with pytest.raises(PermissionError):
        files.write(file, "new")

    assert file.read_text() == "old"
    assert names(unprivileged) == ["file"]


WRITER = """
import sys
from pathlib import Path
from spillproof.counterexamples import files
print("ready", flush=True)
while True:
    for letter in "ab":
        files.write(Path(sys.argv[1]), letter * 300_000)
"""


def test_a_killed_process_leaves_a_whole_file(tmp_path: Path) -> None:
    """Killed at ten moments while it replaces a file again and again, a process leaves one of the two texts, whole."""
    file = tmp_path / "file"
    found = set()
    for place in range(10):
        with subprocess.Popen([sys.executable, "-c", WRITER, str(file)], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            time.sleep(0.03 + 0.0071 * place)
            writer.send_signal(signal.SIGKILL)
        if file.exists():
            found.add(file.read_text())
        files.sweep(tmp_path)
        assert names(tmp_path) in ([], ["file"])

    assert found <= {"a" * 300_000, "b" * 300_000}
    assert found


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    """A part whose process is gone is swept out; one whose process is at work is not, nor what only looks alike."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    kept = [f".spillproof-{os.getpid()}-1.part", ".spillproof-x-1.part", "spillproof-1-1.part"]
    for name in (f".spillproof-{gone.pid}-1.part", *kept):
        (tmp_path / name).touch()
    files.sweep(tmp_path)

    assert names(tmp_path) == sorted(kept)


# A folder of them


def test_what_is_half_is_no_result(tmp_path: Path) -> None:
    """A part that is still there is never taken for a result, and needs no --force."""
    (tmp_path / f".spillproof-{os.getpid()}-1.part").touch()

    assert record.folder(tmp_path, ["free_is_unreachable"], force=False) == tmp_path


def test_a_report_names_what_is_beside_it(tmp_path: Path) -> None:
    """The report has the SHA-256 of each other file of a check, and of nothing else."""
    command.run(["check", LEAKY, "--out", str(tmp_path)])
    named = json.loads((tmp_path / "report.json").read_text())["files"]

    assert named == {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in tmp_path.iterdir()
        if file.name != "report.json"
    }
    assert {"free_is_unreachable.html", "free_is_unreachable.itf.json", "proof.smt2"} <= named.keys()


@pytest.mark.parametrize("failing", ["report.json", "free_is_unreachable.itf.json", "proof.smt2"])
def test_what_cannot_be_kept_is_still_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said, failing: str
) -> None:
    """A disk that is full at the report, at a trace or at a certificate: the verdicts are printed, the status is 2."""
    write = files.write

    def full(path: Path, text: str, *, replace: bool = True) -> None:
        if path.name == failing:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, text, replace=replace)

    monkeypatch.setattr(files, "write", full)
    status = command.run(["check", LEAKY, "--out", str(tmp_path)])
    said = capsys.readouterr()

    assert status == 2
    assert "violated  free_is_unreachable" in said.out
    assert said.err == (
        f"spillproof: --out {tmp_path}: {failing}: No space left on device; what was there before is as it was\n"
    )
    named = json.loads((tmp_path / "report.json").read_text())["files"] if (tmp_path / "report.json").exists() else {}
    assert all(hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == named[name] for name in named)


def test_an_interrupt_while_pages_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    """The verdicts are said and the traces kept before the pages are made; the report names what there is."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(record.Record, "_pages", interrupt)
    status = command.run(["check", LEAKY, "--out", str(tmp_path)])
    said = capsys.readouterr()

    assert status == 1
    assert "violated  free_is_unreachable" in said.out
    assert said.err == (
        f"spillproof: interrupted: --out {tmp_path} has the report and the traces, and not all pages and certificates\n"
    )
    named = json.loads((tmp_path / "report.json").read_text())["files"]
    assert sorted([*named, "report.json"]) == names(tmp_path)
    assert all(name.endswith(".itf.json") for name in named)


# The commands


def refused(capsys: Said, *arguments: str) -> str:
    """The one line on stderr, without the name of the command."""
    status = command.run(arguments)
    said = capsys.readouterr()
    assert (status, said.out, said.err.count("\n")) == (2, "", 1)
    return said.err.removeprefix("spillproof: ").rstrip()


@pytest.fixture(scope="session")
def trace(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A trace."""
    folder = tmp_path_factory.mktemp("kept")
    command.run(["check", LEAKY, "--claim", "free_is_unreachable", "--out", str(folder)])
    return str(folder / "free_is_unreachable.itf.json")


def test_an_export_that_cannot_be_written(trace: str, tmp_path: Path, capsys: Said) -> None:
    """A folder in its place, and a folder that is not there: one line each, with or without --force."""
    (tmp_path / "page.md").mkdir()
    capsys.readouterr()

    line = refused(capsys, "export", trace, "--out", str(tmp_path / "page.md"), "--force")
    assert line == f"--out {tmp_path / 'page.md'}: Is a directory"
    line = refused(capsys, "export", trace, "--out", str(tmp_path / "nowhere" / "page.md"))
    assert line == f"--out {tmp_path / 'nowhere' / 'page.md'}: No such file or directory"


def test_an_adapter_that_cannot_be_written(unprivileged: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said) -> None:
    """A folder that is read only is said in one line."""
    unprivileged.chmod(0o555)
    monkeypatch.chdir(unprivileged)

    assert refused(capsys, "new", "adapter", "MyStore") == "test_my_store.py: Permission denied"
    unprivileged.chmod(0o755)


def test_a_run_of_a_manager_that_cannot_be_kept(old: Path) -> None:
    """`--spillproof-out` that is a file is a warning beside the violation, and no error of pytest's own."""
    config = SimpleNamespace(getoption=lambda _: str(old))
    claim = SimpleNamespace(name="free_is_unreachable")
    with pytest.warns(pytest.PytestWarning, match=r"--spillproof-out .*file: nothing more is kept of free_is_unreach"):
        pytest_spillproof_violation(config, SimpleNamespace(__name__="Store"), claim, SimpleNamespace())  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] # as far as it looks

    assert old.read_text() == "old"


# Output that cannot be printed


def ran(*arguments: str, closed: bool = False, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own, with stdout as it is said."""
    program = "from spillproof.counterexamples.entry import main; main()"
    start = "import os; os.close(1);" if closed else ""
    again = f"os.execv({sys.executable!r}, [{sys.executable!r}, '-c', {program!r}, *{list(arguments)!r}])"
    words = ["-c", f"{start}{again}"] if closed else ["-c", program, *arguments]
    return subprocess.run([sys.executable, *words], check=False, stderr=subprocess.PIPE, text=True, **options)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no disk that is always full")
@pytest.mark.parametrize("arguments", [["list"], ["check", LEAKY, "--json"], ["--help"]])
def test_a_full_disk_below_the_output(arguments: list[str]) -> None:
    """`spillproof … > file` on a full disk is one line, and status 2: what was asked for has not arrived."""
    with Path("/dev/full").open("w") as full:
        done = ran(*arguments, stdout=full)

    assert (done.returncode, done.stderr) == (2, "spillproof: standard output: No space left on device\n")


@pytest.mark.parametrize("arguments", [["list"], ["--help"], ["check", "nowhere"]])
def test_a_reader_that_has_gone_away(arguments: list[str]) -> None:
    """Whoever reads only the first lines, or none, changes no status, and causes no traceback."""
    reading, writing = os.pipe()
    os.close(reading)
    done = ran(*arguments, stdout=writing)
    os.close(writing)

    assert done.returncode == (2 if "nowhere" in arguments else 0)
    assert done.stderr == "" or ("nowhere" in arguments and done.stderr.count("\n") == 1)


def test_an_output_that_is_closed() -> None:
    """`spillproof … >&-` says nothing, and its status is as ever."""
    done = ran("check", LEAKY, closed=True)

    assert (done.returncode, done.stderr) == (1, "")


# All of them

WRITING_ELSEWHERE = {
    "counterexamples/files.py",
    "counterexamples/audit/files.py",  # a log out of an archive, in a temporary folder
    "counterexamples/screen.py",  # /dev/null
    "counterexamples/replay/real/worker.py",  # what Java says on stderr, in a temporary folder
    "counterexamples/replay/live/fsspec_simplecache.py",  # through the cache that is driven
    "counterexamples/replay/live/fsspec_between.py",  # likewise
    "counterexamples/replay/live/files_lost.py",  # what a cache keeps, cut short on purpose
    "counterexamples/replay/real/jars.py",  # into a folder that is renamed as a whole
    "counterexamples/workbench/draft.py",  # in the memory of a browser's tab
    "properties/live/workers.py",  # what pytest's workers share in a temporary folder: renamed, too
    "counterexamples/replay/real/library.py",  # what this project comes with, by those who develop it
}


def writes(source: str) -> bool:
    """Whether a module opens a file for writing, or writes one."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(attr="write_text" | "write_bytes")):
                return True
            case ast.Call(func=ast.Attribute(attr="open") | ast.Name(id="open"), args=args, keywords=keywords):
                given = (*args, *(word.value for word in keywords))
                modes = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
                if any(set(mode) <= set("rwxab+t") and set(mode) & set("wxa+") for mode in modes):
                    return True
    return False


def test_one_module_writes_files() -> None:
    """Whatever writes a file does it through `files.write`, but for a few that say why not."""
    roots = (spillproof.model, spillproof.properties, spillproof.counterexamples)
    found = {
        f"{package.__name__.rpartition('.')[2]}/{file.relative_to(root).as_posix()}"
        for package in roots
        for root in map(Path, package.__path__)
        for file in root.rglob("*.py")
        if file.parent.name != "given" and writes(file.read_text(encoding="utf-8"))  # students' own
    }

    assert found == WRITING_ELSEWHERE
    assert writes("Path('a').open('wb')")
    assert not writes("Path('a').open('rb')")


def test_half_of_a_character(old: Path) -> None:
    """What UTF-8 cannot have is written as JSON writes it, so that it can be read back."""
    files.write(old, json.dumps("é\udc80", ensure_ascii=False))

    assert json.loads(old.read_bytes()) == "é\udc80"


def test_a_name_that_no_file_can_have() -> None:
    """A name with a null in it is refused as such."""
    with pytest.raises(ModelError, match="null"):
        save("text", Path("\0"), force=True)
