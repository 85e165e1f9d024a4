"""`python -m emulators sheets`."""

import argparse

from emulators.running import Running
from emulators.sheets.emulator import SheetsEmulator


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the options of this emulator."""
    parser.add_argument(
        "--spreadsheet",
        action="append",
        default=[],
        metavar="ID",
        help="a spreadsheet to make, with one empty tab, where there is none of that id",
    )


def start(arguments: argparse.Namespace) -> Running:
    """Start it. OSError where the port or the folder cannot be used."""
    emulator = SheetsEmulator(state=arguments.state, port=arguments.port)
    for spreadsheet_id in arguments.spreadsheet:
        emulator.create_spreadsheet(spreadsheet_id, title=spreadsheet_id)
    emulator.start()
    return Running(addresses={"SHEETS_URL": emulator.url}, stop=emulator.stop)
