"""Imports one module of a large library, and no more of it.

A client library loads all that it can do, for whoever may need it: of the 0.2 s of processor time
and the 30 MB that this takes, a function that calls one method needs a quarter.
"""

import importlib
import importlib.util
import sys
from collections.abc import Sequence
from types import ModuleType


def import_alone(name: str) -> ModuleType:
    """The module of that name, without running the `__init__` of the packages around it.

    Whoever imports those packages later gets them whole, with this very module in them.
    The module itself must import its neighbours by their full names, as generated code does.
    """
    package = name.rpartition(".")[0]
    placed: list[str] = []
    try:
        for parent in _parents(package):
            if parent not in sys.modules:
                spec = importlib.util.find_spec(parent)
                if spec is None:
                    break
                if spec.origin is None:  # a namespace package, which has no `__init__`
                    importlib.import_module(parent)
                    continue
                sys.modules[parent] = importlib.util.module_from_spec(spec)
                placed.append(parent)
        return importlib.import_module(name)
    finally:
        for parent in placed:
            del sys.modules[parent]


def _parents(package: str) -> Sequence[str]:
    words = package.split(".")
    return [".".join(words[: number + 1]) for number in range(len(words))]
