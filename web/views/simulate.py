"""Simulate: rehearse a change before it is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

from web import set_up
from web.comparison_page import ComparisonPage
from web.comparison_rows import Result
from web.context import login_required, services, signed_in_user
from web.experiments import (
    ExperimentNotFinished,
    ExperimentNotFound,
    ExperimentRun,
    RunState,
    TooManyExperiments,
)
from web.languages import current_language
from web.rehearsal_page import ProgressPage, SetUpPage, process_name
from web.scenarios import Rehearsal, rehearsal_of, rehearsals
from web.texts import gettext as _

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from web.set_up import SetUp

blueprint = Blueprint("simulate", __name__, url_prefix="/simulate")


@blueprint.get("")
@login_required
def index() -> ResponseReturnValue:
    """Lead to the first process that can be rehearsed."""
    found = rehearsals()
    if not found:
        return render_template("simulate/nothing.html")
    return redirect(url_for("simulate.show", key=found[0].folder.key))


@blueprint.get("/<key>")
@login_required
def show(key: str) -> ResponseReturnValue:
    """Show the set-up of a comparison and the comparisons so far."""
    rehearsal = rehearsal_of(key)
    if key != rehearsal.folder.key:
        return redirect(url_for("simulate.show", key=rehearsal.folder.key))
    return _set_up_page(rehearsal, set_up.usual(rehearsal))


@blueprint.post("/<key>/comparisons")
@login_required
def submit(key: str) -> ResponseReturnValue:
    """Start a comparison."""
    rehearsal, language = rehearsal_of(key), current_language().code
    asked = set_up.read(request.form, rehearsal, language)
    if asked.problems:
        return _set_up_page(rehearsal, asked), 422
    wanted = set_up.request_of(asked, rehearsal, by=signed_in_user().id)
    try:
        experiment_id = services().experiments.submit(wanted)
    except TooManyExperiments as error:
        return _set_up_page(rehearsal, asked, _too_many(error)), 503
    return redirect(url_for("simulate.comparison", key=key, experiment_id=experiment_id), 303)


@blueprint.get("/<key>/comparisons/<experiment_id>")
@login_required
def comparison(key: str, experiment_id: str) -> ResponseReturnValue:
    """Show the result of a comparison, or how far it is."""
    rehearsal, run = rehearsal_of(key), _run(key, experiment_id)
    language = current_language().code
    if run.state is not RunState.DONE:
        page = ProgressPage(run, rehearsal, language)
        return render_template("simulate/progress.html", page=page)
    experiments = services().experiments
    result = Result(experiments.document(run.id), experiments.graphs(run.id))
    chosen = request.args.get("alternative", 0, type=int)
    shown = ComparisonPage(run, result, language, alternative=chosen)
    return render_template(
        "simulate/result.html", page=shown, process=process_name(rehearsal, language)
    )


@blueprint.get("/<key>/comparisons/<experiment_id>/progress")
@login_required
def progress(key: str, experiment_id: str) -> ResponseReturnValue:
    """Show how far a comparison is; at its end the whole page is loaded again."""
    run = _run(key, experiment_id)
    page = ProgressPage(run, rehearsal_of(key), current_language().code)
    response = make_response(render_template("simulate/_progress.html", page=page))
    if not run.state.is_unfinished:
        address = url_for("simulate.comparison", key=key, experiment_id=experiment_id)
        response.headers["HX-Redirect"] = address
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/<key>/comparisons/<experiment_id>/cancellation")
@login_required
def cancel(key: str, experiment_id: str) -> ResponseReturnValue:
    """Ask a comparison to stop."""
    services().experiments.cancel(_run(key, experiment_id).id)
    return redirect(url_for("simulate.comparison", key=key, experiment_id=experiment_id), 303)


@blueprint.post("/<key>/comparisons/<experiment_id>/repetition")
@login_required
def rerun(key: str, experiment_id: str) -> ResponseReturnValue:
    """Carry a comparison out once more."""
    try:
        again = services().experiments.rerun(_run(key, experiment_id).id, by=signed_in_user().id)
    except TooManyExperiments as error:
        flash(_too_many(error), "problem")
        return redirect(url_for("simulate.show", key=key), 303)
    return redirect(url_for("simulate.comparison", key=key, experiment_id=again), 303)


@blueprint.get("/<key>/comparisons/<experiment_id>.json")
@login_required
def document(key: str, experiment_id: str) -> Response:
    """Return the result document as ``twinflow compare --json`` prints it."""
    run = _run(key, experiment_id)
    try:
        content = services().experiments.document_bytes(run.id)
    except ExperimentNotFinished as error:
        raise NotFound from error
    response = current_app.response_class(content, mimetype="application/json")
    name = f"{key}-{run.id}.json"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/<key>/comparisons/<experiment_id>/models/<int:number>.bpmn")
@login_required
def model(key: str, experiment_id: str, number: int) -> Response:
    """Return a model as it was simulated, in the reader's language."""
    run = _run(key, experiment_id)
    try:
        xml = services().experiments.model(run.id, number, current_language().code)
    except ExperimentNotFinished as error:
        raise NotFound from error
    response = current_app.response_class(xml, mimetype="application/xml")
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _set_up_page(rehearsal: Rehearsal, form: SetUp, *problems: str) -> str:
    runs = services().experiments.recent(rehearsal.folder.key)
    page = SetUpPage(rehearsal, runs, current_language().code)
    return render_template(
        "simulate/show.html", page=page, form=form, problems=[*form.problems, *problems]
    )


def _run(key: str, experiment_id: str) -> ExperimentRun:
    """Return a comparison of this process, or answer that there is none."""
    try:
        run = services().experiments.get(experiment_id)
    except ExperimentNotFound as error:
        raise NotFound from error
    if run.request.process_key != key:
        raise NotFound
    return run


def _too_many(error: TooManyExperiments) -> str:
    return _(
        "%(limit)s comparisons wait already. Cancel one of them or try again later.",
        limit=error.limit,
    )
