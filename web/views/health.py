"""Health: how a process does, from its recorded cases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for

from web.context import login_required, services
from web.languages import current_language
from web.presenters import words
from web.texts import gettext as _

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from flask.typing import ResponseReturnValue

    from web.insight import Insight

blueprint = Blueprint("health", __name__, url_prefix="/health")

DEFAULT_DAYS = 90
ALL_DAYS = 3650
FIRST_YEAR, LAST_YEAR = 1970, 2199
EXTENSION = "twinflow_insight"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in the zone of the clinic, both ends included."""

    first: date
    last: date
    problem: str = ""

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the moments from which and up to which cases are counted."""
        begin = datetime.combine(self.first, time(), tzinfo=zone)
        return begin, datetime.combine(self.last + timedelta(days=1), time(), tzinfo=zone)


@dataclass(frozen=True, slots=True)
class Choice:
    """A period that is one click away."""

    word: str
    url: str
    is_current: bool


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """Lead to the process that has the most cases."""
    engine = services().engine
    keys = [one.key for one in engine.definitions() if one.is_executable]
    if not keys:
        return redirect(url_for("start.index"))
    busiest = max(keys, key=lambda key: sum(engine.count_instances(process_key=key).values()))
    return redirect(url_for("health.show", key=busiest))


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    """Show the health of a process in a period."""
    from web.health_page import HealthPage  # pandas and scipy: no other page waits for them

    zone = services().settings.timezone
    today = services().clock.now().astimezone(zone).date()
    period = _period(today)
    since, until = period.bounds(zone)
    health = _insight().health(key, since=since, until=until)
    page = HealthPage(health, current_language().code)
    return render_template(
        "health/show.html",
        page=page,
        period=period,
        periods=_choices(key, period, today),
        processes=_processes(key),
        can_rehearse=_can_rehearse(key),
    )


def _processes(current: str) -> list[Choice]:
    """Return the processes to choose from, by name."""
    keys = [one.key for one in services().engine.definitions() if one.is_executable]
    names = sorted((words().process(key), key) for key in keys)
    return [
        Choice(name, url_for("health.show", key=key), is_current=key == current)
        for name, key in names
    ]


def _can_rehearse(key: str) -> bool:
    from web.scenarios import scenario_of  # the simulator: no other page waits for it

    return scenario_of(key) is not None


def _insight() -> Insight:
    """Return the measurements of this application, shared by its requests."""
    from web.insight import Insight  # see above

    insight = current_app.extensions.setdefault(
        EXTENSION, Insight(services().engine, clock=services().clock)
    )
    assert isinstance(insight, Insight)
    return insight


def _period(today: date) -> Period:
    """Read the period from the address; what cannot be read is said and replaced."""
    default = Period(today - timedelta(days=DEFAULT_DAYS - 1), today)
    try:
        first = _day(request.args.get("from"), default.first)
        last = _day(request.args.get("to"), default.last)
    except ValueError:
        words = _("A day is written like 2026-03-31. The last %(days)s days are shown instead.")
        return Period(default.first, default.last, words % {"days": DEFAULT_DAYS})
    if first > last:
        return Period(last, first)
    return Period(first, last)


def _day(text: str | None, default: date) -> date:
    day = date.fromisoformat(text) if text else default
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(text)
    return day


def _choices(key: str, period: Period, today: date) -> list[Choice]:
    words = {
        7: _("7 days"),
        28: _("4 weeks"),
        DEFAULT_DAYS: _("90 days"),
        ALL_DAYS: _("All"),
    }
    return [_choice(key, word, Period(today - timedelta(days=days - 1), today), period)
            for days, word in words.items()]  # fmt: skip


def _choice(key: str, word: str, period: Period, shown: Period) -> Choice:
    days: dict[str, Any] = {"from": period.first, "to": period.last}
    url = url_for("health.show", key=key, **days)
    return Choice(word, url, (period.first, period.last) == (shown.first, shown.last))
