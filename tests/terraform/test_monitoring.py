"""What is measured, and what an alert tells a person."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from collect.counting.source import Report
from tests.support.guides import RUNBOOKS, text_of
from tests.support.terraform_run import CHOSEN, Deployment
from tests.support.watched import (
    LOGGED,
    faults_of_aggregation,
    faults_of_filter,
    written,
)

# Cloud Monitoring cuts a longer text: https://cloud.google.com/monitoring/alerts/doc-variables
LONGEST_DOCUMENTATION = 8192


def test_a_metric_is_declared_as_write_metric_writes_it(chosen: Deployment) -> None:
    """Type, kind, unit, texts and labels, out of the one file that both read."""
    declared = {
        values["type"]: values
        for values in chosen.of_type("google_monitoring_metric_descriptor.").values()
    }

    assert set(declared) == {metric["type"] for metric in written()["metrics"].values()}
    for metric in written()["metrics"].values():
        made = declared[metric["type"]]
        for field in ("metric_kind", "value_type", "unit", "display_name", "description"):
            assert made[field] == metric[field], field
        assert sorted(made["labels"], key=str) == sorted(metric["labels"], key=str)


def test_what_collect_logs_becomes_a_metric(chosen: Deployment) -> None:
    """Out of lines of collect that hold the field, one reading a run."""
    report = Report(requests=1, points_used=1, points_left=1, token_days_left=1)
    made = {v["name"]: v for v in chosen.of_type("google_logging_metric.").values()}

    assert set(made) == {f"own_dashboard/github_{field}" for field in LOGGED}
    for field in LOGGED:
        assert field in report.facts()
        metric = made[f"own_dashboard/github_{field}"]
        assert metric["filter"].split(" AND ") == [
            'resource.type="cloud_run_revision"',
            'resource.labels.service_name="collect"',
            'jsonPayload.step="collect"',
            f"jsonPayload.{field}:*",
        ]
        assert metric["value_extractor"] == f"EXTRACT(jsonPayload.{field})"
        (descriptor,) = metric["metric_descriptor"]
        assert descriptor["metric_kind"] == "DELTA"
        assert descriptor["value_type"] == "DISTRIBUTION"
        assert descriptor["unit"] == {"requests": "{request}", "points_left": "{point}"}.get(
            field, "d"
        )
        assert len(descriptor["display_name"]) > 10
        assert descriptor["display_name"] in metric["description"]


def test_a_percentile_tells_both_sides_of_a_threshold_apart(chosen: Deployment) -> None:
    """Within a bucket it is only estimated: so each threshold is the bound of one."""
    for field, alert in {"points_left": "points_low", "token_days_left": "token_refused"}.items():
        metric = chosen[f'google_logging_metric.collect["github_{field}"]']
        bounds = metric["bucket_options"][0]["explicit_buckets"][0]["bounds"]
        policy = chosen[f'google_monitoring_alert_policy.this["github_{alert}"]']
        (threshold,) = policy["conditions"][0]["condition_threshold"]

        assert threshold["threshold_value"] in bounds
        assert bounds == sorted(set(bounds))
        assert bounds[0] == 0
        assert bounds[-1] >= 365
    requests = chosen['google_logging_metric.collect["github_requests"]']
    bounds = requests["bucket_options"][0]["explicit_buckets"][0]["bounds"]
    assert bounds == sorted(set(bounds))
    assert 3 in bounds
    assert len(bounds) > 5


def policies(chosen: Deployment) -> dict[str, Mapping[str, Any]]:
    """Name to alert policy."""
    return {
        re.findall(r'"(\w+)"', address)[0]: values
        for address, values in chosen.of_type("google_monitoring_alert_policy.").items()
    }


def conditions(policy: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The one part of each condition that says when it is met."""
    for condition in policy["conditions"]:
        parts = condition["condition_threshold"] + condition["condition_absent"]
        assert len(parts) == 1
        yield parts[0]


def test_each_alert_looks_at_what_exists(chosen: Deployment) -> None:
    """Its metric, its resource, its labels and their values; and adds up nothing twice."""
    faults = []
    for policy in policies(chosen).values():
        for part in conditions(policy):
            looks = [(part["filter"], part["aggregations"])]
            if part.get("denominator_filter"):
                looks.append((part["denominator_filter"], part["denominator_aggregations"]))
            for text, (aggregation,) in looks:
                faults += [*faults_of_filter(text), *faults_of_aggregation(text, seen(aggregation))]
    assert faults == []


def seen(aggregation: Mapping[str, Any]) -> dict[str, Any]:
    """An aggregation of a policy, as the checks name its parts."""
    return {
        "aligner": aggregation["per_series_aligner"],
        "reducer": aggregation["cross_series_reducer"],
        "groups": aggregation["group_by_fields"] or (),
        "seconds": int(aggregation["alignment_period"].removesuffix("s")),
    }


def test_durations_are_such_as_the_service_takes(chosen: Deployment) -> None:
    """Silence is noticed after 23.5 hours at most; missing data count after a minute at least."""
    for name, policy in policies(chosen).items():
        for part in conditions(policy):
            seconds = int(part["duration"].removesuffix("s"))
            assert seconds % 60 == 0, name
            assert seconds <= 84600, name
            if part.get("evaluation_missing_data"):
                assert seconds >= 60, name


def test_an_alert_tells_a_person_what_to_do(chosen: Deployment) -> None:
    """One condition met is enough; its runbook whole, with a link, to every channel."""
    channels = {v["name"] for v in chosen.of_type("google_monitoring_notification").values()}
    warnings = {"evening_without_commits", "github_points_low", "github_token_refused"}
    warnings |= {"slow", "certificate"}

    assert {file.stem for file in RUNBOOKS} == set(policies(chosen))
    for name, policy in policies(chosen).items():
        (documentation,) = policy["documentation"]
        title = policy["display_name"].removeprefix("own_dashboard: ")
        (runbook,) = [file for file in RUNBOOKS if file.stem == name]
        assert policy["combiner"] == "OR"
        assert policy["enabled"] is not False
        assert policy["severity"] == ("WARNING" if name in warnings else "ERROR")
        assert set(policy["notification_channels"]) == channels
        assert len(channels) == 3
        assert text_of(runbook).startswith(f"# {title}\n")
        assert documentation["content"] == text_of(runbook)
        assert len(documentation["content"]) <= LONGEST_DOCUMENTATION
        assert documentation["mime_type"] == "text/markdown"
        assert documentation["subject"] == policy["display_name"]
        assert [link["url"] for link in documentation["links"]] == [
            f"{CHOSEN['repository_url']}/blob/main/docs/runbooks/{name}.md"
        ]
        assert all(len(c["display_name"]) > 10 for c in policy["conditions"])


def test_channels_lead_to_the_chosen_people(chosen: Deployment) -> None:
    """An e-mail address each, and Slack by its token."""
    made = chosen.of_type("google_monitoring_notification_channel.").values()
    found = {(c["type"], *c["labels"].items()) for c in made}

    assert found == {
        *(("email", ("email_address", address)) for address in CHOSEN["alert_emails"]),
        ("slack", ("channel_name", CHOSEN["slack_channel"])),
    }
    (slack,) = [c for c in made if c["type"] == "slack"]
    (sensitive,) = slack["sensitive_labels"]
    assert sensitive["auth_token"] == CHOSEN["slack_auth_token"]
    assert {c["display_name"].removeprefix("own_dashboard: ") for c in made} == {
        *CHOSEN["alert_emails"],
        CHOSEN["slack_channel"],
    }
