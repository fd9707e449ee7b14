"""A comparison in words: what gets better, what gets worse, and where the bottleneck went."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from web import figures
from web.states import State
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from web.comparison_document import Comparison, Difference, KpiDifference, StepDifference
    from web.comparison_rows import Names

    Name = Callable[[str], str]

SHOWN_GROWING, SHOWN_SHRINKING = 3, 3
WORTH_SAYING_S = 20.0  # a change of the mean waiting that people would notice


@dataclass(frozen=True, slots=True)
class Sentence:
    """One finding with the sign it is shown with."""

    kind: str
    icon: str
    text: str


def headline(comparison: Comparison, kpi_name: Name) -> str:
    """Say first what happens to the KPI that matters most."""
    kpi = comparison.headline
    return kpi_sentence(kpi, kpi_name(kpi.code), comparison.currency)


def kpi_sentence(kpi: KpiDifference, name: str, currency: str) -> str:
    """Say how a KPI changes, with its interval and the verdict."""
    words = _changed(kpi.difference, unit=kpi.unit, currency=currency)
    if kpi.said == "unclear":
        return _("%(kpi)s: no clear difference (%(change)s).", kpi=name, change=words["change"])
    is_less = (kpi.difference.difference or 0) < 0
    if kpi.said == "better":
        falls = _("%(kpi)s falls from %(before)s to %(after)s (%(change)s): better.")
        rises = _("%(kpi)s rises from %(before)s to %(after)s (%(change)s): better.")
    else:
        falls = _("%(kpi)s falls from %(before)s to %(after)s (%(change)s): worse.")
        rises = _("%(kpi)s rises from %(before)s to %(after)s (%(change)s): worse.")
    return (falls if is_less else rises) % {"kpi": name, **words}


def caveat(comparison: Comparison, kpi_name: Name) -> str:
    """Say why an interval may leave zero out beside an unclear verdict; empty if none does."""
    found = [kpi_name(kpi.code) for kpi in comparison.clear_alone]
    if not found:
        return ""
    return _(
        "The interval leaves zero out, but the verdict is unclear: %(kpis)s. Each interval stands "
        "for itself, the verdicts for all KPIs together: among many intervals one or another "
        "leaves zero out by chance.",
        kpis=", ".join(found),
    )


def sentences(comparison: Comparison, names: Names) -> list[Sentence]:
    """Say what a verdict by one KPI would hide: where waiting shrinks, grows, what comes next."""
    clear = [s for s in comparison.steps if s.is_clear and abs(s.change_s) >= WORTH_SAYING_S]
    growing = sorted((s for s in clear if s.change_s > 0), key=lambda s: -s.change_s)
    shrinking = sorted((s for s in clear if s.change_s < 0), key=lambda s: s.change_s)
    found = [_shrinking(step, names) for step in shrinking[:SHOWN_SHRINKING]]
    found += [
        _growing(step, names, is_first=step is growing[0]) for step in growing[:SHOWN_GROWING]
    ]
    moved = bottleneck_sentence(
        comparison.baseline.bottleneck, comparison.alternative.bottleneck, names
    )
    return [*found, Sentence("moved", "→", moved)]


def _growing(step: StepDifference, names: Names, *, is_first: bool) -> Sentence:
    text = (
        _("But waiting at %(step)s grows from %(before)s to %(after)s (%(change)s).")
        if is_first
        else _("Waiting at %(step)s grows from %(before)s to %(after)s (%(change)s).")
    )
    words = _changed(step.wait, unit="s")
    return Sentence("worse", "↑", text % {"step": names.step(step.element_id), **words})


def _shrinking(step: StepDifference, names: Names) -> Sentence:
    text = _("Waiting at %(step)s falls from %(before)s to %(after)s (%(change)s).")
    words = _changed(step.wait, unit="s")
    return Sentence("better", "↓", text % {"step": names.step(step.element_id), **words})


def _changed(change: Difference, *, unit: str, currency: str = "") -> dict[str, str]:
    """Write both values and their difference on one scale."""
    means = (change.baseline.mean, change.alternative.mean)
    scale = figures.scale(unit, means, currency=currency)
    after = scale.value(change.alternative.mean)
    return {
        "before": _without_unit(scale, change.baseline.mean, after),
        "after": after,
        "change": scale.bare_difference(change.difference, change.half_width),
    }


def _without_unit(scale: figures.Scale, value: float | None, other: str) -> str:
    """Leave the unit out where the value after it brings the same one: 73.7 to 38.3 min."""
    if value is None or not scale.name or scale.unit in {"share", "money"} or not other:
        return scale.value(value)
    return scale.number(value)


def bottleneck_sentence(before: str | None, after: str | None, names: Names) -> str:
    """Say whether the bottleneck moved, and from where to where."""
    if before is None and after is None:
        return _("In neither scenario would one unit more clearly help.")
    if before == after:
        return _("The bottleneck stays where it is: %(role)s.", role=names.role(str(after)))
    if before is None:
        return _("%(role)s becomes the bottleneck.", role=names.role(str(after)))
    if after is None:
        return _("%(role)s is no longer a bottleneck.", role=names.role(before))
    return _(
        "The bottleneck moves from %(before)s to %(after)s.",
        before=names.role(before),
        after=names.role(after),
    )


def gate_state(*, is_passed: bool, reasons: Iterable[str]) -> State:
    """Say whether the alternative may go on to a pilot, and why."""
    if is_passed:
        reason = _("No guarded KPI gets worse and no target is missed.")
        return State("pass", "good", "✓", _("Gate passed"), reason=reason)
    return State("fail", "problem", "✕", _("Gate not passed"), reason=" ".join(reasons))


def failure(reason: Mapping[str, str], kpi_name: Name) -> str:
    """Say why the gate is closed."""
    name = kpi_name(reason["kpi"])
    if reason["reason"] == "worse":
        return _("%(kpi)s gets worse, and it is guarded.", kpi=name)
    if reason["reason"] == "lost":
        return _("%(kpi)s is guarded, and has no value any more.", kpi=name)
    return _("%(kpi)s misses its target.", kpi=name)


def warning(values: Mapping[str, str], scenario: str, names: Names) -> str:
    """Say what to know before relying on a scenario."""
    texts = {
        "overload": _("%(scenario)s: more work arrives for %(where)s than can be done."),
        "high_load": _("%(scenario)s: %(where)s is so busy that waiting varies widely."),
        "unreachable": _("%(scenario)s: no case ever gets to %(where)s."),
        "not_precise": _(
            "%(scenario)s: the mean cycle time is not known as exactly as was asked. Allow more "
            "replications."
        ),
        "not_steady": _("%(scenario)s: the run does not settle; make it longer."),
        "one_replication": _("%(scenario)s: one replication has no interval; run more."),
        "no_time": _("%(scenario)s: a case may come back to %(where)s without any time passing."),
        "may_deadlock": _("%(scenario)s: a case may be stuck at %(where)s."),
        "runs_twice": _("%(scenario)s: a case may come to %(where)s twice at once."),
        "nothing_measured": _("%(scenario)s: no case counts; make the run longer."),
        "none_completed": _("%(scenario)s: no case was completed, so nothing is known per case."),
        "some_completed": _(
            "%(scenario)s: in some replications no case is completed, so the figures per case are "
            "those of the others, and flatter."
        ),
    }
    text = texts.get(values["code"])
    where = (
        names.role(values["where"])
        if values["where"] in names.roles
        else names.step(values["where"])
    )
    if text is None:
        return f"{scenario}: {values['text']}"
    return text % {"scenario": scenario, "where": where}
