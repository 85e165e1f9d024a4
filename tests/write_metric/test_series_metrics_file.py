"""`metrics.json`, the one place for what the metrics are called and made of, and the settings."""

from zoneinfo import ZoneInfo

import pytest

from commit_counts.errors import InvalidSettings
from emulators.monitoring.rules import DOMAINS, KINDS, LABEL_KEY, RESOURCES, VALUE_TYPES
from write_metric.metrics import (
    CERTIFICATE_DAYS_LEFT,
    COMMITS_TODAY,
    COMMITS_TODAY_BY_REPOSITORY,
    EVENING_WITHOUT_COMMITS,
    REPOSITORY_LABEL,
    RESPONSE_TIME,
    SOURCE_LABEL,
    UP,
    URL_LABEL,
    metrics,
    resource,
)
from write_metric.settings import Settings, read_settings


def test_the_file_declares_exactly_what_the_code_writes() -> None:
    """Each metric once, with the labels that its points carry."""
    assert {name: metric.labels for name, metric in metrics().items()} == {
        COMMITS_TODAY: (SOURCE_LABEL,),
        COMMITS_TODAY_BY_REPOSITORY: (REPOSITORY_LABEL, SOURCE_LABEL),
        EVENING_WITHOUT_COMMITS: (SOURCE_LABEL,),
        RESPONSE_TIME: (URL_LABEL,),
        UP: (URL_LABEL,),
        CERTIFICATE_DAYS_LEFT: (URL_LABEL,),
    }


@pytest.mark.parametrize("name", metrics())
def test_every_metric_is_one_that_the_service_takes(name: str) -> None:
    """A user's own domain, a name that ends like ours, a known kind and type, texts for people."""
    metric = metrics()[name]
    assert metric.type == f"custom.googleapis.com/own_dashboard/{name}"
    assert metric.type.startswith(DOMAINS)
    assert metric.metric_kind == "GAUGE"
    assert metric.value_type == "INT64"
    assert metric.metric_kind in KINDS
    assert metric.value_type in VALUE_TYPES
    assert all(map(LABEL_KEY.fullmatch, metric.labels))
    assert metric.display_name
    assert metric.description


def test_the_resource_has_all_its_labels() -> None:
    """Without one of them the service refuses every point."""
    assert set(resource().labels) == set(RESOURCES[resource().type])


def test_settings_have_defaults_for_all_but_the_project() -> None:
    """A project is all that must be named."""
    settings = read_settings({"GOOGLE_CLOUD_PROJECT": "somebody"})
    assert settings.emulator_host is None
    assert settings.choices.time_zone is None
    assert (settings.choices.evening_hour, settings.choices.named_repositories) == (20, 50)


def test_settings_are_read_from_their_variables() -> None:
    """Every variable reaches its setting."""
    settings = read_settings(
        {
            "GOOGLE_CLOUD_PROJECT": "somebody",
            "MONITORING_EMULATOR_HOST": "127.0.0.1:1",
            "TIME_ZONE": "Asia/Tokyo",
            "EVENING_HOUR": "0",
            "METRIC_REPOSITORIES": "7",
        }
    )
    assert isinstance(settings, Settings)
    assert (settings.project, settings.emulator_host) == ("somebody", "127.0.0.1:1")
    assert settings.choices.time_zone == ZoneInfo("Asia/Tokyo")
    assert (settings.choices.evening_hour, settings.choices.named_repositories) == (0, 7)


def test_all_wrong_settings_are_named_at_once() -> None:
    """One message, every fault."""
    wrong = {"TIME_ZONE": "Mars/Base", "EVENING_HOUR": "24", "METRIC_REPOSITORIES": "0"}
    with pytest.raises(
        InvalidSettings, match=r"GOOGLE_CLOUD_PROJECT.*TIME_ZONE.*EVENING_HOUR.*METRIC_REPOSITORIES"
    ):
        read_settings(wrong)
