"""Files that somebody broke: refused in words, or imported; never anything else."""

from __future__ import annotations

import json

import numpy as np
import pytest

from engine.errors import InvalidModel
from simulation.errors import ScenarioInvalid
from simulation.exchange.importing import Names, import_file
from tests.simulation.exchange.foreign import MONDAY, imported, law, model, prosimos
from tests.simulation.exchange.test_bpsim import EVERY_20, OFFICE, RESOURCE, bpsim, clerk, scenario
from tests.simulation.exchange.test_qbp import qbp

ODD: tuple[object, ...] = (
    None, True, -1, 0, 1e308, "", "x", "é\u2028\u0085", [], {}, [[]], "NaN", 10**30, "-1", "1e400",
)  # fmt: skip
EDITS = ("", "<", ">", '"', "&", "NaN", "-1", "1e999", "x", "\u2028", "0")


def full():
    """A file of Prosimos in which every section says something."""
    rule = {"attribute": "kind", "comparison": "=", "value": "VIP"}
    batch = {
        "task_id": "refuse",
        "type": "Parallel",
        "size_distrib": [],
        "duration_distrib": [{"key": "3", "value": 0.8}],
        "firing_rules": [[{"attribute": "size", "comparison": ">=", "value": 3}]],
    }
    values = [{"key": "VIP", "value": 0.1}, {"key": "other", "value": 0.9}]
    document = prosimos(
        case_attributes=[{"name": "kind", "type": "discrete", "values": values}],
        branch_rules=[{"id": "vip", "rules": [[rule]]}],
        prioritisation_rules=[{"priority_level": 1, "rules": [[rule]]}],
        batch_processing=[batch],
    )
    gateway = document["gateway_branching_probabilities"][0]
    gateway["probabilities"][0]["condition_id"] = "vip"
    return document


def places(value, path=()):
    yield path
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(item, (*path, key))


def changed(document, path, new):
    """Return the document with one value replaced, or removed."""
    result = json.loads(json.dumps(document))
    place = result
    for key in path[:-1]:
        place = place[key]
    if new is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = new
    return result


def ends_well(folder, content):
    try:
        imported(folder, content)
    except (ScenarioInvalid, InvalidModel):
        return False
    return True


def test_mutated_json_is_imported_or_refused_in_words(tmp_path):
    rng = np.random.default_rng(1)
    document = full()
    found = [path for path in places(document) if path]

    outcomes = []
    for path in found:
        new = ODD[rng.integers(len(ODD))] if rng.random() < 0.7 else ...
        outcomes.append(ends_well(tmp_path, changed(document, path, new)))

    assert len(outcomes) >= 120
    assert outcomes.count(False) > len(outcomes) / 3


@pytest.mark.parametrize(
    "text",
    [qbp(), bpsim(scenario(EVERY_20, clerk('<bpsim:NumericParameter value="2"/>'), OFFICE),
                  before=RESOURCE)],
)  # fmt: skip
def test_mutated_xml_is_imported_or_refused_in_words(tmp_path, text):
    rng = np.random.default_rng(2)
    begin = text.index("</process>")

    outcomes = []
    for _ in range(40):
        at = int(rng.integers(begin, len(text)))
        length = int(rng.integers(1, 12))
        edit = EDITS[rng.integers(len(EDITS))]
        outcomes.append(ends_well(tmp_path, text[:at] + edit + text[at + length :]))

    assert outcomes.count(False) > 10


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "is not JSON"),
        (b'{"a": 1, "a": 2}', "a: stands twice"),
        (b'{"a": NaN}', "not a number that a scenario can hold"),
        (b'{"a": "\xff"}', "is not UTF-8"),
        (b'{"a": ' + b"[" * 100_000, "nested too deeply"),
        (b'{"a": ' + b"9" * 5000 + b"}", "number that is too long"),
        (b'{"some": "thing"}', "but not of Prosimos"),
        (b"[]", "not well-formed"),
        (b"", "not well-formed"),
        (b"{" + b" " * 20_000_001, "is larger than 20 MB"),
    ],
)
def test_file_that_is_no_foreign_scenario_is_refused(tmp_path, content, words):
    (tmp_path / "m.bpmn").write_text(model(), encoding="utf-8")
    file = tmp_path / "file.json"
    file.write_bytes(content)

    with pytest.raises((ScenarioInvalid, InvalidModel), match=words):
        import_file(
            file, model=tmp_path / "m.bpmn", names=Names("m.bpmn", "c.bpmn"), first_day=MONDAY
        )


def test_model_without_simulation_data_is_refused(tmp_path):
    with pytest.raises(ScenarioInvalid, match=r"neither qbp: .* nor BPSim"):
        imported(tmp_path, model())


def test_document_type_is_refused_before_anything_is_read(tmp_path):
    bomb = '<!DOCTYPE d [<!ENTITY a "aaaa">]>' + qbp()

    with pytest.raises(InvalidModel, match="DOCTYPE"):
        imported(tmp_path, bomb)


def test_time_of_a_century_is_refused_not_cut(tmp_path):
    long = law("fix", 1e14)

    with pytest.raises(ScenarioInvalid, match=r"arrivals\.start\.interval.*longer than 100 years"):
        imported(tmp_path, prosimos(arrival_time_distribution=long))
