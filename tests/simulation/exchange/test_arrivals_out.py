"""Arrivals by rate and by appointment on their way to other simulators and back."""

from __future__ import annotations

import numpy as np
import pytest

from simulation.arrivals import draw
from simulation.errors import ScenarioInvalid
from simulation.exchange.arrival_week import arrival_week, prosimos_interval
from simulation.exchange.bpsim_export import export_bpsim
from simulation.exchange.notes import Fate
from simulation.exchange.prosimos_export import export_prosimos
from simulation.net import compile_net
from simulation.scenario.load import build
from simulation.streams import Streams
from tests.simulation.exchange.foreign import imported
from tests.simulation.exchange.test_exports import GRAPH, XML, a_claim, back

HOUR_US = 3_600_000_000
WEEKS = 20
DAILY = {"slot": "1h", "from": "08:00", "per_slot": [6, 5, 0, 2.5, 3]}
WEEKLY = {
    "slot": "30min",
    "from": "08:00",
    "weekly": {"mon-thu": [4, 6, 2], "fri": [1, 1, 1, 8], "sun": [0, 0, 3]},
}
LATE = {"slot": "2h", "from": "20:00", "per_slot": [3, 12]}
ALL_DAY = {"slot": "12h", "from": "00:00", "per_slot": [24, 72]}
BOOKED = {"calendar": "office", "slot": "30min", "per_slot": 6, "no_show": 0.25}
BY_HOUR = {"from": "08:00", "slot": "1h", "per_slot": [4, 0, 8]}


def coming(scenario, *, weeks=WEEKS, seed=1):
    """Return when cases come in so many weeks, in hours after Monday 00:00."""
    run = {"start": "2026-03-02T00:00:00", "until": f"{weeks}w", "replications": 1}
    scenario = build({**scenario.raw, "run": run}, graph=scenario.graph, source="again.yaml")
    return draw(compile_net(scenario), Streams(seed, 0)).times / HOUR_US


def by_hour(hours):
    """Return how many come in each hour of the week, on average."""
    return np.bincount((hours % 168).astype(int), minlength=168) / WEEKS


def expected(scenario):
    """Return how many should come in each hour of the week: by rate, from the document alone."""
    week = arrival_week(scenario.document, scenario.document.arrivals["start"])
    found = np.zeros(168 * 60)
    for rate, spans in week.spans.items():
        for low, high in spans:
            found[round(low / 60) : round(high / 60)] += rate * 60
    return found.reshape(168, 60).sum(axis=1)


def ensure_like(counts, wanted):
    """Counts of Poisson numbers are within 4.5 of their standard deviations."""
    assert np.all(np.abs(counts - wanted) <= 4.5 * np.sqrt(wanted / WEEKS) + 1e-9)


@pytest.mark.parametrize("rate", [DAILY, WEEKLY, LATE, ALL_DAY])
def test_rate_comes_back_from_bpsim_hour_by_hour(tmp_path, rate):
    scenario = a_claim(arrivals={"start": {"rate": rate}})
    text, notes = export_bpsim(scenario, XML)

    again = imported(tmp_path, text).scenario

    assert expected(again) == pytest.approx(expected(scenario), rel=1e-5)
    ensure_like(by_hour(coming(again)), expected(scenario))
    assert not [note for note in notes.of(Fate.LOST) if "arrivals" in note.field]


def test_rate_comes_back_from_bpsim_as_it_was_written(tmp_path):
    scenario = a_claim(arrivals={"start": {"rate": WEEKLY}})

    again = imported(tmp_path, export_bpsim(scenario, XML)[0]).scenario

    assert again.raw["arrivals"]["start"]["rate"] == WEEKLY | {
        "weekly": {"mon-thu": [4, 6, 2], "fri": [1, 1, 1, 8], "sun": [0, 0, 3]}
    }


def test_rate_within_a_calendar_and_in_groups_keeps_its_cases(tmp_path):
    arrival = {
        "rate": {"slot": "4h", "from": "08:00", "per_slot": [8, 8, 8]},
        "calendar": "office",
        "group": {"uniform": {"min": 0.5, "max": 3.5}},
    }
    scenario = a_claim(arrivals={"start": arrival})

    again = imported(tmp_path, export_bpsim(scenario, XML)[0]).scenario

    # office hours 9-12 and 13-17 on five days: 2 an hour, twos on average
    assert expected(scenario).sum() == pytest.approx(5 * 7 * 2 * 2, rel=1e-3)
    ensure_like(by_hour(coming(again)), expected(scenario))


@pytest.mark.parametrize("rate", [DAILY, WEEKLY, LATE, ALL_DAY])
def test_prosimos_gets_as_many_cases_in_a_week_in_the_same_hours(tmp_path, rate):
    scenario = a_claim(arrivals={"start": {"rate": rate}})
    wanted = expected(scenario)
    files = export_prosimos(scenario)

    counts = by_hour(coming(back(tmp_path, files).scenario))

    assert counts.sum() == pytest.approx(wanted.sum(), abs=4 * np.sqrt(wanted.sum() / WEEKS))
    assert set(np.flatnonzero(counts)) <= set(np.flatnonzero(wanted))
    (lost,) = [note.words for note in files.notes.of(Fate.LOST) if "rate" in note.field]
    assert lost.startswith("how the rate changes, from ")


