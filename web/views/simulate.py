"""Simulate: what can be asked about a process before it is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for

from engine.domain.instance import InstanceState
from web import sensitivity_set_up, set_up, staffing_set_up
from web.context import login_required, services, signed_in_user
from web.experiments import Kind, StudyRequest
from web.languages import current_language
from web.rehearsal_page import SET_UPS
from web.scenarios import Rehearsal, rehearsal_of, rehearsals
from web.set_up_page import ComparisonSetUp, SensitivitySetUp, StaffingSetUp
from web.views.studies import found_run, submitted

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

blueprint = Blueprint("simulate", __name__, url_prefix="/simulate")

FORMS: dict[Kind, tuple[type[Any], str]] = {
    Kind.COMPARISON: (ComparisonSetUp, "simulate/show.html"),
    Kind.SENSITIVITY: (SensitivitySetUp, "simulate/sensitivity_set_up.html"),
    Kind.SCREENING: (SensitivitySetUp, "simulate/sensitivity_set_up.html"),
    Kind.SELECTION: (ComparisonSetUp, "simulate/show.html"),
    Kind.STAFFING: (StaffingSetUp, "simulate/staffing_set_up.html"),
}


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """Lead to the first process that can be rehearsed."""
    found = rehearsals()
    if not found:
        return render_template("simulate/nothing.html")
    return redirect(url_for("simulate.show", key=found[0].folder.key))


@blueprint.get("/forecast")
@login_required
def upcoming() -> ResponseReturnValue:
    """Lead to the forecast of the process that has most open cases."""
    count = services().engine.count_instances

    def open_ones(rehearsal: Rehearsal) -> int:
        keys = {shipped.process_key for shipped in rehearsal.scenarios}
        return sum(count(process_key=key).get(InstanceState.ACTIVE, 0) for key in keys)

    found = rehearsals()
    if not found:
        return render_template("simulate/nothing.html")
    return redirect(url_for("forecast.show", key=max(found, key=open_ones).folder.key))


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    """Show the set-up of a comparison and the comparisons so far."""
    rehearsal = rehearsal_of(key)
    if key != rehearsal.folder.key:
        return redirect(url_for("simulate.show", key=rehearsal.folder.key))
    asked = _asked_before(key, Kind.COMPARISON)
    form = set_up.again(asked, rehearsal) if asked else set_up.usual(rehearsal)
    return _form(Kind.COMPARISON, rehearsal, form)


@blueprint.get("/<key>/comparisons/<study_id>")
@login_required
def comparison(key: str, study_id: str) -> ResponseReturnValue:
    """Lead to a comparison by the address that it had before there were other studies."""
    return redirect(url_for("studies.show", key=key, study_id=study_id), 301)


@blueprint.post("/<key>/comparisons")
@login_required
def compare(key: str) -> ResponseReturnValue:
    """Start a comparison."""
    rehearsal = rehearsal_of(key)
    asked = set_up.read(request.form, rehearsal, current_language().code)
    if asked.problems:
        return _form(Kind.COMPARISON, rehearsal, asked), 422
    return _submit(set_up.request_of(asked, rehearsal, by=signed_in_user().id), rehearsal, asked)


@blueprint.get("/<key>/what-matters")
@login_required
def what_matters(key: str) -> ResponseReturnValue:
    """Show the set-up of a study of assumptions."""
    rehearsal = rehearsal_of(key)
    asked = _asked_before(key, Kind.SENSITIVITY)
    if asked:
        return _form(Kind.SENSITIVITY, rehearsal, sensitivity_set_up.again(asked, rehearsal))
    return _form(Kind.SENSITIVITY, rehearsal, sensitivity_set_up.usual(rehearsal))


@blueprint.post("/<key>/what-matters")
@login_required
def vary(key: str) -> ResponseReturnValue:
    """Start a study of assumptions."""
    rehearsal = rehearsal_of(key)
    asked = sensitivity_set_up.read(request.form, rehearsal)
    if asked.problems:
        return _form(Kind.SENSITIVITY, rehearsal, asked), 422
    wanted = sensitivity_set_up.request_of(asked, rehearsal, by=signed_in_user().id)
    return _submit(wanted, rehearsal, asked)


@blueprint.get("/<key>/staffing")
@login_required
def staffing(key: str) -> ResponseReturnValue:
    """Show the set-up of a search for staff, for the scenario that was chosen."""
    rehearsal = rehearsal_of(key)
    asked = _asked_before(key, Kind.STAFFING)
    if asked:
        return _form(Kind.STAFFING, rehearsal, staffing_set_up.again(asked, rehearsal))
    chosen = rehearsal.variant(request.args.get("scenario", "")) or rehearsal.scenarios[0]
    return _form(Kind.STAFFING, rehearsal, staffing_set_up.usual(chosen))


@blueprint.post("/<key>/staffing")
@login_required
def search(key: str) -> ResponseReturnValue:
    """Start a search for staff."""
    rehearsal = rehearsal_of(key)
    asked = staffing_set_up.read(request.form, rehearsal, current_language().code)
    if asked.problems:
        return _form(Kind.STAFFING, rehearsal, asked), 422
    wanted = staffing_set_up.request_of(asked, rehearsal, by=signed_in_user().id)
    return _submit(wanted, rehearsal, asked)


def _asked_before(key: str, kind: Kind) -> StudyRequest | None:
    """Return the study of this page that shall be asked for again, if any."""
    study_id = request.args.get("again")
    if not study_id:
        return None
    asked = found_run(key, study_id).request
    return asked if asked.kind in _of_page(kind) else None


def _of_page(kind: Kind) -> list[Kind]:
    """Return the kinds that are set up on the same page."""
    return [other for other in Kind if SET_UPS[other] == SET_UPS[kind]]


def _submit(wanted: StudyRequest, rehearsal: Rehearsal, asked: Any) -> ResponseReturnValue:
    return submitted(wanted, or_else=lambda why: _form(wanted.kind, rehearsal, asked, why))


def _form(kind: Kind, rehearsal: Rehearsal, form: Any, *problems: str) -> str:
    runs = services().experiments.recent(rehearsal.folder.key, *_of_page(kind))
    shown, template = FORMS[kind]
    page = shown(rehearsal, runs, current_language().code, kind)
    found = [*form.problems, *problems]
    return render_template(template, page=page, form=form, problems=found)
