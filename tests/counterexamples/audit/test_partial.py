"""Pieces of a line, as a container's runtime takes one apart: what is joined, and what is left alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from spillproof.counterexamples.audit import partial
from spillproof.counterexamples.audit.partial import Join, cri, docker, joined, joiner

TIME = b"2018-03-01T10:00:00.000000Z"


def of_cri(stream: bytes, kind: bytes, text: bytes) -> bytes:
    """A line of containerd."""
    return TIME + b" std%s %s %s\n" % (stream, kind, text)


def of_docker(text: bytes, stream: bytes = b"stderr", between: bytes = b"") -> bytes:
    """A line of Docker's JSON."""
    return b'{"log":%s"%s",%s"stream":%s"%s"}\n' % (between, text, between, between, stream)


@pytest.mark.parametrize(
    ("head", "join"),
    [
        (of_cri(b"out", b"F", b"a"), cri),
        (of_cri(b"err", b"P", b"a"), cri),
        (of_cri(b"err", b"X", b"a"), None),
        (of_docker(b"a\\n"), docker),
        (of_docker(b"a\\n", between=b" "), docker),
        (of_docker(b"a") + of_docker(b"b\\n"), docker),
        (of_docker(b"a"), None),  # no line of it has an end: whoever wrote it left them all away
        (b"x" + of_docker(b"a\\n"), None),
        (b"17/12/05 10:00:00 INFO Executor: a\n", None),
        (b"", None),
    ],
)
def test_who_takes_lines_apart(head: bytes, join: Join | None) -> None:
    """The beginning of a file shows it."""
    assert joiner(head.decode()) is join


def test_another_stream_writes_between_pieces() -> None:
    """They are left alone, whichever of the two it is; a piece that is alone is a line."""
    for one, other in ((b"out", b"err"), (b"err", b"out")):
        lines = [of_cri(one, b"P", b"a"), of_cri(other, b"F", b"x"), of_cri(one, b"F", b"b")]
        assert cri(b"".join(lines)) == of_cri(one, b"F", b"a") + b"".join(lines[1:])
        parts = [of_docker(b"a", b"std" + one), of_docker(b"x\\n", b"std" + other), of_docker(b"b\\n", b"std" + one)]
        assert docker(b"".join(parts)) == b'{"log":"a"}\n' + b"".join(parts[1:])


@pytest.mark.parametrize(("join", "piece", "alone"), [
    (cri, of_cri(b"err", b"P", b"a"), of_cri(b"err", b"F", b"a")), (docker, of_docker(b"a"), b'{"log":"a"}\n'),
])  # fmt: skip # a table
def test_a_line_whose_end_is_missing(join: Join, piece: bytes, alone: bytes) -> None:
    """What there is of it is a line."""
    assert b"".join(joined(iter([piece]), join)) == alone


def test_a_block_that_begins_with_an_empty_line() -> None:
    """It is a line, and the piece behind it is kept for the next block."""
    piece, last = of_cri(b"err", b"P", b"a"), of_cri(b"err", b"F", b"b")

    assert list(joined(iter([b"\n" + piece, last]), cri)) == [b"\n", of_cri(b"err", b"F", b"ab")]


@pytest.mark.parametrize("wrap", [lambda text: of_cri(b"err", b"P", text), of_docker])
def test_so_long_a_line_is_waited_for(wrap: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pieces have no end, they are not kept for ever."""
    piece = wrap(b"a")
    for most, kept in ((len(piece) + 1, True), (len(piece), False)):
        monkeypatch.setattr(partial, "LONGEST", most)
        assert partial._whole(piece) == (0 if kept else len(piece))
        assert partial._whole(b"x\n" + piece) == (2 if kept else 2 + len(piece))
    monkeypatch.setattr(partial, "LONGEST", len(piece) + 1)
    assert partial._whole(b"x\n" + piece + piece) == 2 + 2 * len(piece)
