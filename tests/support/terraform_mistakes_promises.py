"""Mistakes that break what the READMEs promise; the key says what would be wrong."""

from tests.support.terraform_checks import Mistake

MISTAKES = {
    "metrics without their labels": Mistake(
        file="metrics.tf", old="for_each = each.value.labels\n", new="for_each = []\n"
    ),
    "a chart that adds up the hours of a day": Mistake(
        file="dashboard.json.tftpl",
        old='"perSeriesAligner": "ALIGN_MAX"',
        new='"perSeriesAligner": "ALIGN_SUM"',
    ),
    "an alert that adds up readings": Mistake(
        file="alerts.tf", old="REDUCE_MEAN", new="REDUCE_SUM"
    ),
    "silence that is noticed after a day": Mistake(
        file="alerts.tf", old="absent_seconds = 3 * 3600", new="absent_seconds = 23 * 3600"
    ),
    "an alert the wrong way round": Mistake(
        file="alerts.tf",
        old='comparison = "COMPARISON_LT"\n      threshold  = 500',
        new='comparison = "COMPARISON_GT"\n      threshold  = 500',
    ),
    "a function that starts before it may read the token": Mistake(
        file="functions.tf",
        old="    google_secret_manager_secret_iam_member.collect_reads_token,\n",
        new="",
    ),
    "pushes before the caller may call": Mistake(
        file="pubsub.tf", old="    google_cloud_run_v2_service_iam_member.caller,\n", new=""
    ),
    "an old token for ever": Mistake(
        file="functions.tf", old='version    = "latest"', new='version    = "1"'
    ),
    "a service that nobody switches on": Mistake(
        file="services.tf", old='    "sheets.googleapis.com",\n', new=""
    ),
    "memory that nobody measured": Mistake(
        file="functions.tf", old='"${each.value.memory_mb}M"', new='"128M"'
    ),
    "a chart that adds up the runs of an hour": Mistake(
        file="dashboard.json.tftpl",
        old='"crossSeriesReducer": "REDUCE_MEAN"',
        new='"crossSeriesReducer": "REDUCE_SUM"',
    ),
    "a Python that the code does not run on": Mistake(
        file="pipeline.json", old='"runtime": "python313"', new='"runtime": "python310"'
    ),
}
