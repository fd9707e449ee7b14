"""What calibration and validation remark, in the reader's language: words for each code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web import figures
from web.learnt_words import measure
from web.texts import format_decimal
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from web.comparison_rows import Names

_COUNTS = frozenset({"n", "days", "cases", "rows", "elsewhere", "people", "size"})


def remark(one: Mapping[str, Any], names: Names) -> str:
    """Return a remark in words; one that has no code is of an earlier version, in English."""
    words = remark_words().get(one.get("code", ""))
    if words is None:
        return str(one["text"])
    return words % _figures(one["values"], one["code"], one.get("where", ""), names)


def remark_words() -> dict[str, str]:
    """Return the words of every code, with places for its figures."""
    return _of_log() | _of_parameters() | _of_verdict() | _of_causes()


def _of_log() -> dict[str, str]:
    return {
        "clock_shift": _(
            "on %(day)s everybody's day moves by %(hours)s h; what lies before is read on the "
            "newer clock"
        ),
        "clock_shift_zone": _(
            "on %(day)s everybody's day moves by %(hours)s h, as clocks changed in %(region)s: the "
            "times are those of a zone in which these people do not live; what lies before is "
            "read on the newer clock"
        ),
        "starts_estimated": _(
            "starts are not told; they are estimated: when wanted, and the person was free"
        ),
        "first_takes_no_time": _(
            "nor is it told when cases came: the first activity of a case seems to take no time"
        ),
        "roles_as_people": _("roles stand in the place of people: nobody is named"),
        "cases_without_work": _(
            "%(cases)s cases have no completed activity (given up?): that is not learnt"
        ),
        "quiet_days": _("%(days)s open days without any work (holidays?) are left out"),
        "unknown_activity": _("%(rows)s rows tell of an activity that the model does not have"),
        "deviating": _(
            "%(share)s of the cases do not follow the model: its shares are not all to blame"
        ),
        "never_seen": _("the log never tells of it: its duration is a guess"),
    }


def _of_parameters() -> dict[str, str]:
    return {
        "few_cases": _("only %(n)s cases came"),
        "few_days": _("days that the log covers: %(days)s; the week is hardly known"),
        "few_observations": _("only %(n)s observations"),
        "few_events": _("only %(n)s events: it has the hours of everybody"),
        "outside_hours": _("%(share)s of the rows lie outside the hours, and are left out"),
        "no_decisions": _("no case came here: equal odds are a guess"),
        "few_decisions": _("only %(n)s decisions"),
        "way_not_taken": _("no case took “%(name)s”"),
        "people_elsewhere": _("%(elsewhere)s of %(people)s people mostly work elsewhere"),
        "no_people": _("the log names no people; as many units as worked at the same time"),
        "several_tasks": _(
            "people have several tasks at once in %(share)s of their busy time; the time is "
            "divided among them"
        ),
        "other_roles": _("%(share)s of the tasks are done by roles other than %(role)s"),
        "nobody_told": _(
            "neither people nor roles are told: one role does everything, queues are hardly known"
        ),
        "few_waits": _("only %(n)s waits were seen"),
        "delay": _(
            "%(share)s of the tasks wait although somebody is free (mean %(minutes)s over all): a "
            "timer before it stands for that"
        ),
        "done_together": _("%(share)s of the tasks are done together, mostly %(size)s at a time"),
    }


def _of_verdict() -> dict[str, str]:
    return {
        "held_out_clock": _(
            "from %(day)s on everybody's clock is %(hours)s h; the newer one holds"
        ),
        "not_held_out": _(
            "too few to hold cases out (days: %(days)s, cases: %(cases)s): simulated cases are "
            "compared with those they were learnt from"
        ),
        "not_validated": _("%(cases)s cases are too few to validate with"),
        "too_few_days": _(
            "too few to tell for sure (days: %(days)s, cases: %(cases)s): another day may differ "
            "more than these"
        ),
        "floor_uncertain": _(
            "%(measure)s: how far real cases are from each other is too uncertain to tell "
            "(%(low)s to %(high)s)"
        ),
        "rests_on_chance": _(
            "%(measure)s: replications differ so much among themselves that a wrong scenario would "
            "pass"
        ),
    }


def _of_causes() -> dict[str, str]:
    return {
        "other_visits": _(
            "%(name)s is done %(simulated)s times a case, %(held_out)s in the log: look at the "
            "decisions before it, and at cases that leave the model"
        ),
        "other_arrivals": _(
            "cases do not come as in the log: look at rate, interval and calendar of arrivals"
        ),
        "other_hours": _(
            "%(name)s works at other hours than in the log (%(hours)s h apart): look at its "
            "calendar and units"
        ),
        "other_work": _(
            "%(name)s usually takes %(simulated)s, %(held_out)s in the log: look at its duration"
        ),
        "waits_longer": _(
            "cases wait %(minutes)s longer for %(name)s than in the log: look at units, calendar "
            "and delays before it"
        ),
        "waits_shorter": _(
            "cases wait %(minutes)s shorter for %(name)s than in the log: look at units, calendar "
            "and delays before it"
        ),
        "takes_longer": _(
            "%(name)s takes %(minutes)s longer a case than in the log: look at its duration, and "
            "at the calendar that interrupts it"
        ),
        "takes_shorter": _(
            "%(name)s takes %(minutes)s shorter a case than in the log: look at its duration, and "
            "at the calendar that interrupts it"
        ),
    }


def _figures(values: Mapping[str, Any], code: str, where: str, names: Names) -> dict[str, str]:
    """Return the figures of a remark as the reader's language writes them."""
    found = {key: _figure(key, value, code) for key, value in values.items()}
    if "measure" in values:
        found["measure"] = measure(values["key"], values["measure"])
    if "flow" in values:
        found["name"] = names.flows.get(values["flow"], values["name"])
    elif "name" in values:
        found["name"] = _named(values.get("activity", where), values["name"], names)
    if "role" in values:
        found["role"] = names.role(values["role"])
    if "region" in values:
        regions = {"Europe": _("Europe"), "North America": _("North America")}
        found["region"] = regions.get(values["region"], values["region"])
    return found


def _named(element: str, name: str, names: Names) -> str:
    return names.steps.get(element) or names.roles.get(element) or name


def _figure(key: str, value: Any, code: str) -> str:
    if key in _COUNTS:
        return figures.whole(value)
    if key == "share":
        return figures.share(value)
    if key == "minutes" or (code == "other_work" and key in {"simulated", "held_out"}):
        return figures.duration(60 * value)
    if key == "hours":
        pattern = "#,##0.0" if code == "other_hours" else "+#,##0.##;−#,##0.##"
        return format_decimal(value, pattern)
    if key in {"low", "high", "simulated", "held_out"}:
        return format_decimal(value, "#,##0.00")
    return str(value)
