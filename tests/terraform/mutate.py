"""Makes mistakes in the deployment, one at a time, and says which of them the tests notice.

    python -m tests.terraform.mutate --list           # how many there are, by file
    python -m tests.terraform.mutate --sample 50      # fifty of them, chosen by --seed
    python -m tests.terraform.mutate terraform/iam.tf # all of one file

A mistake is an attribute, an element or a block that is gone, a literal that is another, or a
reference to the neighbour. Texts for people are not changed: no test can know a better one. It
needs terraform with its providers, takes some ten seconds a mistake, and is therefore run by hand.
"""

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AREAS = (
    *sorted((ROOT / "terraform").glob("*.tf")),
    ROOT / "terraform" / "pipeline.json",
    ROOT / "terraform" / "dashboard.json.tftpl",
    *sorted((ROOT / ".github" / "workflows").glob("*.yml")),
    ROOT / ".github" / "plan.sh",
)
PLAN = (
    *("test_functions", "test_pubsub", "test_schedule", "test_access", "test_order"),
    *("test_lifecycle", "test_outputs", "test_monitoring", "test_dashboard"),
)
ALL = (*PLAN, "test_alerts", "test_terraform_run", "test_terraform_registry")
GUIDES = ("docs/test_deployment_facts",)
WORKFLOWS = ("test_workflows", "test_terraform_policy")
# Attributes whose text is for people.
TEXTS = re.compile(r'\b(description|display_name|title|error_message|subject)\s*=\s*"')
_ATTRIBUTE = re.compile(r"^\s+[\w\"./-]+\s*=\s*\S.*$")
_ELEMENT = re.compile(r"^\s+\S[^={]*,$")
_BLOCK = re.compile(r'^\s*(dynamic |resource |output |variable |data |provider )?[\w" .-]+\{$')
_STRING = re.compile(r'"((?:[^"\\$]|\\.|\$(?!\{))+)"')
_NUMBER = re.compile(r"(?<![\w.\"-])(\d+)(?![\w.\"])")
_REFERENCE = re.compile(r"\b(?:(?:var|each)\.\w+|local\.\w+|google_\w+\.\w+)")


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """What a file would be like, and what was done to it in a few words."""

    file: Path
    line: int
    what: str
    text: str


