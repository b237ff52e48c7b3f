"""The jar that is shipped is what its sources compile to."""

import shutil
import subprocess
from pathlib import Path

import pytest

from spillproof.counterexamples.replay.real import helper
from tests.conformance.conftest import Release

pytestmark = pytest.mark.conformance


def test_the_helper_is_what_its_sources_compile_to(release: Release, tmp_path: Path) -> None:
    """Where there is the compiler that made it, javac 17, compiling anew gives the same bytes."""
    javac = shutil.which("javac")
    if javac is None or release.tally.release != helper.AGAINST:
        pytest.skip("needs javac 17, and once is enough")
    if "javac 17." not in subprocess.run([javac, "-version"], capture_output=True, text=True, check=True).stdout:
        pytest.skip("needs javac 17")

    helper.build(tmp_path / "helper.jar")

    assert (tmp_path / "helper.jar").read_bytes() == helper.HELPER.read_bytes()
