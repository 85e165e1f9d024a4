"""A real browser of a phone's size: Debian's chromium, driven by its chromedriver.

It speaks to this machine only; whatever else the page would ask for is found in its log.
"""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

PHONE = (360, 740)
MISSING = ", ".join(name for name in ("chromium", "chromedriver") if not shutil.which(name))
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
)


@contextmanager
def open_browser(profile: Path) -> Iterator[Chrome]:
    """A browser with an empty profile in that folder; it is gone at the end."""
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in (*_FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    browser = Chrome(options=options, service=Service(shutil.which("chromedriver")))
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
