"""What publishing needs is loaded while GitHub answers, and not before."""

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from own_dashboard.stack.archive import SHARED, package_folder
from tests.support.stack import ROOT, clean_environment

LOADED = """
import sys, threading

def loaded():
    for thread in set(threading.enumerate()) - {threading.main_thread()}:
        thread.join()
    return "commit_counts.publisher" in sys.modules
"""
ENTERED = """
from collect.run import LatePublisher
publisher = LatePublisher(project="p", topic="t", emulator_host="127.0.0.1:1")
assert not loaded()
with publisher:
    assert loaded()
"""
REFUSED = r"""
from own_dashboard.cli import main
assert main(["collect", "--repositories", ".", "--publish", "--source", "a\nb"]) == 1
assert "own_dashboard.collection.run" in sys.modules
assert not loaded()
"""


def passes(code: str, cwd: Path, environment: Mapping[str, str]) -> None:
    """Its assertions hold in a process of its own, in which nothing is loaded before."""
    subprocess.run([sys.executable, "-c", LOADED + code], cwd=cwd, env=environment, check=True)


def test_loading_waits_for_no_event() -> None:
    """It is under way from the beginning of a run; before that nothing is loaded."""
    passes(ENTERED, package_folder(SHARED).parent, clean_environment())


def test_a_command_with_a_wrong_setting_loads_nothing_to_publish_with() -> None:
    """It would wait at its end until all is loaded."""
    environment = clean_environment(
        GOOGLE_CLOUD_PROJECT="my-project", PYTHONPATH=f"{ROOT}:{ROOT / 'functions'}"
    )
    passes(REFUSED, ROOT, environment)
