"""Checks of how a configuration joins the parts; each yields its faults as sentences."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from commit_counts.settings import Variables
from own_dashboard.stack.archive import SHARED, archive_files, package_folder
from tests.support.terraform import Body, Configuration, constants

FUNCTIONS = package_folder(SHARED).parent

_URI = "service_config[0].uri}"
# What a busy single instance answers (429) counts as a delivery attempt too.
_FEWEST_ATTEMPTS = 10


def complete_subscriptions(configuration: Configuration) -> Iterator[str]:
    """Each subscriber has a push subscription that proves itself, backs off, and gives up late."""
    body = configuration.resource("google_pubsub_subscription", "events")
    push = _first(body, "push_config")
    token = _first(push, "oidc_token")
    if not str(push.get("push_endpoint")).endswith(_URI):
        yield "events: with internal ingress a push must go to the function's run.app address"
    if token.get("audience") != push.get("push_endpoint"):
        yield "events: expected the token's audience to be the address that is called"
    if token.get("service_account_email") != "${google_service_account.caller[each.key].email}":
        yield "events: expected the function's own caller to sign"
    policy = _first(body, "dead_letter_policy")
    if policy.get("dead_letter_topic") != "${google_pubsub_topic.dead_letters.id}":
        yield "events: expected a dead-letter policy to the dead-letter topic"
    if set(_first(body, "retry_policy")) != {"minimum_backoff", "maximum_backoff"}:
        yield "events: expected a back-off with both bounds"
    if body.get("ack_deadline_seconds") != "${each.value.ack_deadline_seconds}":
        yield "events: expected the ack deadline of pipeline.json"


def kept_messages(configuration: Configuration) -> Iterator[str]:
    """Nothing that was published is dropped: subscriptions never expire, dead letters have one."""
    for (_, name), body in configuration.of_kind("google_pubsub_subscription").items():
        if _first(body, "expiration_policy") != {"ttl": ""}:
            yield f"{name}: expected a subscription that never expires"
    dead = configuration.resource("google_pubsub_subscription", "dead_letters")
    if dead.get("topic") != "${google_pubsub_topic.dead_letters.id}":
        yield "dead_letters: a topic without a subscription drops what it gets"
    if configuration.pipeline["dead_letter_retention_seconds"] < 14 * 86400:
        yield "dead_letters: expected to be kept for two weeks of holidays at least"


def checked_topic(configuration: Configuration) -> Iterator[str]:
    """The topic refuses malformed messages by the contract's schema; dead letters find room."""
    schema = configuration.resource("google_pubsub_schema", "events")
    if "commit_counts/event.proto" not in str(schema.get("definition")):
        yield "schema: expected the contract's own event.proto"
    topic = configuration.resource("google_pubsub_topic", "events")
    settings = _first(topic, "schema_settings")
    if settings != {"schema": "${google_pubsub_schema.events.id}", "encoding": "JSON"}:
        yield "events: expected the schema, in JSON"
    if topic.get("name") != "${local.pipeline.topic}":
        yield "events: expected the name of pipeline.json, which the laptop reads too"
    if "schema_settings" in configuration.resource("google_pubsub_topic", "dead_letters"):
        yield "dead_letters: whatever could not be written must find room"


def matching_limits(configuration: Configuration) -> Iterator[str]:
    """Deadlines fit the functions' time-outs, and the Sheet has one writer."""
    pipeline = configuration.pipeline
    for step, function in pipeline["functions"].items():
        subscription = function.get("subscription")
        if subscription and subscription["ack_deadline_seconds"] <= function["timeout_seconds"]:
            yield f"{step}: delivered anew while it may still be at work"
        if subscription and subscription["max_delivery_attempts"] < _FEWEST_ATTEMPTS:
            yield f"{step}: an answer that it is busy counts as an attempt; expected ten at least"
    writer = pipeline["functions"]["write_sheet"]
    if (writer["max_instances"], writer["concurrency"]) != (1, 1):
        yield "write_sheet: expected one writer at a time"
    deadline = pipeline["schedule"]["attempt_deadline_seconds"]
    if deadline < pipeline["functions"]["collect"]["timeout_seconds"]:
        yield "schedule: gives up while collect may still be at work"


