"""The classes of one release: found by name in its jars, with what compilers make up put back where it belongs."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from spillproof.counterexamples.replay.real.fingerprints.class_file import ClassFile, Instruction, Method, read
from spillproof.counterexamples.replay.real.fingerprints.modelled import MODELLED
from spillproof.model.errors import ModelError

CLOSURE = re.compile(r"([\w/$]+)\.((?:\$anonfun|lambda)\$[\w$]+):(\(\S+)")
"""A closure's method: Java's, and Scala's since 2.12."""

CLASS_WITHIN = re.compile(r"\$\$anon(?:fun)?\$")
"""Part of the name of a class that stands in a method: a closure of Scala 2.11, or a class without a name."""


class Program:
    """The jars of a release, or folders of classes. Of several that have a class, the first counts, as for Java."""

    def __init__(self, jars: Iterable[Path]) -> None:
        self.folders = [ClassFolder(path) if path.is_dir() else archive(path) for path in jars]
        self.classes = [frozenset(each.namelist()) for each in self.folders]
        self.class_file = cache(self._class_file)

    def names(self) -> set[str]:
        """Return the files of all classes that are there."""
        return {name for names in self.classes for name in names if name.endswith(".class")}

    def has(self, name: str) -> bool:
        """Return whether a class is there."""
        return any(f"{name}.class" in names for names in self.classes)

    def _class_file(self, name: str) -> ClassFile | None:
        file = f"{name}.class"
        having = (each for each, names in zip(self.folders, self.classes, strict=True) if file in names)
        found = next(having, None)
        return None if found is None else read(found.read(file))

    def methods(self, owner: str, name: str) -> list[Method]:
        """Return every method of a class by that name, in all its forms, and after it what stands in it: closures, and
        classes without a name.
        """
        found = self.class_file(owner)
        if found is None:
            return []
        every = [each for each in found.methods if each.name in {name, mangled(owner, name)}]
        for each in every:  # which becomes longer meanwhile
            every += [inner for inner in self.within(each) if inner not in every]
        return [self.plain(each) for each in every]

    def within(self, method: Method) -> Iterator[Method]:
        """Yield the methods of the closures and of the classes without a name that are made in a method."""
        for instruction in method.instructions:
            for operand in map(str, instruction.operands):
                if instruction.name == "new" and CLASS_WITHIN.search(operand):
                    yield from self.members(operand)
                for owner, name, descriptor in CLOSURE.findall(operand):
                    yield from (
                        each for each in self.members(owner) if (each.name, each.descriptor) == (name, descriptor)
                    )

    def members(self, owner: str) -> Iterator[Method]:
        """Yield the methods of a class of these jars, but for how an object of it is made."""
        found = self.class_file(owner)
        if found is not None:
            yield from (each for each in found.methods if each.name != "<init>")

    def at(self, place: str) -> list[Method]:
        """Return the methods that a class and a name say: `MemoryConsumer.freePage`."""
        owner, _, name = place.rpartition(".")
        return self.methods(self.full_name(owner), name)

    def full_name(self, owner: str) -> str:
        """Return a modelled class with its package."""
        return next(each for each in MODELLED if each.rpartition("/")[2] == owner)

    def plain(self, method: Method) -> Method:
        """Return a method with what its compiler made up left out, or called by what it stands for."""
        instructions = tuple(self.plain_instruction(each) for each in method.instructions)
        name = re.sub(r"\$\d+\b", "$", method.name)
        return Method(name, re.sub(r"\$\d+\b", "$", method.descriptor), instructions, method.handlers)

    def plain_instruction(self, instruction: Instruction) -> Instruction:
        """Return an instruction in which what is numbered by its compiler has no number."""
        operands = tuple(self.plain_name(each) if isinstance(each, str) else each for each in instruction.operands)
        return Instruction(instruction.name, operands)

    def plain_name(self, name: str) -> str:
        """Return a name without a compiler's numbers; one of javac's accessors by what it gives access to."""
        if found := re.fullmatch(r"([\w/$]+)\.(access\$\d+):(.*)", name):
            return f"{found[1]}.access {self.behind(found[1], found[2], found[3])}"
        return re.sub(r"((?:anonfun|lambda)[\w$]*?)\$\d+(?=\W|$|\$)", r"\1$", name)

    def behind(self, owner: str, accessor: str, descriptor: str) -> str:
        """Return the field or the method that an accessor gives access to."""
        found = self.class_file(owner)
        assert found is not None, owner
        body = next(each for each in found.methods if (each.name, each.descriptor) == (accessor, descriptor))
        return " ".join(str(each) for each in body.instructions if each.name.startswith(("get", "put", "invoke")))


@dataclass(frozen=True)
class ClassFolder:
    """A folder of classes, which answers as an archive does."""

    path: Path

    def namelist(self) -> list[str]:
        """Return the classes in it."""
        return [file.relative_to(self.path).as_posix() for file in self.path.rglob("*.class")]

    def read(self, name: str) -> bytes:
        """Return one."""
        return (self.path / name).read_bytes()


def archive(path: Path) -> zipfile.ZipFile:
    """Open a jar. Raises `ModelError` where it is none."""
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path} cannot be read as a jar: {error}") from None


def mangled(owner: str, name: str) -> str:
    """Return what Scala calls a private method that is called from outside of its class."""
    return f"{owner.replace('/', '$')}$${name}"
