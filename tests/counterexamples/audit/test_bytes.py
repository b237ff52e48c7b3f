"""Bytes that hide a word: other encodings, letters spelled out, colours, zeros, packings with frames to skip."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from spillproof.counterexamples import command
from spillproof.counterexamples.audit import deaths, partial, tongues
from spillproof.counterexamples.audit.audit import Audit, audit
from spillproof.counterexamples.audit.controls import steady
from spillproof.counterexamples.audit.encodings import encoding
from spillproof.counterexamples.audit.partial import docker, joined
from spillproof.counterexamples.audit.releases import ReleaseEvidence
from spillproof.counterexamples.audit.stamp import Clock
from tests.counterexamples.audit.logs import CALM, FAILS, OOM, contention, line, started

STORY = [line("09:59:58", "Running Spark version 2.3.4"), started(), *[*contention()][:-2], FAILS, OOM]


def of(folder: Path, data: bytes) -> Audit:
    """The audit of a file of bytes."""
    (folder / "log").write_bytes(data)
    return audit([folder / "log"])


def story(log: Audit) -> tuple[object, ...]:
    """What the story says in whatever bytes."""
    (window,) = log.windows()
    return (window.who, window.whom, window.seconds(), [each.message for each in log.errors()], log.exit_status())


WHOLE = ("E1", "E2", 10, ["OutOfMemoryError: Java heap space"], 1)

WRITTEN = [
    ("bash: fork: Impossible d'allouer de la mémoire", "latin-1"),
    ("bash: fork: Impossible d'allouer de la mémoire", "cp850"),
    ("bash: Zeile 1: 4242 Getötet   java -server", "cp1252"),
    ("bash: fork: 无法分配内存", "gbk"),
    ("bash: fork: メモリを確保できません", "shift_jis"),
    ("bash: fork: Невозможно выделить память", "cp1251"),
    ("bash: fork: Невозможно выделить память", "koi8-r"),
    ("bash: fork: Nie można przydzielić pamięci", "cp1250"),
    ("bash: fork: 메모리를 할당할 수 없습니다", "euc_kr"),
]


@pytest.mark.parametrize(("words", "encoding"), WRITTEN)
def test_one_line_in_another_encoding(words: str, encoding: str, tmp_path: Path) -> None:
    """A shell writes as its console is set up, into a log that is UTF-8."""
    log = of(tmp_path, "".join(CALM).encode() + words.encode(encoding) + b"\n")

    assert (log.exit_status(), len(log.deaths)) == (3, 1)


@pytest.mark.parametrize("words", [each for each in tongues.NO_ROOM if not each.isascii()])
@pytest.mark.parametrize("large", [False, True])
def test_letters_that_json_spells_out(words: str, large: bool, tmp_path: Path) -> None:  # noqa: FBT001 - parametrized
    """Python writes small digits, Jackson large ones: a word of another language is looked for as both."""
    record = json.dumps({"log": f"ERROR Executor: {words}\n", "stream": "stderr"})
    if large:
        record = "\\u".join(each[:4].upper() + each[4:] if k else each for k, each in enumerate(record.split("\\u")))

    assert deaths.suspected(record.encode())
    if words == "内存溢出":
        lines = [json.dumps({"log": each, "stream": "stderr"}) for each in CALM]
        assert of(tmp_path, "\n".join([*lines, record]).encode()).exit_status() == 3


def test_colours_within_words(tmp_path: Path) -> None:
    """`grep --color` marks what it found, in the middle of a word too: it is the same log."""
    marked = "".join(STORY).replace("Memory", "\x1b[01;31m\x1b[KMemory\x1b[m\x1b[K")
    coloured = [json.dumps({"log": f"\x1b[36m{each.rstrip()}\x1b[0m\n", "stream": "x"}) for each in STORY]

    assert story(of(tmp_path, marked.encode())) == WHOLE
    assert story(of(tmp_path, "\n".join(coloured).encode())) == WHOLE
    for words in ("\x1b[31mGC\x1b[0m overhead limit exceeded", "Out of \x1b[01;31m\x1b[Kmemory\x1b[m\x1b[K: Kill"):
        assert of(tmp_path, f"{''.join(CALM)}{words}\n".encode()).exit_status() == 3


def test_a_letter_is_no_colour() -> None:
    """The last byte of a letter in UTF-8 may be that by which an old terminal begins a colour."""
    assert steady("Zażółć gęślą śm".encode()).decode() == "Zażółć gęślą śm"
    assert steady(b"a\x9b31mb") == b"ab"


def test_zeros_here_and_there(tmp_path: Path) -> None:
    """A few zeros are no hole and no binary file: they are left out, in JSON too."""
    text = "".join(STORY)

    assert story(of(tmp_path, b"\0" * 5 + text.encode())) == WHOLE
    assert story(of(tmp_path, text.replace("OutOfMem", "OutOfMem\0").encode())) == WHOLE
    assert (
        story(
            of(
                tmp_path,
                "".join(
                    f"{json.dumps({'log': f'{each[:-1]}{chr(0)}{chr(10)}', 'stream': 'x'})}\n" for each in STORY
                ).encode(),
            )
        )
        == WHOLE
    )


def test_utf_16_behind_utf_8(tmp_path: Path) -> None:
    """PowerShell appends UTF-16 to what is there, whatever that is."""
    log = of(tmp_path, "".join(STORY[:-2]).encode() + "".join(STORY[-2:]).encode("utf-16-le"))

    assert story(log) == WHOLE


def test_digits_of_other_scripts() -> None:
    """Java writes a date in the digits of the language that the machine speaks."""
    clock, other = Clock(), Clock()

    assert other.read("١٧/١٢/٠٥ ١٠:٠٠:١٩ ") == clock.read("17/12/05 10:00:19 ") is not None


@pytest.mark.skipif(shutil.which("zstd") is None, reason="there is no program zstd here")
def test_frames_to_skip(tmp_path: Path) -> None:
    """`pzstd` writes a frame to skip before each frame: the file begins with none of text."""
    packed = subprocess.run(["zstd", "-qc"], input="".join(STORY).encode(), stdout=subprocess.PIPE, check=True).stdout  # noqa: S607 - whichever there is
    skip = b"\x50\x2a\x4d\x18\x04\0\0\0" + len(packed).to_bytes(4, "little")

    assert story(of(tmp_path, skip + packed)) == WHOLE


KINDS = [
    (b"\x1f\x9d\x90abc", "uncompress -c FILE"),
    (b"\x89LZO\0\r\n\x1a\n", "lzop -dc FILE"),
    (b"ORC\n\3\0\0", "an ORC file"),
    (b"Obj\1\4\x16avro.schema", "an Avro file"),
    (b"SQLite format 3\0" + bytes(90), "a data base of SQLite"),
    (b"SEQ\6\x19org.apache.hadoop.io.Text", "hadoop fs -text FILE"),
    (bytes.fromhex("d111d36891b5d7b639df414092bae150") + "".join(CALM).encode(), "yarn logs -applicationId"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a document of Office"),
]


@pytest.mark.parametrize(("data", "said"), KINDS)
def test_a_file_that_was_given_by_mistake(
    data: bytes, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said what it is, and what to do, in one line; the status is 2."""
    (tmp_path / "log").write_bytes(data)

    assert command.run(["audit", str(tmp_path / "log")]) == 2
    heard = capsys.readouterr().err
    assert (said in heard, heard.count("\n")) == (True, 1)


