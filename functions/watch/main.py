"""The handler of `watch`: an HTTP request in, one request to each watched URL, a summary out."""

import os
from functools import cache

import flask
import functions_framework

from commit_counts.startup import without_garbage_collection

with without_garbage_collection():
    from commit_counts.handler import answer
    from commit_counts.publisher import Publisher  # whole now, not beside what is measured
    from watch.run import Checked, run
    from watch.settings import Settings, read_settings


@functions_framework.http
def watch(request: flask.Request) -> flask.Response:
    """Check every URL once."""
    return answer("watch", request, _run, done="URLs checked", failed="URLs not checked")


def _run() -> Checked:
    return run(_settings().targets, _settings().rules, _publisher().publish)


@cache
def _settings() -> Settings:
    return read_settings(os.environ)


@cache
def _publisher() -> Publisher:
    settings = _settings()
    return Publisher(
        project=settings.project, topic=settings.topic, emulator_host=settings.emulator_host
    )
