"""The READMEs, docs/ and the runbooks name what is there, in commands that gcloud understands."""

import contextlib
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import hcl2
import pytest

from own_dashboard.deploy.shell import Shell
from own_dashboard.deploy.steps import Place, Wish, deploy
from tests.support.guides import DEPLOY, DOCS, GUIDES, blocks, code, name_of, text_of
from tests.support.terraform import TERRAFORM, read, sources

OUTPUTS = (TERRAFORM / "outputs.tf").read_text(encoding="utf-8")
# Stands for the shell's and Terraform's variables; a project ID, as most of them are.
WORD = "demo-project"
_COMMAND = re.compile(r"""gcloud (?:[^|;)"'\n`]|"(?:\\.|[^"\\])*"|'[^']*')+""")
_SUBSTITUTED = re.compile(r"\$\((gcloud (?:[^()]|\([^()]*\))*)\)")


def gcloud_commands() -> list[str]:
    """Every command of guides, outputs and `./dev deploy`, with words for shell variables."""
    fragments = [part for guide in GUIDES for part in code(guide)]
    written = OUTPUTS.replace("${local.in_project}", f"--project={WORD}").replace('\\"', '"')
    fragments += re.findall(r'^  value += "(.*)"$', written, flags=re.MULTILINE)
    fragments += dry_run()
    single = [inner for part in fragments for inner in _unnested(part)]
    found = {match.strip() for part in single for match in _COMMAND.findall(part)}
    # A prose text may name a command without its arguments.
    return sorted(one for one in found if not any(other.startswith(f"{one} ") for other in found))


def dry_run() -> list[str]:
    """Every command of `./dev deploy`."""
    with contextlib.redirect_stdout(io.StringIO()) as shown:
        deploy(
            Shell(TERRAFORM.parent, dry_run=True),
            Place(folder=TERRAFORM.parent, wish=Wish(project=WORD)),
        )
    lines = [line.strip().partition("   #")[0] for line in shown.getvalue().splitlines()]
    return [line.removeprefix("$ ") for line in lines if line.startswith("$ gcloud")]


def _unnested(command: str) -> Iterator[str]:
    """A command and the ones that it substitutes, without variables."""
    plain = re.sub(r"\$\{[^}]*\}|\$\w+", WORD, command)
    yield from _SUBSTITUTED.findall(plain)
    yield _SUBSTITUTED.sub(WORD, plain)


def test_the_real_gcloud_understands_every_command() -> None:
    """Commands, flags and their kinds are those that gcloud itself has; nothing is executed."""
    if not shutil.which("gcloud"):
        pytest.skip("there is no gcloud on PATH")
    commands = gcloud_commands()
    assert len(commands) > 30

    wrong = [f"gcloud projects creat {WORD}", f"gcloud projects create {WORD} --nme=commits"]
    faults = _misunderstood([*commands, *wrong])

    assert [fault for fault in faults if not fault.startswith(tuple(wrong))] == []
    assert len(faults) == len(wrong)


def _misunderstood(commands: list[str]) -> list[str]:
    done = subprocess.run(
        ["gcloud", "meta", "lint-gcloud-commands", "--commands-file=/dev/stdin"],
        input=json.dumps([{"command_string": command} for command in commands]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers = json.loads(done.stdout)
    assert len(answers) == len(commands)
    return [f"{a['command_string']}: {a['error_message']}" for a in answers if not a["success"]]


@pytest.mark.parametrize("guide", GUIDES, ids=name_of)
def test_what_asks_something_ends_its_block(guide: Path) -> None:
    """Pasted whole, no line of a block becomes the answer to the question of another."""
    asks = re.compile(r"read |gcloud auth (application-default )?login|terraform \S+ apply")
    lines = [block.splitlines() for block in blocks(guide)]

    if guide in DEPLOY:
        assert len([last for *_, last in lines if asks.match(last)]) > 7
    assert [line for *before, _ in lines for line in before if asks.match(line)] == []


def test_named_outputs_and_runbooks_exist() -> None:
    """The guides ask for each output and for no other; runbooks name each other rightly."""
    offered = set(re.findall(r'^output "(\w+)"', OUTPUTS, flags=re.MULTILINE))
    text = " ".join(" ".join(text_of(guide).split()) for guide in GUIDES)

    assert set(re.findall(r"output -raw (\w+)", text)) == offered
    for name in re.findall(r"`(\w+)\.md`", text):
        assert (DOCS / "runbooks" / f"{name}.md").is_file(), name


def test_each_alert_has_a_runbook_that_says_what_to_do() -> None:
    """One runbook an alert and one alert a runbook, each with its meaning, each in the guides."""
    alerts = set(read(sources()).locals["alerts"])

    assert {file.stem for file in (DOCS / "runbooks").glob("*.md")} == alerts
    for name in alerts:
        text = text_of(DOCS / "runbooks" / f"{name}.md")
        assert "**What it means.**" in text
        assert re.search(r"\*\*\w[^*]*[:.]?\*\*", text.partition("**What it means.**")[2]), name
        assert "**意味。**" in text_of(DOCS / "ja" / "runbooks" / f"{name}.md")
        for guide in map(text_of, DEPLOY):
            assert f"| `{name}` |" in guide
            assert f"/runbooks/{name}.md" in guide
            assert f"  {name} " in guide


def test_the_example_of_variables_is_complete_and_parses() -> None:
    """With every comment sign before an assignment gone, the example is HCL of known variables."""
    text = (TERRAFORM / "terraform.tfvars.example").read_text(encoding="utf-8")
    uncommented = re.sub(r"^# (?=\w+ += |  \w+ += |\})", "", text, flags=re.MULTILINE)
    given = {name for name in hcl2.loads(uncommented) if not name.startswith("__")}

    sensitive = {n for n, body in read(sources()).variables.items() if body.get("sensitive")}
    assert given == set(read(sources()).variables) - sensitive
