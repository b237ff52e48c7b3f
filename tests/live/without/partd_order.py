"""partd.Buffer gives back what was appended last before what was appended first, once the first was flushed."""

import tempfile
from typing import Any


def main() -> int:
    import partd

    with tempfile.TemporaryDirectory() as folder:
        buffer: Any = partd.Buffer(partd.Dict(), partd.File(folder))
        buffer.append({"a": b"first "})
        buffer.flush()
        buffer.append({"a": b"second "})
        print(buffer.get("a"))
        return 1 if buffer.get("a") != b"first second " else 0


if __name__ == "__main__":
    raise SystemExit(main())
