"""Checks of who may do what in a configuration; each yields its faults as sentences."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tests.support.terraform import ROOT, Body, Configuration

# What a permission is granted on, by the type of its resource: a word for people, and the argument.
GRANTED_ON = {
    "google_artifact_registry_repository_iam_member": ("repository", "repository"),
    "google_cloud_run_v2_service_iam_member": ("function", "name"),
    "google_project_iam_member": ("project", "project"),
    "google_pubsub_subscription_iam_member": ("subscription", "subscription"),
    "google_pubsub_topic_iam_member": ("topic", "topic"),
    "google_secret_manager_secret_iam_member": ("secret", "secret_id"),
    "google_storage_bucket_iam_member": ("bucket", "bucket"),
}
_SECRETS = re.compile(
    r"\bghp_\w{8,}|\bgithub_pat_\w{8,}|\bxox[abp]-[\w-]{8,}|\bAIza\w{8,}|-----BEGIN|\bya29\.\w+"
)
_SECRET_NAME = re.compile(r"token|secret|password|credential", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True, order=True)
class Permission:
    """One line of the README's table of permissions."""

    resource: str
    role: str
    member: str


def permission_of(
    kind: str, *, granted_on: str, role: str, member: str, condition: str
) -> Permission:
    """A line, from what a resource of Terraform says, whether planned or as written."""
    word, _ = GRANTED_ON[kind]
    bucket = re.search(r"projects/_/buckets/([^\"\\]+)", condition)
    return Permission(
        resource=f"buckets `{bucket[1]}…`" if bucket else f"{word} `{granted_on}`",
        role=role,
        member=member.removeprefix("serviceAccount:"),
    )


def permissions(configuration: Configuration) -> list[Permission]:
    """Everything that is granted, instance by instance."""
    return [
        _permission(configuration, kind, body, key, value)
        for (kind, _), body in configuration.of_kind(r"google_\w+_iam_member").items()
        for key, value in configuration.instances(body).items()
        if kind in GRANTED_ON
    ]


def _permission(
    configuration: Configuration, kind: str, body: Body, key: str, value: str
) -> Permission:
    condition = body.get("condition", [{"expression": ""}])[0]["expression"]
    return permission_of(
        kind,
        granted_on=configuration.resolve(body[GRANTED_ON[kind][1]], key, value),
        role=configuration.resolve(body["role"], key, value),
        member=configuration.resolve(body["member"], key, value),
        condition=configuration.resolve(condition, key, value),
    )


@cache
def documented(readme: str = "README.md") -> list[Permission]:
    """The lines of a README's table, in their order."""
    rows = re.findall(
        r"^\| (\w+ `[^`]+`) \| `(roles/[\w.]+)` \| `([^`]+)` \| [^|]+\|$",
        (ROOT / readme).read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    return [Permission(resource=on, role=role, member=member) for on, role, member in rows]


def exactly_the_documented_permissions(configuration: Configuration) -> Iterator[str]:
    """The README's table is what is granted: no line more, no line less."""
    granted = permissions(configuration)
    for line in granted:
        if line not in documented():
            yield f"granted, but not in README.md: {line}"
    for line in documented():
        if line not in granted:
            yield f"in README.md, but not granted: {line}"


def narrow_permissions(configuration: Configuration) -> Iterator[str]:
    """Single members on single resources; nobody public, no basic role, no minting of tokens."""
    for (kind, name), body in configuration.of_kind(r"google_\w*_iam_\w+").items():
        if kind not in GRANTED_ON:
            yield f"{kind}.{name}: expected *_iam_member on a topic, secret, function, …"
        role, member = str(body.get("role", "")), str(body.get("member", ""))
        if role in ("roles/owner", "roles/editor", "roles/viewer"):
            yield f"{kind}.{name}: {role} is a basic role"
        if "TokenCreator" in role or role.endswith("serviceAccountUser"):
            yield f"{kind}.{name}: {role} lets a member act as another"
        if re.search(r"admin$", role, re.IGNORECASE):
            yield f"{kind}.{name}: {role} administers; a function only uses"
        if re.match(r"all(Authenticated)?Users|domain:|group:", member):
            yield f"{kind}.{name}: {member} is not one account"


def own_account_each(configuration: Configuration) -> Iterator[str]:
    """Each function runs as its own account, and is called by an account of its own."""
    own = "${google_service_account.step[each.key].email}"
    function = configuration.resource("google_cloudfunctions2_function", "step")
    config = function.get("service_config", [{}])[0]
    if config.get("service_account_email") != own:
        yield "functions: expected an account of its own for each"
    if "service_account" not in function.get("build_config", [{}])[0]:
        yield "builds: expected an account of their own, not the project's default one"
    accounts = {
        configuration.resolve(body.get("account_id"), key, value)
        for body in configuration.of_kind("google_service_account").values()
        for key, value in configuration.instances(body).items()
    }
    if len(accounts) < 2 * len(configuration.names) + 1:
        yield f"accounts: expected one to run and one to call each function, came {accounts}"


def no_secret_in_sight(configuration: Configuration) -> Iterator[str]:
    """No secret's value in the configuration, in the state, or in a function's environment."""
    for found in _SECRETS.findall(configuration.text):
        yield f"a literal secret: {found[:6]}…"
    for kind, name in configuration.of_kind(
        "google_secret_manager_secret_version|google_service_account_key"
    ):
        yield f"{kind}.{name}: its value would be in the state"
    for name, body in configuration.variables.items():
        if _SECRET_NAME.search(name) and body.get("sensitive") is not True:
            yield f"var.{name}: expected sensitive = true"
    for step, variables in configuration.locals.get("environment", {}).items():
        for name in variables:
            if _SECRET_NAME.search(name):
                yield f"{step}: {name} belongs into secrets, not into its environment"


CHECKS = (
    exactly_the_documented_permissions,
    narrow_permissions,
    own_account_each,
    no_secret_in_sight,
)
