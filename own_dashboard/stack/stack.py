"""The whole pipeline on this machine: emulators, the three functions, the page, wired together."""

import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from types import TracebackType
from typing import Protocol
from zoneinfo import ZoneInfo

from commit_counts.errors import NeverWorks
from commit_counts.retry import utc_now
from emulators.github import GitHubEmulator
from emulators.http_server import LoopbackServer
from emulators.monitoring import MonitoringEmulator
from emulators.pubsub import PubSubEmulator
from emulators.sheets import SheetsEmulator
from own_dashboard.stack.functions import FunctionProcess
from own_dashboard.stack.options import (
    LOCAL_PROJECT,
    LOCAL_SHEET,
    Addresses,
    StackOptions,
    function_environments,
)
from own_dashboard.stack.page_address import choose_page_address
from own_dashboard.stack.pipeline import Pipeline
from own_dashboard.stack.sample import sample_repositories
from own_dashboard.stack.state import Endpoints, remove_endpoints, write_endpoints
from own_dashboard.stack.wiring import wire


class _Emulator(Protocol):
    def start(self) -> None: ...

    def stop(self) -> None: ...


class Stack:
    """Starts everything on `with`, and leaves nothing behind."""

    def __init__(
        self, options: StackOptions, pipeline: Pipeline, functions: Mapping[str, FunctionProcess]
    ) -> None:
        """functions: the pipeline's, by their steps (see `function_processes`)."""
        self.options = options
        self.pipeline = pipeline
        self.functions = functions
        self._exits = ExitStack()
        state = options.state
        self.pubsub = PubSubEmulator(
            state=state / "pubsub", speed=options.speed, only_new_endpoints=True
        )
        self.monitoring = MonitoringEmulator(state=state / "monitoring")
        self.sheets = None if options.sheet_id else SheetsEmulator(state=state / "sheets")
        self.github = None if options.input.graphql_url else self._github_emulator()
        self.page_url: str | None = None
        self.page_is_open = False

    @property
    def sheets_host(self) -> str | None:
        """`host:port` of the emulator of the Sheets service; None for Google's own."""
        if self.sheets:
            return self.sheets.url.removeprefix("http://")
        return self.options.environment.get("SHEETS_EMULATOR_HOST", "").strip() or None

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
        """Stop what pushes first, then the functions, then the services that they write to."""
        self._exits.close()

    def wait_ready(self, steps: Iterable[str]) -> None:
        """Return when these functions answer; NeverWorks where one does not come up.

        Until then what it is called for waits.
        """
        for step in steps:
            self.functions[step].wait_ready()

    def endpoints(self) -> Endpoints:
        """Where everything listens."""
        return Endpoints(
            project=LOCAL_PROJECT,
            topic=self.pipeline.commit_counts,
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
        return f"projects/{LOCAL_PROJECT}/subscriptions/{name}"

    def _start(self) -> None:
        remove_endpoints(self.options.state)  # those of a stack that was killed
        page = self._bind_page()
        for emulator in self._emulator():
            if emulator:
                try:
                    emulator.start()
                except OSError as error:
                    raise NeverWorks(
                        f"the local state cannot be used: {error}",
                        fix="free space or set permissions, or name another folder with --state",
                    ) from error
                self._exits.callback(emulator.stop)
        if self.sheets:
            self.sheets.create_spreadsheet(
                LOCAL_SHEET,
                title="Sample data" if self.options.input.is_sample else "own_dashboard",
                time_zone=self.options.time_zone,
            )
        self._connect_functions()
        urls = {step: function.url for step, function in self.functions.items()}
        wire(self.pipeline, LOCAL_PROJECT, self.pubsub.address, urls)
        if page:
            page.start()
        write_endpoints(self.endpoints(), self.options.state)
        self._exits.callback(remove_endpoints, self.options.state)

    def _emulator(self) -> Sequence[_Emulator | None]:
        return (self.pubsub, self.monitoring, self.sheets, self.github)

    def _connect_functions(self) -> None:
        environments = function_environments(self.options, self._addresses(), self.pipeline)
        for step, process in self.functions.items():
            if process.pid is None:
                process.start()
            process.tell(environments[step])
            self._exits.callback(process.stop)
        # Runs first: nothing is pushed to a function that is ending. What is under way is cut and
        # stays owed.
        self._exits.callback(self.pubsub.stop)

    def _bind_page(self) -> LoopbackServer | None:
        """Take the page's port early; the page answers once there is something to show."""
        if self.options.page_port is None:
            return None
        from own_dashboard.page import create_app
        from own_dashboard.stack.page_sources import StackSources

        host, port = self.options.page_host, self.options.page_port
        address = choose_page_address(host)
        app = create_app(StackSources(self), access_code=address.code)
        try:
            server = LoopbackServer(app, port=port, host=host, names=address.names)
        except OSError as error:
            why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
            other = " or --host" if address.is_open else ""
            raise NeverWorks(
                f"port {port} of {host} cannot be used for the page: it is taken, or not allowed "
                f"({why})",
                fix=f"name another with --port{other}",
            ) from error
        self._exits.callback(server.stop)
        self.page_url, self.page_is_open = address.url(server.port), address.is_open
        return server

    def _addresses(self) -> Addresses:
        return Addresses(
            project=LOCAL_PROJECT,
            pubsub=self.pubsub.address,
            monitoring=self.monitoring.address,
            github=self._github_url(),
            sheet_id=self.sheet_id,
            sheets=self.sheets_host,
        )

    def _github_emulator(self) -> GitHubEmulator:
        chosen = self.options.input
        zone = ZoneInfo(self.options.time_zone)
        return GitHubEmulator(
            state=None,
            repositories=sample_repositories(utc_now(), zone) if chosen.is_sample else (),
            clones=chosen.clones,
            authors=chosen.authors,
            login=chosen.login or "local",
            token=chosen.token,
        )

    def _github_url(self) -> str:
        return self.options.input.graphql_url or (self.github.url if self.github else "")