def test_interval_for_prosimos_is_the_one_of_the_formula():
    """One opening of 8 h a day and 10 cases: 8 h / m + 1 - exp(-16 h / m) = 10, by hand."""
    rate = {"slot": "8h", "from": "09:00", "per_slot": [10]}
    scenario = a_claim(arrivals={"start": {"rate": rate}})
    week = arrival_week(scenario.document, scenario.document.arrivals["start"])

    kind, mean_s = prosimos_interval(week)

    assert (kind, week.cases) == ("exponential", pytest.approx(70))
    assert 8 * 3600 / mean_s + 1 - np.exp(-16 * 3600 / mean_s) == pytest.approx(10, rel=1e-9)


@pytest.mark.parametrize("group", [{}, {"group": {"constant": 3}}])
def test_intervals_that_pause_bring_as_many_in_prosimos(tmp_path, group):
    """35 hours in ten openings a week, a case in 20 min: 105 a week, three times that in threes."""
    arrival = {"interval": {"exponential": {"mean": "20min"}}, "calendar": "office", **group}
    scenario = a_claim(arrivals={"start": arrival})

    found = back(tmp_path, export_prosimos(scenario)).scenario

    wanted = 105 * (3 if group else 1)
    assert len(coming(found)) / WEEKS == pytest.approx(wanted, abs=4 * np.sqrt(wanted / WEEKS))


def test_intervals_of_another_law_come_one_by_one_and_fewer():
    arrival = {"interval": {"constant": "20min"}, "group": {"constant": 3}}

    for notes in (
        export_prosimos(a_claim(arrivals={"start": arrival})).notes,
        export_bpsim(a_claim(arrivals={"start": arrival}), XML)[1],
    ):
        (lost,) = [note.words for note in notes.of(Fate.LOST) if note.field.endswith(".group")]
        assert lost == "cases come one by one: 3 times fewer"


@pytest.mark.parametrize(("booked", "weekly"), [(BOOKED, 5 * 14 * 4.5), (BY_HOUR, 7 * 12)])
def test_appointments_keep_their_number(tmp_path, booked, weekly):
    scenario = a_claim(arrivals={"start": {"appointments": booked}})
    assert len(coming(scenario)) / WEEKS == pytest.approx(weekly, rel=0.05)

    by_bpsim = imported(tmp_path, export_bpsim(scenario, XML)[0]).scenario
    by_prosimos = back(tmp_path, export_prosimos(scenario)).scenario

    for again in (by_bpsim, by_prosimos):
        assert len(coming(again)) / WEEKS == pytest.approx(weekly, rel=0.06)


def test_what_appointments_lose_is_told():
    booked = BOOKED | {"punctuality": {"normal": {"mean": "-8min", "sd": "9min"}}}
    scenario = a_claim(arrivals={"start": {"appointments": booked}})

    for notes in (export_prosimos(scenario).notes, export_bpsim(scenario, XML)[1]):
        told = {note.field: note.words for note in notes.entries}
        assert "nobody is early or late" in told["arrivals.start.appointments.punctuality"]
        assert "25 % of the booked" in told["arrivals.start.appointments.no_show"]


@pytest.mark.parametrize("export", [export_prosimos, lambda s: export_bpsim(s, XML)])
def test_arrivals_that_bring_nobody_are_refused(export):
    scenario = a_claim(arrivals={"start": {"appointments": BOOKED | {"no_show": 1.0}}})

    with pytest.raises(ScenarioInvalid, match="brings nobody"):
        export(scenario)


def test_overlapping_calendars_are_told_and_the_first_counts(tmp_path):
    text, _ = export_bpsim(a_claim(arrivals={"start": {"rate": DAILY}}), XML)
    both = text.replace(
        "DTSTART:20260302T090000", "DTSTART:20260302T083000"
    )  # the second hour begins half an hour early

    found = imported(tmp_path, both)

    assert any("those above it, they count" in note.words for note in found.notes.entries)
    assert GRAPH.key == found.scenario.graph.key
    hours = expected(found.scenario)
    assert (hours[8], hours[9]) == (pytest.approx(6), pytest.approx(5))


@pytest.mark.parametrize(
    ("mean", "words"), [("1e-12", "a time that a scenario cannot hold"), ("0", "a mean above 0")]
)
def test_rate_without_end_is_refused(tmp_path, mean, words):
    text, _ = export_bpsim(a_claim(arrivals={"start": {"rate": DAILY}}), XML)

    with pytest.raises(ScenarioInvalid, match=words):
        imported(tmp_path, text.replace('Distribution mean="600"', f'Distribution mean="{mean}"'))
