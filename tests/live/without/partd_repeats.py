"""partd.Buffer gives back more bytes than were put, after a flush that failed half-way."""

import resource
import tempfile
from typing import Any


def main() -> int:
    import partd

    with tempfile.TemporaryDirectory() as folder:
        buffer: Any = partd.Buffer(partd.Dict(), partd.File(folder))
        buffer.append({"a": b"x" * 1_000_000})
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # as a full disk does: the write fails half-way
        try:
            buffer.flush()
        except OSError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        got = len(buffer.get("a"))
        print(f"put 1,000,000 B, got {got:,} B")
    return 1 if got != 1_000_000 else 0


if __name__ == "__main__":
    raise SystemExit(main())
