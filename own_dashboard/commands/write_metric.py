"""write an event's numbers as metrics, without Pub/Sub

To GOOGLE_CLOUD_PROJECT where that is set, with your Google credentials; otherwise
to the local metrics, running or not. Only what an event says about its own day becomes a point.
"""

import argparse

from own_dashboard.arguments import chosen_state, environment_of
from own_dashboard.environment import laptop_zone
from own_dashboard.step_commands import configure_step, metric_destination, read_events
from write_metric.monitoring import MonitoringSink
from write_metric.settings import read_settings
from write_metric.step import write

configure = configure_step


def run(arguments: argparse.Namespace) -> int:
    """Write each event's points and say what became of them."""
    environment = environment_of(arguments)
    environment["TIME_ZONE"] = laptop_zone(environment)
    events = read_events(arguments.json)
    with metric_destination(environment, chosen_state(arguments)) as place:
        settings = read_settings({**environment, "GOOGLE_CLOUD_PROJECT": place.name})
        sink = MonitoringSink(project=place.name, emulator_host=place.host)
        try:
            for event in events:
                facts = write(event, sink, settings.choices).facts()
                print(f"{facts['outcome']}: {facts['points_written']} points to {place.name}")
        finally:
            sink.close()
    return 0
