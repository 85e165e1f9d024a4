"""The part of Cloud Monitoring's filter language that the emulator understands.

Comparisons joined by AND, each on `metric.type`, `metric.labels.KEY`, `resource.type` or
`resource.labels.KEY` (`label` for `labels` too, and quoted keys), with `=` or `!=` and a string, a
`starts_with("…")` or a `one_of("…", "…")`. https://cloud.google.com/monitoring/api/v3/filters
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from emulators.monitoring.series import TimeSeries

_STRING = r'"(?:[^"\\]|\\.)*"'
_COMPARISON = re.compile(
    rf"""\s*(?P<selector>(?:metric|resource)\.(?:type|labels?\.(?:\w+|{_STRING})))
    \s*(?P<operator>!?=)\s*
    (?P<function>starts_with|one_of)?\s*
    (?P<operand>{_STRING}|\(\s*{_STRING}(?:\s*,\s*{_STRING})*\s*\))\s*""",
    re.VERBOSE,
)
_AND = re.compile(r"AND\b")


class UnknownFilter(ValueError):
    """A filter that the emulator does not understand; the text says where."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One condition on a series. operands: any of them; with `prefix`, as beginnings."""

    selector: tuple[str, ...]
    operands: tuple[str, ...]
    prefix: bool
    negated: bool

    def matches(self, series: TimeSeries) -> bool:
        """Whether the series meets the condition; an absent label counts as empty."""
        return self.meets(self._value(series))

    def meets(self, value: str) -> bool:
        """Whether one value meets the condition."""
        met = value.startswith(self.operands) if self.prefix else value in self.operands
        return met != self.negated

    def _value(self, series: TimeSeries) -> str:
        if self.selector == ("metric", "type"):
            return series.metric_type
        if self.selector == ("resource", "type"):
            return series.resource_type
        labels = series.labels if self.selector[0] == "metric" else series.resource_labels
        return labels.get(self.selector[2], "")


def parse_filter(text: str) -> tuple[Comparison, ...]:
    """The conditions of a filter, all of which a series has to meet.

    Raises UnknownFilter for anything outside the part that is understood.
    """
    comparisons = []
    position = 0
    while True:
        match = _COMPARISON.match(text, position)
        if not match or bool(match["function"]) != match["operand"].startswith("("):
            raise UnknownFilter(
                f"at character {position} of {text!r}: expected a comparison of metric.type, "
                "metric.labels.KEY, resource.type or resource.labels.KEY by = or != with a quoted "
                "string, starts_with(…) or one_of(…); this emulator knows no more of the language"
            )
        comparisons.append(_comparison(match))
        position = match.end()
        if position == len(text):
            return tuple(comparisons)
        joint = _AND.match(text, position)
        if not joint:
            raise UnknownFilter(f"at character {position} of {text!r}: expected AND")
        position = joint.end()


def metric_type_of(comparisons: Sequence[Comparison]) -> str | None:
    """The one metric type that a filter asks for, None where it does not name exactly one."""
    for each in comparisons:
        plain = not (each.prefix or each.negated) and len(each.operands) == 1
        if each.selector == ("metric", "type") and plain:
            return each.operands[0]
    return None


def _comparison(match: re.Match[str]) -> Comparison:
    first, _, rest = match["selector"].partition(".")
    second, _, key = rest.partition(".")
    names = (first, second) if not key else (first, "labels", _unquoted(key))
    return Comparison(
        selector=names,
        operands=tuple(map(_unquoted, re.findall(_STRING, match["operand"]))),
        prefix=match["function"] == "starts_with",
        negated=match["operator"] == "!=",
    )


def _unquoted(text: str) -> str:
    return str(json.loads(text)) if text.startswith('"') else text
