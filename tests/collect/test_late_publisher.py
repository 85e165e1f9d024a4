"""What publishing needs is loaded while GitHub answers."""

import subprocess
import sys

from own_dashboard.stack.archive import SHARED, package_folder

LOADING = """
import sys, threading
from collect.run import LatePublisher
assert "grpc" not in sys.modules
LatePublisher(project="p", topic="t", emulator_host="127.0.0.1:1")
for thread in set(threading.enumerate()) - {threading.main_thread()}:
    thread.join()
assert "commit_counts.publisher" in sys.modules
"""


def test_loading_waits_for_no_event() -> None:
    """It is under way from the beginning of a run; before that nothing is loaded."""
    functions = package_folder(SHARED).parent
    subprocess.run([sys.executable, "-c", LOADING], cwd=functions, check=True)