def closed_functions(configuration: Configuration) -> Iterator[str]:
    """Functions take internal calls only, cost nothing while idle, and start the right step."""
    body = configuration.resource("google_cloudfunctions2_function", "step")
    config, build = _first(body, "service_config"), _first(body, "build_config")
    if config.get("ingress_settings") != "ALLOW_INTERNAL_ONLY":
        yield "functions: expected internal ingress only"
    if config.get("min_instance_count") != 0:
        yield "functions: expected no instance that idles for money"
    for argument, field in {
        "max_instance_count": "max_instances",
        "max_instance_request_concurrency": "concurrency",
        "timeout_seconds": "timeout_seconds",
    }.items():
        if config.get(argument) != f"${{each.value.{field}}}":
            yield f"functions: expected {argument} of pipeline.json"
    if build.get("entry_point") != "${each.key}":
        yield "functions: expected the step's own entry point"


def scheduled_collect(configuration: Configuration) -> Iterator[str]:
    """The schedule calls collect, in the person's zone, as collect's caller, and tries again."""
    job = configuration.resource("google_cloud_scheduler_job", "collect")
    target = _first(job, "http_target")
    token = _first(target, "oidc_token")
    if job.get("time_zone") != "${var.time_zone}":
        yield "schedule: expected the person's zone"
    if not str(target.get("uri")).startswith('${google_cloudfunctions2_function.step["collect"]'):
        yield "schedule: expected to call collect"
    if not str(target.get("uri")).endswith(_URI) or token.get("audience") != target.get("uri"):
        yield "schedule: expected collect's run.app address, and a token made for it"
    if "retry_count" not in _first(job, "retry_config"):
        yield "schedule: expected retries"


def same_archives_as_here(configuration: Configuration) -> Iterator[str]:
    """An archive holds exactly the files that `./dev up` runs, and is named by their content."""
    for step in configuration.pipeline["functions"]:
        planned, run_here = archive_names(configuration, step), set(archive_files(step))
        for name in sorted(planned ^ run_here):
            yield f"{step}: {name} is in one of the archive and what runs here, not in both"
    named = configuration.resource("google_storage_bucket_object", "archive").get("name")
    if named != "${each.key}-${local.archive_hashes[each.key]}.zip":
        yield "archives: expected names by content, or nothing new is ever deployed"


def archive_names(configuration: Configuration, step: str) -> set[str]:
    """The names in a step's archive, by the expression `local.archive_files`."""
    text = str(configuration.locals.get("archive_files"))
    pattern = re.search(r'fileset\(local\.source_root, "(.+?)"\) :', text)
    at_root = re.search(r"for name in \[(.*?)\]", text)
    if not pattern or not at_root:
        return set()
    suffixes = ",".join(configuration.pipeline["archive_suffixes"])
    glob = re.sub(r"\$\{join\([^}]*\)\}", suffixes, pattern[1]).replace("${step}", step)
    found = {
        str(file.relative_to(FUNCTIONS))
        for plain in _without_braces(glob)
        for file in FUNCTIONS.glob(plain)
        if file.is_file()
    }
    left_out = {f"{step}/main.py"} if 'if path != "${step}/main.py"' in text else set()
    return (found - left_out) | set(re.findall(r'"([^"]+)"', at_root[1]))


def known_variables(configuration: Configuration) -> Iterator[str]:
    """Each function gets all variables that its code reads, by the code's own names, and no other.

    Only an emulator's address has no place in the cloud.
    """
    secrets = configuration.locals.get("secrets", {})
    for step, own in configuration.locals.get("environment", {}).items():
        given = {*own, *configuration.locals.get("shared_environment", {}), *secrets.get(step, {})}
        read = constants(FUNCTIONS / step) | constants(FUNCTIONS / SHARED)
        for name in sorted(given - read):
            yield f"{step}: nothing in its code reads {name}"
        for name in sorted(_read(FUNCTIONS / step) - given):
            yield f"{step}: its code reads {name}, which nobody can set in the cloud"


@cache
def _read(folder: Path) -> frozenset[str]:
    """Names of the variables that the code of a folder reads by a method of `Variables`."""
    methods = {name for name in vars(Variables) if name[0] != "_"}
    return frozenset(
        name.value
        for file in folder.rglob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        for name in call.args[:1]
        if call.func.attr in methods and isinstance(name, ast.Constant)
        if isinstance(name.value, str) and not name.value.endswith("_EMULATOR_HOST")
    )


def _without_braces(glob: str) -> list[str]:
    match = re.search(r"\{([^{}]*)\}", glob)
    if not match:
        return [glob]
    ends = glob[: match.start()], glob[match.end() :]
    return [plain for word in match[1].split(",") for plain in _without_braces(word.join(ends))]


def _first(body: Body, block: str) -> Any:
    return (body.get(block) or [{}])[0]


CHECKS = (
    complete_subscriptions,
    kept_messages,
    checked_topic,
    matching_limits,
    closed_functions,
    scheduled_collect,
    same_archives_as_here,
    known_variables,
)
