"""Looks at Cloud Monitoring: whether the metrics are declared as the functions write them."""

from collections.abc import Iterator

import grpc
from google.api_core.exceptions import GoogleAPICallError, RetryError
from google.auth.exceptions import GoogleAuthError
from google.cloud.monitoring_v3 import MetricServiceClient
from google.cloud.monitoring_v3.services.metric_service.transports import (
    MetricServiceGrpcTransport,
)

from own_dashboard.doctor.findings import Finding, fault, good, note
from write_metric.metrics import metrics

_SECONDS = 20.0


def examine_monitoring(project: str, emulator_host: str | None) -> Iterator[Finding]:
    """Which of the metrics the project knows."""
    try:
        if emulator_host is None:
            known = _known(MetricServiceClient(), project)
        else:
            with grpc.insecure_channel(emulator_host) as channel:
                transport = MetricServiceGrpcTransport(channel=channel)
                known = _known(MetricServiceClient(transport=transport), project)
    except (GoogleAPICallError, RetryError, GoogleAuthError) as error:
        yield fault(
            "metrics",
            f"Cloud Monitoring cannot be read: {error}",
            "log in with `gcloud auth application-default login`, with a role that may view "
            "monitoring",
        )
        return
    missing = [metric.type for metric in metrics().values() if metric.type not in known]
    if missing:
        yield note("metrics", f"not written yet: {', '.join(missing)}", "collect once")
    else:
        yield good("metrics", f"all {len(metrics())} are declared")


def _known(client: MetricServiceClient, project: str) -> set[str]:
    prefix = 'metric.type = starts_with("custom.googleapis.com/own_dashboard/")'
    request = {"name": f"projects/{project}", "filter": prefix}
    return {
        d.type
        for d in client.list_metric_descriptors(request=request, timeout=_SECONDS, retry=None)
    }
