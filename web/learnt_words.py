"""What calibration and validation call things, in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from web.states import State
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

THIN = 30  # cases below which a figure is marked
GOOD_KS = 0.05  # distance between curve and data that nobody would see
GOOD_P = 0.05


def section(name: str) -> str:
    """Return the name of a part of a scenario."""
    known = {
        "arrivals": _("Arrivals"),
        "durations": _("Durations"),
        "branches": _("Decisions"),
        "resources": _("People"),
        "calendars": _("Working hours"),
        "events": _("Waiting"),
        "batches": _("Waiting"),
        "demands": _("People"),
        "delays": _("Waiting"),
        "log": _("The log"),
        "model": _("The model"),
    }
    return known.get(name, name)


def family(name: str) -> str:
    """Return the name of a family of distributions."""
    known = {
        "constant": _("constant"),
        "exponential": _("exponential"),
        "gamma": _("gamma"),
        "lognormal": _("log-normal"),
        "weibull": _("Weibull"),
        "normal": _("normal"),
        "uniform": _("uniform"),
        "triangular": _("triangular"),
        "empirical": _("as seen"),
        "histogram": _("as seen"),
    }
    return known.get(name, name)


def measure(key: str, name: str) -> str:
    """Return what a distance between simulated and real cases is about."""
    known = {
        "cycle_time": _("Cycle time of cases"),
        "arrival_rate": _("Arrivals along the calendar"),
        "arrival_hours": _("Arrivals by weekday and hour"),
        "workforce": _("Work by role, weekday and hour"),
        "events_in_case": _("When events happen within a case"),
        "ngrams": _("Which activities follow each other"),
    }
    return known.get(key, name)


def grade(name: str) -> State:
    """Return how like real cases the simulated ones are."""
    if name == "good":
        return State("good", "good", "●", _("good"))
    if name == "fair":
        return State("fair", "neutral", "≈", _("fair"))
    return State("poor", "problem", "■", _("poor"))


def fit_state(found: Mapping[str, Any]) -> State:
    """Say how well the curve goes with the data."""
    hint = _("distance between curve and data (KS): %(ks)s", ks=f"{found['ks']:.3f}")
    if found["n"] < THIN:
        return State("thin", "suspended", "▲", _("few cases"), hint)
    p_value = found["p_value"]
    if found["ks"] <= GOOD_KS or p_value is None or p_value >= GOOD_P:
        return State("good", "good", "●", _("fits"), hint)
    return State("fair", "neutral", "≈", _("roughly"), hint)
