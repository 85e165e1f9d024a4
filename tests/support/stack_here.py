"""The local stack in this process, where its parts can be reached and disturbed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from own_dashboard.stack.functions import function_processes
from own_dashboard.stack.options import StackOptions
from own_dashboard.stack.pipeline import load_pipeline
from own_dashboard.stack.stack import Stack


@contextmanager
def stack_here(options: StackOptions, *, on_end: Callable[[str], None] = print) -> Iterator[Stack]:
    """What `up` runs, with the functions as processes of their own; ended at the end.

    on_end: is told where a function ends by itself.
    """
    pipeline, state = load_pipeline().wanted(options.environment), options.state / "functions"
    with (
        function_processes(pipeline, state=state, on_end=on_end) as functions,
        Stack(options, pipeline, functions) as stack,
    ):
        yield stack
