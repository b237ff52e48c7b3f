"""File systems of fsspec that stand before another: they answer as it does, keep what is read, and write through."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from spillproof.counterexamples.replay.live.fsspec_simplecache import FsspecFileCache, FsspecSimpleCache
from spillproof.counterexamples.replay.live.mapped import ought
from spillproof.properties.live.own import step

QUESTIONS: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("cat", ()),
    ("cat_file", ()),
    ("cat_file", (3, 30)),
    ("cat_file", (-9, None)),
    ("read_block", (3, 30)),
    ("read_block", (3, 30, b"a")),
    ("head", (5,)),
    ("tail", (5,)),
    ("size", ()),
    ("exists", ()),
    ("isfile", ()),
    ("isdir", ()),
    ("du", ()),
    ("checksum", ()),
    ("read_bytes", ()),
)
"""What is asked of a file, by the name of a method and what it is given beside a path."""

EXTRA = "/extra"
"""A file of one step."""


class Between:
    """What is asked of the cache is asked of the file system below as well."""

    cached: Any
    remote: Any
    paths: dict[str, str]

    @step
    def ask_both(self, key: str) -> None:
        """Ask both the same about a file: the answers are the same."""
        for name, given in QUESTIONS:
            wanted, found = (getattr(each, name)(self.paths[key], *given) for each in (self.remote, self.cached))
            ought(found == wanted, f"{name} answers something else")

    @step
    def hand_on(self) -> None:
        """Give more than a path, as some file systems take it: the one below is given it."""
        heard: list[Any] = []
        below = self.remote.ls

        def listed(path: str, detail: bool = True, **more: Any) -> Any:  # noqa: FBT001, FBT002 - as fsspec has it
            heard.append(more)
            return below(path, detail=detail)

        self.remote.ls = listed
        self.cached.ls("/", detail=False, refresh=True)
        del self.remote.ls
        ought({"refresh": True} in heard, "what is given beside a path is not handed on")

    @step
    def keep(self, key: str) -> None:
        """Read a file: it is in the cache then."""
        for read in (self.cached.cat_file, lambda path: self.cached.cat_ranges([path], [0], [9])):
            read(self.paths[key])
            ought(self.cached._check_file(self.paths[key]), "a file is read, and is not in the cache")

    @step
    def write_on(self) -> None:
        """Write a file, add to it, and write over its beginning: both have all of it."""
        wanted = b""
        for mode, data in (("wb", b"0123456789"), ("ab", b"xyz"), ("r+b", b"ZZ")):
            with self.cached.open(EXTRA, mode) as file:
                file.write(data)
            wanted = data + wanted[len(data) :] if mode == "r+b" else wanted + data
            for each in (self.remote, self.cached):
                ought(each.cat_file(EXTRA) == wanted, f"{mode}: something else is in the file")
        self.remote.rm_file(EXTRA)
        self.let_go()

    def let_go(self) -> None:
        """Have the cache let go of the file of a step."""

    @step
    def leave_out(self, key: str) -> None:
        """Read one file that is there, and one that is not: that one is left out, or its error is returned."""
        path = self.paths[key]
        for what in ("omit", "return"):
            found = self.cached.cat([path, "/nobody"], on_error=what)
            ought(found.pop(path) == self.remote.cat_file(path), "something else is read")
            ought([*map(type, found.values())] == [FileNotFoundError] * (what == "return"), "another error is returned")


class FsspecSimpleBetween(Between, FsspecSimpleCache):
    """`simplecache`."""

    faults = frozenset()

    @step
    def transact(self) -> None:
        """Write within a transaction that fails, and in one that does not: the file is there when it has ended."""
        for fails in (True, False):
            with suppress(KeyError), self.cached.transaction:
                with self.cached.open(EXTRA, "wb") as file:
                    file.write(b"ok")
                ought(not self.remote.exists(EXTRA), "a transaction goes on, and its file is there")
                {False: "it goes on"}[fails]
            ought(self.remote.exists(EXTRA) is not fails, "a transaction has ended, and its file is wrong")
        self.remote.rm_file(EXTRA)


class FsspecFileBetween(Between, FsspecFileCache):
    """`filecache`."""

    expire: Any = None
    pop_missing: Any = None
    read_part: Any = None

    def let_go(self) -> None:
        self.cached.pop_from_cache(EXTRA)


class FsspecChecked(FsspecFileCache):
    """`filecache` that looks whether a file has changed: each file has one name, and what was put last is read."""

    def made_of(self, filesystem: str) -> Any:
        from fsspec.implementations import cached

        options: dict[str, Any] = {"cache_storage": str(self.folder), "skip_instance_cache": True, "check_files": True}
        return getattr(cached, filesystem)(fs=self.remote, **options)

    def put(self, key: str, value: bytes) -> None:
        self.paths[key] = f"/{key}"
        self.remote.pipe_file(self.paths[key], value)

    def disk_accounted(self) -> int:
        return self.disk_used()  # a copy of what has changed is there until it is read again
