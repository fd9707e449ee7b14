"""gettext and Babel's formats with their types, which Flask-Babel does not declare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import flask_babel

if TYPE_CHECKING:
    from datetime import date, datetime


def gettext(text: str, /, **values: object) -> str:
    """Return a text in the language of the request, with its values put in."""
    return str(flask_babel.gettext(text, **values))


def ngettext(one: str, many: str, number: int, /, **values: object) -> str:
    """Return a text with the form that suits a number."""
    return str(flask_babel.ngettext(one, many, number, **values))


def format_decimal(number: float, pattern: str | None = None) -> str:
    """Write a number as the language of the request does."""
    return str(flask_babel.format_decimal(number, format=pattern))


def format_moment(at: datetime, pattern: str) -> str:
    """Write a moment in the clinic's zone."""
    return str(flask_babel.format_datetime(at, pattern))


def local_date(at: datetime) -> date:
    """Return the day on which a moment falls in the clinic's zone."""
    day: date = flask_babel.to_user_timezone(at).date()
    return day
