"""Who may do what: a line as the guides write it, and as a plan says it."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support.guides import DEPLOY, text_of

# What a permission is granted on, by the type of its resource: a word for people, and the argument.
GRANTED_ON = {
    "google_artifact_registry_repository_iam_member": ("repository", "repository"),
    "google_cloud_run_v2_service_iam_member": ("function", "name"),
    "google_project_iam_member": ("project", "project"),
    "google_service_account_iam_member": ("account", "service_account_id"),
    "google_pubsub_subscription_iam_member": ("subscription", "subscription"),
    "google_pubsub_topic_iam_member": ("topic", "topic"),
    "google_secret_manager_secret_iam_member": ("secret", "secret_id"),
    "google_storage_bucket_iam_member": ("bucket", "bucket"),
}


@dataclass(frozen=True, kw_only=True, order=True)
class Permission:
    """One line of the guides' table of permissions."""

    resource: str
    role: str
    member: str


def permission_of(
    kind: str, *, granted_on: str, role: str, member: str, condition: str
) -> Permission:
    """A line, from what a resource of Terraform says, whether planned or as written."""
    word, _ = GRANTED_ON[kind]
    granted_on = granted_on.removeprefix("projects/PROJECT_ID/serviceAccounts/")
    bucket = re.search(r"projects/_/buckets/([^\"\\]+)", condition)
    return Permission(
        resource=f"buckets `{bucket[1]}…`" if bucket else f"{word} `{granted_on}`",
        role=role,
        member=member.removeprefix("serviceAccount:"),
    )


@cache
def documented(guide: Path = DEPLOY[0], *, watch: bool = True) -> list[Permission]:
    """The lines of a guide's table, in their order; with or without those of watched addresses."""
    rows = re.findall(
        r"^\| (\w+ `[^`]+`) \| `(roles/[\w.]+)` \| `([^`]+)` \| ([^|]+)\|$",
        text_of(guide),
        flags=re.MULTILINE,
    )
    return [
        Permission(resource=on, role=role, member=member)
        for on, role, member, why in rows
        if watch or "`watch`" not in why
    ]
