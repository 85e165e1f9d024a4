"""The handler of `collect`: an HTTP request in, one run, a JSON summary out.

The body may hold `since` and `until` (YYYY-MM-DD) and `forks` (true or false); without them the
last 35 days are collected. 400 tells a bad body, 503 a failure that passes (with Retry-After where
the time is known), 500 one that somebody must fix.
"""

import os
from functools import cache

import flask
import functions_framework

from commit_counts.startup import without_garbage_collection

with without_garbage_collection():
    from collect.http import answer
    from collect.settings import Settings, read_settings


@cache
def _settings() -> Settings:
    return read_settings(os.environ)


@functions_framework.http
def collect(request: flask.Request) -> flask.Response:
    """Collect once."""
    return answer(request, _settings)
