"""An emulator for Cloud Monitoring: the real gRPC client writes metrics to it and reads them back.

It answers google.monitoring.v3.MetricService's CreateTimeSeries, ListTimeSeries and the four calls
on metric descriptors, on this machine's loopback address, without credentials.

Rules of the service that it keeps (https://cloud.google.com/monitoring/quotas,
https://cloud.google.com/monitoring/api/ref_v3/rpc/google.monitoring.v3):

- a request holds at most 200 series with one point each, and no series twice;
- a point ends at most 25 hours ago and at most 5 minutes ahead; a GAUGE's start is absent or equal
  to its end; the points of one series come in order and at least 5 seconds apart;
- a metric has at most 30 labels, keys of at most 100 and values of at most 1,024 characters; its
  first write makes its descriptor, GAUGE or CUMULATIVE, and kind and value type are fixed then;
- resources `generic_task`, `generic_node` and `global` with exactly their labels; `project_id` is
  filled in;
- writes are partial: good points are stored, and the refusal names the others in its text and packs
  a CreateTimeSeriesSummary into the status details.

The texts are the service's own where public reports show them; those for too many labels, a value
too long, a point too far ahead, a wrong resource type and a start time of a GAUGE are worded alike.

ListTimeSeries aligns (ALIGN_MAX, MIN, SUM, MEAN, COUNT, NEXT_OLDER) and reduces (REDUCE_MAX, MIN,
SUM, MEAN, COUNT, grouped by labels or the resource's type), so that the filters and functions of
charts and alerts can be tried on series.

Not kept: distributions and text values, DELTA metrics, other aggregations, an order of the series,
filters beyond equality, prefixes and lists joined by AND, permissions, quotas, the minutes until a
new metric can be read, nanoseconds (times are kept to the microsecond), and any other service call.
Points older than six weeks are forgotten at a start, as the service forgets them in time.

State: `points.jsonl`, one line for each write or change of a descriptor, each with its checksum;
damage is said, and the rest is used (see `emulators.journal`).
"""

from emulators.monitoring.emulator import MonitoringEmulator
from emulators.monitoring.errors import Wording
from emulators.monitoring.series import Point, TimeSeries

__all__ = ["MonitoringEmulator", "Point", "TimeSeries", "Wording"]
