"""The deployment that both guides tell of is the one that Terraform makes, down to its prices."""

import re
from pathlib import Path

import pytest

from own_dashboard.stack.pipeline import load_pipeline
from tests.support.guides import DEPLOY, READMES, blocks, prose, text_of
from tests.support.terraform import TERRAFORM, read, sources
from tests.support.terraform_access import documented

# What a permission is granted on, in the words of the Japanese guide.
JAPANESE = {
    "アカウント": "account",
    "リポジトリ": "repository",
    "関数": "function",
    "プロジェクト": "project",
    "サブスクリプション": "subscription",
    "トピック": "topic",
    "シークレット": "secret",
    "バケット": "bucket",
}


def test_both_guides_deploy_by_the_same_commands() -> None:
    """Every block to copy, and every output to ask for, is the same in both languages."""
    english, japanese = DEPLOY

    assert blocks(english) == blocks(japanese)
    assert len(blocks(english)) > 15
    asked = [re.findall(r"`terraform [^`]+`", prose(guide)) for guide in DEPLOY]
    assert asked[0] == asked[1]


def test_both_guides_list_the_same_permissions() -> None:
    """Row by row: the same role on the same resource for the same member."""
    translated = [
        (JAPANESE[line.resource.split()[0]], line.resource.split()[1], line.role, line.member)
        for line in documented(DEPLOY[1])
    ]

    assert len(translated) > 10
    assert translated == [
        (*line.resource.replace("buckets ", "bucket ").split(), line.role, line.member)
        for line in documented(DEPLOY[0])
    ]


@pytest.mark.parametrize("guide", DEPLOY, ids=lambda guide: guide.parts[-3])
def test_builds_are_let_in_a_step_ahead(guide: Path) -> None:
    """A permission takes a while to arrive, and a build that comes sooner fails the deployment.

    https://github.com/hashicorp/terraform-provider-google/issues/20571
    """
    targets = re.findall(r"-target=([\w.]+)", text_of(guide))
    known = {".".join(key) for key in read(sources()).resources}

    assert set(targets) <= known
    builds = {name for name in known if re.search(r"_iam_member\.build_", name)}
    assert set(targets) == {"google_secret_manager_secret_iam_member.reader", *builds}


@pytest.mark.parametrize("guide", DEPLOY, ids=lambda guide: guide.parts[-3])
def test_the_prices_of_the_alerts_add_up(guide: Path) -> None:
    """0.10 USD a condition and 0.35 a million points: one a series every 30 seconds."""
    text = text_of(guide)
    prices = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (0\.\d\d) \|", text, flags=re.MULTILINE))
    alerts = read(sources()).locals["alerts"]
    points = 30 * 24 * 3600 / 30 * 0.35 / 1_000_000
    usual = load_pipeline().wanted({})
    groups = {
        "resource.labels.service_name": len(usual.functions),
        "resource.labels.subscription_id": len(usual.subscriptions),
    }

    expected = {}
    for name, alert in alerts.items():
        conditions = [str(condition) for condition in alert["conditions"]]
        grouped = [re.search(r"group_by': \['([\w.]+)'", condition) for condition in conditions]
        # One address, where there is a series for each: the text tells what further ones cost.
        series = sum(groups.get(match[1], 1) if match else 1 for match in grouped)
        expected[name] = f"{0.10 * len(conditions) + points * series:.2f}"
    assert prices == expected
    total = re.search(r"\d\.\d\d(?= USD\.\n|米ドルになります)", text)
    assert total
    assert total[0] == f"{sum(float(price) for price in prices.values()):.2f}"


@pytest.mark.parametrize("readme", READMES, ids=lambda readme: readme.name)
def test_settings_are_deployed_under_the_names_that_are_given(readme: Path) -> None:
    """A setting's name in `terraform.tfvars`, and its default there, stand in its row."""
    configuration = read(sources())
    text = text_of(readme)
    values = configuration.locals["values"]
    given = {**configuration.pipeline["environment"]}
    for function in configuration.pipeline["functions"].values():
        given |= function["environment"]

    for name, value in given.items():
        reference = re.search(r"var\.([\w.]+)", values[value["variable"]])
        assert reference, name
        row = re.search(rf"^\| [^|]*`{name}`[^|]* \| ([^|]+) \|.* \| ([^|]+) \|$", text, re.M)
        assert row, name
        assert f"`{reference[1]}`" in row[1], name
        assert row[2].strip("`") == _default(reference[1]) or "`" not in row[2], name


def _default(variable: str) -> str:
    """The default of a variable, or of a field of one."""
    name, _, field = variable.partition(".")
    body = read(sources()).variables[name]
    if field:
        declared = re.search(rf"^    {field} += optional\(\w+, (\w+)\)", _variables(), re.MULTILINE)
        return declared[1] if declared else ""
    return str(body.get("default", "")).strip('"')


def _variables() -> str:
    return (TERRAFORM / "variables.tf").read_text(encoding="utf-8")
