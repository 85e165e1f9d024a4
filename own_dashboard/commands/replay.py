"""bring dead letters back to the topic

A letter that breaks the event contract would only be refused again: it stays, and is named with
the rule that it breaks, until `--drop` removes it. Replaying is safe at any time, since the last
statement wins by the time at which it was first made.
"""

import argparse
import textwrap
from typing import TYPE_CHECKING

from commit_counts.logs import printable
from own_dashboard.arguments import add_state, chosen_state, environment_of
from own_dashboard.stack.pipeline import load_pipeline
from own_dashboard.topic.target import find_topic

if TYPE_CHECKING:
    from own_dashboard.topic.dead_letters import DeadLetter, DeadLetters

_LONGEST_BODY = 200


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="show them with their reason; no more")
    what.add_argument("--drop", nargs="+", default=[], metavar="ID", help="remove these for good")
    add_state(parser)


def run(arguments: argparse.Namespace) -> int:
    """Replay every letter, or list or drop; status 1 if one had to stay."""
    topic = find_topic(environment_of(arguments), chosen_state(arguments))

    from own_dashboard.topic.clients import topic_clients
    from own_dashboard.topic.dead_letters import DeadLetters

    with topic_clients(topic) as clients:
        letters = DeadLetters(clients, load_pipeline().dead_letters.subscription)
        if arguments.list:
            return _list(letters)
        if arguments.drop:
            return _drop(letters, frozenset(arguments.drop))
        return _replay(letters)


def _list(letters: "DeadLetters") -> int:
    shown = list(letters.read())
    for letter in shown:
        body = letter.body.decode(errors="replace")
        print(
            f"{letter.message_id}  published {letter.published_at:%Y-%m-%d %H:%M:%S %Z}, "
            f"refused {letter.attempts} times by {letter.subscription}\n"
            f"  why:  {printable(letter.reason)}\n"
            f"  body: {printable(textwrap.shorten(body, _LONGEST_BODY, placeholder=' …'))}"
        )
    letters.put_back(shown)
    return _count(shown)


def _drop(letters: "DeadLetters", ids: frozenset[str]) -> int:
    found = list(letters.read())
    letters.finish([letter for letter in found if letter.message_id in ids])
    letters.put_back([letter for letter in found if letter.message_id not in ids])
    missing = ids - {letter.message_id for letter in found}
    print(f"dropped {len(ids) - len(missing)}")
    for message_id in sorted(missing):
        print(f"no dead letter {message_id}")
    return 1 if missing else 0


def _replay(letters: "DeadLetters") -> int:
    found, stay = list(letters.read()), []
    for letter in found:
        if letter.event is None:
            stay.append(letter)
            print(f"stays    {letter.message_id}: {printable(letter.reason)}")
            continue
        again = letters.publish_again(letter, letter.event)
        print(f"replayed {letter.message_id} as message {again}")
    letters.put_back(stay)
    return 1 if stay else _count(found)


def _count(found: "list[DeadLetter]") -> int:
    if not found:
        print("no dead letters")
    return 0
