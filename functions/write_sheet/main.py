"""The handler of write_sheet: one delivery of the topic, one batch on the Sheet."""

import os
from functools import cache

import functions_framework

from commit_counts.startup import without_garbage_collection

with without_garbage_collection():
    from commit_counts.event import CommitCounts
    from commit_counts.handler import CloudEvent, receive
    from commit_counts.parse import parse_event
    from write_sheet.settings import Settings, read_settings
    from write_sheet.sheets_api.client import GoogleSheet, open_sheet
    from write_sheet.step import write


@cache
def _dashboard() -> tuple[Settings, GoogleSheet]:
    settings = read_settings(os.environ)
    host, language = settings.emulator_host, settings.language
    return settings, open_sheet(settings.sheet_id, emulator_host=host, language=language)


def _write(event: CommitCounts) -> dict[str, object]:
    settings, sheet = _dashboard()
    return write(event, sheet, language=settings.language, zone=settings.zone).facts()


@functions_framework.cloud_event
def write_sheet(cloud_event: CloudEvent) -> None:
    """Bring the Sheet up to date with the event; raising means that it is delivered again."""
    receive("write_sheet", cloud_event, parse_event, _write)
