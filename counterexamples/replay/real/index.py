"""Where the archive of a Spark release is: what pip, with all that its user has configured, says of `pyspark`.

pip is asked where it would look and what is there. It is not asked to download: for an archive without a wheel that
means to run the archive's own installer, and only the jars in it are wanted.
"""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from difflib import get_close_matches
from urllib.error import URLError
from urllib.request import urlopen

from spillproof.model.errors import ModelError
from spillproof.model.spark.fixes.fix import order

PATIENCE = 120
LINK = re.compile(r"(\S+/pyspark-(\d+\.\d+\.\d+)\.tar\.gz)\S*(?: \(from (\S+)\))?")


@dataclass(frozen=True)
class Archive:
    """The source distribution of a release, in which its jars are."""

    release: str
    url: str
    page: str = ""
    """The page of the index that names it."""

    def sha256(self) -> str:
        """Return the checksum that the index gives, or nothing where it gives none."""
        if not self.page.startswith("http"):
            return ""
        name = re.escape(self.url.rpartition("/")[2])
        try:
            with urlopen(self.page, timeout=PATIENCE) as page:  # noqa: S310 - it begins with http
                text = page.read().decode("utf-8", "replace")
        except (URLError, OSError):
            return ""
        found = re.search(rf"{name}#sha256=([0-9a-f]{{64}})", text)
        return found[1] if found else ""


def archives() -> dict[str, Archive]:
    """Return every archive that pip knows of, by release, oldest first. Raises `ModelError` where it gets no answer."""
    command = [sys.executable, "-m", "pip", "index", "versions", "pyspark", "-vv", "--disable-pip-version-check"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ModelError(f"pip did not say where pyspark is: {error}") from None
    found = {release: Archive(release, url, page or "") for url, release, page in LINK.findall(done.stdout)}
    if not found:
        raise ModelError(f"pip found no pyspark, so that no jars can be fetched ({_last_error(done.stderr)})")
    return dict(sorted(found.items(), key=lambda each: order(each[0])))


def archive_of(release: str) -> Archive:
    """Return the archive of a release. Raises `ModelError` that names its neighbours where there is none."""
    known = archives()
    if release not in known:
        close = get_close_matches(release, known, n=4, cutoff=0.5)
        newest = list(known)[-1]
        raise ModelError(
            f"there is no pyspark {release} on the package index; there are {', '.join(close) or 'others'}; the newest "
            f"is {newest}"
        )
    if "****" in known[release].url:
        raise ModelError("pip's index asks for a password, which spillproof does not read; use one without")
    return known[release]


def _last_error(words: str) -> str:
    lines = [line.strip() for line in words.splitlines() if line.startswith(("ERROR", "WARNING: Retrying", "/"))]
    return lines[-1] if lines else "it said nothing more: is there a network, and is pip installed?"
