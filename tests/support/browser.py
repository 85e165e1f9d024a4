"""A real browser of a phone's size: Debian's chromium, driven by its chromedriver.

It speaks to this machine only; whatever else the page would ask for is found in its log.
"""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.support.ports import unused_port

PHONE = (360, 740)
MISSING = ", ".join(name for name in ("chromium", "chromedriver") if not shutil.which(name))
# A name of this machine that browsers treat like any other: without what they allow to localhost.
ELSEWHERE = "laptop.test"
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--no-proxy-server",
    f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1",
)


@contextmanager
def open_browser(profile: Path) -> Iterator[Chrome]:
    """A browser with an empty profile in that folder; it is gone at the end."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # chromium makes a socket in the folder for temporary files: a long path is too long for it.
    with patch.dict(os.environ, no_proxy="*", TMPDIR="/tmp"):
        service = Service(shutil.which("chromedriver"), port=unused_port())
        browser = Chrome(options=options, service=service)
    try:
        browser.get("about:blank")
        _log(browser, "performance")
        yield browser
    finally:
        browser.quit()


def become_phone(browser: Chrome, *, dark: bool = False, size: tuple[int, int] = PHONE) -> None:
    """The screen of a phone in CSS pixels, two dots each, in light or dark mode."""
    width, height = size
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 2, "mobile": True},
    )
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})


def allow_scripts(browser: Chrome, *, allowed: bool) -> None:
    """Switch the page's scripts on or off, from the next page on."""
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not allowed})


def faint_texts(browser: Chrome, least: float = 4.5) -> list[str]:
    """The shown texts whose contrast to what is behind them is less, each with its contrast.

    https://www.w3.org/TR/WCAG22/#contrast-minimum
    """
    found: list[str] = browser.execute_script(_FAINT, least)
    return found


_FAINT = """
const parts = (css) => {
  const found = css.match(/[\\d.]+/g).map(Number);
  const scale = css.startsWith("color(") ? 1 : 255;
  const [red, green, blue] = found.slice(0, 3).map((part) => part / scale);
  return [red, green, blue, found.length > 3 ? found[3] : 1];
};
const luminance = ([red, green, blue]) => {
  const linear = (part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
};
const behind = (element) => {
  for (let one = element; one; one = one.parentElement) {
    const colour = parts(getComputedStyle(one).backgroundColor);
    if (colour[3] > 0.99) return colour;
  }
  return [1, 1, 1, 1];
};
const faint = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement, words = walker.currentNode.data.trim();
  if (!words || !element.checkVisibility()) continue;
  if (element.closest(".quiet, .skip, script, style")) continue;
  const style = getComputedStyle(element);
  const own = element instanceof SVGElement ? style.fill : style.color;
  const [low, high] = [luminance(parts(own)), luminance(behind(element))].sort((a, b) => a - b);
  const contrast = (high + 0.05) / (low + 0.05);
  if (contrast < arguments[0]) faint.push(`${words.slice(0, 30)} ${contrast.toFixed(2)}`);
}
return faint;
"""


def requested_urls(browser: Chrome) -> list[str]:
    """Every address that pages asked for since the last call."""
    entries = [json.loads(entry["message"])["message"] for entry in _log(browser, "performance")]
    return [
        entry["params"]["request"]["url"]
        for entry in entries
        if entry["method"] == "Network.requestWillBeSent"
    ]


def complaints(browser: Chrome) -> list[str]:
    """What the console said since the last call: script errors, refused styles, missing files."""
    return [entry["message"] for entry in _log(browser, "browser")]


def _log(browser: Chrome, kind: str) -> list[dict[str, str]]:
    entries: list[dict[str, str]] = browser.get_log(kind)  # type: ignore[no-untyped-call]
    return entries
