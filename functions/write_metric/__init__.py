"""The step `write_metric`: writes an event's numbers as Cloud Monitoring time series."""
