"""`spillproof new adapter NAME`: a file to start from, which is a test that runs."""

from __future__ import annotations

import re
from pathlib import Path

from spillproof.counterexamples import files
from spillproof.model.errors import ModelError

TEMPLATE = '''\
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

    # def spill(self) -> int: return the bytes that it claims to have freed
    # def issue(self, key: str) -> Any: return an iterator, a view: what it holds counts against the manager
    # def pull(self, handle: Any) -> None: use it
    # def capacity_of_pool(self) -> int: return its limit
    # def close(self) -> None: end all work


test_memory = claims_of({name})
'''


def write(name: str, folder: Path) -> Path:
    """Write a template for an adapter, and return its file. Raises `ModelError` where there is one already."""
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        message = f"an adapter is a class, and {name!r} is no name for one; write, for example, MyStore"
        raise ModelError(message)
    path = folder / f"test_{_snake(name)}.py"
    try:
        files.write(path, TEMPLATE.format(name=name), replace=False)
    except FileExistsError:
        message = f"{path}: it is there already, and is left as it is"
        raise ModelError(message) from None
    except OSError as error:
        raise ModelError(f"{path}: {files.why(error)}") from None
    return path


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
