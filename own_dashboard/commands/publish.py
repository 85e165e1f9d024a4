"""publish one event by hand, checked before it is sent

JSON is a whole event or its short form, for example
    {"date": "2026-11-23", "repository": "me/app", "commits": 3}
It goes to the topic of GOOGLE_CLOUD_PROJECT where that is set, else to the stack running here.
Such a number stays until the same cell is published with "commits": null. Where collect counts
that repository too, the newest number is shown: the next collection's, within its 35 days.
"""

import argparse
import sys
from dataclasses import replace

from commit_counts.event import HAND, CommitCounts
from commit_counts.logs import printable
from commit_counts.parse import parse_event
from commit_counts.retry import utc_now
from commit_counts.settings import Variables
from own_dashboard.arguments import add_state, chosen_state, environment_of
from own_dashboard.environment import laptop_zone
from own_dashboard.topic.target import find_topic


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("json", metavar="JSON", help="the event; - reads it from standard input")
    parser.add_argument("--source", metavar="NAME", help="who states it, default hand")
    add_state(parser)


def run(arguments: argparse.Namespace) -> int:
    """Check the event, publish it, print its message id."""
    body = sys.stdin.read() if arguments.json == "-" else arguments.json
    event = parse_event(body, published_at=utc_now())
    if arguments.source is not None:
        named = replace(event, source=arguments.source)
        event = parse_event(named.to_json(), published_at=utc_now())
    environment = environment_of(arguments)
    topic = find_topic(environment, chosen_state(arguments))

    from own_dashboard.topic.clients import (
        topic_clients,  # half a second of imports, only once needed
    )

    with topic_clients(topic) as clients:
        message_id = clients.publish(event)
    print(f"published message {message_id} to {topic.name} of {topic.project}")
    if event.source == HAND and event.counts:
        print(_how_long_it_stays(event, laptop_zone(environment)))
    return 0


def _how_long_it_stays(event: CommitCounts, zone: str) -> str:
    from collect.counting.window import choose_window

    window = choose_window(utc_now(), Variables({"TIME_ZONE": zone}).time_zone())
    sentence = 'it stays until withdrawn, by the same cell with "commits": null'
    if event.cell.date in window:
        sentence += (
            f"; {event.cell.date} lies within the days that collect states now ({window.since} to "
            f"{window.until}): if it counts {event.cell.repository}, its next number is shown"
        )
    return printable(sentence)
