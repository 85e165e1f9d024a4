"""What a new instance of a function loads before it can answer: each module costs time then."""

import gc
import importlib
import json
import subprocess
import sys

import pytest

from commit_counts.partial_import import import_alone
from own_dashboard.stack.archive import SHARED, package_folder

FUNCTIONS = package_folder(SHARED).parent
# What each handler needs no part of, until it is called (collect) or ever.
NOT_LOADED = {
    "collect": {"grpc", "google.pubsub_v1", "google.auth", "requests"},
    "watch": {"google.pubsub_v1", "google.api_core", "cryptography", "requests"},
    "write_sheet": {"gspread", "oauthlib", "grpc", "httpx"},
    "write_metric": {"google.cloud.monitoring_v3", "google.api_core", "cryptography", "requests"},
}


def loaded_in_new_process(code: str) -> list[str]:
    """The modules that a fresh interpreter has after running `code`."""
    program = f"import json, sys; {code}; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=FUNCTIONS, capture_output=True, text=True, check=True
    )
    modules: list[str] = json.loads(done.stdout)
    return modules


@pytest.mark.parametrize("step", NOT_LOADED)
def test_a_handler_loads_no_library_that_its_first_call_does_not_need(step: str) -> None:
    """A library's `__init__` would bring all that the library can do."""
    modules = loaded_in_new_process(f"import {step}.main")
    assert f"{step}.main" in modules
    assert NOT_LOADED[step] & set(modules) == set()


def test_watch_loads_nothing_beside_what_it_measures() -> None:
    """On a sixth of a processor that would be the greater part of a response time."""
    assert "commit_counts.publisher" in loaded_in_new_process("import watch.main")


@pytest.mark.parametrize(
    ("module", "package", "name"),
    [
        ("google.pubsub_v1.types.pubsub", "google.pubsub_v1", "PublishRequest"),
        ("google.cloud.monitoring_v3.types.metric", "google.cloud.monitoring_v3", "TimeSeries"),
        ("gspread.http_client", "gspread", "HTTPClient"),
    ],
)
def test_a_package_is_whole_for_whoever_imports_it_after_one_of_its_modules(
    module: str, package: str, name: str
) -> None:
    """And what it gives is the same, so that a message of one is one of the other."""
    loaded_in_new_process(
        "from commit_counts.partial_import import import_alone; import importlib; "
        f"alone = import_alone({module!r}); assert {package!r} not in sys.modules; "
        f"assert importlib.import_module({package!r}).{name} is alone.{name}"
    )


def test_a_package_that_is_loaded_already_stays() -> None:
    """Its module is the one that everybody has."""
    whole = importlib.import_module("gspread")
    assert import_alone("gspread.urls") is whole.urls
    assert sys.modules["gspread"] is whole


def test_a_module_that_is_not_there_leaves_nothing_behind() -> None:
    """Not a package without its content, in which the next import would find nothing."""
    loaded_in_new_process(
        "from commit_counts.partial_import import import_alone; import contextlib\n"
        "with contextlib.suppress(ModuleNotFoundError): import_alone('gspread.none')\n"
        "assert 'gspread' not in sys.modules"
    )


@pytest.mark.parametrize("step", NOT_LOADED)
def test_imports_are_not_searched_for_garbage(step: str) -> None:
    """Neither while a handler loads nor later; what comes after is."""
    loaded_in_new_process(
        f"import gc, flask, functions_framework; gc.collect(); "
        f"before = gc.get_stats()[0]['collections']; import {step}.main; "
        "assert gc.get_stats()[0]['collections'] == before; "
        "assert gc.get_freeze_count() > 10_000; assert gc.isenabled()"
    )
    assert gc.isenabled()
