"""What engines write into a BPMN file beside the standard: read by word, whatever the engine.

TwinFlow's own namespace, Camunda 7, Camunda 8 (zeebe), SpiffWorkflow, Activiti and Flowable
mostly agree on the words: ``formKey`` is a form key in each of them. Where one file has the
words of several engines, the first of ``vocabulary.ENGINES`` is heard.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from engine.bpmn.vocabulary import ENGINES, q

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.bpmn.notes import Notes

# Says nothing about how a node runs.
_HARMLESS = frozenset(
    {
        "properties", "userTask", "userTaskForm", "modelerTemplate", "modelerTemplateVersion",
        "modelerTemplateIcon", "versionTag", "historyTimeToLive", "isStartableInTasklist",
        "documentation", "exclusive", "color", "candidateStarterUsers", "candidateStarterGroups",
        "asyncBefore", "asyncAfter", "async", "jobPriority", "taskPriority",
        "packageName", "metaData", "taskName", "import",
    }
)  # fmt: skip
_LISTENER = "code that runs unseen; draw a script or service task where it is to run"
_JAVA = "Java code, which does not run here; name a connector (tf:connector)"
_SCRIPT_BESIDE = "a script outside of a script task; draw a script task"
_MESSAGE = "values of a message; hand them over at its events (tf:input, tf:output)"
# Would change what a case does: to ignore them would be to run another process.
_REFUSED: Mapping[str, str] = {
    "executionListener": _LISTENER, "executionListeners": _LISTENER, "taskListener": _LISTENER,
    "taskListeners": _LISTENER, "class": _JAVA, "delegateExpression": _JAVA, "expression": _JAVA,
    "preScript": _SCRIPT_BESIDE, "postScript": _SCRIPT_BESIDE, "unitTests": "only for its editor",
    "errorEventDefinition": "an error told by Java; let the connector report the error",
    "resource": "a script in another file; write it into the script task",
    "field": "a field of Java code; hand it over as an input (tf:input)",
    "caseRef": "a CMMN case; call a process",
    "adHoc": "an order that agents choose; draw the order",
    "terminateAll": "an end of more than its own scope; throw an error that ends the case",
    "skipExpression": "a way past the task that is not drawn; draw a gateway before it",
    "scope": "a signal that not everybody hears; throw a message with a key",
    "in": "values beside a call; hand them over as inputs (tf:input)",
    "messagePayload": _MESSAGE, "messageVariable": _MESSAGE,
    "variableMappingClass": _JAVA, "variableMappingDelegateExpression": _JAVA,
    "mapDecisionResult": "a result of another shape; the output itself comes (singleEntry)",
    "onEntry-script": _LISTENER, "onExit-script": _LISTENER,
}  # fmt: skip
_REFUSED_QUIETLY = frozenset({"unitTests"})
# Said as an attribute, these leave everything as it is.
_AS_USUAL = frozenset(
    {
        ("adHoc", "false"), ("terminateAll", "false"), ("scope", "global"),
        ("mapDecisionResult", "singleEntry"), ("mapDecisionResult", "singleResult"),
        ("mapDecisionResult", "collectEntries"),
    }
)  # fmt: skip
_EXPRESSION = re.compile(r"=|[$#]\{")


def is_expression(text: str) -> bool:
    """Return whether a text is written as an expression rather than a literal."""
    return bool(_EXPRESSION.match(text.strip()))


def as_expression(text: str) -> str:
    """Return an expression for a text: itself if it is one, else the text in quotes."""
    return text.strip() if is_expression(text) else json.dumps(text, ensure_ascii=False)


class Extensions:
    """The attributes and extension elements of one element, by their local names."""

    def __init__(self, element: Any) -> None:
        self.element = element
        self._attributes: dict[str, str] = {}
        self._children: list[Any] = []
        self._used: set[str] = set()
        self._known: dict[str, str] = {}  # local name -> as the file says it
        rank = {namespace: place for place, namespace in enumerate(ENGINES)}
        names = [(etree.QName(name), text) for name, text in element.attrib.items()]
        for name, text in sorted(names, key=lambda pair: rank.get(pair[0].namespace, 99)):
            if name.namespace in ENGINES and (name.localname, text.strip()) not in _AS_USUAL:
                self._attributes.setdefault(name.localname, text.strip())
                self._know(name)
        for holder in element.findall(q("extensionElements")):
            for child in holder:
                name = etree.QName(child)
                if name.namespace in ENGINES:
                    self._children.append(child)
                    self._know(name)
        self._children.sort(key=lambda child: rank[etree.QName(child).namespace])

    def _know(self, name: Any) -> None:
        self._known.setdefault(name.localname, f"{ENGINES[name.namespace]}:{name.localname}")

    def attribute(self, *names: str) -> str | None:
        """Return the first of these attributes that the element has; blank is none."""
        self._used.update(names)
        return next((text for name in names if (text := self._attributes.get(name))), None)

    def children(self, name: str) -> list[Any]:
        """Return the extension elements of a name."""
        self._used.add(name)
        return [child for child in self._children if etree.QName(child).localname == name]

    def child(self, name: str, *attributes: str) -> str | None:
        """Return the first of these attributes of the first extension element of a name."""
        for child in self.children(name):
            for attribute in attributes:
                if text := child.get(attribute, "").strip():
                    return str(text)
        return None

    def report(self, notes: Notes) -> None:
        """Note every word that nobody asked for."""
        for name in self._known.keys() - self._used - _HARMLESS - _REFUSED_QUIETLY:
            said = self._known[name]
            if name in _REFUSED:
                notes.refuse(self.element, "refused-extension", f"{said} is {_REFUSED[name]}")
            else:
                notes.warn(self.element, "ignored-extension", f"{said} is ignored")


def inside(element: Any, name: str) -> Iterator[Any]:
    """Return the parts of an extension element of a local name, in its own namespace."""
    namespace = etree.QName(element).namespace
    yield from element.iter(f"{{{namespace}}}{name}")
