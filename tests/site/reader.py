"""Somebody who reads a folder of the site in a browser, served on this machine."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from selenium.webdriver import Chrome

from tests.chromium import started

AXE = Path(__file__).resolve().parents[1] / "third_party" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")]


class Quiet(SimpleHTTPRequestHandler):
    """Serves files, and logs nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - so it is called there
        """Say nothing."""


@dataclass
class Reader:
    """Somebody who looks at the site in a browser."""

    browser: Chrome
    address: str

    def open(self, page: str, width: int = 1280, scheme: str = "light") -> None:
        """Open a page as it is in a window of that width."""
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        self.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.browser.get(f"{self.address}/{page}")

    def asked(self) -> list[str]:
        """Return every address that was asked for since the last time."""
        log = self.browser.get_log("performance")  # type: ignore[no-untyped-call]
        events = [json.loads(each["message"])["message"] for each in log]
        return [each["params"]["request"]["url"] for each in events if each["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """Return what axe-core finds serious or critical."""
        self.browser.execute_script(AXE.read_text(encoding="utf-8"))
        found = self.browser.execute_async_script(
            "const done = arguments[0]; axe.run({resultTypes: ['violations']}).then((found) => done(found.violations));"
        )
        return [
            f"{each['id']}: {node['html'][:160]}: {node['failureSummary']}"
            for each in found
            if each["impact"] in {"serious", "critical"}
            for node in each["nodes"]
        ]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder on this machine, and yield the address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def reading(folder: Path) -> Iterator[Reader]:
    """Look at a folder in a headless Chromium."""
    with served(folder) as address, started() as browser:
        yield Reader(browser, address)
