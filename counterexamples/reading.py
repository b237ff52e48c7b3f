"""A trace read from a file that anybody may have written."""

from __future__ import annotations

from pathlib import Path

from spillproof.counterexamples.export import itf
from spillproof.counterexamples.export.escaping import one_line
from spillproof.counterexamples.trace import Trace
from spillproof.model.errors import ModelError


def read(path: Path) -> Trace:
    """Return the trace in a file. Raises `ModelError`, in one line that names the file, where there is none."""
    name = one_line(path)
    try:
        return itf.loads(_text(path))
    except ModelError as error:
        raise ModelError(f"{name}: {error}") from None
    except UnicodeDecodeError:
        raise ModelError(f"{name}: this is no trace: it is no text in UTF-8") from None
    except MemoryError:
        raise ModelError(f"{name}: this trace needs more memory than there is") from None
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise ModelError(f"{name}: {getattr(error, 'strerror', None) or error}") from None


def _text(path: Path) -> str:
    if path.is_dir():
        raise ModelError("this is a folder; name one of the .itf.json files that `spillproof check --out` leaves")
    if path.exists() and not path.is_file():
        raise ModelError("this is no ordinary file, and may have no end")
    data = path.read_bytes()
    if b"\0" in data:
        raise ModelError("this is no trace: it is no text in UTF-8")
    return data.decode("utf-8-sig")
