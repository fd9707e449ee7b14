"""Which elements of DMN may stand in which: nothing of the logic is passed over in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.dmn_vocabulary import EXPRESSIONS, children, finding, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.errors import Finding

_ANYWHERE = frozenset({"description", "extensionElements"})
_LOGIC = "variable " + " ".join(EXPRESSIONS)
# Elements with one expression at most; an element that is not here may hold anything.
_SINGLE = frozenset({"decision", "encapsulatedLogic", "contextEntry", "binding"})
_BRANCHES = frozenset({"if", "then", "else", "in", "return", "satisfies", "match"})
_ALLOWED: Mapping[str, frozenset[str]] = {
    name: frozenset(allowed.split()) | _ANYWHERE
    for name, allowed in {
        "decision": f"{_LOGIC} question allowedAnswers informationRequirement"
        " knowledgeRequirement authorityRequirement supportedObjective"
        " impactedPerformanceIndicator decisionMaker decisionOwner usingProcess usingTask",
        "businessKnowledgeModel": "variable encapsulatedLogic knowledgeRequirement"
        " authorityRequirement",
        "encapsulatedLogic": f"{_LOGIC} formalParameter",
        "functionDefinition": f"{_LOGIC} formalParameter",
        "decisionService": "variable outputDecision encapsulatedDecision inputDecision inputData",
        "informationRequirement": "requiredDecision requiredInput",
        "knowledgeRequirement": "requiredKnowledge",
        "literalExpression": "text importedValues",
        "decisionTable": "input output annotation rule",
        "input": "inputExpression inputValues",
        "inputExpression": "text importedValues",
        "output": "outputValues defaultOutputEntry",
        "rule": "inputEntry outputEntry annotationEntry",
        "inputEntry": "text",
        "outputEntry": "text importedValues",
        "context": "contextEntry",
        "contextEntry": _LOGIC,
        "invocation": f"{_LOGIC} binding",
        "binding": f"{_LOGIC} parameter",
        "list": _LOGIC,
        "relation": "column row",
        "row": _LOGIC,
        "itemDefinition": "typeRef allowedValues typeConstraint itemComponent functionItem",
        "itemComponent": "typeRef allowedValues typeConstraint itemComponent functionItem",
        **dict.fromkeys(_BRANCHES, _LOGIC),
        "conditional": "if then else",
        "for": "in return",
        "some": "in satisfies",
        "every": "in satisfies",
        "filter": "in match",
    }.items()
}


def structure_findings(root: Any) -> Iterator[Finding]:
    """Yield an error for each element that stands where it means nothing."""
    for element in root.iter(f"{{{_namespace(root)}}}*"):
        name = name_of(element)
        allowed = _ALLOWED.get(name)
        if allowed is None:
            continue
        for child in children(element):
            if name_of(child) not in allowed:
                words = ", ".join(f"<{each}>" for each in sorted(allowed - EXPRESSIONS - _ANYWHERE))
                message = f"<{name_of(child)}> means nothing in <{name}>; allowed: {words}"
                yield finding("structure", message, child)
        if name in _SINGLE | _BRANCHES and len(list(children(element, *EXPRESSIONS))) > 1:
            yield finding("structure", f"<{name}> holds more than one expression", element)


def _namespace(root: Any) -> str:
    return str(root.tag).partition("}")[0].removeprefix("{")
