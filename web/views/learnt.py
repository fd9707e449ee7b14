"""Learnt from recorded cases or from a file; for people who may see every case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, current_app, render_template, request
from werkzeug.exceptions import NotFound

from engine.domain.instance import InstanceState
from engine.errors import NotFound as NotDeployed
from web import figures, learnt_set_up
from web.context import login_required, services, signed_in_user
from web.experiment_files import CASES, RunState
from web.experiments import Kind, StudyRequest
from web.languages import current_language
from web.learnt_set_up import LogForm
from web.rehearsal_page import SetUpPage
from web.security import LARGEST_REQUEST_BYTES
from web.set_up_reader import plain
from web.texts import gettext as _
from web.views.studies import confidential, found_run, submitted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

    from kpis.event_log import EventLog
    from web.scenarios import Rehearsal, Shipped

blueprint = Blueprint("learnt", __name__, url_prefix="/simulate/<key>/learnt")

FEWEST_CASES = 10
REPLICATIONS = 20  # of the validation


@dataclass(frozen=True, slots=True)
class Recorded:
    """What there is to learn from."""

    shipped: Shipped
    cases: int  # that ended

    @property
    def count(self) -> str:
        """Their number as it is written."""
        return figures.whole(self.cases)

    @property
    def is_enough(self) -> bool:
        """Whether there are so many that something can be learnt."""
        return self.cases >= FEWEST_CASES


@blueprint.get("")
@login_required
def show(key: str) -> ResponseReturnValue:
    """Show how much is recorded, and what was learnt so far."""
    rehearsal = confidential(key)
    return _page(rehearsal, _recorded(rehearsal), usual(rehearsal))


@blueprint.post("")
@login_required
def submit(key: str) -> ResponseReturnValue:
    """Start to learn from all recorded cases."""
    rehearsal = confidential(key)
    recorded = _recorded(rehearsal)
    if not recorded.is_enough:
        problem = _("At least %(fewest)s finished cases are needed.", fewest=FEWEST_CASES)
        return _page(rehearsal, recorded, usual(rehearsal), problem), 422
    log = _log(recorded.shipped.process_key)
    question = {"zone": _zone(rehearsal), "cases": recorded.cases}
    return submitted(
        _request(rehearsal, question),
        or_else=lambda problem: _page(rehearsal, recorded, usual(rehearsal), problem),
        prepare=lambda folder: log.to_csv(folder / CASES),
    )


@blueprint.post("/file")
@login_required
def submit_file(key: str) -> ResponseReturnValue:
    """Start to learn from a file that somebody has."""
    rehearsal, upload = confidential(key), request.files.get("log")
    recorded, form = _recorded(rehearsal), learnt_set_up.read(request.form, upload)
    if upload is None or form.problems:
        return _page(rehearsal, recorded, form, *form.problems), 422
    return submitted(
        _request(rehearsal, form.question()),
        or_else=lambda problem: _page(rehearsal, recorded, form, problem),
        prepare=lambda folder: upload.save(folder / CASES),
    )


@blueprint.get("/<study_id>/scenario.yaml")
@login_required
def scenario(key: str, study_id: str) -> Response:
    """Return the learnt scenario as a file."""
    return _file(key, study_id, "scenario", "text/yaml", "learnt.yaml")


@blueprint.get("/<study_id>/model.bpmn")
@login_required
def model(key: str, study_id: str) -> Response:
    """Return the model with the timers that were put in, which goes with the scenario."""
    return _file(key, study_id, "model", "application/xml", "learnt.bpmn")


def _file(key: str, study_id: str, part: str, mimetype: str, name: str) -> Response:
    run = found_run(key, study_id)
    if run.request.kind is not Kind.LEARNING or run.state is not RunState.DONE:
        raise NotFound
    content = services().experiments.document(run.id)[part]
    if not isinstance(content, str):
        raise NotFound
    response = current_app.response_class(content, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _request(rehearsal: Rehearsal, question: Mapping[str, Any]) -> StudyRequest:
    return StudyRequest(
        process_key=rehearsal.folder.key,
        baseline=plain(_first(rehearsal)),
        alternatives=(),
        replications=REPLICATIONS,
        seed=_first(rehearsal).scenario.document.run.seed,
        by=signed_in_user().id,
        kind=Kind.LEARNING,
        question={"now": services().clock.now().isoformat(), **question},
    )


def usual(rehearsal: Rehearsal) -> LogForm:
    """Return the form as it is at first: in the time zone of the process."""
    return LogForm(zone=_zone(rehearsal))


def _zone(rehearsal: Rehearsal) -> str:
    return str(_first(rehearsal).scenario.document.timezone)


def _first(rehearsal: Rehearsal) -> Shipped:
    """Return the first model of the process that is run."""
    return rehearsal.variant(rehearsal.folder.default) or rehearsal.scenarios[0]


def _recorded(rehearsal: Rehearsal) -> Recorded:
    """Return what is recorded of the first model of the process that is run."""
    shipped = _first(rehearsal)
    try:
        services().engine.definition(shipped.process_key)
    except NotDeployed:
        return Recorded(shipped, 0)
    counts = services().engine.count_instances(process_key=shipped.process_key)
    return Recorded(shipped, counts.get(InstanceState.COMPLETED, 0))


def _log(process_key: str) -> EventLog:
    from kpis.event_log import EventLog  # pandas: no other page waits for it

    events = list(services().engine.events(process_key))
    window = (min(event.at for event in events), services().clock.now())
    return EventLog.from_events(events, window=window)


def _page(rehearsal: Rehearsal, recorded: Recorded, form: LogForm, *problems: str) -> str:
    runs = services().experiments.recent(rehearsal.folder.key, Kind.LEARNING)
    page = SetUpPage(rehearsal, runs, current_language().code, Kind.LEARNING)
    return render_template(
        "simulate/learnt_set_up.html",
        page=page,
        recorded=recorded,
        form=form,
        fewest=FEWEST_CASES,
        largest_mb=LARGEST_REQUEST_BYTES // 1024**2,
        problems=problems,
    )
