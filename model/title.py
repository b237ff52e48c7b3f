"""What a model is called: `spark@2.3.4 with SPARK-22713`, or `path/to/file.py:Class`."""

from __future__ import annotations

from dataclasses import dataclass


def is_path(name: str) -> bool:
    """Return whether a name says a class in a file, rather than an entry of the catalogue."""
    return name.partition(":")[0].endswith(".py") or ".py:" in name or "/" in name or "\\" in name


@dataclass(frozen=True)
class Title:
    """The name of a model, and which fixes were put into it and taken out of it."""

    name: str
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Title:
        """Return the title that `str` spells so. A path may have blanks, and has no fixes."""
        name, *changes = [text] if is_path(text) else text.split(" ")
        pairs = list(zip(changes[::2], changes[1::2], strict=False))
        added, removed = (tuple(fix for word, fix in pairs if word == which) for which in ("with", "without"))
        return cls(name, added, removed)

    def __str__(self) -> str:
        return " ".join(
            [self.name, *(f"with {name}" for name in self.added), *(f"without {name}" for name in self.removed)]
        )

    def shell(self) -> list[str]:
        """Return the words by which the command is told of it."""
        fixes = [("--with", name) for name in self.added] + [("--without", name) for name in self.removed]
        return [self.name, *(word for pair in fixes for word in pair)]
