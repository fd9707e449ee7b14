"""Every value of a foreign file says something, or the report says that it does not.

Each value of a file that uses the whole of its format is changed, one at a time. The scenario
must change, or the file be refused, or the report tell the field as lost; names that only label
something are listed below. A second check takes a reader away and sees it told.
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from lxml import etree

from simulation.errors import ScenarioInvalid
from simulation.exchange.notes import Fate
from tests.simulation.exchange.foreign import imported, model, prosimos
from tests.simulation.exchange.rich import BPSIM, QBP, WITH_BORDER, rich_prosimos

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.exchange.importing import Imported

LABELS = {  # they name something, and nothing else
    "id", "version", "processId", "ResultRequest", "result", "resource_profiles.id",
    "resource_calendars.name", "resource_profiles.resource_list.assignedTasks",
}  # fmt: skip
Told = list[tuple[str, str]]


def facts(found: Imported) -> tuple[dict[str, Any], Told]:
    """Return the scenario, and the report without what is kept."""
    notes = [(n.field, n.words) for n in found.notes.entries if n.fate is not Fate.KEPT]
    return dict(found.scenario.raw), notes


def other(text: str) -> str:
    """Return another value of the same kind."""
    try:
        number = float(text)
    except ValueError:
        return text + "x"
    return str(int(text) + 1) if text.isdigit() else str(number * 1.125 + 0.5 * (not number))


def named(part: str) -> tuple[str, str]:
    name, _, id_ = part.rstrip("]").partition("[")
    return name, "" if id_.isdigit() else id_


def is_told(path: str, told: Told) -> bool:
    """Whether a note is about a field or something that holds it."""
    for field, _ in told:
        parts = iter(named(part) for part in path.split("."))
        wanted = [named(part) for part in field.replace(".*", "").split(".")]
        if all(any(p[0] == w[0] and (not w[1] or w[1] == p[1]) for p in parts) for w in wanted):
            return True
    return False


def is_label(path: str) -> bool:
    plain = ".".join(named(part)[0] for part in path.split("."))
    return any(plain == label or plain.endswith(f".{label}") for label in LABELS) or any(
        part in LABELS for part in plain.split(".")[-2:]
    )


def xml_values(root: Any) -> Iterator[tuple[str, Any, str | None]]:
    """Yield the path of every value, its element, and its attribute; None: its text."""
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        line = [*reversed(list(element.iterancestors())), element]
        ids = [e.get("elementRef") or e.get("elementId") or e.get("id") for e in line]
        names = [etree.QName(e).localname for e in line]
        path = ".".join(f"{n}[{i}]" if i else n for n, i in zip(names, ids, strict=True))
        for attribute in element.attrib:
            yield f"{path}.{attribute}", element, attribute
        if (element.text or "").strip() and not len(element):
            yield path, element, None


def silent_in_xml(folder: Any, text: str, root_name: str) -> list[str]:
    """Return the values whose change changes nothing at all."""
    base = facts(imported(folder, text))
    tree = etree.fromstring(text)
    (root,) = [e for e in tree.iter() if str(e.tag).endswith(f"}}{root_name}")]
    silent = []
    for path, element, attribute in list(xml_values(root)):
        if is_label(path) or is_told(path, base[1]):
            continue
        old = element.text if attribute is None else element.get(attribute)
        new = other(old.strip())
        if attribute is None:
            element.text = new
        else:
            element.set(attribute, new)
        if facts_of(folder, etree.tostring(tree).decode()) == base:
            silent.append(path)
        if attribute is None:
            element.text = old
        else:
            element.set(attribute, old)
    return silent


def facts_of(folder: Any, content: Any) -> Any:
    try:
        return facts(imported(folder, content, model(process=WITH_BORDER)))
    except ScenarioInvalid:
        return None


def test_no_value_of_qbp_is_silent(tmp_path):
    silent = silent_in_xml(tmp_path, QBP, "processSimulationInfo")

    # units of a page, and parameters that a law does not have (they are told if they are not 0)
    assert {path.rpartition(".")[2] for path in silent} <= {"timeUnit"}


def test_no_value_of_bpsim_is_silent(tmp_path):
    silent = silent_in_xml(tmp_path, BPSIM, "BPSimData")

    assert not [path for path in silent if "Calendar" not in path]  # text behind END:VCALENDAR


def json_values(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs: Any = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in pairs:
        if isinstance(item, dict | list):
            yield from json_values(item, (*path, key))
        else:
            yield (*path, key)


def test_no_value_of_prosimos_is_silent(tmp_path):
    document = rich_prosimos()
    base = facts(imported(tmp_path, document, model(process=WITH_BORDER)))
    silent = []
    for path in json_values(document):
        words = ".".join(part for part in path if isinstance(part, str))
        if is_label(words) or is_told(words, base[1]):
            continue
        changed = deepcopy(document)
        place: Any = changed
        for key in path[:-1]:
            place = place[key]
        old = place[path[-1]]
        place[path[-1]] = other(old) if isinstance(old, str) else json.loads(other(str(old)))
        if facts_of(tmp_path, changed) == base:
            silent.append(".".join(map(str, path)))

    # min and max of laws that they cut nothing off; probabilities of calendars that are not fuzzy
    assert {path.rpartition(".")[2] for path in silent} <= {"value"}
    assert all(".distribution_params." in path for path in silent)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('fixedCost="3"', 'fixedCost="3" setupCost="9"', "element.setupCost"),
        ("<qbp:resourceIds/>", "<qbp:resourceIds/><qbp:shift>1</qbp:shift>", "element.shift"),
        ('mean="900" arg1="90000" arg2="0"', 'mean="900" arg1="90000" arg2="7"', "arg2"),
    ],
)
def test_what_qbp_does_not_have_is_told(tmp_path, old, new, words):
    assert old in QBP

    _, told = facts(imported(tmp_path, QBP.replace(old, new)))

    assert any(words in field for field, _ in told)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("DAILY", "DAILY;COUNT=5", "COUNT"),
        ("DAILY", "DAILY;UNTIL=20260401T000000", "UNTIL"),
        ("DAILY", "DAILY\nEXDATE:20260305T090000", "EXDATE"),
        ("DTSTART:", "DTSTART;TZID=Asia/Shanghai:", "the zone 'Asia/Shanghai'"),
        ("T090000\n", "T090000Z\n", "the zone 'UTC'"),
    ],
)
def test_what_a_week_cannot_hold_of_icalendar_is_told(tmp_path, old, new, words):
    daily = BPSIM.replace("WEEKLY;BYDAY=MO,TU,WE,TH,FR", "DAILY")
    assert old in daily

    _, told = facts(imported(tmp_path, daily.replace(old, new)))

    assert any("Calendar" in field and words in text for field, text in told)


def test_days_of_a_daily_event_count(tmp_path):
    text = BPSIM.replace("FREQ=WEEKLY", "FREQ=DAILY")

    assert facts(imported(tmp_path, text))[0] == facts(imported(tmp_path, BPSIM))[0]


def test_expression_that_says_more_than_resources_is_told(tmp_path):
    more = "bpsim:getResource('Clerk',1) and bpsim:getProperty('amount') > 3"
    text = BPSIM.replace("getResource('Cashier')", more.replace(">", "&gt;"))

    _, told = facts(imported(tmp_path, text))

    assert any("only whom getResource names is taken" in words for _, words in told)


def test_unknown_fields_of_prosimos_are_told_once_with_their_number(tmp_path):
    document = prosimos()
    for pool in document["resource_profiles"]:
        pool["resource_list"][0]["mood"] = 3

    _, told = facts(imported(tmp_path, document))

    words = "is not read: it has no counterpart (2 times)"
    assert ("resource_profiles.*.resource_list.*.mood", words) in told
