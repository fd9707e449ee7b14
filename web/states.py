"""States as people see them: always an icon, a word and a colour (the kind)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web.experiment_files import RunState
from web.texts import gettext as _

if TYPE_CHECKING:
    from kpis.catalogue import Target
    from web.comparison_document import KpiDifference


@dataclass(frozen=True, slots=True)
class State:
    """One state; ``tone`` names the badge in the style sheet, ``kind`` is for programs."""

    kind: str
    tone: str
    icon: str
    word: str
    hint: str = ""
    reason: str = ""


def verdict_state(kpi: KpiDifference) -> State:
    """Say whether a change is better, worse, neither or not clear."""
    if kpi.said == "better":
        return State("better", "good", "✓", _("better"))
    if kpi.said == "worse":
        return State("worse", "problem", "✕", _("worse"))
    if kpi.said == "changed":
        hint = _("Clearly another value, but by itself neither better nor worse.")
        return State("changed", "neutral", "↕", _("changed"), hint)
    if kpi.is_clear_alone:
        hint = _("Its interval leaves zero out; among so many KPIs that may still be chance.")
    else:
        hint = _("The interval of the difference contains zero: it may be chance.")
    return State("unclear", "neutral", "≈", _("unclear"), hint)


def effect_state(*, is_clear: bool) -> State:
    """Say whether an assumption makes a difference for certain."""
    if is_clear:
        return State("clear", "active", "●", _("clear"))
    hint = _("The interval of the difference contains zero: it may be chance.")
    return State("unclear", "neutral", "≈", _("unclear"), hint)


def target_state(value: float | None, low: float, high: float, target: Target | None) -> State:
    """Compare a measured value and its interval with a target."""
    if target is None or target.is_change:
        return State("quiet", "neutral", "–", _("no target"))
    if value is None:
        return State("unknown", "neutral", "?", _("too little data"))
    if _is_inside(low, target) and _is_inside(high, target):
        return State("good", "good", "●", _("on target"))
    if _is_inside(low, target) or _is_inside(high, target) or _is_inside(value, target):
        return State("risk", "suspended", "▲", _("at risk"), _("The interval crosses the target."))
    return State("off", "problem", "■", _("off target"))


def _is_inside(value: float, target: Target) -> bool:
    above = target.low is None or value >= target.low
    return above and (target.high is None or value <= target.high)


def run_state(state: RunState) -> State:
    """Say what has become of a study."""
    return {
        RunState.WAITING: State("quiet", "neutral", "◷", _("waiting for its turn")),
        RunState.RUNNING: State("busy", "active", "▶", _("running")),
        RunState.DONE: State("good", "good", "✓", _("finished")),
        RunState.FAILED: State("off", "problem", "✕", _("failed")),
        RunState.CANCELLED: State("quiet", "neutral", "■", _("cancelled")),
        RunState.INTERRUPTED: State("risk", "suspended", "▲", _("interrupted")),
    }[state]