def test_pieces_on_both_sides_of_a_block() -> None:
    """A record that Docker cut is joined, wherever a block of the file ends; what follows is as it was."""
    first, rest = b'{"log":"OutOf","stream":"stderr"}\n', b'{"log":"Memory\\n","stream":"stderr"}\n'
    whole = b'{"log":"OutOfMemory\\n","stream":"stderr"}\n'

    assert b"".join(joined(iter([first, rest]), docker)) == whole
    assert b"".join(joined(iter([rest + first, rest]), docker)) == rest + whole


def test_which_release_the_log_says_that_it_is_of() -> None:
    """Of several that it names the oldest is said, where none is of the line that was asked for."""
    evidence = ReleaseEvidence(asked=(2, 3, 4), sayings={(3, 0, 0), (2, 4, 0)})

    assert evidence.disagreement() == "the log says that it is of Spark 2.4.0"
    assert not ReleaseEvidence(asked=(2, 4, 5), sayings={(3, 0, 0), (2, 4, 0)}).disagreement()


def test_a_piece_after_many_records(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked for at a block's end, and not among whole records, however many there are."""
    monkeypatch.setattr(partial, "LONGEST", 60)
    full = b'{"log":"a whole line\\n","stream":"stdout"}\n' * 9
    first, rest = b'{"log":"one ","stream":"stdout"}\n', b'{"log":"two\\n","stream":"stdout"}\n'

    assert b"".join(joined(iter([full + first, rest]), docker)) == full + b'{"log":"one two\\n","stream":"stdout"}\n'


@pytest.mark.parametrize("name", ["utf-16-le", "utf-16-be"])
def test_text_of_two_bytes_without_a_mark(name: str) -> None:
    """Every other byte of it is zero, in the one order or the other; of other texts, and of none, it is not."""
    assert encoding("INFO MemoryStore: 1,024 B".encode(name)) == name
    assert [encoding(text) for text in (b"", b"INFO MemoryStore", "Grüße".encode())] == ["", "", ""]
    assert encoding(bytes(100)) is None


def test_the_first_sign_of_a_long_text() -> None:
    """Wherever it stands, the first byte included; what only looks like one is passed over."""
    died, killed, far = b"a.OutOfMemoryError", b"Killed by external signal", b"\n" + b" x" * 1000 + b"\n"
    error = ("an OutOfMemoryError", "a.OutOfMemoryError")
    assert deaths.anywhere(died + far + killed) == deaths.anywhere(far + died) == error
    assert deaths.anywhere(b"OutOfMemoryError") == ("an OutOfMemoryError", "OutOfMemoryError")
    assert deaths.anywhere(killed + far + died) == ("a kill", "Killed by external signal")
    assert deaths.anywhere(b"exit now" + far + died) == error
    assert deaths.anywhere(b"exit now" + far) is None
    assert deaths.anywhere(b"") is None
