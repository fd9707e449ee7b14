"""Problems (the engine's incidents) in words: what happened, and what each way out will do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.incident import STEP, VACANT, Resolution
from engine.domain.job import Work
from engine.domain.process_graph import NodeType
from web.presenters import Badge
from web.texts import gettext as _

if TYPE_CHECKING:
    from engine.domain.incident import Incident
    from engine.domain.process_graph import FlowNode

BESIDE = frozenset({NodeType.BOUNDARY_EVENT, NodeType.START_EVENT})


def cause(kind: str) -> str:
    """Say what failed; the details are the engine's own reason."""
    return {
        STEP: _("The process finds no way on from here"),
        VACANT: _("Nobody may do this task"),
        Work.TIMER.value: _("The case could not go on when its time came"),
        Work.CONTINUE.value: _("The case could not go on by itself"),
        Work.SERVICE.value: _("A service could not be called"),
        Work.SCRIPT.value: _("A script failed"),
        Work.CALL.value: _("The case of another process could not be started"),
        Work.RETURN.value: _("What a called case brought back could not be used"),
        Work.DELIVER.value: _("A message came, but the case could not go on with it"),
        Work.SIGNAL.value: _("A signal could not be handed on"),
        Work.START.value: _("A case could not be started at its time"),
    }.get(kind, _("Something failed"))


def resolution_word(resolution: str) -> str:
    """Say how a problem ended."""
    return {
        Resolution.RETRIED.value: _("tried again"),
        Resolution.EDITED.value: _("data corrected, tried again"),
        Resolution.SKIPPED.value: _("step skipped"),
        Resolution.CANCELLED.value: _("case cancelled"),
        Resolution.OBSOLETE.value: _("the case went another way"),
    }.get(resolution, _("settled"))


def resolution_badge(resolution: Resolution) -> Badge:
    """Return how a problem ended as icon, word and colour."""
    is_away = resolution in {Resolution.CANCELLED, Resolution.OBSOLETE}
    word = resolution_word(resolution.value)
    return Badge("cancelled" if is_away else "good", word, "cancelled" if is_away else "good")


def retry_effect(incident: Incident) -> str:
    """Say what trying again will do."""
    if incident.kind == STEP:
        return _(
            "The problem is closed. Whoever works on this step can complete it again; "
            "if the cause is still there, the problem comes back."
        )
    if incident.kind == VACANT:
        return _(
            "It is looked again who may do this task. "
            "If there is still nobody, the problem comes back."
        )
    if incident.kind == Work.SERVICE.value:
        return _(
            "The service is called once more with the same request, several times if need be. "
            "If all fail, the problem comes back."
        )
    return _(
        "What failed is done once more, with the same data. If it fails, the problem comes back."
    )


def edit_effect() -> str:
    """Say what correcting the data will do."""
    return _(
        "The data of the case are changed as you enter them, then it is tried again. "
        "The history keeps which data were corrected and by whom."
    )


def skip_effect(incident: Incident, node: FlowNode | None) -> str:
    """Say what skipping will do."""
    if incident.kind != STEP and node is not None and node.type in BESIDE:
        return _("What came is left out; the case stands where it is, nothing else changes.")
    return _("The case goes on as if this step were done. Nobody does the step.")


def cancel_effect(incident: Incident) -> str:
    """Say what cancelling will do."""
    if incident.instance_id is None:
        return _("The work is given up. This cannot be undone.")
    return _(
        "The whole case ends: open tasks are withdrawn, cases it called end too. "
        "This cannot be undone."
    )
