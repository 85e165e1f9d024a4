"""hand an event to the function, without Pub/Sub

The function starts as it does in the cloud, from its archive, with your environment variables and,
where a stack is running here, that stack's services.
"""

import argparse
import base64
import tempfile
from pathlib import Path

from commit_counts.errors import DashboardError, NeverWorks, RetryLater
from commit_counts.event import CommitCounts, format_instant
from commit_counts.retry import utc_now
from own_dashboard.arguments import add_event, chosen_state, environment_of, read_events
from own_dashboard.environment import laptop_zone

configure = add_event
_SERVER_ERROR = 500


def run(arguments: argparse.Namespace) -> int:
    """Deliver each event, and say that it was written."""
    events = read_events(arguments.json)

    from own_dashboard.stack.functions import FunctionProcess
    from own_dashboard.stack.pipeline import load_pipeline
    from own_dashboard.stack.state import service_variables
    from own_dashboard.topic.target import running_stack

    environment = environment_of(arguments)
    environment["TIME_ZONE"] = laptop_zone(environment)
    running = running_stack(chosen_state(arguments))
    if running and not environment.get("GOOGLE_CLOUD_PROJECT", "").strip():
        environment |= service_variables(running)
    function = load_pipeline().function(arguments.command)
    with tempfile.TemporaryDirectory() as folder:
        process = FunctionProcess(function, state=Path(folder), on_end=lambda _: None)
        try:
            process.start()
            process.tell(environment)
            process.wait_ready()
            for event in events:
                _deliver(event, process.url, function.timeout_seconds)
                print(f"written by {function.step}")
        finally:
            process.stop()
    return 0


def _deliver(event: CommitCounts, url: str, timeout_seconds: float) -> None:
    """One push, in the shape of an own push subscription's."""
    import httpx

    now = format_instant(utc_now())
    data = base64.b64encode(event.to_json().encode()).decode()
    message = {"data": data, "messageId": "by-hand", "publishTime": now}
    body = {
        "message": {**message, "attributes": event.attributes()},
        "subscription": "projects/none/subscriptions/by-hand",
    }
    try:
        answer = httpx.post(url, json=body, timeout=timeout_seconds, trust_env=False)
    except httpx.HTTPError as error:
        raise RetryLater(f"the function does not answer ({type(error).__name__})") from error
    if not answer.is_success:
        raise _refusal(answer.status_code, answer.text.strip())


def _refusal(status: int, text: str) -> DashboardError:
    words = text.splitlines()[-1] if text and "<html" not in text else f"status {status}"
    return NeverWorks(words) if status <= _SERVER_ERROR else RetryLater(words)
