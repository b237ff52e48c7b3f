"""DuckDB beside the model of its buffer pool: tables below a limit, with and without a directory to write to.

A block of the model is a table in memory here, so that a query's own pins are taken and given back within a step; a
table is evicted in part, and so it is what is in memory and in files together that is compared.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from spillproof.model.duckdb.buffer_pool import KEEP_IN_QUEUE, LIMIT_AS_BEFORE, MOVE_ASSIGNMENT, Buffering, Where
from spillproof.properties.engines.run import Moment, Step
from tests.live.beside.beside import Sight, place

ROWS = 1024 * 1024
"""Of eight bytes: so many are a byte of the model."""

MEMORY = "SELECT sum(memory_usage_bytes), sum(temporary_storage_bytes) FROM duckdb_memory()"

NEAR = 0.125
"""Such a part of what is in tables may be missing in the sum: what is in files is compressed."""

SHOWN = 1024 * 1024 // 10
"""Bytes to which DuckDB shows its limit."""

ALONE = 12
"""So many steps are taken without a directory: what is refused is refused then, and counted to the byte."""


def model() -> Buffering:
    """Return the model as DuckDB 2.0 is, with every repair."""
    return Buffering(blocks=4, fixes=frozenset(each.name for each in (KEEP_IN_QUEUE, LIMIT_AS_BEFORE, MOVE_ASSIGNMENT)))


@cache
def unit() -> int:
    """Return the bytes of the smallest table."""
    connection = _connected()
    _create(connection, "a", 1)
    return int(connection.execute(MEMORY).fetchone()[0])


def _connected() -> Any:
    import duckdb

    options: dict[str, Any] = {"threads": 1, "temp_directory": ""}
    return duckdb.connect(config=options)


def _create(connection: Any, name: str, size: int) -> None:
    connection.execute(f"CREATE TABLE {name} AS SELECT hash(i) AS h FROM range({size * ROWS}) AS r(i)")  # noqa: S608 - it is our own


class DuckDbDriver:
    """A database in memory. Half a byte of the model more is allowed than the model has, for what queries need."""

    def __init__(self, limit: int, folder: Path) -> None:
        self.connection = _connected()
        self.folder = folder
        self.tables: list[tuple[str, int]] = []
        self.made = self.taken = 0
        self.has_directory = False
        self._set_limit(limit)

    def takes(self, step: Step, before: Moment) -> bool:
        """Return whether it is a step that SQL can take. What is larger than the limit is not created nor kept."""
        pool, blocks = before.state.pool, before.state.blocks
        if step.action == "allocate":
            return bool(step.arguments[0] <= pool.limit and len(blocks) < before.state.most)
        if step.action == "set_limit":
            return bool(step.arguments[0] + 1 >= max((each.size for each in blocks), default=1))
        return step.action == "destroy" or (step.action == "set_directory" and self.taken >= ALONE)

    def take(self, step: Step, before: Moment) -> None:
        """Take a step. What is refused for want of memory is not there afterwards, which is then seen."""
        import duckdb

        self.taken += 1
        with suppress(duckdb.OutOfMemoryException):
            self._take(step, before)

    def _take(self, step: Step, before: Moment) -> None:
        if step.action == "allocate":
            self.made += 1
            _create(self.connection, f"t{self.made}", step.arguments[0])
            self.tables.append((f"t{self.made}", step.arguments[0]))
        elif step.action == "destroy":
            name, _ = self.tables.pop(place(before, step.arguments[0], before.state.blocks))
            self.connection.execute(f"DROP TABLE {name}")
        elif step.action == "set_limit":
            self._set_limit(step.arguments[0])
        elif not self.has_directory:
            self.connection.execute(f"SET temp_directory = '{self.folder}'")
            self.has_directory = True

    def _set_limit(self, limit: int) -> None:
        self.connection.execute(f"SET memory_limit = '{int((limit + 0.5) * unit())}B'")

    def follows(self, step: Step, after: Moment) -> Step | None:
        """Return that a query which has created a table lets go of it."""
        pinned = [index for index, each in enumerate(after.objects) if getattr(each, "where", None) is Where.PINNED]
        return Step("unpin", (pinned[0],)) if step.action == "allocate" and pinned else None

    def of_model(self, now: Moment) -> Sight:
        """Return the tables, the limit that is in force, and what is in memory where nothing can be anywhere else."""
        pool = now.state.pool
        return {
            "tables": [each.size for each in now.state.blocks],
            "limit": pool.limit,
            "in memory": None if pool.has_directory else pool.used,
            "within the limit": True,
            "all is somewhere": True,
        }

    def of_engine(self) -> Sight:
        """Return the same of DuckDB, in bytes of the model."""
        memory, files = (each / unit() for each in self.connection.execute(MEMORY).fetchone())
        limit = _bytes(self.connection.execute("SELECT current_setting('memory_limit')").fetchone()[0]) / unit()
        sizes = [size for _, size in self.tables]
        return {
            "tables": sizes,
            "limit": round(limit - 0.5),
            "in memory": None if self.has_directory else round(memory),
            "within the limit": memory <= limit + SHOWN / unit(),
            "all is somewhere": abs(memory + files - sum(sizes)) <= NEAR * sum(sizes),
        }


def _bytes(setting: str) -> float:
    """Return the bytes of a setting such as `54.7 MiB`."""
    number, word = setting.split()
    return float(number) * 1024.0 ** ("bytes", "KiB", "MiB", "GiB").index(word)
