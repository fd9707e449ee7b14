"""Every expression of the DMN compliance kit, level 2, where the kit is at hand."""

import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from engine.expressions import FeelFunction, compile_feel, compile_unary_tests

ROOT = Path(__file__).parents[3]
KIT = (
    Path(os.environ.get("TWINFLOW_SHARED_DATA", ROOT / ".." / "shared" / "data"))
    / "dmn-tck"
    / "compliance-level-2"
)
READERS = {"string": str, "boolean": "true".__eq__}


def local(tag):
    return tag.rpartition("}")[2]


def documents():
    if not KIT.is_dir():
        pytest.skip(f"the DMN compliance kit is not at {KIT}")
    return [ET.parse(path).getroot() for path in sorted(KIT.glob("*/*.dmn"))]


def texts(root, *parents):
    """Yield the texts within elements of these names."""
    for element in root.iter():
        if local(element.tag) in parents:
            yield from (child.text or "" for child in element if local(child.tag) == "text")


def names(root):
    return {element.get("name") for element in root.iter() if element.get("name")}


def test_every_expression_of_the_kit_is_read():
    read = 0
    for root in documents():
        known = names(root)
        for text in texts(root, "literalExpression", "inputExpression", "outputEntry"):
            compile_feel(text, names=known)
            read += 1
        for text in texts(root, "inputEntry", "allowedValues", "inputValues", "outputValues"):
            compile_unary_tests(text, names=known)
            read += 1
    assert read > 300


def expected(root, decision):
    """Return the value a decision of a test file should have."""
    for node in root.iter():
        if local(node.tag) == "resultNode" and node.get("name") == decision:
            value = next(part for part in node.iter() if local(part.tag) == "value")
            kind = value.get("{http://www.w3.org/2001/XMLSchema-instance}type", "")
            read = READERS.get(kind.rpartition(":")[2], float)
            return read(value.text) if value.text else None
    raise AssertionError(decision)


@pytest.mark.parametrize("folder", ["0100-feel-constants", "0101-feel-constants", "0105-feel-math"])
def test_decision_without_inputs_gives_the_value_of_the_kit(folder):
    documents()
    tests = ET.parse(next((KIT / folder).glob("*test-01.xml"))).getroot()
    decisions = {
        element.get("name"): next(texts(element, "literalExpression"))
        for element in ET.parse(next((KIT / folder).glob("*.dmn"))).getroot()
        if local(element.tag) == "decision"
    }

    for name, text in decisions.items():
        found, wanted = compile_feel(text).evaluate({}), expected(tests, name)
        is_number = isinstance(wanted, float)
        assert found == (pytest.approx(wanted, abs=1e-8) if is_number else wanted), (name, text)


def test_payment_of_the_kit_is_computed():
    payment = compile_feel("(p*r/12)/(1-(1+r/12)**-n)")
    values = {
        "Loan": {"amount": 600_000, "rate": 0.0375, "term": 360},
        "fee": 100,
        "PMT": FeelFunction(
            ("p", "r", "n"), lambda p, r, n: payment.evaluate_native({"p": p, "r": r, "n": n})
        ),
    }

    found = compile_feel("PMT(Loan.amount, Loan.rate, Loan.term)+fee", names=["PMT"])

    assert found.evaluate(values) == pytest.approx(2878.693549432766, abs=1e-9)
