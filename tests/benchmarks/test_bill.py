"""The bill is what anybody gets who multiplies by hand what is used and what it costs."""

import re
from pathlib import Path

import pytest

from tests.benchmarks import bill
from tests.benchmarks.bill import USES, Use, made_by_step, month, run
from tests.benchmarks.report import Bench
from tests.benchmarks.suite import fill

ROOT = Path(__file__).resolve().parents[2]
STEPS = ("collect", "watch", "write_sheet", "write_metric")
HOURLY, EVERY_15, EVERY_MINUTE, TEN_PEOPLE, WATCHING = USES


def facts(seconds: float) -> dict[str, float]:
    """Each step takes so long, whether its instance starts or is still there."""
    return {f"{step} {which} seconds": seconds for step in STEPS for which in ("first", "next")}


@pytest.mark.parametrize(
    ("use", "seconds", "calls", "vcpu_seconds", "gib_seconds", "costs"),
    [
        # 730 times 13 + 12 + 10.5 s; three images of 0.2 GB; 8.8 MB to GitHub.
        (HOURLY, 10.0, 2_190, 4_327.8, 6_478.8, {"images": 0.01, "data out": 0.00105120}),
        # 43,800 times 35.5 s: 79,668 vCPU-seconds and 28,725 GiB-seconds are not free.
        (
            EVERY_MINUTE, 10.0, 131_400, 259_668.3, 388_725.0,
            {"functions": 1.912 + 0.0718, "images": 0.01, "data out": 0.0631},
        ),
        # A hundred times 43,800 times 5.5 s; 11.14 million calls are not free either.
        (
            Use(name="", japanese="", every_minutes=1, people=100), 0.0, 13_140_000, 4_023_030.0,
            6_022_500.0,
            {
                "functions": 92.2327 + 14.1563 + 4.456, "metrics": 4.412, "jobs": 9.70,
                "secrets": 5.64, "images": 5.95, "data out": 6.3072,
            },
        ),
        # Seven jobs, four versions of secrets and 5.5 GB of images are not free.
        (
            TEN_PEOPLE, 0.01, 21_900, 7_070.8, 10_585.0,
            {"jobs": 0.70, "secrets": 0.24, "images": 0.55, "data out": 0.01051},
        ),
    ],
)  # fmt: skip
def test_a_month_is_what_a_hand_reckons(
    use: Use,
    seconds: float,
    calls: float,
    vcpu_seconds: float,
    gib_seconds: float,
    costs: dict[str, float],
) -> None:
    """By Google's list prices, units of 0.1 s and what is free; kept messages are the rest."""
    found = month(use, facts(seconds))
    assert found.calls == pytest.approx(calls)
    assert found.vcpu_seconds == pytest.approx(vcpu_seconds, rel=0.001)
    assert found.gib_seconds == pytest.approx(gib_seconds, rel=0.001)
    rest = {name: cost for name, cost in found.costs.items() if name != "messages"}
    assert rest == pytest.approx({**dict.fromkeys(rest, 0.0), **costs}, rel=0.001, abs=1e-9)
    assert found.total == pytest.approx(sum(found.costs.values()))


def test_messages_are_counted_when_published_delivered_and_kept() -> None:
    """Once, and at each subscription; 1,000 bytes at least, beyond 10 GiB; and a week on disk."""
    size = made_by_step()["collect"].message_bytes
    kept = 43_800 * size / 2**30 * 7 / (365 / 12) * 0.27
    assert month(EVERY_MINUTE, facts(1)).costs["messages"] == pytest.approx(kept)
    hundred = Use(name="", japanese="", every_minutes=1, people=100)
    sent = 100 * 43_800 * 3 * size / 2**30
    expected = (sent - 10) * 40 / 1024 + 100 * kept
    assert month(hundred, facts(1)).costs["messages"] == pytest.approx(expected)
    thousand = Use(name="", japanese="", every_minutes=43_800, people=1000, watched=1)
    made = made_by_step()
    assert made["watch"].message_bytes < 1000
    checks = 1000 * 43_800 * 2 * 1000
    events = 1000 * 3 * size
    of_week = 1000 * (43_800 * made["watch"].message_bytes + size) * 7 / (365 / 12)
    expected = ((checks + events) / 2**30 - 10) * 40 / 1024 + of_week / 2**30 * 0.27
    assert month(thousand, facts(1)).costs["messages"] == pytest.approx(expected)


def test_a_message_is_as_long_as_the_service_counts_it() -> None:
    """Body, attributes, time and id of 105 counts; five points, and three of a check."""
    made = made_by_step()
    assert 6_000 < made["collect"].message_bytes < 7_000
    assert 200 < made["watch"].message_bytes < 300
    assert (made["collect"].points, made["watch"].points) == (5, 3)


def test_metrics_beyond_what_is_free_are_paid_by_the_mebibyte() -> None:
    """A point is eight bytes."""
    hundred = Use(name="", japanese="", every_minutes=1, people=100)
    mebibytes = 100 * 43_800 * 5 * 8 / 2**20
    expected = (mebibytes - 150) * 0.258
    assert month(hundred, facts(1)).costs["metrics"] == pytest.approx(expected)


