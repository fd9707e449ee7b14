"""Forecast: what becomes of the open cases; for people who may see every case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, render_template, request

from web import forecast_set_up
from web.context import login_required, services, signed_in_user
from web.experiments import Kind
from web.forecast_set_up import found_cases
from web.languages import current_language
from web.rehearsal_page import SetUpPage
from web.set_up_reader import chosen
from web.texts import gettext as _
from web.views.studies import confidential, submitted

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.open_cases import OpenCases
    from web.scenarios import Rehearsal

blueprint = Blueprint("forecast", __name__, url_prefix="/simulate/<key>/forecast")


@blueprint.get("")
@login_required
def show(key: str) -> ResponseReturnValue:
    """Show how many cases are open, and the forecasts so far."""
    rehearsal = confidential(key)
    form = forecast_set_up.usual(rehearsal, services().engine)
    return _page(rehearsal, form, _cases(rehearsal, form))


@blueprint.post("")
@login_required
def submit(key: str) -> ResponseReturnValue:
    """Start a forecast from this minute."""
    rehearsal = confidential(key)
    form = forecast_set_up.read(request.form, rehearsal)
    found = _cases(rehearsal, form)
    if form.problems:
        return _page(rehearsal, form, found), 422
    if not found.cases:
        problem = _("There is no open case that can be forecast with this scenario.")
        return _page(rehearsal, form, found, problem), 422
    wanted = forecast_set_up.request_of(
        form, rehearsal, found, now=services().clock.now(), by=signed_in_user().id
    )
    return submitted(wanted, or_else=lambda problem: _page(rehearsal, form, found, problem))


def _cases(rehearsal: Rehearsal, form: forecast_set_up.SetUp) -> OpenCases:
    now, by = services().clock.now(), signed_in_user().id
    return found_cases(services().engine, chosen(form, rehearsal), now=now, by=by)


def _page(rehearsal: Rehearsal, form: Any, found: OpenCases, *problems: str) -> str:
    runs = services().experiments.recent(rehearsal.folder.key, Kind.FORECAST)
    page = SetUpPage(rehearsal, runs, current_language().code, Kind.FORECAST)
    return render_template(
        "simulate/forecast_set_up.html",
        page=page,
        form=form,
        found=found,
        most_hours=forecast_set_up.MOST_HOURS,
        problems=[*form.problems, *problems],
    )
