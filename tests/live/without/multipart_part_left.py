"""python-multipart's File mixes up what it holds when it cannot be flushed to a full disk, and leaves a part there."""

import resource
import tempfile
from pathlib import Path


def main() -> int:
    from python_multipart.multipart import File

    with tempfile.TemporaryDirectory() as folder:
        file = File(b"a", config={"UPLOAD_DIR": folder, "UPLOAD_DELETE_TMP": False})
        file.write(b"a" * 1_000_000)
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))  # as a full disk does: the copy fails half-way
        try:
            file.flush_to_disk()
        except OSError as error:
            print(error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))  # there is room again
        file.write(b"b" * 1_000)
        file.file_object.seek(0)
        got = file.file_object.read()
        print(
            f"written 1,001,000 B, {file.size:,} B accounted, {len(got):,} B there; on disk:",
            [f.stat().st_size for f in Path(folder).iterdir()],
        )
    return 1 if len(got) != 1_001_000 else 0


if __name__ == "__main__":
    raise SystemExit(main())
