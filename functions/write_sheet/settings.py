"""The environment variables of this step, read once.

SHEET_ID              the spreadsheet's id, or its whole address
LANGUAGE              en or ja, or a locale such as ja_JP.UTF-8: the language of a new dashboard
TIME_ZONE             IANA name: the days' zone until an event names one
SHEETS_EMULATOR_HOST  host:port of an emulator for the service
"""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from commit_counts.settings import Variables
from write_sheet.dashboard.labels import LANGUAGES


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Where the dashboard is, and what it starts with.

    language: one of `labels.LANGUAGES`; the Sheet's own setting goes before it.
    zone: None where the environment names none.
    emulator_host: None for Google itself.
    """

    sheet_id: str
    language: str = "en"
    zone: ZoneInfo | None = None
    emulator_host: str | None = None


def read_settings(environment: Mapping[str, str]) -> Settings:
    """The settings; raises InvalidSettings with every problem at once."""
    variables = Variables(environment)
    zone_name = variables.optional("TIME_ZONE")
    settings = Settings(
        sheet_id=variables.text("SHEET_ID", example="1AbC…xyz (in the address after /d/)"),
        language=language_of(variables.optional("LANGUAGE")),
        zone=variables.time_zone() if zone_name else None,
        emulator_host=variables.optional("SHEETS_EMULATOR_HOST"),
    )
    variables.check()
    return settings


def language_of(preference: str | None) -> str:
    """The first language of a preference list (`ja_JP.UTF-8`, `de:en_US`) that there are words for.

    Systems set LANGUAGE themselves, so that what is unknown means English, and is no problem.
    """
    for entry in (preference or "").split(":"):
        code = entry.strip().lower().replace("-", "_").partition("_")[0].partition(".")[0]
        if code in LANGUAGES:
            return code
    return "en"
