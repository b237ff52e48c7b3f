"""What systems in other languages say of memory and of kills, in whatever encoding they write it.

A log is UTF-8, and one line of it may not be: a shell writes as its console is set up. JSON may spell letters out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

NO_ROOM = (
    "genügend Hauptspeicher", "genügend Speicher", "Impossible d'allouer de la mémoire", "Ne peut allouer de la mém",
    "mémoire insuffisante", "asignar memoria", "memoria insuficiente", "allocare memoria", "memoria insufficiente",
    "alocar memória", "memória insuficiente", "выделить память", "едостаточно памяти", "przydzielić pamięci",
    "メモリを確保できません", "メモリを割り当て", "メモリ不足", "メモリが不足", "分配内存", "内存溢出", "内存不足",
    "配置記憶體", "記憶體不足", "메모리를 할당할 수 없", "메모리 부족",
)  # fmt: skip
"""That there is no memory left, as libraries of C and people of other languages say it."""

KILLED = (
    "Getötet",
    "Processus arrêté",
    "Tué",
    "Terminado (killed)",
    "Ucciso",
    "Убито",
    "已杀死",
    "已殺死",
    "強制終了",
    "죽었음",
)
"""That a process was killed, as shells of other languages say it."""

ENCODINGS = (
    ("éêóö", "cp1252", "cp850"),
    ("üö", "cp437"),
    ("ćę", "cp1250", "cp852"),
    ("аио", "cp1251", "cp866", "koi8-r"),
    ("メ制", "shift_jis", "euc_jp"),
    ("存杀", "gbk"),
    ("憶殺", "big5"),
    ("메었", "euc_kr"),
)
"""Letters, and the encodings beside UTF-8 in which words with one of them are written."""


def _others(word: str) -> Iterator[bytes]:
    for letters, *names in ENCODINGS:
        if set(letters) & set(word):
            yield from (word.encode(name) for name in names)


def _spelled(word: str) -> Iterator[bytes]:
    """Yield a word as JSON spells its letters out, with small and with large digits."""
    small = json.dumps(word)[1:-1]
    large = _DIGITS.sub(lambda found: f"\\u{found[1].upper()}", small)
    yield from dict.fromkeys((small.encode(), large.encode()))


_DIGITS = re.compile(r"\\u(\w{4})")


_FOREIGN = {other: word.encode() for word in NO_ROOM + KILLED for other in _others(word)}

NEEDLES = tuple(
    dict.fromkeys(
        form
        for word in NO_ROOM + KILLED
        for form in (word.encode(), *_others(word), *(_spelled(word) if not word.isascii() else ()))
    )
)
"""One of these is in every line that has one of the words."""


def restored(line: bytes) -> bytes:
    """Return a line that is not UTF-8 with the words that are known in UTF-8.

    >>> restored("Zeile 1: 4242 Getötet".encode("latin-1")).decode()
    'Zeile 1: 4242 Getötet'
    """
    for other, word in _FOREIGN.items():
        if other in line:
            line = line.replace(other, word)
    return line


def decoded(line: bytes) -> str:
    """Return a line as text: as UTF-8, or as far as its words are known."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return restored(line).decode("utf-8", "replace")
