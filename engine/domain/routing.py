"""Routing: to which version of a process new cases go, so that a new one is tried on a few first.

Rules are asked in their order; the first that fits decides. A rule fits by a condition over the
start values, takes a share of the cases, or both: a share of those its condition fits. Whoever
fits no rule goes to the newest active version.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

MOST_RULES = 50
LONGEST_CONDITION = 2000
WHOLE_PERCENT = 100.0


class InvalidRouting(EngineError):
    """Rules that route new cases name versions that may start them, and leave nothing open."""

    def __init__(self, process_key: str, problems: Sequence[str]) -> None:
        super().__init__("\n".join(f"routing of {process_key}: {problem}" for problem in problems))
        self.process_key, self.problems = process_key, tuple(problems)


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """Sends cases to a version: those a condition fits, a share of all, or a share of those."""

    version: int
    condition: str | None = None
    share_percent: float | None = None

    def __str__(self) -> str:
        share = "" if self.share_percent is None else f"{self.share_percent:g} % of the cases"
        condition = "" if self.condition is None else f"if {self.condition}"
        return " ".join(part for part in (share, condition) if part) or "every case"


@dataclass(frozen=True, slots=True)
class Routing:
    """The rules of a process, as one person left them."""

    process_key: str
    rules: tuple[RoutingRule, ...]
    changed_at: datetime
    changed_by: str | None
    reason: str
    id: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """Which version a case goes to, and why."""

    version: int
    rule: int | None  # its number, from 1; None: no rule fits
    why: str


@dataclass(frozen=True, slots=True)
class RoutedCase:
    """What routing would do with a case."""

    business_key: str
    route: Route


@dataclass(frozen=True, slots=True)
class RoutingPreview:
    """What routing would do with a number of cases."""

    cases: tuple[RoutedCase, ...]
    by_version: Mapping[int, int]  # how many of them


def place_percent(process_key: str, business_key: str) -> float:
    """Return where a case stands among all, from 0 to below 100; the same for the same key."""
    digest = hashlib.sha256(f"{process_key}/{business_key}".encode()).digest()
    return int.from_bytes(digest[:6]) / 2**48 * WHOLE_PERCENT


def choose(
    rules: Sequence[RoutingRule], place: float, fits: Callable[[RoutingRule], bool]
) -> int | None:
    """Return which rule decides about a case (its index), None if none does.

    Shares lie side by side: 20 and 30 take the places below 20 and from there below 50, so that
    a case stays where it is while a share grows at the end.
    """
    taken = 0.0
    for index, rule in enumerate(rules):
        if rule.condition is not None and not fits(rule):
            continue
        if rule.share_percent is None:
            return index
        if taken <= place < taken + rule.share_percent:
            return index
        taken += rule.share_percent
    return None


def ensure_sound(process_key: str, rules: Sequence[RoutingRule]) -> None:
    """Raise InvalidRouting if shares are no shares, or exceed the whole."""
    problems = []
    if len(rules) > MOST_RULES:
        problems.append(f"has {len(rules)} rules, at most {MOST_RULES} are allowed")
    for number, rule in enumerate(rules, 1):
        share = rule.share_percent
        if share is not None and not 0 < share <= WHOLE_PERCENT:
            problems.append(f"rule {number}: a share is above 0 and at most 100 %, not {share:g}")
        if rule.condition is not None and len(rule.condition) > LONGEST_CONDITION:
            problems.append(f"rule {number}: a condition has at most {LONGEST_CONDITION} letters")
    plain = sum(r.share_percent or 0.0 for r in rules if r.condition is None)
    if plain > WHOLE_PERCENT + 1e-9:
        problems.append(f"the shares make {plain:g} %, at most 100 are allowed")
    catch_all = [n for n, r in enumerate(rules, 1) if r.condition is None and not r.share_percent]
    if catch_all and catch_all[0] < len(rules):
        problems.append(f"rule {catch_all[0]} takes every case; no rule after it is ever asked")
    if problems:
        raise InvalidRouting(process_key, problems)
