"""bring the Sheet up to date with an event, without Pub/Sub

The Sheet of SHEET_ID where that is set, with your Google credentials; otherwise the local
one, running or not. An event that it knows already changes nothing.
"""

import argparse

from own_dashboard.arguments import add_event, chosen_state, environment_of, read_events
from own_dashboard.environment import laptop_zone

configure = add_event


def run(arguments: argparse.Namespace) -> int:
    """Write each event and say what became of it."""
    environment = environment_of(arguments)
    environment["TIME_ZONE"] = laptop_zone(environment)
    events = read_events(arguments.json)
    zone = environment["TIME_ZONE"]

    # Not before the events are read: a broken one is told at once.
    from own_dashboard.destinations import sheet_destination
    from own_dashboard.stack.options import LOCAL_SHEET
    from write_sheet.settings import read_settings
    from write_sheet.sheets_api.client import open_sheet
    from write_sheet.step import write

    settings = read_settings({"SHEET_ID": LOCAL_SHEET, **environment})
    with sheet_destination(environment, chosen_state(arguments), zone) as place:
        sheet = open_sheet(place.name, emulator_host=place.host, language=settings.language)
        try:
            for event in events:
                written = write(event, sheet, language=settings.language, zone=settings.zone)
                print(f"{written.outcome}: {written.rows} rows of {place.name}")
                for problem in written.problems:
                    print(f"  {problem}")
        finally:
            sheet.close()
    return 0
