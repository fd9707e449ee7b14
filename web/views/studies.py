"""Studies of every kind: their progress, their results, and what can be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.exceptions import NotFound

from web.comparison_page import ComparisonPage
from web.comparison_rows import Result
from web.context import login_required, services, signed_in_user
from web.experiments import (
    ExperimentNotFinished,
    ExperimentNotFound,
    ExperimentRun,
    Kind,
    RunState,
    TooManyExperiments,
)
from web.forecast_page import ForecastPage
from web.languages import current_language
from web.learnt_page import LearntPage
from web.open_cases import active_instances
from web.progress_page import ProgressPage
from web.scenarios import Rehearsal, rehearsal_of
from web.screening_page import ScreeningPage
from web.selection_page import SelectionPage
from web.sensitivity_page import SensitivityPage
from web.staffing_page import StaffingPage
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask.typing import ResponseReturnValue

    from web.experiments import StudyRequest

    Shown = Callable[[ExperimentRun, Result, Rehearsal, str], Any]

blueprint = Blueprint("studies", __name__, url_prefix="/simulate/<key>/studies/<study_id>")


def _comparison(run: ExperimentRun, result: Result, rehearsal: Rehearsal, language: str) -> Any:
    chosen = request.args.get("alternative", 0, type=int)
    return ComparisonPage(run, result, rehearsal, language, alternative=chosen)


def _forecast(run: ExperimentRun, result: Result, rehearsal: Rehearsal, language: str) -> Any:
    process_key = run.request.question["process"]
    found = active_instances(services().engine, process_key, by=signed_in_user().id)
    still_open = {instance.business_key: instance for instance in found}
    return ForecastPage(run, result, rehearsal, language, still_open=still_open)


PAGES: dict[Kind, tuple[Shown, str]] = {
    Kind.COMPARISON: (_comparison, "simulate/result.html"),
    Kind.SENSITIVITY: (SensitivityPage, "simulate/sensitivity.html"),
    Kind.SCREENING: (ScreeningPage, "simulate/sensitivity.html"),
    Kind.SELECTION: (SelectionPage, "simulate/selection.html"),
    Kind.STAFFING: (StaffingPage, "simulate/staffing.html"),
    Kind.FORECAST: (_forecast, "simulate/forecast.html"),
    Kind.LEARNING: (LearntPage, "simulate/learnt.html"),
}


@blueprint.get("")
@login_required
def show(key: str, study_id: str) -> ResponseReturnValue:
    """Show the result of a study, or how far it is."""
    rehearsal, run = rehearsal_of(key), found_run(key, study_id)
    language = current_language().code
    if run.state is not RunState.DONE:
        page = ProgressPage(run, rehearsal, language)
        return render_template("simulate/progress.html", page=page)
    experiments = services().experiments
    result = Result(experiments.document(run.id), experiments.graphs(run.id))
    shown, template = PAGES[run.request.kind]
    return render_template(template, page=shown(run, result, rehearsal, language))


@blueprint.get("/progress")
@login_required
def progress(key: str, study_id: str) -> ResponseReturnValue:
    """Show how far a study is; at its end the whole page is loaded again."""
    run = found_run(key, study_id)
    page = ProgressPage(run, rehearsal_of(key), current_language().code)
    response = make_response(render_template("simulate/_progress.html", page=page))
    if not run.state.is_unfinished:
        response.headers["HX-Redirect"] = _address(key, study_id)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/cancellation")
@login_required
def cancel(key: str, study_id: str) -> ResponseReturnValue:
    """Ask a study to stop."""
    services().experiments.cancel(found_run(key, study_id).id)
    return redirect(_address(key, study_id), 303)


@blueprint.post("/continuation")
@login_required
def resume(key: str, study_id: str) -> ResponseReturnValue:
    """Let a study that stopped on the way go on."""
    services().experiments.resume(found_run(key, study_id).id)
    return redirect(_address(key, study_id), 303)


@blueprint.post("/repetition")
@login_required
def rerun(key: str, study_id: str) -> ResponseReturnValue:
    """Carry a study out once more."""
    run = found_run(key, study_id)
    if run.request.kind.is_of_a_moment:
        raise NotFound  # what it began from is not kept
    again = services().experiments.rerun(run.id, by=signed_in_user().id)
    return redirect(_address(key, again), 303)


@blueprint.errorhandler(TooManyExperiments)
def there_is_no_room(error: TooManyExperiments) -> ResponseReturnValue:
    """Leave the study as it is and say why."""
    flash(_too_many(error), "problem")
    return redirect(url_for("studies.show", **(request.view_args or {})), 303)


@blueprint.get("/document.json")
@login_required
def document(key: str, study_id: str) -> Response:
    """Return the result document as the command line prints it."""
    run = found_run(key, study_id)
    try:
        content = services().experiments.document_bytes(run.id)
    except ExperimentNotFinished as error:
        raise NotFound from error
    response = current_app.response_class(content, mimetype="application/json")
    name = f"{key}-{run.id}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/models/<int:number>.bpmn")
@login_required
def model(key: str, study_id: str, number: int) -> Response:
    """Return a model as it was simulated, in the reader's language."""
    run = found_run(key, study_id)
    try:
        xml = services().experiments.model(run.id, number, current_language().code)
    except ExperimentNotFinished as error:
        raise NotFound from error
    response = current_app.response_class(xml, mimetype="application/xml")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def submitted(
    wanted: StudyRequest,
    *,
    or_else: Callable[[str], str],
    prepare: Callable[[Path], None] | None = None,
) -> ResponseReturnValue:
    """Start a study and lead to it; where there is no room, show ``or_else`` with the problem."""
    try:
        study_id = services().experiments.submit(wanted, prepare=prepare)
    except TooManyExperiments as error:
        return or_else(_too_many(error)), 503
    return redirect(_address(wanted.process_key, study_id), 303)


def confidential(key: str) -> Rehearsal:
    """Return a process to those who may see its every case; to others there is nothing."""
    if not signed_in_user().may_manage():
        raise NotFound
    return rehearsal_of(key)


def _too_many(error: TooManyExperiments) -> str:
    return _(
        "%(limit)s studies wait already. Cancel one of them or try again later.",
        limit=error.limit,
    )


def _address(key: str, study_id: str) -> str:
    return url_for("studies.show", key=key, study_id=study_id)


def found_run(key: str, study_id: str) -> ExperimentRun:
    """Return a study of this process, or answer that there is none for this person."""
    try:
        run = services().experiments.get(study_id)
    except ExperimentNotFound as error:
        raise NotFound from error
    is_secret = run.request.kind.is_confidential and not signed_in_user().may_manage()
    if run.request.process_key != key or is_secret:
        raise NotFound
    return run
