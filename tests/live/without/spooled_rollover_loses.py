"""A SpooledTemporaryFile loses what is in memory when it rolls over to a full disk, and cannot be used again."""

import resource
from tempfile import SpooledTemporaryFile


def main() -> int:
    with SpooledTemporaryFile() as file:
        file.write(b"x" * 1_000_000)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # as a full disk does: the write fails half-way
        try:
            file.rollover()
        except OSError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))  # there is room again
        file.seek(0)
        got = len(file.read())
        print(f"written 1,000,000 B, read {got:,} B")
        try:
            file.rollover()
        except AttributeError as error:
            print(f"rolled over again: AttributeError: {error}")
    return 1 if got != 1_000_000 else 0


if __name__ == "__main__":
    raise SystemExit(main())
