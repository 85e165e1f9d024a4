"""`terraform/pipeline.json`, which cloud and laptop share, as typed values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
# In a checkout, and where the package was installed.
_FILES = (_ROOT / "terraform" / "pipeline.json", _ROOT / "own_dashboard_pipeline.json")


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A push subscription that feeds one function; durations in seconds."""

    name: str
    ack_deadline_seconds: int
    minimum_backoff_seconds: int
    maximum_backoff_seconds: int
    max_delivery_attempts: int


@dataclass(frozen=True, kw_only=True)
class Function:
    """One deployed function; `subscription` is None for the one that the scheduler calls."""

    step: str
    memory_mb: int
    timeout_seconds: int
    max_instances: int
    concurrency: int
    subscription: Subscription | None


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """The whole wiring: names, limits, schedule."""

    topic: str
    schema: str
    message_retention_seconds: int
    dead_letter_topic: str
    dead_letter_subscription: str
    dead_letter_retention_seconds: int
    archive_suffixes: tuple[str, ...]
    functions: tuple[Function, ...]
    cron: str

    def function(self, step: str) -> Function:
        """The function of one step."""
        return next(f for f in self.functions if f.step == step)

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """Those of the subscriber functions, in the file's order."""
        return tuple(f.subscription for f in self.functions if f.subscription)


@cache
def load_pipeline() -> Pipeline:
    """Read the file once."""
    file = next(candidate for candidate in _FILES if candidate.exists())
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return Pipeline(
        topic=content["topic"],
        schema=content["schema"],
        message_retention_seconds=content["message_retention_seconds"],
        dead_letter_topic=content["dead_letter_topic"],
        dead_letter_subscription=content["dead_letter_subscription"],
        dead_letter_retention_seconds=content["dead_letter_retention_seconds"],
        archive_suffixes=tuple(content["archive_suffixes"]),
        functions=tuple(_function(step, f) for step, f in content["functions"].items()),
        cron=content["schedule"]["cron"],
    )


def _function(step: str, content: Mapping[str, Any]) -> Function:
    subscription = content.get("subscription")
    return Function(
        step=step,
        memory_mb=content["memory_mb"],
        timeout_seconds=content["timeout_seconds"],
        max_instances=content["max_instances"],
        concurrency=content["concurrency"],
        subscription=Subscription(**subscription) if subscription else None,
    )
