"""The whole pipeline on this machine: stand-ins, the three functions, the page, wired together."""

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Protocol

from commit_counts.errors import NeverWorks
from local.endpoints import Endpoints, remove_endpoints, write_endpoints
from local.functions import FunctionProcess
from local.github import GitHubStandIn
from local.http_server import LoopbackServer
from local.inputs import Input
from local.monitoring import MonitoringStandIn
from local.pipeline import Pipeline, load_pipeline
from local.pubsub import PubSubStandIn
from local.sheets import SheetsStandIn
from local.wiring import wire

LOCAL_PROJECT = "own-dashboard-local"
LOCAL_SHEET = "local-sheet"
# A minute of back-off passes in a second here: nobody waits an hour to see a dead letter.
DEFAULT_SPEED = 60.0
_SECRETS = ("GITHUB_TOKEN", "GOOGLE_APPLICATION_CREDENTIALS")


@dataclass(frozen=True, kw_only=True)
class StackOptions:
    """How to run the pipeline.

    state: folder for everything that survives a restart.
    sheet_id: a real Google Sheet, written with the person's Google credentials; None for the
        stand-in.
    page_port: None for no page.
    speed: by how much the back-off between deliveries is shortened.
    environment: the person's own variables, from which each function gets those that it reads.
    """

    state: Path
    input: Input
    time_zone: str
    language: str = "en"
    sheet_id: str | None = None
    page_port: int | None = None
    speed: float = DEFAULT_SPEED
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))


class _StandIn(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


class Stack:
    """Starts everything on `with`, and leaves nothing behind."""

    def __init__(self, options: StackOptions, *, report: Callable[[str], None]) -> None:
        """report: told in one line what happens outside the ordinary, from any thread."""
        self.options = options
        self.pipeline: Pipeline = load_pipeline()
        self._report = report
        self._exits = ExitStack()
        state = options.state
        self.pubsub = PubSubStandIn(state=state / "pubsub", speed=options.speed)
        self.monitoring = MonitoringStandIn(state=state / "monitoring")
        self.sheets = None if options.sheet_id else SheetsStandIn(state=state / "sheets")
        self.github = None if options.input.graphql_url else self._github_stand_in()
        self.functions: dict[str, FunctionProcess] = {}
        self.page_url: str | None = None

    @property
    def project(self) -> str:
        """The project's id, in every resource name."""
        return self.options.environment.get("GOOGLE_CLOUD_PROJECT", "").strip() or LOCAL_PROJECT

    @property
    def sheet_id(self) -> str:
        """The spreadsheet that is written."""
        return self.options.sheet_id or LOCAL_SHEET

    def __enter__(self) -> "Stack":
        """Start it all; what cannot start takes the rest down and is raised."""
        with self._exits:
            self._start()
            self._exits = self._exits.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop the functions first, so that nothing is acknowledged half done."""
        self._exits.close()

    def endpoints(self) -> Endpoints:
        """Where everything listens."""
        return Endpoints(
            project=self.project,
            topic=self.pipeline.topic,
            sheet_id=self.sheet_id,
            pubsub=self.pubsub.address,
            pubsub_rest=self.pubsub.rest_url,
            monitoring=self.monitoring.address,
            github=self._github_url(),
            collect=self.functions["collect"].url,
            sheets=self.sheets.url if self.sheets else None,
            page=self.page_url,
        )

    def subscription(self, name: str) -> str:
        """The full name of one of the pipeline's subscriptions."""
        return f"projects/{self.project}/subscriptions/{name}"

    def _start(self) -> None:
        remove_endpoints(self.options.state)  # those of a stack that was killed
        for stand_in in self._stand_ins():
            if stand_in:
                stand_in.start()
                self._exits.callback(stand_in.stop)
        if self.sheets:
            self.sheets.create_spreadsheet(
                LOCAL_SHEET, title="own_dashboard", time_zone=self.options.time_zone
            )
        self._serve_page()
        self._start_functions()
        urls = {step: function.url for step, function in self.functions.items()}
        wire(self.pipeline, self.project, self.pubsub.address, urls)
        for function in self.functions.values():
            function.wait_ready()
        write_endpoints(self.endpoints(), self.options.state)
        self._exits.callback(remove_endpoints, self.options.state)

    def _stand_ins(self) -> Sequence[_StandIn | None]:
        return (self.pubsub, self.monitoring, self.sheets, self.github)

    def _start_functions(self) -> None:
        for function in self.pipeline.functions:
            process = FunctionProcess(
                function,
                environment=self._environment_of(function.step),
                state=self.options.state / "functions",
                on_restart=self._restarted,
            )
            process.start()
            self._exits.callback(process.stop)
            self.functions[function.step] = process
        for process in self.functions.values():
            self._exits.callback(process.ask_to_stop)  # these run first: all end at once

    def _serve_page(self) -> None:
        if self.options.page_port is None:
            return
        from local.page import create_app
        from local.page_sources import StackSources

        try:
            server = LoopbackServer(create_app(StackSources(self)), port=self.options.page_port)
        except OSError as error:
            raise NeverWorks(
                f"port {self.options.page_port} cannot be used for the page: it is taken, or not "
                f"allowed ({os.strerror(error.errno or 0)}); "
                "name another with --port"
            ) from error
        server.start()
        self._exits.callback(server.stop)
        self.page_url = server.url

    def _github_stand_in(self) -> GitHubStandIn:
        chosen = self.options.input
        return GitHubStandIn(
            state=None,
            clones=chosen.clones,
            authors=chosen.authors,
            login=chosen.login or "local",
            token=chosen.token,
        )

    def _github_url(self) -> str:
        return self.options.input.graphql_url or (self.github.url if self.github else "")

    def _environment_of(self, step: str) -> dict[str, str]:
        """The variables of one function: the person's own, and those that lead to the stand-ins."""
        given = {k: v for k, v in self.options.environment.items() if k not in _SECRETS}
        given |= {
            "TIME_ZONE": self.options.time_zone,
            "LANGUAGE": self.options.language,
            "GOOGLE_CLOUD_PROJECT": self.project,
        }
        match step:
            case "collect":
                given |= {
                    "GITHUB_GRAPHQL_URL": self._github_url(),
                    "GITHUB_LOGIN": self.options.input.login or "",
                    "GITHUB_TOKEN": self.options.input.token,
                    "PUBSUB_EMULATOR_HOST": self.pubsub.address,
                    "TOPIC": self.pipeline.topic,
                    "TIMEOUT_SECONDS": str(self.pipeline.function(step).timeout_seconds),
                }
            case "write_sheet":
                given["SHEET_ID"] = self.sheet_id
                if self.sheets:
                    given["SHEETS_EMULATOR_HOST"] = self.sheets.url.removeprefix("http://")
                else:
                    given |= self._credentials()
            case "write_metric":
                given["MONITORING_EMULATOR_HOST"] = self.monitoring.address
        return given

    def _credentials(self) -> dict[str, str]:
        name = "GOOGLE_APPLICATION_CREDENTIALS"
        return {name: self.options.environment[name]} if name in self.options.environment else {}

    def _restarted(self, step: str, status: int) -> None:
        log = self.functions[step].log_file
        self._report(f"{step} ended by itself (status {status}) and is started again; see {log}")
