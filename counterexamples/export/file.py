"""The text in a file that anybody may have written: read only if it is an ordinary file, and text."""

from __future__ import annotations

from pathlib import Path

from spillproof.model.errors import ModelError

NO_TEXT = "this is no trace: it is no text in UTF-8"


def text(path: Path) -> str:
    """Return the text in a file. Raises `ModelError`, in a line that does not name the file, where there is none."""
    try:
        if path.is_dir():
            raise ModelError("this is a folder; name one of the .itf.json files that `spillproof check --out` leaves")
        if path.exists() and not path.is_file():
            raise ModelError("this is no ordinary file, and may have no end")
        data = path.read_bytes()
        if b"\0" in data:
            raise ModelError(NO_TEXT)
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ModelError(NO_TEXT) from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise ModelError(getattr(error, "strerror", None) or str(error)) from None
