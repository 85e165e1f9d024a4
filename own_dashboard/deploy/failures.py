"""What gcloud and terraform say when a deployment fails, and what a person does about it.

The guide, docs/deploy/google-cloud.md, has the same in words.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Failure:
    """One way to fail. said: how a program's text is recognised. passes: by itself, in minutes."""

    said: re.Pattern[str]
    meaning: str
    fix: str
    passes: bool = False


def _failure(said: str, meaning: str, fix: str, *, passes: bool = False) -> Failure:
    return Failure(said=re.compile(said, re.IGNORECASE), meaning=meaning, fix=fix, passes=passes)


# The first that is recognised counts.
FAILURES = (
    _failure(
        r"quota restrictions|cannot run builds in this region",
        "this project may build in certain regions only",
        'set region = "asia-east1" in terraform/terraform.tfvars and run the same command again '
        "(https://docs.cloud.google.com/build/docs/locations)",
    ),
    _failure(
        r"has not been used in project|or it is disabled|SERVICE_DISABLED",
        "a service was switched on a moment ago, and the switch is still on its way",
        "wait a minute and run the same command again",
        passes=True,
    ),
    _failure(
        r"Unable to retrieve the repository metadata",
        "the account of Cloud Functions was made a moment ago, and may not read yet",
        "run the same command again",
        passes=True,
    ),
    _failure(
        r"gcp-sa-pubsub\.iam\.gserviceaccount\.com does not exist",
        "Pub/Sub's own account was made a moment ago, and is not known everywhere",
        "wait a minute and run the same command again",
        passes=True,
    ),
    _failure(
        r"does not have storage\.objects\.get|build.*denied|denied.*cloudbuild|artifactregistry",
        "a permission of the builds is still on its way",
        "wait a minute and run the same command again",
        passes=True,
    ),
    _failure(
        r"secretmanager\.versions\.access|Secret .* was not found|secrets?/github-token.*version",
        "the GitHub token is not in Secret Manager",
        "run the same command again: it asks for the token",
    ),
    _failure(
        r"already in use by another project|requested entity already exists",
        "somebody else has a project of that ID",
        "name another one with --project",
    ),
    _failure(
        r"must accept Terms of Service",
        "your Google account has not accepted the terms of Google Cloud yet",
        "open https://console.cloud.google.com, accept them, and run the same command again",
    ),
    _failure(
        r"BILLING_DISABLED|billing (must be|to be) enabled|billing account .* (closed|not open)",
        "the project is linked to no open billing account",
        "open one at https://console.cloud.google.com/billing, then name it with --billing-account",
    ),
    _failure(
        r"billing quota exceeded|quota.*billing.*projects",
        "the billing account has as many projects as it may have",
        "unlink one at https://console.cloud.google.com/billing/projects, or name another account "
        "with --billing-account",
    ),
    _failure(
        r"default credentials have not been set up|could not find default credentials|invalid_grant"
        r"|reauthentication|refresh.*token",
        "you are not signed in any more",
        "run the same command again after `gcloud auth application-default login`",
    ),
    _failure(
        r"state lock|ConditionalCheckFailed",
        "another deployment is under way, or one was interrupted",
        "wait for it; if there is none, `terraform -chdir=terraform force-unlock ID` with the ID "
        "above",
    ),
    _failure(
        r"violates? constraint|org(anization)?.?policy|constraints/",
        "a policy of your organisation forbids it",
        "use a project outside of the organisation, or ask whoever administers it",
    ),
    _failure(
        r"Cannot find metric",
        "an alert watches a metric that nothing has written yet",
        "collect once, wait ten minutes, and run the same command again",
    ),
    _failure(
        r"PERMISSION_DENIED|does not have permission|Permission .* denied|forbidden",
        "your account may not do this in the project",
        "sign in as its owner with `gcloud auth login`, or ask for the role Owner",
    ),
    _failure(
        r"could not connect|no such host|network is unreachable|timed? ?out",
        "the network does not reach Google",
        "check the connection and run the same command again",
        passes=True,
    ),
)


def failure_of(text: str) -> Failure | None:
    """The failure that a program's text tells of; None where none is recognised."""
    return next((failure for failure in FAILURES if failure.said.search(text)), None)
