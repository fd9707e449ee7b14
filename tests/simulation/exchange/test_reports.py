"""What the report says, and what is refused, when one thing of a rich file is another."""

from __future__ import annotations

import pytest

from simulation.errors import ScenarioInvalid
from simulation.exchange.bpsim_export import export_bpsim
from simulation.exchange.notes import Fate
from simulation.exchange.prosimos_export import export_prosimos
from tests.simulation.exchange.foreign import imported
from tests.simulation.exchange.rich import BPSIM, QBP
from tests.simulation.exchange.test_exports import XML, a_claim

TIMER = '<bpsim:NegativeExponentialDistribution mean="40" validFor="E" timeUnit="min"/>'
WARM_UP = '<bpsim:FloatingParameter value="120" timeUnit="min"/>'
EVENING = "DTSTART:20260302T170000\nDTEND:20260302T200000"


def changed(text, old, new):
    assert old in text
    return text.replace(old, new)


def told(found, fate=Fate.LOST):
    return [f"{note.field}: {note.words}" for note in found.notes.of(fate)]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("bpsim:InterTriggerTimer>", "bpsim:LagTime>", "no InterTriggerTimer: nobody comes here"),
        (TIMER, TIMER.replace(' validFor="E"', "") * 2, "a second value without a calendar"),
        ('validFor="E"', 'validFor="C"', "a calendar that nothing refers to"),
        ('elementRef="late"', 'elementRef="nowhere"', "the model has no task, event, resource"),
        ("<any>1</any>", "", "VendorExtension: is not read"),
        ('currencyUnit="EUR"/>', '>7</bpsim:FloatingParameter>', "(its text): is not read"),
        ('baseCurrencyUnit="CNY"', 'baseCurrencyUnit="Euro"', "is no currency of three letters"),
    ],
)  # fmt: skip
def test_bpsim_that_has_no_counterpart_is_told(tmp_path, old, new, words):
    assert any(words in line for line in told(imported(tmp_path, changed(BPSIM, old, new))))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (WARM_UP, '<bpsim:NormalDistribution mean="9" standardDeviation="1"/>', "a fixed duration"),
        ('DurationParameter value="P5D"', 'DurationParameter value="5"', "must be a duration"),
        ('value="0.25"/></bpsim:Probability>', 'value="2"/></bpsim:Probability>', "from 0 to 1"),
        ('BooleanParameter value="true"/></bpsim:Property>',
         'BooleanParameter value="yes"/></bpsim:Property>', "must be true or false"),
        ('discrete="true"', 'discrete="often"', "must be true or false"),
        ('replication="7"', 'replication="7.5"', "must be a whole number from 1"),
        (EVENING, EVENING.replace("200000", "170020"), "never opens for a minute"),
        ('name="amount"', 'name="is new"', "a second property 'is_new'"),
        ("BEGIN:VEVENT", "BEGIN:VTODO", "has no VEVENT"),
    ],
)  # fmt: skip
def test_wrong_bpsim_is_refused_by_its_element(tmp_path, old, new, words):
    text = BPSIM.replace('mean="20" validFor="C"', 'mean="20" validFor="E"')
    with pytest.raises(ScenarioInvalid, match=words):
        imported(tmp_path, changed(text, old, new))


@pytest.mark.parametrize(
    ("unit", "warm_up"), [('timeUnit="min"', "2h"), ("", "2h"), ('timeUnit="hour"', "120h")]
)
def test_length_of_a_run_is_in_its_own_or_the_base_unit(tmp_path, unit, warm_up):
    text = changed(BPSIM, WARM_UP, f'<bpsim:FloatingParameter value="120" {unit}/>')
    text = text.replace('"P5D"', '"P9D"')

    assert imported(tmp_path, text).scenario.raw["run"]["warm_up"] == warm_up


def test_points_that_are_not_discrete_are_told(tmp_path):
    points = '<bpsim:UserDistributionDataPoint probability="1">{}</bpsim:UserDistributionDataPoint>'
    law = f'<bpsim:UserDistribution discrete="false">{points}</bpsim:UserDistribution>'
    text = changed(
        BPSIM, '<bpsim:ErlangDistribution k="3" mean="6"/>',
        law.format('<bpsim:FloatingParameter value="6"/>'),
    )  # fmt: skip

    found = imported(tmp_path, text)

    assert any("its points alone are drawn" in line for line in told(found, Fate.TRANSLATED))


def test_scenario_of_its_own_stands_above_what_it_inherits(tmp_path):
    heir = (
        '<bpsim:Scenario id="heir" inherits="s"><bpsim:ScenarioParameters baseCurrencyUnit="USD"'
        ' baseTimeUnit="s"><bpsim:Duration><bpsim:FloatingParameter value="864000"/>'
        "</bpsim:Duration></bpsim:ScenarioParameters></bpsim:Scenario>"
    )
    text = changed(BPSIM, "<bpsim:BPSimData>", f"<bpsim:BPSimData>{heir}")

    raw = imported(tmp_path, text).scenario.raw

    assert raw["currency"] == "USD"
    assert raw["run"]["until"] == "240h"
    assert raw["arrivals"]["start"]["rate"]["weekly"]["mon-fri"][0] == 180  # one in 20 s


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('default="false"', 'default="true"', "a second timetable as the one of the arrivals"),
        ('default="false"', 'default="no"', "must be true or false"),
        ('simulateAsTask="false"', 'simulateAsTask="maybe"', "must be true or false"),
    ],
)
def test_wrong_qbp_is_refused(tmp_path, old, new, words):
    with pytest.raises(ScenarioInvalid, match=words):
        imported(tmp_path, changed(QBP, old, new))


def test_subprocess_as_a_task_is_told(tmp_path):
    text = changed(QBP, 'simulateAsTask="false"', 'simulateAsTask="true"')

    assert any("takes the time of what is in it" in line for line in told(imported(tmp_path, text)))


def test_intervals_that_are_not_exponential_are_told():
    arrival = {"interval": {"constant": "20min"}, "calendar": "office"}
    scenario = a_claim(arrivals={"start": arrival})
    opening = a_claim(arrivals={"start": arrival | {"outside_calendar": "opening"}})

    fates = {note.field: note.words for note in export_prosimos(scenario).notes.entries}
    assert "one more case per opening" in fates["arrivals.start.calendar"]
    assert "arrivals.start.calendar" not in {
        n.field for n in export_prosimos(opening).notes.entries
    }
    told_by = {note.field: note.words for note in export_bpsim(opening, XML)[1].entries}
    assert "leaves open when they come" in told_by["arrivals.start.outside_calendar"]
