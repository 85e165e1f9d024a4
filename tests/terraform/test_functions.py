"""Each function is deployed as its entry in pipeline.json and its own code want it."""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from own_dashboard.stack.archive import archive_files
from own_dashboard.stack.pipeline import Function, load_pipeline
from tests.support.terraform import ROOT
from tests.support.terraform_run import CHOSEN, GIVEN, Deployment, copy_of, evaluated

FUNCTIONS = load_pipeline().wanted(GIVEN).functions
each_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.step)


class Recorder(dict[str, str]):
    """An environment that knows which of its variables were asked for."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        super().__init__(variables)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        """As a dict, with a note."""
        self.asked.add(name)
        return super().get(name, default)


def deployed(deployment: Deployment, step: str) -> Mapping[str, Any]:
    """The function of a step."""
    return deployment[f'google_cloudfunctions2_function.step["{step}"]']


def environment(deployment: Deployment, function: Function) -> dict[str, str]:
    """What it is given, with a stand-in for each secret's value."""
    config = deployed(deployment, function.step)["service_config"][0]
    secrets = {s["key"]: "secret" for s in config["secret_environment_variables"]}
    return {**config["environment_variables"], **secrets}


def settings(function: Function, variables: Mapping[str, str]) -> Any:
    """What the function's own code makes of its environment."""
    return importlib.import_module(f"{function.step}.settings").read_settings(variables)


def test_there_is_one_for_each_entry(chosen: Deployment) -> None:
    """No more and no less, each called as its step, without the underscores."""
    names = {
        values["name"] for values in chosen.of_type("google_cloudfunctions2_function").values()
    }

    assert names == {function.step.replace("_", "-") for function in FUNCTIONS}


@each_function
def test_it_is_built_from_its_archive(function: Function, chosen: Deployment) -> None:
    """Runtime, entry point, the account and the place of its build, and its own archive."""
    (build,) = deployed(chosen, function.step)["build_config"]
    (source,) = build["source"]
    images = chosen["google_artifact_registry_repository.images"]
    archive = chosen[f'google_storage_bucket_object.archive["{function.step}"]']

    assert build["entry_point"] == function.step
    assert build["runtime"] == load_pipeline().wanted(GIVEN).runtime
    assert build["docker_repository"] == images["id"]
    assert build["service_account"] == chosen["google_service_account.build"]["id"]
    assert source["storage_source"][0]["bucket"] == "demo-project-archives" == archive["bucket"]
    assert source["storage_source"][0]["object"] == archive["name"]
    assert archive["name"].startswith(f"{function.step}-")
    assert archive["source"].endswith(f"/{function.step}.zip")
    assert archive["source"] == chosen[f'data.archive_file.step["{function.step}"]']["output_path"]


@each_function
def test_it_runs_within_its_limits(function: Function, chosen: Deployment) -> None:
    """Memory, time-out, instances, concurrency; closed to the outside, and free while idle."""
    deployment = deployed(chosen, function.step)
    (config,) = deployment["service_config"]

    assert deployment["location"] == CHOSEN["region"]
    assert config["available_memory"] == f"{function.memory_mb}M"
    assert config["timeout_seconds"] == function.timeout_seconds
    assert config["max_instance_count"] == function.max_instances <= 3
    assert config["max_instance_request_concurrency"] == function.concurrency
    assert config["min_instance_count"] == 0
    assert config["ingress_settings"] == "ALLOW_INTERNAL_ONLY"
    assert config["all_traffic_on_latest_revision"] is True
    account = chosen[f'google_service_account.step["{function.step}"]']
    assert config["service_account_email"] == account["email"]
    assert deployment["event_trigger"] == []


def test_one_writer_at_a_time_for_the_sheet(chosen: Deployment) -> None:
    """Two would only refuse each other's writing."""
    (config,) = deployed(chosen, "write_sheet")["service_config"]

    assert config["max_instance_count"] == config["max_instance_request_concurrency"] == 1


@each_function
def test_it_gets_what_its_code_reads_and_no_more(function: Function, chosen: Deployment) -> None:
    """By the code's own names; an emulator's address has no place in the cloud."""
    given = Recorder(environment(chosen, function))
    settings(function, given)
    read = {name for name in given.asked if not name.endswith("_EMULATOR_HOST")}

    # What every function is told, whether it asks or not.
    assert set(given) == read | {
        "LOG_LEVEL",
        "GOOGLE_CLOUD_PROJECT",
        "TIME_ZONE",
        "TIMEOUT_SECONDS",
    }


def test_what_is_chosen_reaches_collect(chosen: Deployment) -> None:
    """Value by value, as its own code reads them."""
    function = load_pipeline().wanted(GIVEN).function("collect")
    read = settings(function, environment(chosen, function))
    wanted = CHOSEN["collect"]

    assert read.github.login == CHOSEN["github_login"]
    assert read.github.url == CHOSEN["github_graphql_url"]
    assert read.github.emails == tuple(wanted["emails"])
    assert read.github.selection.forks is wanted["forks"]
    assert read.github.selection.include == tuple(wanted["include"])
    assert read.github.selection.exclude == tuple(wanted["exclude"])
    assert read.github.skip_hidden is wanted["skip_hidden"]
    assert read.time_zone == ZoneInfo(CHOSEN["time_zone"])
    assert read.project == CHOSEN["project_id"]
    assert read.topic == chosen[f'google_pubsub_topic.events["{function.publishes}"]']["name"]
    assert read.timeout_seconds == function.timeout_seconds


