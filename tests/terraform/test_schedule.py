"""What the clock calls, when, as whom, and what happens when it fails."""

import re

import pytest

from own_dashboard.stack.pipeline import Function, load_pipeline
from tests.support.terraform_run import CHOSEN, GIVEN, Deployment

SCHEDULED = [f for f in load_pipeline().wanted(GIVEN).functions if f.schedule]
each_scheduled = pytest.mark.parametrize("function", SCHEDULED, ids=lambda function: function.step)


def test_collect_is_what_the_clock_calls(chosen: Deployment) -> None:
    """One job for each entry with a schedule, and none beside: three jobs are free."""
    jobs = chosen.of_type("google_cloud_scheduler_job.")

    assert "collect" in [function.step for function in SCHEDULED]
    assert set(jobs) == {f'google_cloud_scheduler_job.this["{f.step}"]' for f in SCHEDULED}
    assert len(jobs) <= 3


@each_scheduled
def test_it_is_called_in_the_person_s_zone(function: Function, chosen: Deployment) -> None:
    """By POST without a body, which means the last 35 days, at the address with its own caller."""
    job = chosen[f'google_cloud_scheduler_job.this["{function.step}"]']
    called = chosen[f'google_cloudfunctions2_function.step["{function.step}"]']
    (target,) = job["http_target"]
    (token,) = target["oidc_token"]
    assert function.schedule

    assert job["name"] == function.step.replace("_", "-")
    assert job["region"] == CHOSEN["region"]
    assert job["schedule"] == function.schedule.cron
    assert job["time_zone"] == CHOSEN["time_zone"]
    assert not job["paused"]
    assert (
        target["uri"] == called["service_config"][0]["uri"] == f"https://{function.step}.a.run.app"
    )
    assert target["http_method"] == "POST"
    assert not target["body"]
    assert target["oauth_token"] == []
    assert token["audience"] == target["uri"]
    assert (
        token["service_account_email"]
        == (chosen[f'google_service_account.caller["{function.step}"]']["email"])
    )


@each_scheduled
def test_a_call_that_failed_is_tried_again(function: Function, chosen: Deployment) -> None:
    """As pipeline.json says, before the next hour; the scheduler waits as long as it may take."""
    wanted = function.schedule
    assert wanted
    job = chosen[f'google_cloud_scheduler_job.this["{function.step}"]']
    (retry,) = job["retry_config"]

    assert job["attempt_deadline"] == f"{wanted.attempt_deadline_seconds}s"
    assert function.timeout_seconds <= wanted.attempt_deadline_seconds <= 1800
    assert retry["retry_count"] == wanted.retry_count
    assert retry["min_backoff_duration"] == f"{wanted.minimum_backoff_seconds}s"
    assert retry["max_backoff_duration"] == f"{wanted.maximum_backoff_seconds}s"
    # Who is called every minute needs no second try: the next call is near.
    least = 0 if wanted.cron.startswith("* ") else 1
    assert least <= wanted.retry_count <= 5
    assert 5 <= wanted.minimum_backoff_seconds < wanted.maximum_backoff_seconds <= 3600


def test_collect_is_hourly_and_not_on_the_hour() -> None:
    """The README says five minutes past: everybody's jobs run on the hour."""
    schedule = load_pipeline().wanted(GIVEN).function("collect").schedule
    assert schedule

    assert re.fullmatch(r"([1-9]|[1-5]\d) \* \* \* \*", schedule.cron)
    assert schedule.cron.startswith("5 ")
