"""What `terraform output` prints: addresses that lead there, commands that do what they say."""

import shlex
from datetime import UTC, datetime

from collect.settings import read_github, read_settings
from commit_counts.parse import parse_event
from commit_counts.settings import Variables
from own_dashboard.stack.pipeline import load_pipeline
from tests.support.terraform_run import CHOSEN, GIVEN, Deployment

TOPIC = load_pipeline().wanted(GIVEN).commit_counts


def parts(command: str) -> tuple[dict[str, str], list[str]]:
    """The variables before a command, and the command."""
    words = shlex.split(command)
    count = next(i for i, word in enumerate(words) if "=" not in word)
    return dict(word.split("=", 1) for word in words[:count]), words[count:]


def test_there_are_those_that_the_guides_ask_for(chosen: Deployment) -> None:
    """Each has a value."""
    assert set(chosen.outputs) == {
        "add_token",
        "backfill",
        "collect_now",
        "dashboard_url",
        "doctor",
        "publish_by_hand",
        "replay",
        "share_sheet_with",
        "sheet_url",
    }
    assert all(chosen.outputs.values())


def test_addresses_lead_to_the_sheet_and_the_dashboard(chosen: Deployment) -> None:
    """And the Sheet is shared with the account that writes it."""
    dashboard = chosen["google_monitoring_dashboard.this"]["id"].rpartition("/")[2]
    writer = chosen['google_service_account.step["write_sheet"]']["email"]

    assert chosen.outputs["sheet_url"] == (
        f"https://docs.google.com/spreadsheets/d/{CHOSEN['sheet_id']}/edit"
    )
    assert chosen.outputs["dashboard_url"] == (
        f"https://console.cloud.google.com/monitoring/dashboards/builder/{dashboard}"
        f"?project={CHOSEN['project_id']}"
    )
    assert (
        chosen.outputs["share_sheet_with"]
        == writer
        == (f"write-sheet@{CHOSEN['project_id']}.iam.gserviceaccount.com")
    )


def test_the_job_that_is_run_by_hand_is_the_scheduled_one(chosen: Deployment) -> None:
    """In its region and its project."""
    job = chosen['google_cloud_scheduler_job.this["collect"]']

    assert shlex.split(chosen.outputs["collect_now"]) == [
        *("gcloud", "scheduler", "jobs", "run", job["name"]),
        f"--location={CHOSEN['region']}",
        f"--project={CHOSEN['project_id']}",
    ]


def test_a_token_is_read_unseen_and_stored_where_collect_reads_it(chosen: Deployment) -> None:
    """It never becomes a word of a command, which others could list."""
    secret = load_pipeline().wanted(GIVEN).function("collect").secrets["GITHUB_TOKEN"]

    assert chosen.outputs["add_token"] == (
        'read -rs TOKEN && printf %s "$TOKEN" | '
        f"gcloud secrets versions add {secret} --data-file=- --project={CHOSEN['project_id']}; "
        "unset TOKEN"
    )


def test_what_is_published_by_hand_is_an_event(chosen: Deployment) -> None:
    """On the topic, with a message that the contract accepts."""
    words = shlex.split(chosen.outputs["publish_by_hand"])
    message = next(word for word in words if word.startswith("--message="))

    assert words[:5] == ["gcloud", "pubsub", "topics", "publish", TOPIC]
    assert f"--project={CHOSEN['project_id']}" in words
    assert len(words) == 7
    event = parse_event(message.removeprefix("--message="), published_at=datetime.now(UTC))
    assert event.source == "hand"
    assert len(event.counts) == 1


def test_a_backfill_here_counts_what_the_function_counts(chosen: Deployment) -> None:
    """With the token of the environment, it reads the same settings; and it is published."""
    function = load_pipeline().wanted(GIVEN).function("collect")
    config = chosen['google_cloudfunctions2_function.step["collect"]']["service_config"][0]
    variables, command = parts(chosen.outputs["backfill"])
    given = {**variables, "GITHUB_TOKEN": "secret"}
    deployed = {**config["environment_variables"], "GITHUB_TOKEN": "secret"}

    assert read_github(Variables(given)) == read_github(Variables(deployed))
    assert read_settings({**given, "TIMEOUT_SECONDS": "540"}) == read_settings(deployed)
    assert not set(variables) & {"TIMEOUT_SECONDS", *function.secrets}
    assert command[:2] == ["./dev", "collect"]
    assert command[2:] == ["--since", "2019-01-01", "--publish"]


def test_replay_and_doctor_speak_to_the_cloud(chosen: Deployment) -> None:
    """To this project and this topic; the doctor opens this Sheet and knows the same settings."""
    cloud = {"GOOGLE_CLOUD_PROJECT": CHOSEN["project_id"], "TOPIC": TOPIC}
    replay, replayed = parts(chosen.outputs["replay"])
    doctor, examined = parts(chosen.outputs["doctor"])
    backfill, _ = parts(chosen.outputs["backfill"])

    assert (replay, replayed) == (cloud, ["./dev", "replay"])
    assert (doctor, examined) == (
        {**backfill, **cloud, "SHEET_ID": CHOSEN["sheet_id"]},
        ["./dev", "doctor"],
    )


def test_without_choices_nothing_empty_is_passed_on(defaults: Deployment) -> None:
    """`NAME=''` would only be noise in a command to read."""
    variables, _ = parts(defaults.outputs["backfill"])

    assert "" not in variables.values()
    assert variables["TIME_ZONE"] == "Asia/Tokyo"
