"""What write_metric reads from the environment, once, on first use."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from commit_counts.settings import Variables
from write_metric.series import Choices

EVENING_HOUR = 20
NAMED_REPOSITORIES = 50


@dataclass(frozen=True, kw_only=True)
class Settings:
    """project: to whose metrics points are added. emulator_host: `host:port` of an emulator."""

    project: str
    emulator_host: str | None
    choices: Choices


def read_settings(variables: Mapping[str, str] = os.environ) -> Settings:
    """The settings. Raises InvalidSettings that names every missing or wrong variable."""
    read = Variables(variables)
    settings = Settings(
        project=read.text("GOOGLE_CLOUD_PROJECT", example="my-project"),
        emulator_host=read.optional("MONITORING_EMULATOR_HOST"),
        choices=Choices(
            time_zone=read.time_zone() if read.optional("TIME_ZONE") else None,
            evening_hour=read.integer("EVENING_HOUR", default=EVENING_HOUR, minimum=0, maximum=23),
            named_repositories=read.integer(
                "METRIC_REPOSITORIES", default=NAMED_REPOSITORIES, minimum=1, maximum=1000
            ),
        ),
    )
    read.check()
    return settings
