"""`spillproof new adapter NAME` and `spillproof new model NAME`: a file to start from, which is a test that runs."""

from __future__ import annotations

import re
from keyword import iskeyword
from pathlib import Path

from spillproof.counterexamples import files
from spillproof.model.errors import ModelError

ADAPTER = '''\
"""Is the memory that {name} counts free really free?"""

from pathlib import Path
from typing import Any

from spillproof import Adapter, claims_of


class {name}(Adapter):
    """Put your own manager in the place of the dict. Delete what it cannot do: each method is a step or a claim."""

    def begin(self, folder: Path) -> None:
        self.manager: dict[str, Any] = {{}}  # `folder` is empty, for what it spills

    def put(self, key: str, value: Any) -> None:  # len(value) is its size
        self.manager[key] = value

    def get(self, key: str) -> Any:
        return self.manager[key]

    def delete(self, key: str) -> None:
        del self.manager[key]

    def accounted(self) -> int:  # what the manager believes to hold in memory
        return sum(len(value) for value in self.manager.values())

    # drops = True, and def keys(self) -> list[str]: it forgets values by itself, as a cache does; these it still has
    # def spill(self) -> int: return the bytes that it claims to have freed
    # def issue(self, key: str) -> Any: return an iterator, a view: what it holds counts against the manager
    # def pull(self, handle: Any) -> None: use it
    # def capacity_of_pool(self) -> int: return its limit
    # def close(self) -> None: end all work


test_memory = claims_of({name})
'''

MODEL = '''\
"""Is the memory that {name} counts free really free?"""

from __future__ import annotations

from spillproof import Bytes, HeapObject, Model, action, check, require


class Block(HeapObject):
    """What holds bytes. Give it the fields by which yours refers to other objects."""

    size: Bytes

    def shallow_size(self) -> Bytes:
        return self.size


class {name}(Model):
    """A pool that hands out blocks. Put what your own memory manager does in the place of these steps."""

    capacity: Bytes
    used: Bytes

    def begin(self, capacity: Bytes, places: int = 2) -> None:
        self.capacity = capacity  # without a default: every size at once
        self.places = places  # with one: `spillproof check FILE:{name} --set places=3`
        self.used = 0
        self.blocks: list[Block] = []
        self.reading: Block | None = None  # whoever still refers to a block, such as an iterator

    @action
    def acquire(self, size: Bytes) -> None:
        """Somebody gets a block, of any size that fits."""
        require(len(self.blocks) < self.places)
        require(self.used + size <= self.capacity)
        self.used += size
        self.blocks.append(Block(size))

    @action
    def read(self, block: Block) -> None:
        """Somebody begins to read a block: any that is there."""
        self.reading = block

    @action
    def release(self, block: Block) -> None:
        """A block is given back. Leave out the line about `reading`, and see what `check` says."""
        require(any(each is block for each in self.blocks))
        self.blocks = [each for each in self.blocks if each is not block]
        if self.reading is block:
            self.reading = None
        self.used -= block.size

    def accounted(self) -> Bytes:
        """What the pool believes to be in use."""
        return self.used

    def capacity_of_pool(self) -> Bytes:
        return self.capacity


def test_memory() -> None:
    check({name}()).assert_holds()
'''


def write(name: str, folder: Path) -> Path:
    """Write a template for an adapter, and return its file. Raises `ModelError` where there is one already."""
    return _written(ADAPTER, "an adapter", "MyStore", name, folder)


def write_model(name: str, folder: Path) -> Path:
    """Write a template for a model, and return its file. Raises `ModelError` where there is one already."""
    return _written(MODEL, "a model", "MyPool", name, folder)


def _written(template: str, what: str, example: str, name: str, folder: Path) -> Path:
    if name in TAKEN:
        message = f"the file has another {name} already; choose another name, such as {example}"
        raise ModelError(message)
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) or iskeyword(name):
        message = f"{what} is a class, and {name!r} is not a name for one; write, for example, {example}"
        raise ModelError(message)
    path = folder / f"test_{_snake(name)}.py"
    try:
        files.write(path, template.format(name=name), replace=False)
    except FileExistsError:
        message = f"{path}: it is there already, and is left as it is"
        raise ModelError(message) from None
    except OSError as error:
        raise ModelError(f"{path}: {files.why(error)}") from None
    return path


KIT = {"Bytes", "HeapObject", "Model", "action", "check", "require"}
TAKEN = frozenset({"Adapter", "Any", "Block", "Path", "claims_of", *KIT})
"""Names that the templates use themselves."""


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
