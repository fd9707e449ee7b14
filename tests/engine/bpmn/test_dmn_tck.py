"""The DMN Technology Compatibility Kit, run where it is; every level that is there is tried.

Level 2 must give every expected result. Of other levels a case may be refused, in words.
"""

import os
from pathlib import Path
from xml.etree import ElementTree

import pytest

from engine.bpmn.dmn import DecisionFailed, read_decisions
from engine.errors import InvalidModel
from engine.expressions.feel_temporal import read_temporal

ROOT = Path(__file__).parents[3]
SHARED = Path(os.environ.get("TWINFLOW_SHARED_DATA") or ROOT.parent / "shared" / "data")
KIT = SHARED / "dmn-tck"
FOLDERS = sorted(KIT.glob("compliance-level-*/*")) if KIT.is_dir() else []
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
TEMPORAL = {"date", "time", "dateTime", "duration"}


def value_of(node):
    """Return what a node of a test case means, as JSON."""
    if (items := node.find("{*}list")) is not None:
        return None if items.get(NIL) == "true" else [value_of(item) for item in items]
    if components := node.findall("{*}component"):
        return {each.get("name"): value_of(each) for each in components}
    found = node.find("{*}value")
    if found is None or found.get(NIL) == "true":
        return None
    kind = found.get(TYPE, "xsd:string").partition(":")[2]
    if kind == "boolean":
        return found.text in {"true", "1"}
    return float(found.text) if kind in {"decimal", "double", "integer"} else found.text or ""


def is_same(expected, found):
    """Compare results as the kit does: numbers to eight digits, dates by what they mean."""
    if isinstance(expected, list) and isinstance(found, list):
        return len(expected) == len(found) and all(map(is_same, expected, found))
    if isinstance(expected, dict) and isinstance(found, dict):
        return expected.keys() == found.keys() and all(
            is_same(value, found[key]) for key, value in expected.items()
        )
    if isinstance(expected, float) and isinstance(found, int | float):
        return not isinstance(found, bool) and found == pytest.approx(expected, rel=1e-8, abs=1e-8)
    if isinstance(expected, str) and isinstance(found, str) and expected != found:
        meant = read_temporal(expected)
        return meant is not None and meant == read_temporal(found)
    return type(expected) is type(found) and expected == found


def part_named(decisions, name):
    """Return the id of the decision or service of a name."""
    return next(part.id for part in decisions._model.parts.values() if part.name == name)


def wrong_results(folder, decisions, cases):
    """Yield each result of a file of test cases that is not the expected one, in words."""
    for case in cases.findall("{*}testCase"):
        values = {node.get("name"): value_of(node) for node in case.findall("{*}inputNode")}
        for node in case.findall("{*}resultNode"):
            expected = node.find("{*}expected")
            wanted = None if expected is None else value_of(expected)
            try:
                wanted_of = case.get("invocableName") or node.get("name")
                found = decisions.decide(part_named(decisions, wanted_of), values).value
            except DecisionFailed as failure:
                if wanted is None:  # the kit says null where we say what failed
                    continue
                found = failure
            if not is_same(wanted, found):
                place = f"{folder.name} {case.get('id')} {node.get('name')}"
                yield f"{place}: {wanted!r}, got {found!r}"


@pytest.mark.skipif(not FOLDERS, reason=f"the DMN kit is not there: {KIT}")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_decisions_give_the_results_the_kit_expects(folder):
    for file in sorted(folder.glob("*.xml")):
        cases = ElementTree.parse(file).getroot()
        model = folder / cases.findtext("{*}modelName", "").strip()
        try:
            decisions = read_decisions(model.read_bytes(), source=model.name)
        except InvalidModel as refusal:
            if folder.parent.name == "compliance-level-2":
                raise
            pytest.skip(f"refused: {refusal}")

        assert not list(wrong_results(folder, decisions, cases))


def test_the_whole_of_level_2_is_tried():
    if not FOLDERS:
        pytest.skip(f"the DMN kit is not there: {KIT}")

    assert len([each for each in FOLDERS if each.parent.name == "compliance-level-2"]) == 28
