"""docs/reference/bpmn-import.md names every word that is read and every rule that speaks."""

import re
from pathlib import Path

from engine import bpmn

SOURCES = {path.name: path.read_text() for path in Path(bpmn.__file__).parent.glob("*.py")}
ROOT = Path(__file__).parents[3]
TEXT = (ROOT / "docs" / "reference" / "bpmn-import.md").read_text()
READERS = ("activities", "events", "graph", "people", "references", "repetition")
RULES = (
    "assignments", "content", "graph", "lint", "people", "placement", "read", "repetition",
    "rules", "soundness", "structure", "activities", "dialects", "recursion",
)  # fmt: skip


def words_read() -> set[str]:
    calls = [
        call
        for name in READERS
        for call in re.findall(r"\.(?:attribute|child|children)\(([^()]*)\)", SOURCES[f"{name}.py"])
    ]
    return {word for call in calls for word in re.findall(r'"(\w+)"', call)}


def rules_spoken() -> set[str]:
    quoted = {
        rule
        for name in RULES
        for rule in re.findall(r'"([a-z]+(?:-[a-z]+)+)"', SOURCES[f"{name}.py"])
    }
    return quoted - {"camunda-forms"}


def test_every_word_that_is_read_is_in_the_reference():
    inside_of_elements = {
        "assignee", "bindingType", "correlationKey", "decisionId", "dueDate", "expression",
        "externalReference", "followUpDate", "formId", "id", "inputCollection", "inputElement",
        "outputCollection", "outputElement", "priority", "processId", "source", "target",
        "propagateAllChildVariables", "propagateAllParentVariables",
    }  # fmt: skip
    missing = {word for word in words_read() - inside_of_elements if word not in TEXT}

    assert words_read()
    assert missing == set()


def test_every_rule_is_in_the_reference():
    assert len(rules_spoken()) > 40
    assert {rule for rule in rules_spoken() if f"`{rule}`" not in TEXT} == set()


def test_every_rule_of_the_reference_is_spoken():
    told = set(re.findall(r"`([a-z]+(?:-[a-z]+)+)`", TEXT))

    assert told - rules_spoken() == set()
