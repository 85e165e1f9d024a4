"""Reads environment variables, and reports every missing or wrong one in a single message.

Each step declares its own frozen settings object and fills it from here, once, on first use:

    variables = Variables(os.environ)
    settings = Settings(project=variables.text("GOOGLE_CLOUD_PROJECT", example="my-project"), …)
    variables.check()
"""

from collections.abc import Collection, Mapping
from zoneinfo import ZoneInfo

from commit_counts.errors import InvalidEvent, InvalidSettings
from commit_counts.parse import time_zone

# The hosts that are this machine.
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
TRUE_WORDS = frozenset({"1", "true", "yes", "on"})
FALSE_WORDS = frozenset({"0", "false", "no", "off"})


class Variables:
    """Environment variables, read one by one; faults gather until `check` raises them together.

    An empty variable counts as absent, as `NAME= command` is how a shell unsets one for a command.
    After a fault the reading method returns a placeholder of the right type.
    """

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._faults: list[str] = []

    def text(self, name: str, *, example: str) -> str:
        """A variable that must be there; `example` shows the person what belongs into it."""
        value = self.optional(name)
        if value is None:
            self._faults.append(f"{name} is missing: set it, for example {name}={example}")
        return value or ""

    def optional(self, name: str) -> str | None:
        """A variable that may be absent."""
        return self._variables.get(name, "").strip() or None

    def label(self, name: str, *, longest: int) -> str | None:
        """A short name that may be absent, such as the event's `source`."""
        value = self.optional(name)
        if value is None or (len(value) <= longest and value.isprintable()):
            return value
        self._faults.append(
            f"{name}: expected at most {longest} characters and none of control, got {value!r:.80}"
        )
        return None

    def integer(self, name: str, *, default: int, minimum: int, maximum: int) -> int:
        """A whole number within bounds, both included."""
        value = self.optional(name)
        if value is None:
            return default
        if value.isdecimal() and minimum <= int(value) <= maximum:
            return int(value)
        self._faults.append(
            f"{name}: expected a whole number from {minimum} to {maximum}, got {value!r}"
        )
        return default

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A switch: 1/0, true/false, yes/no or on/off, in any case."""
        value = (self.optional(name) or str(int(default))).lower()
        if value not in TRUE_WORDS | FALSE_WORDS:
            self._faults.append(f"{name}: expected true or false, got {value!r}")
        return value in TRUE_WORDS

    def words(self, name: str) -> tuple[str, ...]:
        """A list parted by commas or white space; empty where the variable is absent."""
        return tuple((self.optional(name) or "").replace(",", " ").split())

    def choice(self, name: str, *, default: str, choices: Collection[str]) -> str:
        """One of a few words, in any case."""
        value = (self.optional(name) or default).lower()
        if value not in choices:
            self._faults.append(
                f"{name}: expected one of {', '.join(sorted(choices))}, got {value!r}"
            )
            return default
        return value

    def time_zone(self, name: str = "TIME_ZONE", *, default: ZoneInfo | None = None) -> ZoneInfo:
        """An IANA zone; it must be there where no default is given."""
        value = self.optional(name)
        if value is None and default is not None:
            return default
        if value is None:
            self._faults.append(f"{name} is missing: set it, for example {name}=Asia/Tokyo")
            return ZoneInfo("UTC")
        try:
            return time_zone(value)
        except InvalidEvent as error:
            self._faults.append(str(error).replace("time_zone", name, 1))
            return ZoneInfo("UTC")

    def check(self) -> None:
        """Raise InvalidSettings with every fault met so far, if there was one."""
        if self._faults:
            raise InvalidSettings("; ".join(self._faults))
