"""One run: every URL is requested at once, and each result published."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from commit_counts.check import Check, Outcome
from commit_counts.tls import trusted_authorities
from watch.probe import Rules, probe
from watch.target import Target


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What a run found."""

    checks: tuple[Check, ...]

    @property
    def down(self) -> tuple[Check, ...]:
        """Those that failed."""
        return tuple(check for check in self.checks if check.outcome is not Outcome.OK)

    def facts(self) -> dict[str, object]:
        """The fields of the log line."""
        facts: dict[str, object] = {"urls": len(self.checks), "down": len(self.down)}
        if self.down:
            facts["failures"] = {check.url: check.outcome.value for check in self.down}
        return facts

    def to_json(self) -> dict[str, object]:
        """The answer of the function."""
        return self.facts()


def run(targets: Sequence[Target], rules: Rules, publish: Callable[[Check], None]) -> Checked:
    """Check every URL once, and publish in their order.

    Raises RetryLater or NeverWorks where an event cannot be published; the others are.
    """
    authorities = trusted_authorities(trust_env=False)
    with ThreadPoolExecutor(max_workers=len(targets)) as pool:
        checks = tuple(pool.map(lambda target: probe(target, rules, authorities), targets))
        for published in [pool.submit(publish, check) for check in checks]:
            published.result()
    return Checked(checks=checks)
