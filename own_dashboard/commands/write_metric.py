"""write an event's numbers as metrics, without Pub/Sub

To GOOGLE_CLOUD_PROJECT where that is set, with your Google credentials; otherwise
to the local metrics, running or not. Only what an event says about its own day becomes a point.
"""

import argparse

from own_dashboard.arguments import add_event, chosen_state, environment_of, read_events
from own_dashboard.environment import laptop_zone

configure = add_event


def run(arguments: argparse.Namespace) -> int:
    """Write each event's points and say what became of them."""
    environment = environment_of(arguments)
    environment["TIME_ZONE"] = laptop_zone(environment)
    events = read_events(arguments.json)

    # Not before the events are read: a broken one is told at once.
    from own_dashboard.destinations import metric_destination
    from own_dashboard.stack.options import LOCAL_PROJECT
    from write_metric.monitoring import MonitoringSink
    from write_metric.settings import read_settings
    from write_metric.step import write

    settings = read_settings({"GOOGLE_CLOUD_PROJECT": LOCAL_PROJECT, **environment})
    with metric_destination(environment, chosen_state(arguments)) as place:
        sink = MonitoringSink(project=place.name, emulator_host=place.host)
        try:
            for event in events:
                facts = write(event, sink, settings.choices).facts()
                print(f"{facts['outcome']}: {facts['points_written']} points to {place.name}")
        finally:
            sink.close()
    return 0