def test_an_instance_that_starts_reads_its_secret() -> None:
    """Every quarter of an hour it starts; every minute it is still there."""
    forty = Use(name="", japanese="", every_minutes=15, people=40)
    readings = 40 * 2_920
    expected = (40 - 6) * 0.06 + (readings - 10_000) / 10_000 * 0.03
    assert month(forty, facts(1)).costs["secrets"] == pytest.approx(expected)
    warm = Use(name="", japanese="", every_minutes=1, people=40)
    assert month(warm, facts(1)).costs["secrets"] == pytest.approx((40 - 6) * 0.06)


def test_a_rare_call_pays_for_the_start_of_its_instance() -> None:
    """And a frequent one does not."""
    starting = {name: 5.0 if "first" in name else 0.0 for name in facts(0)}
    assert month(HOURLY, starting).vcpu_seconds == pytest.approx(730 * 20.5 * 0.167)
    assert month(EVERY_MINUTE, starting).vcpu_seconds == pytest.approx(43_800 * 5.5 * 0.167)


def test_hourly_costs_no_more_where_every_call_runs_until_its_timeout() -> None:
    """So the assumptions about the network cannot make it dearer; every minute they can."""
    for use in (HOURLY, EVERY_MINUTE):
        usual, longest = (month(use, facts(1), until_timeout=which) for which in (False, True))
        assert longest.vcpu_seconds > usual.vcpu_seconds
        assert (longest.total > usual.total) is (use is EVERY_MINUTE)
    all_day = 2_628_000 * 0.167  # no second instance, however often it is called
    most = month(EVERY_MINUTE, {}, until_timeout=True).vcpu_seconds
    assert most == pytest.approx(2 * all_day + 43_800 * 60 * 0.167)


def test_what_the_guides_call_free_is_what_the_bill_calls_free() -> None:
    """And the same price of images and of secrets."""
    page = (ROOT / "docs" / "deploy" / "google-cloud.md").read_text(encoding="utf-8")
    for said in (
        f"{bill.CALL.free:,.0f} calls, {bill.VCPU_SECOND.free:,.0f} vCPU-seconds, "
        f"{bill.GIB_SECOND.free:,.0f} GiB-seconds",
        f"{bill.JOB.free:g} jobs",
        f"{bill.GIB_OF_MESSAGES.free:g} GiB",
        f"{bill.GIB_MONTH_KEPT.usd:g} USD a GiB and month",
        f"{bill.SECRET_VERSION.free:g} versions, {bill.SECRET_READING.free:,.0f} readings",
        f"costs {bill.SECRET_VERSION.usd:g} USD a month",
        f"{bill.MIB_OF_METRICS.free:g} MiB",
        f"{bill.GB_OF_IMAGES.free:g} GB; beyond it {bill.GB_OF_IMAGES.usd:.2f} USD a GB",
        f"{bill.GB_SENT.usd:g} USD a GB",
    ):
        assert said in page


@pytest.mark.parametrize(
    ("guide", "bounds"),
    [
        (
            "docs/deploy/google-cloud.md",
            r"([\d,]+) calls, below ([\d,]+) vCPU-seconds, below ([\d,]+) GiB-seconds",
        ),
        (
            "docs/ja/deploy/google-cloud.md",
            r"([\d,]+)回、([\d,]+) vCPU秒未満、([\d,]+) GiB秒未満",
        ),
    ],
    ids=["english", "japanese"],
)
def test_an_hourly_month_stays_below_what_the_guides_say(guide: str, bounds: str) -> None:
    """By the table of the last run, which each guide links."""
    texts = [(ROOT / name).read_text(encoding="utf-8") for name in ("docs/benchmarks.md", guide)]
    (row,) = re.findall(r"^\| hourly +" + r"\| +([\d,]+) " * 3, texts[0], re.MULTILINE)
    (said,) = re.findall(bounds, texts[1])
    calls, *seconds = (int(number.replace(",", "")) for number in row)
    said_calls, *most = (int(number.replace(",", "")) for number in said)
    assert calls == said_calls
    assert [used < bound for used, bound in zip(seconds, most, strict=True)] == [True, True]


@pytest.mark.parametrize("name", ["README.md", "README.ja.md"])
def test_the_readme_shows_the_total_of_each_use(name: str) -> None:
    """In the same run's numbers, where its table is already of these uses."""
    bench = Bench(quick=True)
    bench.facts |= facts(10.0)
    run(bench)
    totals = [row[-2] for row in bench.tables[0].rows]
    assert re.findall(r"\d+\.\d\d", bench.pages[name]) == totals
    assert float(totals[2]) > float(totals[0])
    page = (ROOT / name).read_text(encoding="utf-8")
    assert bench.pages[name].splitlines()[0] in page
    assert bench.pages[name] in fill(page, {"bill": bench.pages[name]})
