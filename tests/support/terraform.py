"""The HCL under `terraform/`, read without terraform: for checks that need no cloud, no provider.

python-hcl2 keeps expressions as text: `"literal ${reference}"` in quotes, `${reference}` bare. What
the checks compare is resolved here, as far as names go: references to names of other resources,
locals that are plain text, `each`, and pipeline.json. Anything else stays as it is written.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import hcl2

ROOT = Path(__file__).resolve().parents[2]
TERRAFORM = ROOT / "terraform"
# What a person fills in; README.md uses the same words.
WORDS = {
    "var.project_id": "PROJECT_ID",
    "var.region": "REGION",
    "data.google_project.this.number": "PROJECT_NUMBER",
}
# What a resource is called, where it is not `name`.
_NAMES = {
    "google_artifact_registry_repository": "repository_id",
    "google_secret_manager_secret": "secret_id",
    "google_service_account": "account_id",
}
_REFERENCE = re.compile(r'(google_\w+)\.(\w+)(?:\["?([\w.]+)"?\])?\.(\w+)')

Body = Mapping[str, Any]


def sources() -> dict[str, str]:
    """File name to text: the configuration, and what it reads beside itself."""
    files = [*TERRAFORM.glob("*.tf"), *TERRAFORM.glob("*.json*"), *TERRAFORM.glob("*.example")]
    return {file.name: file.read_text(encoding="utf-8") for file in files}


@dataclass(frozen=True, kw_only=True)
class Configuration:
    """One configuration, parsed.

    resources: (type, name) to body. blocks: every other kind of block, name to body.
    """

    resources: Mapping[tuple[str, str], Body]
    variables: Mapping[str, Body]
    locals: Body
    provider: Body
    pipeline: Mapping[str, Any]
    dashboard: str
    text: str

    def resource(self, kind: str, name: str) -> Body:
        """A resource's body; empty where there is none, so that a check finds what is missing."""
        return self.resources.get((kind, name), {})

    @property
    def names(self) -> dict[str, str]:
        """Step to the name of its function: `local.names`."""
        return {step: step.replace("_", "-") for step in self.pipeline["functions"]}

    def instances(self, body: Body) -> dict[str, str]:
        """`each.key` to `each.value` (as text) of a resource; one nameless one without for_each."""
        if "for_each" not in body:
            return {"": ""}
        if "local.subscriptions" in body["for_each"]:
            functions = self.pipeline["functions"].items()
            return {step: "" for step, function in functions if "subscription" in function}
        return self.names

    def resolve(self, expression: Any, key: str = "", value: str = "") -> str:
        """What an expression says, with the names that it refers to filled in."""
        text = str(expression)
        return re.sub(r"\$\{([^{}]+)\}", lambda m: self._word(m[1].strip(), key, value), text)

    def _word(self, inner: str, key: str, value: str) -> str:
        if inner in WORDS:
            return WORDS[inner]
        if inner in ("each.key", "each.value"):
            return key if inner == "each.key" else value
        if inner.startswith("local.pipeline."):
            return self._pipeline(inner.removeprefix("local.pipeline.").split("."), key)
        if inner == "each.value.name":
            return str(self.pipeline["functions"][key]["subscription"]["name"])
        if match := re.fullmatch(r'local\.names\["?([\w.]+)"?\]', inner):
            return self.names[key if match[1] == "each.key" else match[1]]
        if inner.removeprefix("local.") in self.locals:
            return self.resolve(self.locals[inner.removeprefix("local.")])
        if match := _REFERENCE.fullmatch(inner):
            return self._reference(match, key)
        return "${" + inner + "}"

    def _pipeline(self, path: list[str], key: str) -> str:
        found: Any = self.pipeline
        for part in path:
            found = found.get(key if part == "each.key" else part, "")
        return str(found)

    def _reference(self, match: re.Match[str], key: str) -> str:
        kind, name, index, attribute = match.groups()
        key = key if index in (None, "each.key") else index
        value = self.names.get(key, "")
        named = self.resource(kind, name).get(_NAMES.get(kind, "name"), match[0])
        found = self.resolve(named, key, value)
        if kind == "google_service_account" and attribute in ("member", "email"):
            prefix = "serviceAccount:" if attribute == "member" else ""
            return f"{prefix}{found}@{WORDS['var.project_id']}.iam.gserviceaccount.com"
        return found


def read(files: Mapping[str, str]) -> Configuration:
    """Parse a configuration. Raises what the parsers raise."""
    blocks: dict[str, list[Body]] = {}
    for name, text in files.items():
        if name.endswith(".tf"):
            for kind, found in _parse(text).items():
                blocks.setdefault(kind, []).extend(found)
    return Configuration(
        resources={
            (kind, name): body
            for block in blocks["resource"]
            for kind, inner in block.items()
            for name, body in inner.items()
        },
        variables={name: body for block in blocks["variable"] for name, body in block.items()},
        locals={name: value for block in blocks["locals"] for name, value in block.items()},
        provider=blocks["provider"][0]["google"],
        pipeline=json.loads(files["pipeline.json"]),
        dashboard=files["dashboard.json.tftpl"],
        text="\n".join(text for name, text in files.items() if name.endswith(".tf")),
    )


@cache
def _parse(text: str) -> Body:
    parsed = _plain(hcl2.loads(text))
    assert isinstance(parsed, dict)
    return parsed


def _plain(value: Any) -> Any:
    """Without the quotes around literals, and without what the parser adds."""
    if isinstance(value, dict):
        return {
            _plain(name): _plain(inner)
            for name, inner in value.items()
            if name not in ("__is_block__", "__comments__")
        }
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, str) and len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"')
    return value
