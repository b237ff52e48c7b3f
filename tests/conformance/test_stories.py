"""What the gallery's stories of current Spark print is what their programs print on the newest release."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.pages.stories import written
from spillproof.counterexamples.replay.real.index import archives
from spillproof.counterexamples.replay.real.jars import jars_of
from spillproof.counterexamples.replay.real.java import find_java
from spillproof.counterexamples.replay.real.library import GALLERY
from spillproof.model.errors import ModelError
from tests.conformance.conftest import WANTED

pytestmark = [pytest.mark.conformance, pytest.mark.slow]

PROGRAMS = Path(__file__).resolve().parents[2] / "docs" / "explanation"

PRINTED = re.compile(r"```text\n(\$ java .*?)\n```", re.DOTALL)

LINE = re.compile(r'\$ java -cp "\$JARS/\*" (.*)')


def runs() -> Iterator[tuple[str, str, list[str]]]:
    """Yield each story's programs: its folder, the command, and the lines that it prints."""
    for file in sorted(GALLERY.glob("*/story.md")):
        for block in PRINTED.findall(written(file.parent)[1]):
            for part in re.split(r"\n(?=\$ )", block):
                command, *lines = part.split("\n")
                yield file.parent.name, command, lines


def test_each_current_story_of_spark_prints_a_run() -> None:
    """Where a story is of the newest release, what its program printed there is told."""
    stories = {file.parent.name for file in GALLERY.glob("*/story.md") if "{newest}" in file.read_text("utf-8")}

    assert stories == {folder for folder, _, _ in runs()}


@pytest.mark.parametrize(("folder", "command", "lines"), list(runs()))
def test_a_story_prints_what_its_program_prints(folder: str, command: str, lines: list[str]) -> None:
    """A program of a story, on the newest release, prints its lines; what differs between machines is left out."""
    del folder
    if not WANTED:
        pytest.skip("needs Java and the network: make conformance")
    try:
        jars = jars_of(list(archives())[-1])
    except ModelError as error:
        pytest.skip(f"no real Spark here: {error}")
    found = LINE.fullmatch(command)
    assert found is not None, command
    java = [str(find_java()), "-Xmx1g", "-cp", f"{jars}/*", *shlex.split(found[1])]
    done = subprocess.run(java, cwd=PROGRAMS, capture_output=True, text=True, timeout=600, check=True)

    wanted = "\n".join(map(re.escape, lines)).replace("…", r"\d+")
    assert re.fullmatch(wanted, done.stdout.strip()), done.stdout
