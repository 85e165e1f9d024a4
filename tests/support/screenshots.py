"""Photographs a running page for the README: a phone in light and dark mode, and a desktop.

    python -m tests.support.screenshots http://127.0.0.1:PORT docs/images --language en

writes phone-en-light.png, phone-en-dark.png and desktop-en.png. The Sheet's own labels are those of
the running stack, so a picture in Japanese wants a stack that was started in Japanese.
"""

import argparse
import itertools
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.support.wait import WebDriverWait

from tests.support.browser import MISSING, PHONE, become_phone, open_browser
from tests.support.processes import MOST_SECONDS

DESKTOP = (1280, 900)


def photograph(
    url: str, folder: Path, *, language: str, desktop: bool = True, tabs: Sequence[str] = ("",)
) -> list[Path]:
    """Take the pictures; returns their files.

    tabs: keys of tabs whose whole height is photographed; empty for the first screen of the first.
    """
    folder.mkdir(parents=True, exist_ok=True)
    views = [(f"phone-{language}-light", PHONE, False), (f"phone-{language}-dark", PHONE, True)]
    if desktop:
        views.append((f"desktop-{language}", DESKTOP, False))
    files = []
    with tempfile.TemporaryDirectory() as profile, open_browser(Path(profile)) as browser:
        for (name, size, dark), tab in itertools.product(views, tabs):
            become_phone(browser, dark=dark, size=size)
            browser.get(f"{url}/?language={language}&tab={tab}")
            WebDriverWait(browser, MOST_SECONDS).until(_is_complete)
            if tab:
                height = browser.execute_script("return document.scrollingElement.scrollHeight")
                become_phone(browser, dark=dark, size=(size[0], height))
            file = folder / f"{name}{tab and '-'}{tab}.png"
            if not browser.save_screenshot(str(file)):
                raise OSError(f"{file} could not be written")
            files.append(file)
    return files


def _is_complete(browser: Chrome) -> bool:
    """The Sheet is there, and the page has spoken to the stack once."""
    script = "return !!document.querySelector('.panel') && !!document.documentElement.dataset.alive"
    return bool(browser.execute_script(script))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; status 1 where there is no browser."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("url")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--language", choices=("en", "ja"), default="en")
    given = parser.parse_args(arguments)
    if MISSING:
        print(f"not installed here: {MISSING}", file=sys.stderr)
        return 1
    for file in photograph(given.url.rstrip("/"), given.folder, language=given.language):
        print(file)
    return 0


if __name__ == "__main__":
    sys.exit(main())