def mistakes(file: Path) -> Iterator[Mistake]:
    """Every mistake that is made in one file."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    kinds = {
        ".tf": (_gone, _block_gone, _other_literal, _other_reference),
        ".json": (_json_gone, _other_json),
        ".tftpl": (_json_gone, _other_json),
        ".yml": (_yaml_gone, _other_yaml),
        ".sh": (_command_gone,),
    }
    for kind in kinds[file.suffix]:
        for index, what, changed in kind(lines):
            text = "".join(changed)
            if text != "".join(lines):
                yield Mistake(file=file, line=index + 1, what=what, text=text)


Changes = Iterator[tuple[int, str, list[str]]]


def _without(lines: list[str], start: int, end: int) -> list[str]:
    return [*lines[:start], *lines[end:]]


def _with(lines: list[str], index: int, line: str) -> list[str]:
    return [*lines[:index], line, *lines[index + 1 :]]


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#") or not line.strip()


def _gone(lines: list[str]) -> Changes:
    """An attribute, or an element of a list, that stands on a line of its own."""
    for index, line in enumerate(lines):
        whole = line.count("{") == line.count("}") and line.count("[") == line.count("]")
        whole = whole and line.count("(") == line.count(")") and not _is_comment(line)
        if whole and (_ATTRIBUTE.match(line) or _ELEMENT.match(line)):
            yield index, f"gone: {line.strip()}", _without(lines, index, index + 1)


def _block_gone(lines: list[str]) -> Changes:
    """A block, with all that is in it."""
    for index, line in enumerate(lines):
        if not _BLOCK.match(line) or line.startswith(("locals", "terraform", "variable")):
            continue
        indent = len(line) - len(line.lstrip())
        end = next(
            i
            for i in range(index + 1, len(lines))
            if lines[i].startswith(" " * indent + "}") and len(lines[i].rstrip()) <= indent + 2
        )
        yield index, f"block gone: {line.strip()}", _without(lines, index, end + 1)


def _other_literal(lines: list[str]) -> Changes:
    """A string, a number or a switch that is another."""
    for index, line in enumerate(lines):
        if _is_comment(line) or TEXTS.search(line) or line.lstrip().startswith(("resource", "var")):
            continue
        for match in _STRING.finditer(line):
            if re.match(r"\s*(output|data|provider|dynamic|mock)", line):
                continue
            changed = line[: match.end(1)] + "x" + line[match.end(1) :]
            yield index, f"literal: {match[0]} in {line.strip()}", _with(lines, index, changed)
        for match in _NUMBER.finditer(_STRING.sub(lambda m: "_" * len(m[0]), line)):
            changed = line[: match.start(1)] + str(int(match[1]) + 1) + line[match.end(1) :]
            yield index, f"number: {match[1]} in {line.strip()}", _with(lines, index, changed)
        for match in re.finditer(r"\b(true|false)\b", line):
            other = "false" if match[1] == "true" else "true"
            changed = line[: match.start(1)] + other + line[match.end(1) :]
            yield index, f"switch: {line.strip()}", _with(lines, index, changed)


def _other_reference(lines: list[str]) -> Changes:
    """A reference to the next thing of the same kind that the file names."""
    found = sorted({name for line in lines for name in _REFERENCE.findall(line)})
    for index, line in enumerate(lines):
        if _is_comment(line):
            continue
        for match in _REFERENCE.finditer(line):
            kind = match[0].partition(".")[0]
            peers = [name for name in found if name.partition(".")[0] == kind]
            other = peers[(peers.index(match[0]) + 1) % len(peers)]
            changed = line[: match.start()] + other + line[match.end() :]
            yield index, f"{match[0]} -> {other} in {line.strip()}", _with(lines, index, changed)


def _json_gone(lines: list[str]) -> Changes:
    """A key with a value on one line, or an element of a list."""
    for index, line in enumerate(lines):
        bracket = line.rstrip().rstrip(",").endswith(("{", "[", "}", "]"))
        if bracket and not re.search(r": (\{.*\}|\[.*\]),?$", line.rstrip()):
            continue
        changed = _without(lines, index, index + 1)
        if not line.rstrip().endswith(","):
            changed[index - 1] = changed[index - 1].rstrip().removesuffix(",") + "\n"
        if _parses("".join(changed)):
            yield index, f"gone: {line.strip()}", changed


def _other_json(lines: list[str]) -> Changes:
    """A value that is another: half of a number, a string with one letter more."""
    for index, line in enumerate(lines):
        match = re.search(r'(?:: |^\s+|\[|, )("(?:[^"\\]|\\.)+"|\d+(?:\.\d+)?)(?=,?$|\]|\})', line)
        if not match:
            continue
        value = match[1]
        other = value[:-1] + 'x"' if value[0] == '"' else str(float(value) / 2).removesuffix(".0")
        changed = line[: match.start(1)] + other + line[match.end(1) :]
        yield index, f"value: {line.strip()}", _with(lines, index, changed)


def _parses(text: str) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def _yaml_gone(lines: list[str]) -> Changes:
    """A line, and all that is indented below it."""
    for index, line in enumerate(lines):
        if _is_comment(line) or line.startswith(("name:", "jobs:")):
            continue
        indent = len(line) - len(line.lstrip())
        end = index + 1
        while end < len(lines) and (
            not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent
        ):
            end += 1
        yield index, f"gone: {line.strip()}", _without(lines, index, end)


def _other_yaml(lines: list[str]) -> Changes:
    """A value with one letter more."""
    for index, line in enumerate(lines):
        match = re.match(r'^\s+(?:- )?[\w-]+: ("?[^#|"\n]+?)("?)( #.*)?$', line.rstrip())
        if match and "name:" not in line:
            changed = line[: match.end(1)] + "x" + line[match.end(1) :]
            yield index, f"value: {line.strip()}", _with(lines, index, changed)


def _command_gone(lines: list[str]) -> Changes:
    """A command."""
    for index, line in enumerate(lines):
        if not _is_comment(line):
            yield index, f"gone: {line.strip()}", _without(lines, index, index + 1)


def copy_checkout(target: Path) -> None:
    """The files of the checkout as they are now."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, target / name)


