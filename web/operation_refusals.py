"""Refusals that people meet who look after cases, problems, messages and versions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.consequences import OutdatedPreview
from engine.domain.migration_plan import InvalidPlan, MigrationBlocked, NothingToUndo
from engine.domain.routing import InvalidRouting
from engine.domain.suspension import NotSuspended
from engine.domain.versions import DefinitionInUse
from engine.errors import AmbiguousMessage, IncidentResolved, InstanceSuspended, NotExecutable
from web.presenters import words
from web.refusal import Refusal
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Callable


def _suspended(error: InstanceSuspended) -> Refusal:
    return Refusal(
        409,
        _("Case %(case)s is suspended; it stands still for now.", case=error.business_key),
        _("Nothing was changed. What you typed into a task is kept as a draft."),
        _("Wait until a manager lets the case go on, then send it again."),
    )


def _not_suspended(error: NotSuspended) -> Refusal:
    return Refusal(
        409,
        _("Case %(case)s is not suspended.", case=error.business_key),
        _("Nothing was changed; the case goes on as before."),
        _("Look at the case to see who let it go on."),
    )


def _incident_resolved(error: IncidentResolved) -> Refusal:
    if error.resolved_by is None:
        happened = _("This problem has gone away by itself: the case went on another way.")
    else:
        who = words().person(error.resolved_by)
        happened = _("%(who)s has dealt with this problem already.", who=who)
    return Refusal(
        409,
        happened,
        _("Their decision stands; nothing was changed now."),
        _("Go back to the list of problems."),
    )


def _ambiguous(error: AmbiguousMessage) -> Refusal:
    return Refusal(
        409,
        _("More than one case waits for the message “%(name)s”.", name=error.name),
        _("None of them got it; nothing was changed."),
        _("Choose the case that is meant: %(cases)s.", cases=_(", ").join(error.receivers)),
    )


def _not_executable(_error: NotExecutable) -> Refusal:
    return Refusal(
        409,
        _("This process cannot be started: it is a drawing, or none of its versions is in use."),
        _("No case was started."),
        _("Choose another process, or ask the designer to put a version into use."),
    )


def _outdated(_error: OutdatedPreview) -> Refusal:
    return Refusal(
        409,
        _("The case has changed since you looked at what would happen."),
        _("Nothing was changed by you."),
        _("Look at the case as it is now, and decide again."),
    )


def _in_use(_error: DefinitionInUse) -> Refusal:
    return Refusal(
        409,
        _("Something still needs this version of the process."),
        _("The version stays as it is."),
        _("End or move the cases that run on it first."),
    )


def _migration_blocked(error: MigrationBlocked) -> Refusal:
    why = "; ".join(error.blockers)
    return Refusal(
        409,
        _("Case %(case)s cannot move to that version: %(why)s", case=error.business_key, why=why),
        _("The case stays in its version; nothing was changed."),
        _("Say where its steps are in the other version, or let the case end in its own."),
    )


def _nothing_to_undo(error: NothingToUndo) -> Refusal:
    return Refusal(
        409,
        _("There is no move of case %(case)s that can be undone.", case=error.business_key),
        _("Nothing was changed."),
        _("A move can be undone only before the case goes on."),
    )


def _contradiction(error: InvalidRouting | InvalidPlan) -> Refusal:
    return Refusal(
        422,
        _("What you entered does not fit the process: %(why)s", why="; ".join(error.problems)),
        _("Nothing was changed."),
        _("Go back and correct it."),
    )


TABLE: dict[type[Exception], Callable[..., Refusal]] = {
    InstanceSuspended: _suspended,
    NotSuspended: _not_suspended,
    IncidentResolved: _incident_resolved,
    AmbiguousMessage: _ambiguous,
    NotExecutable: _not_executable,
    OutdatedPreview: _outdated,
    DefinitionInUse: _in_use,
    MigrationBlocked: _migration_blocked,
    NothingToUndo: _nothing_to_undo,
    InvalidRouting: _contradiction,
    InvalidPlan: _contradiction,
}
