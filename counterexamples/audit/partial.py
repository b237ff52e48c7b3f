"""Joining what a container's runtime took apart: a long line is written in pieces, each in a wrapping of its own.

Kubernetes' runtimes mark a piece with P, and the last with F. Docker's JSON leaves the end of the line away. Pieces
that stand next to each other are joined; a piece between which another stream writes is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_CRI = rb"[^\n ]{10,40} std(out|err) "
_PIECE = re.compile(rb"(?m)^" + _CRI + rb"P ")
_JOINT = re.compile(rb"\n" + _CRI + rb"([PF]) ")

_RECORD = re.compile(rb'(\{"log": ?")((?:[^"\\]|\\.)*)(", ?"stream": ?"(std\w*)"[^\n]*\n?)')
_UNENDED = re.compile(rb'(?<!\\n)", ?"stream": ?"std')

_ENDS = b'","stream"', b'", "stream"'
"""What stands behind a line, or behind a piece of one: quick to count."""

LONGEST = 1 << 20
"""Bytes of a line that is joined."""

Join = Callable[[bytes], bytes]


def joiner(head: str) -> Join | None:
    """Return how to join the pieces of a file that begins so; None where it has none."""
    begin = head.encode("utf-8", "replace")
    if re.match(_CRI + rb"[PF] ", begin):
        return cri
    record = _RECORD.match(begin)
    if record is not None and rb'\n", "stream"' in begin.replace(b'","', b'", "'):
        return docker
    return None


def cri(block: bytes) -> bytes:
    r"""Return a block of whole lines with the pieces of Kubernetes' runtimes joined.

    >>> cri(b"2018-03-01T10:00:00Z stderr P Out\n2018-03-01T10:00:00Z stderr F OfMemory\n")
    b'2018-03-01T10:00:00Z stderr F OutOfMemory\n'
    """
    piece = _PIECE.search(block) if b" P " in block else None
    if piece is None:
        return block
    made, at = [], 0
    while piece is not None:
        made.append(block[at : piece.end() - 2] + b"F ")
        at, going = piece.end(), True
        while going and (joint := _JOINT.match(block, block.find(b"\n", at))) and joint[1] == piece[1]:
            made.append(block[at : joint.start()])
            at, going = joint.end(), joint[2] == b"P"
        piece = _PIECE.search(block, at)
    return b"".join(made) + block[at:]


def docker(block: bytes) -> bytes:
    r"""Return a block of whole lines with the pieces of Docker's JSON joined.

    >>> docker(b'{"log":"Out","stream":"stderr"}\n{"log":"OfMemory\\n","stream":"stderr"}\n')
    b'{"log":"OutOfMemory\\n","stream":"stderr"}\n'
    """
    if all(block.count(each) == block.count(rb"\n" + each) for each in _ENDS) or _UNENDED.search(block) is None:
        return block
    made: list[bytes] = []
    begun, stream = b"", b""
    for line in block.splitlines(keepends=True):
        record = _RECORD.fullmatch(line)
        if begun and record is not None and record[4] == stream and len(begun) < LONGEST:
            line = begun + record[2] + record[3]  # noqa: PLW2901 - the line as it was written
        elif begun:
            made.append(begun + b'"}\n')
        begun = b""
        if record is not None and not record[2].endswith(b"\\n"):
            begun, stream = line[: len(line) - len(record[3])], record[4]
        else:
            made.append(line)
    return b"".join(made) + (begun + b'"}\n' if begun else b"")


def joined(blocks: Iterator[bytes], join: Join) -> Iterator[bytes]:
    """Yield blocks of whole lines with their pieces joined, those at a block's end with those of the next."""
    rest = b""
    for each in blocks:
        block = rest + each
        end = _whole(block)
        if end:
            yield join(block[:end])
        rest = block[end:]
    if rest:
        yield join(rest)


def _whole(block: bytes) -> int:
    """Return where the pieces begin that a block ends in; its length where it ends in none, or in too many."""
    end = len(block)
    while end > 0 and len(block) - end < LONGEST:
        begin = block.rfind(b"\n", 0, end - 1) + 1
        if not _is_piece(block[begin:end]):
            return end
        end = begin
    return end if len(block) - end < LONGEST else len(block)


def _is_piece(line: bytes) -> bool:
    if _PIECE.match(line) is not None:
        return True
    record = _RECORD.fullmatch(line)
    return record is not None and not record[2].endswith(b"\\n")
