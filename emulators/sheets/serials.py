"""Dates and times as the numbers that a spreadsheet keeps: days since 1899-12-30.

Source: https://developers.google.com/workspace/sheets/api/guides/formats#about_date_time_values
"""

from datetime import datetime, timedelta

EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no zone


def to_datetime(serial: float) -> datetime:
    """The wall-clock moment of a serial number, to the millisecond."""
    return EPOCH + timedelta(milliseconds=round(serial * 86_400_000))


def to_serial(moment: datetime) -> float:
    """The serial number of a wall-clock moment; whole days are whole numbers."""
    since = moment - EPOCH
    return since.days + since.seconds / 86_400 + since.microseconds / 86_400_000_000
