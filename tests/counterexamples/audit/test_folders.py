"""What is in a folder beside logs: links, pipes, damaged archives, documents, files that may not be read."""

from __future__ import annotations

import gzip
import os
import threading
import zipfile
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.audit.audit import audit
from spillproof.model.errors import ModelError
from tests.counterexamples.audit.logs import CALM, FAILS, OOM, written

DIES = [*CALM[:4], FAILS, OOM]


def test_a_file_and_links_to_it(tmp_path: Path) -> None:
    """It is read once, whatever leads to it; what leads to the folder above, or to itself, is not followed."""
    written(tmp_path, *DIES, name="stderr")
    for name, target in (("latest.log", "stderr"), ("up", ".."), ("self", "self"), ("here", ".")):
        (tmp_path / name).symlink_to(target)
    log = audit([tmp_path])

    assert (log.ledger.executors, len(log.errors()), log.reading.files) == (1, 1, [str(tmp_path / "stderr")])


def test_a_link_to_a_folder(tmp_path: Path) -> None:
    """Kubernetes' folder of logs has nothing but links."""
    (tmp_path / "real").mkdir()
    (tmp_path / "logs").mkdir()
    written(tmp_path / "real", *DIES, name="0.log")
    (tmp_path / "logs" / "exec-1").symlink_to("../real")

    assert len(audit([tmp_path / "logs"]).errors()) == 1


@pytest.mark.parametrize("packed", [False, True])
def test_a_pipe(packed: bool, tmp_path: Path) -> None:  # noqa: FBT001 - parametrized
    """What a shell's `<(…)` gives can be read once only."""
    path, data = tmp_path / "pipe", "".join(DIES).encode()
    os.mkfifo(path)
    writer = threading.Thread(target=path.write_bytes, args=[gzip.compress(data) if packed else data])
    writer.start()
    log = audit([path])
    writer.join()

    assert len(log.errors()) == 1


def test_a_pipe_in_a_folder_is_passed_over(tmp_path: Path) -> None:
    """Nobody may write into it, and then nothing would ever come."""
    os.mkfifo(tmp_path / "pipe")
    written(tmp_path, *DIES, name="stderr")

    assert audit([tmp_path]).reading.files == [str(tmp_path / "stderr")]


def test_a_damaged_archive_beside_a_log(tmp_path: Path) -> None:
    """It is said, and the rest is read."""
    written(tmp_path, *DIES, name="stderr")
    (tmp_path / "old.zip").write_bytes(b"PK\3\4" + bytes(60))
    log = audit([tmp_path])

    assert len(log.errors()) == 1
    assert ["old.zip" in each and "damaged" in each and "passed over" in each for each in log.reading.troubles] == [
        True
    ]
    with pytest.raises(ModelError, match="damaged"):
        audit([tmp_path / "old.zip", tmp_path / "stderr"])


def test_a_workbook(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A table of Excel is an archive, and what is in it are no logs."""
    with zipfile.ZipFile(tmp_path / "log.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/sharedStrings.xml", "".join(DIES))

    assert command.run(["audit", str(tmp_path / "log.xlsx")]) == 2
    assert "a document of Office; save its table as CSV" in capsys.readouterr().err


@pytest.mark.skipif(os.geteuid() == 0, reason="whoever runs this may read anything")
def test_what_may_not_be_read(tmp_path: Path) -> None:
    """A file or a folder that may not be read is said, and the rest is read."""
    written(tmp_path, *DIES, name="stderr")
    written(tmp_path, *DIES, name="secret").chmod(0)
    (tmp_path / "closed").mkdir(mode=0)
    log = audit([tmp_path])

    assert len(log.errors()) == 1
    assert sorted("ermission denied" in each for each in log.reading.troubles) == [True, True]
