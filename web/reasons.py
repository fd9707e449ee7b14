"""Reasons: whoever changes the course of a case says why, and the history keeps it."""

from __future__ import annotations

from flask import request

from web.texts import gettext as _


class ReasonMissing(ValueError):
    """No reason was given; ``at`` is the dialog that asked for it."""

    def __init__(self, at: str) -> None:
        super().__init__(_("Please give a reason: it is kept in the history of the case."))
        self.at = at


def given_reason(*, at: str) -> str:
    """Return the reason that was sent from a dialog, or raise ReasonMissing."""
    reason = request.form.get("reason", "").strip()
    if not reason:
        raise ReasonMissing(at)
    return reason


def number_in_path(name: str) -> int:
    """Return a number of the address, for what answers an error of any view."""
    return int((request.view_args or {})[name])
