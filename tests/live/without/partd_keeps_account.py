"""partd.Buffer goes on accounting for what was deleted, and for what was dropped, and then flushes for nothing."""

import tempfile
from typing import Any


def main() -> int:
    import partd

    with tempfile.TemporaryDirectory() as folder:
        buffer: Any = partd.Buffer(partd.Dict(), partd.File(folder))
        buffer.append({"a": b"x" * 1_000_000})
        buffer.delete("a")
        print(f"after delete: {buffer.memory_usage:,} B accounted, {len(buffer.get('a'))} B there")
        buffer.drop()
        print(f"after drop:   {buffer.memory_usage:,} B accounted")
    return 1 if buffer.memory_usage else 0


if __name__ == "__main__":
    raise SystemExit(main())
