"""The page of the local stack: the Sheet, the metrics, the deliveries and the dead letters.

It is made for a phone of 360 px, asks nothing of any other host, works without a script, and draws
the Sheet from the API's own `Spreadsheet` resource, so that what it shows is what the Sheet holds.
"""

from own_dashboard.page.application import create_app
from own_dashboard.page.sources import PageFacts, PageSources

__all__ = ["PageFacts", "PageSources", "create_app"]
