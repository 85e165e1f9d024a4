"""`python -m emulators monitoring`."""

import argparse

from emulators.monitoring.emulator import MonitoringEmulator
from emulators.running import Running


def configure(parser: argparse.ArgumentParser) -> None:
    """It has no options of its own."""
    del parser


def start(arguments: argparse.Namespace) -> Running:
    """Start it. OSError where the port or the folder cannot be used."""
    emulator = MonitoringEmulator(state=arguments.state, port=arguments.port)
    emulator.start()
    return Running(addresses={"MONITORING_EMULATOR_HOST": emulator.address}, stop=emulator.stop)