def test_what_is_chosen_reaches_write_sheet(chosen: Deployment) -> None:
    """Value by value, as its own code reads them."""
    function = load_pipeline().wanted(GIVEN).function("write_sheet")
    read = settings(function, environment(chosen, function))

    assert read.sheet_id == CHOSEN["sheet_id"]
    assert read.language == CHOSEN["language"]
    assert read.zone == ZoneInfo(CHOSEN["time_zone"])


def test_what_is_chosen_reaches_write_metric(chosen: Deployment) -> None:
    """Value by value, as its own code reads them."""
    function = load_pipeline().wanted(GIVEN).function("write_metric")
    read = settings(function, environment(chosen, function))

    assert read.project == CHOSEN["project_id"]
    assert read.choices.evening_hour == CHOSEN["evening_hour"]
    assert read.choices.named_repositories == CHOSEN["metric_repositories"]
    assert read.choices.time_zone == ZoneInfo(CHOSEN["time_zone"])


def test_what_is_chosen_reaches_watch(chosen: Deployment) -> None:
    """Value by value, as its own code reads them."""
    function = load_pipeline().wanted(GIVEN).function("watch")
    read = settings(function, environment(chosen, function))
    wanted = CHOSEN["watch"]

    assert [target.url for target in read.targets] == wanted["urls"]
    assert read.rules.timeout_seconds == wanted["timeout_seconds"]
    assert read.rules.follow_redirects is wanted["follow_redirects"]
    assert read.rules.allow_private is wanted["allow_private"]
    assert read.topic == chosen[f'google_pubsub_topic.events["{function.publishes}"]']["name"]


@each_function
def test_its_log_level_is_the_chosen_one(function: Function, chosen: Deployment) -> None:
    """Also how long it may run is told to everybody who asks."""
    given = environment(chosen, function)

    assert given["LOG_LEVEL"] == CHOSEN["log_level"]
    assert given["TIMEOUT_SECONDS"] == str(function.timeout_seconds)


@pytest.mark.parametrize("function", load_pipeline().wanted({}).functions, ids=lambda f: f.step)
def test_a_default_in_the_cloud_is_the_code_s_own(function: Function, defaults: Deployment) -> None:
    """Leaving everything out means the same here and there; what is empty is not passed on."""
    given = environment(defaults, function)
    required = {"GITHUB_TOKEN", "GOOGLE_CLOUD_PROJECT", "SHEET_ID", "TIME_ZONE", "TOPIC"}
    least = {name: value for name, value in given.items() if name in required}
    least["TIMEOUT_SECONDS"] = str(function.timeout_seconds)

    assert settings(function, given) == settings(function, least)
    assert "" not in given.values()
    assert given["LOG_LEVEL"] == "INFO"
    assert given["TIME_ZONE"] == "Asia/Tokyo"


@each_function
def test_secrets_come_by_reference_only(function: Function, chosen: Deployment) -> None:
    """Those of its entry, the newest version, and nowhere as a plain variable."""
    (config,) = deployed(chosen, function.step)["service_config"]

    assert {s["key"]: s["secret"] for s in config["secret_environment_variables"]} == (
        function.secrets
    )
    for secret in config["secret_environment_variables"]:
        assert secret["version"] == "latest"
        assert secret["project_id"] == CHOSEN["project_id"]
        assert chosen[f'google_secret_manager_secret.this["{secret["secret"]}"]']
    assert not set(function.secrets) & set(config["environment_variables"])
    assert not [name for name in config["environment_variables"] if "TOKEN" in name]


@each_function
def test_its_archive_holds_what_runs_here(
    function: Function, folder: Path, chosen: Deployment
) -> None:
    """Byte for byte the files that `./dev up` runs: main.py at the root, no other step's code."""
    archive = chosen[f'data.archive_file.step["{function.step}"]']
    packed = {file["filename"]: file["content"] for file in archive["source"]}
    here = {
        name: folder.parent / file.relative_to(ROOT)
        for name, file in archive_files(function.step).items()
    }

    assert packed == {name: file.read_text(encoding="utf-8") for name, file in here.items()}
    assert {"main.py", "requirements.txt", f"{function.step}/__init__.py"} <= set(packed)
    assert archive["type"] == "zip"
    assert archive["output_file_mode"] == "0644"


def test_an_archive_is_named_by_its_content_only(folder: Path, tmp_path: Path) -> None:
    """A changed function gets a new name, and the others keep theirs: they are not built again."""
    before = evaluated(folder, "local.archive_hashes")
    changed = copy_of(folder, tmp_path)
    functions = changed.parent / "functions"
    with (functions / "write_sheet" / "main.py").open("a", encoding="utf-8") as file:
        file.write("# changed\n")
    (functions / "collect" / ".env").write_text("GITHUB_TOKEN=secret\n", encoding="utf-8")

    after = evaluated(changed, "local.archive_hashes")

    assert [step for step in before if before[step] != after[step]] == ["write_sheet"]


@each_function
def test_an_object_s_name_tells_the_content(
    function: Function, folder: Path, chosen: Deployment
) -> None:
    """Otherwise nothing new would ever be deployed."""
    name = chosen[f'google_storage_bucket_object.archive["{function.step}"]']["name"]
    hashes = evaluated(folder, "local.archive_hashes")
    if function.step in hashes:  # the console knows the least variables only
        assert name == f"{function.step}-{hashes[function.step]}.zip"


def test_the_runtime_is_one_that_the_project_supports() -> None:
    """No older than what pyproject.toml requires."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    least = int(text.partition('requires-python = ">=3.')[2].partition('"')[0])

    assert load_pipeline().wanted(GIVEN).runtime.startswith("python3")
    assert int(load_pipeline().wanted(GIVEN).runtime.removeprefix("python3")) >= least
