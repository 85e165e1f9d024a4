"""publish one event by hand, checked before it is sent

JSON is a whole event or its short form, for example
    {"date": "2026-11-23", "repository": "me/app", "commits": 3}
It goes to the topic of GOOGLE_CLOUD_PROJECT where that is set, else to the stack running here.
"""

import argparse
import sys
from datetime import UTC, datetime

from commit_counts.parse import parse_event
from own_dashboard.arguments import add_state, chosen_state, environment_of
from own_dashboard.topic.target import find_topic


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("json", metavar="JSON", help="the event; - reads it from standard input")
    add_state(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check the event, publish it, print its message id."""
    body = sys.stdin.read() if arguments.json == "-" else arguments.json
    event = parse_event(body, published_at=datetime.now(UTC))
    topic = find_topic(environment_of(arguments), chosen_state(arguments))

    from own_dashboard.topic.clients import (
        topic_clients,  # half a second of imports, only once needed
    )

    with topic_clients(topic) as clients:
        message_id = clients.publish(event)
    print(f"published message {message_id} to {topic.name} of {topic.project}")
    return 0
