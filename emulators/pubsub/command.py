"""`python -m emulators pubsub`."""

import argparse

from emulators.pubsub.emulator import PubSubEmulator
from emulators.running import Running


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this emulator."""
    parser.add_argument(
        "--rest-port", type=int, default=0, help="the port of the REST API; without it, a free one"
    )
    parser.add_argument(
        "--speed",
        type=float,
        default=1.0,
        help="divides the waits between two deliveries of a message (default: 1)",
    )


def start(arguments: argparse.Namespace) -> Running:
    """Start it. OSError where a port or the folder cannot be used, ValueError for a bad option."""
    emulator = PubSubEmulator(
        state=arguments.state,
        speed=arguments.speed,
        port=arguments.port,
        rest_port=arguments.rest_port,
    )
    emulator.start()
    return Running(
        addresses={
            "PUBSUB_EMULATOR_HOST": emulator.address,
            "CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB": f"{emulator.rest_url}/",
        },
        stop=emulator.stop,
    )