def stages(file: Path) -> Iterator[list[str]]:
    """The tests that may notice something in a file, the quick ones first."""
    parts: tuple[tuple[str, ...], ...] = (PLAN, ALL[len(PLAN) :], GUIDES)
    if ".github" in file.parts:
        parts = (WORKFLOWS,)
    elif file.suffix == ".tftpl":
        parts = (("test_dashboard",),)
    for names in parts:
        yield [f"tests/{n if '/' in n else f'terraform/{n}'}.py" for n in names]


def noticed_by(mistake: Mistake, checkout: Path) -> str | None:
    """The first test that fails; None where all pass. Leaves the checkout as it was."""
    file = checkout / mistake.file.relative_to(ROOT)
    before = file.read_text(encoding="utf-8")
    file.write_text(mistake.text, encoding="utf-8")
    try:
        for names in stages(mistake.file):
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider"),
                    *("--no-header", "--tb=line", "-rfEs", *names),
                ],
                cwd=checkout,
                env={**os.environ, "PYTHONPATH": f"{checkout}:{checkout}/functions"},
                capture_output=True,
                text=True,
                check=False,
            )
            failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, flags=re.MULTILINE)
            if failed:
                return str(failed[0]).removeprefix("tests/")
            if done.returncode:
                return f"pytest ended with {done.returncode}"
            if "no providers" in done.stdout or "no terraform" in done.stdout:
                raise SystemExit(f"tests were skipped:\n{done.stdout}")
    finally:
        file.write_text(before, encoding="utf-8")
    return None


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, help="only these files")
    parser.add_argument("--sample", type=int, help="so many, spread over all files")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--list", action="store_true", help="only say what would be done")
    parser.add_argument("--log", type=Path, help="append each result as a line")
    asked = parser.parse_args()
    areas = [file.resolve() for file in asked.files] or AREAS
    made = [mistake for file in areas for mistake in mistakes(file)]
    if asked.sample:
        made = random.Random(asked.seed).sample(made, min(asked.sample, len(made)))
    if asked.list:
        for mistake in made:
            print(f"{mistake.file.relative_to(ROOT)}:{mistake.line}: {mistake.what}")
        print(len(made))
        return
    run(made, asked.jobs, asked.log)


def run(made: list[Mistake], jobs: int, log: Path | None) -> None:
    """Make the mistakes, each in one of a few copies, and print what became of them."""
    found: dict[Path, list[bool]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        free = [Path(scratch) / str(number) for number in range(jobs)]
        for checkout in free:
            copy_checkout(checkout)

        def one(mistake: Mistake) -> tuple[Mistake, str | None, float]:
            checkout, started = free.pop(), time.monotonic()
            test = noticed_by(mistake, checkout)
            free.append(checkout)
            return mistake, test, time.monotonic() - started

        with ThreadPoolExecutor(jobs) as pool:
            for done in as_completed([pool.submit(one, mistake) for mistake in made]):
                mistake, test, seconds = done.result()
                name = mistake.file.relative_to(ROOT)
                found.setdefault(name, []).append(test is not None)
                line = f"{name}:{mistake.line}: {mistake.what}: {test or 'NOT NOTICED'}"
                print(f"{line} ({seconds:.0f} s)", flush=True)
                if log:
                    with log.open("a", encoding="utf-8") as file:
                        file.write(line + "\n")
    for name, results in sorted(found.items()):
        print(f"{name}: {sum(results)} of {len(results)} noticed")
    everything = [result for results in found.values() for result in results]
    print(f"all: {sum(everything)} of {len(everything)} noticed")


if __name__ == "__main__":
    main()
