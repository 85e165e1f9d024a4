"""Counts commits by repository and local day; knows neither GitHub nor Pub/Sub."""
