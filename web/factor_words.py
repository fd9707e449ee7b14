"""Assumptions of a scenario in words: what ``durations.consult`` is for somebody who reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from web.texts import gettext as _

if TYPE_CHECKING:
    from web.comparison_rows import Names


def factor_name(field: str, names: Names) -> str:
    """Return what an assumption is called."""
    section, _dot, rest = field.partition(".")
    if section == "arrivals":
        return _("how many come (%(start)s)", start=names.step(rest))
    if section == "durations":
        return _("how long %(step)s takes", step=names.step(rest))
    if section == "events":
        return _("how long %(event)s lets wait", event=names.step(rest))
    gateway, _dot, flow = rest.partition(".")
    return _(
        "how often “%(flow)s” at %(gateway)s",
        flow=names.flow(flow),
        gateway=names.step(gateway).rstrip("?？"),  # no question within a sentence
    )


def short_name(field: str, names: Names) -> str:
    """Return the same in a word or two, where there is no room."""
    section, _dot, rest = field.partition(".")
    if section == "branches":
        gateway, _dot, flow = rest.partition(".")
        return f"{names.step(gateway)} {names.flow(flow)}"
    return names.step(rest)


def capital(text: str) -> str:
    """Return a text as it begins a line."""
    return text[:1].upper() + text[1:]


def move(end: str, *, percent: str, change: str) -> str:
    """Say what one end of a swing does."""
    if end == "larger":
        return _("%(percent)s more brings %(change)s", percent=percent, change=change)
    return _("%(percent)s less brings %(change)s", percent=percent, change=change)
