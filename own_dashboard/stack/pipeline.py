"""`terraform/pipeline.json`, which cloud and laptop share, as typed values."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parents[2]
# In a checkout, and where the package was installed.
_FILES = (_ROOT / "terraform" / "pipeline.json", _ROOT / "own_dashboard_pipeline.json")


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A topic with its schema; `definition` is the schema's file, seen from `functions/`."""

    name: str
    schema: str
    definition: str
    retention_seconds: int


@dataclass(frozen=True, kw_only=True)
class Subscription:
    """A push subscription of one function to one topic; durations in seconds.

    filter: an expression over the message's attributes; empty where everything is wanted.
    """

    topic: str
    name: str
    ack_deadline_seconds: int
    minimum_backoff_seconds: int
    maximum_backoff_seconds: int
    max_delivery_attempts: int
    filter: str = ""


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """When a function is called by the clock, and how a call that failed is tried again."""

    cron: str
    attempt_deadline_seconds: int
    retry_count: int
    minimum_backoff_seconds: int
    maximum_backoff_seconds: int


@dataclass(frozen=True, kw_only=True)
class DeadLetters:
    """Where events go that could not be written."""

    topic: str
    subscription: str
    retention_seconds: int


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The value of an environment variable that the person sets: a variable of Terraform."""

    variable: str


@dataclass(frozen=True, kw_only=True)
class Function:
    """One deployed function: a folder under `functions/`, and its entry here.

    needs: the variable without which there is no such function, nor its topic; None for one that
    is always there. environment: variable to its value, or to the setting that holds it. secrets:
    variable to the secret's name. publishes: its topic; None where it only writes. schedule: None
    where its subscriptions call it.
    """

    step: str
    needs: str | None
    memory_mb: int
    timeout_seconds: int
    max_instances: int
    concurrency: int
    environment: Mapping[str, str | Setting]
    secrets: Mapping[str, str]
    publishes: str | None
    schedule: Schedule | None
    subscriptions: tuple[Subscription, ...]


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """The whole wiring: names, limits, schedules."""

    runtime: str
    archive_suffixes: tuple[str, ...]
    dead_letters: DeadLetters
    topics: tuple[Topic, ...]
    functions: tuple[Function, ...]

    def wanted(self, variables: Mapping[str, str]) -> "Pipeline":
        """What of it there is where the person has set these variables."""
        absent = {
            function.publishes
            for function in self.functions
            if function.needs and not variables.get(function.needs, "").strip()
        }
        return replace(
            self,
            topics=tuple(topic for topic in self.topics if topic.name not in absent),
            functions=tuple(
                replace(f, subscriptions=tuple(s for s in f.subscriptions if s.topic not in absent))
                for f in self.functions
                if f.publishes is None or f.publishes not in absent
            ),
        )

    def function(self, step: str) -> Function:
        """The function of one step."""
        return next(f for f in self.functions if f.step == step)

    def topic(self, name: str) -> Topic:
        """The topic of that name."""
        return next(topic for topic in self.topics if topic.name == name)

    @property
    def commit_counts(self) -> str:
        """The topic of the commit-count events: the one that collect publishes to."""
        name = self.function("collect").publishes
        assert name
        return name

    @property
    def subscriptions(self) -> tuple[Subscription, ...]:
        """Those of all functions, in the file's order."""
        return tuple(s for f in self.functions for s in f.subscriptions)


@cache
def load_pipeline() -> Pipeline:
    """Read the file once."""
    file = next(candidate for candidate in _FILES if candidate.exists())
    content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    shared = content["environment"]
    return Pipeline(
        runtime=content["runtime"],
        archive_suffixes=tuple(content["archive_suffixes"]),
        dead_letters=DeadLetters(**content["dead_letters"]),
        topics=tuple(Topic(name=name, **topic) for name, topic in content["topics"].items()),
        functions=tuple(_function(step, f, shared) for step, f in content["functions"].items()),
    )


def _function(step: str, content: Mapping[str, Any], shared: Mapping[str, Any]) -> Function:
    environment = {**shared, **content.get("environment", {})}
    schedule = content.get("schedule")
    return Function(
        step=step,
        needs=content.get("needs"),
        memory_mb=content["memory_mb"],
        timeout_seconds=content["timeout_seconds"],
        max_instances=content["max_instances"],
        concurrency=content["concurrency"],
        environment={
            name: value if isinstance(value, str) else Setting(**value)
            for name, value in environment.items()
        },
        secrets=content.get("secrets", {}),
        publishes=content.get("publishes"),
        schedule=Schedule(**schedule) if schedule else None,
        subscriptions=tuple(Subscription(**s) for s in content.get("subscriptions", ())),
    )
