"""A page of ours in a headless Chromium, and what the tests ask of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement

WIDE, NARROW = 1280, 400

CONTRAST = """
const linear = (v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
const light = (colour) => {
  const [red, green, blue] = colour.match(/[\\d.]+/g).slice(0, 3).map((v) => linear(v / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};
const paper = (e) => {
  const colour = getComputedStyle(e).backgroundColor;
  return colour === 'rgba(0, 0, 0, 0)' && e.parentElement ? paper(e.parentElement) : colour;
};
const contrast = (e) => {
  const [dark, bright] = [light(getComputedStyle(e).color), light(paper(e))].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
};
return [...document.querySelectorAll('.quiet, .said, .mended, th, td, h1, h2, h3, li, code, button, a')]
  .filter((e) => e.checkVisibility() && e.textContent.trim() && !e.disabled)
  .map((e) => [contrast(e), e.textContent.trim().slice(0, 40)])
  .sort((a, b) => a[0] - b[0])[0];
"""


@dataclass
class Viewer:
    """A browser, and what the tests ask of it."""

    driver: Chrome
    folder: Path

    def open(self, text: str, link: str = "", width: int = WIDE, scheme: str = "light", motion: str = "reduce") -> None:
        """Open a page as a new reader would, in a window of that width."""
        (self.folder / "page.html").write_text(text, encoding="utf-8")
        features = [
            {"name": "prefers-color-scheme", "value": scheme},
            {"name": "prefers-reduced-motion", "value": motion},
        ]
        self.tell("Emulation.setEmulatedMedia", features=features)
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.driver.get("about:blank")
        self.log("performance")
        self.log("browser")
        self.driver.get(self.address + link)

    @property
    def address(self) -> str:
        """Where the page is."""
        return (self.folder / "page.html").as_uri()

    def tell(self, command: str, **arguments: Any) -> Any:
        """Send a command of the DevTools protocol."""
        return self.driver.execute_cdp_cmd(command, arguments)

    def log(self, kind: str) -> list[dict[str, Any]]:
        """What was logged since the last time."""
        return list(self.driver.get_log(kind))  # type: ignore[no-untyped-call]

    def ask(self, script: str) -> Any:
        """Return what an expression is on the page."""
        return self.driver.execute_script(f"return {script}")

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        for key in keys:
            self.driver.switch_to.active_element.send_keys(key)

    def by_id(self, name: str) -> WebElement:
        """Find an element."""
        return self.driver.find_element(By.ID, name)

    def seen(self, selector: str) -> list[WebElement]:
        """The elements that are shown."""
        return [each for each in self.driver.find_elements(By.CSS_SELECTOR, selector) if each.is_displayed()]

    def now(self) -> str:
        """The step that is shown, as the address says, and as the panels do."""
        (panel,) = self.seen("section[data-step]")
        columns = {each.get_attribute("data-step") for each in self.seen(".timelines .step.here")}
        assert columns <= {panel.get_attribute("data-step")}
        return f"{panel.get_attribute('data-side')} {panel.get_attribute('data-step')}"

    def fits(self) -> bool:
        """Whether the page does not scroll sideways."""
        return bool(self.ask("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))

    def requests(self) -> dict[str, str]:
        """Every address that the page asked for, and why it was refused, if it was."""
        events = [json.loads(each["message"])["message"] for each in self.log("performance")]
        asked = {
            each["params"]["requestId"]: each["params"]["request"]["url"]
            for each in events
            if each["method"] == "Network.requestWillBeSent"
        }
        failed = {
            each["params"]["requestId"]: each["params"].get("blockedReason", "")
            for each in events
            if each["method"] == "Network.loadingFailed"
        }
        return {address: failed.get(request, "") for request, address in asked.items()}
