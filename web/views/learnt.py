"""Learnt from the log: what the recorded cases tell; for people who may see every case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, Response, current_app, render_template
from werkzeug.exceptions import NotFound

from engine.domain.instance import InstanceState
from engine.errors import NotFound as NotDeployed
from web import figures
from web.context import login_required, services, signed_in_user
from web.experiment_files import CASES, RunState
from web.experiments import Kind, StudyRequest
from web.languages import current_language
from web.rehearsal_page import SetUpPage
from web.set_up_reader import plain
from web.texts import gettext as _
from web.views.studies import confidential, found_run, submitted

if TYPE_CHECKING:
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
    return _page(rehearsal, _recorded(rehearsal))


@blueprint.post("")
@login_required
def submit(key: str) -> ResponseReturnValue:
    """Start to learn from all recorded cases."""
    rehearsal = confidential(key)
    recorded = _recorded(rehearsal)
    if not recorded.is_enough:
        problem = _("At least %(fewest)s finished cases are needed.", fewest=FEWEST_CASES)
        return _page(rehearsal, recorded, problem), 422
    log = _log(recorded.shipped.process_key)
    return submitted(
        _request(rehearsal, recorded),
        or_else=lambda problem: _page(rehearsal, recorded, problem),
        prepare=lambda folder: log.to_csv(folder / CASES),
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


def _request(rehearsal: Rehearsal, recorded: Recorded) -> StudyRequest:
    document = recorded.shipped.scenario.document
    question = {
        "zone": str(document.timezone),
        "now": services().clock.now().isoformat(),
        "cases": recorded.cases,
    }
    return StudyRequest(
        process_key=rehearsal.folder.key,
        baseline=plain(recorded.shipped),
        alternatives=(),
        replications=REPLICATIONS,
        seed=document.run.seed,
        by=signed_in_user().id,
        kind=Kind.LEARNING,
        question=question,
    )


def _recorded(rehearsal: Rehearsal) -> Recorded:
    """Return what is recorded of the first model of the process that is run."""
    shipped = rehearsal.variant(rehearsal.folder.default) or rehearsal.scenarios[0]
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


def _page(rehearsal: Rehearsal, recorded: Recorded, *problems: str) -> str:
    runs = services().experiments.recent(rehearsal.folder.key, Kind.LEARNING)
    page = SetUpPage(rehearsal, runs, current_language().code, Kind.LEARNING)
    return render_template(
        "simulate/learnt_set_up.html",
        page=page,
        recorded=recorded,
        fewest=FEWEST_CASES,
        problems=problems,
    )
