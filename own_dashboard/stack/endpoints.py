"""`endpoints.json`: where everything of the running local stack listens, for any real client."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from commit_counts.errors import NeverWorks
from emulators.files import replace_file

FILE_NAME = "endpoints.json"


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """The addresses of one running stack.

    pubsub, monitoring: gRPC, `host:port` (`pubsub` is what PUBSUB_EMULATOR_HOST takes).
    pubsub_rest, sheets, collect, page: base URLs. github: the GraphQL URL.
    page is None in a run that has no page; sheets is None where a real Google Sheet is written.
    """

    project: str
    topic: str
    sheet_id: str
    pubsub: str
    pubsub_rest: str
    monitoring: str
    github: str
    collect: str
    sheets: str | None = None
    page: str | None = None


def write_endpoints(endpoints: Endpoints, state: Path) -> None:
    """Tell the world; the file appears whole or not at all."""
    content = json.dumps(asdict(endpoints), indent=2) + "\n"
    replace_file(state / FILE_NAME, content.encode())


def remove_endpoints(state: Path) -> None:
    """Nothing listens any more."""
    (state / FILE_NAME).unlink(missing_ok=True)


def read_endpoints(state: Path) -> Endpoints | None:
    """What the last stack on this state said; None where none runs or ran to a clean end."""
    file = state / FILE_NAME
    try:
        return Endpoints(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise NeverWorks(
            f"{file} cannot be read ({error}); stop `./dev up`, delete the file, start it again"
        ) from error


def service_variables(running: Endpoints) -> dict[str, str]:
    """The environment variables that lead a function, or its inspection, to a running stack."""
    variables = {
        "GOOGLE_CLOUD_PROJECT": running.project,
        "MONITORING_EMULATOR_HOST": running.monitoring,
        "PUBSUB_EMULATOR_HOST": running.pubsub,
        "SHEET_ID": running.sheet_id,
    }
    if running.sheets:
        variables["SHEETS_EMULATOR_HOST"] = running.sheets.removeprefix("http://")
    return variables
