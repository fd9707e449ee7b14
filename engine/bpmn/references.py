"""What stands beside the processes of a file and is referred to: messages, signals, errors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.bpmn.dialects import Extensions, is_expression
from engine.bpmn.vocabulary import BPMN, q

if TYPE_CHECKING:
    from engine.bpmn.notes import Notes

DEFINED = ("message", "signal", "error", "escalation")
_CODES = {"error": "errorCode", "escalation": "escalationCode"}


class References:
    """The root elements of a BPMN file by what they define and their ids."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._by_tag: dict[str, dict[str, Any]] = {}
        for child in root:
            if child.get("id"):
                self._by_tag.setdefault(child.tag, {})[child.get("id")] = child

    def find(self, kind: str, reference: str | None) -> Any | None:
        """Return the root element an id names; a prefix of the id (it is a QName) may go."""
        known = self._by_tag.get(q(kind), {})
        text = (reference or "").strip()
        return known.get(text, known.get(text.rpartition(":")[2]))

    def name(self, kind: str, reference: str | None) -> str | None:
        """Return the name of a message or signal: its id if it has none."""
        found = self.find(kind, reference)
        return None if found is None else found.get("name", "").strip() or found.get("id")

    def code(self, kind: str, reference: str | None) -> str | None:
        """Return the code of an error or escalation, or what stands in for it."""
        found = self.find(kind, reference)
        if found is None:
            return None
        return found.get(_CODES[kind], "").strip() or self.name(kind, reference)

    def message(self, kind: str, reference: str | None) -> str | None:
        """Return the message of an error, if the file says one."""
        found = self.find(kind, reference)
        return None if found is None else Extensions(found).attribute("errorMessage")

    def correlation_key(self, reference: str | None) -> str | None:
        """Return the expression that tells cases apart that wait for a message."""
        message = self.find("message", reference)
        if message is None:
            return None
        words = Extensions(message)
        said = words.attribute("correlationKey") or words.child("subscription", "correlationKey")
        return said or self._retrieved(message.get("id"))

    def _retrieved(self, message_id: str) -> str | None:
        """The standard's own way: an expression per correlation property and message."""
        paths = self._paths_of_message.get(message_id, [])
        return f"[{', '.join(paths)}]" if len(paths) > 1 else next(iter(paths), None)

    @cached_property
    def _paths_of_message(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for retrieval in self._root.iter(q("correlationPropertyRetrievalExpression")):
            message = retrieval.get("messageRef", "").rpartition(":")[2]
            for part in retrieval.iter(q("messagePath"), q("formalExpression")):
                if text := (part.text or "").strip():
                    found.setdefault(message, []).append(text)
        return found

    @cached_property
    def data_names(self) -> dict[str, str]:
        """The names of data elements by their ids."""
        tags = map(q, ("dataInput", "dataOutput", "dataObject", "property"))
        return {
            element.get("id"): element.get("name") or element.get("id")
            for element in self._root.iter(*tags)
            if element.get("id")
        }

    @cached_property
    def properties(self) -> dict[str, str]:
        """The names of the values that a process or activity declares, by their ids."""
        return {
            element.get("id"): element.get("name") or element.get("id")
            for element in self._root.iter(q("property"))
        }

    @cached_property
    def repeated(self) -> list[Any]:
        """The elements whose id another one before them has."""
        seen: set[str] = set()
        found = []
        for element in self._root.iter(f"{{{BPMN}}}*"):
            element_id = element.get("id")
            if element_id in seen:
                found.append(element)
            elif element_id is not None:
                seen.add(element_id)
        return found

    def event_definition(self, reference: str) -> Any | None:
        """Return an event definition that several events share."""
        return self._shared.get(reference.strip().rpartition(":")[2])

    @cached_property
    def _shared(self) -> dict[str, Any]:
        children = (child for child in self._root if str(child.tag).endswith("EventDefinition"))
        return {child.get("id"): child for child in children}


@dataclass(frozen=True, slots=True)
class Written:
    """A flow node as it is written, with all that it takes to read it."""

    element: Any
    words: Extensions
    references: References
    notes: Notes

    @property
    def id(self) -> str:
        """Return the id of the node."""
        return str(self.element.get("id"))

    def text(self, name: str) -> str | None:
        """Return the text of a child of the node; blank is none."""
        return text_of(self.element, name)

    def translate(self, words: str) -> None:
        """Note that the node is run in another form than it is written."""
        self.notes.translate(self.id, words)

    def refuse(self, rule: str, message: str) -> None:
        """Note that the node cannot be run as it is written."""
        self.notes.refuse(self.element, rule, message)


def expression_of(element: Any, name: str) -> str | None:
    """Return the expression in a child of a BPMN element; FEEL begins with "=" from here on."""
    text = text_of(element, name)
    if text is None or is_expression(text):
        return text
    language = element.find(q(name)).get("language")
    language = language or element.getroottree().getroot().get("expressionLanguage", "")
    return f"={text}" if "feel" in language.lower() else text


def text_of(element: Any, name: str) -> str | None:
    """Return the text of a child of a BPMN element; blank is none."""
    return (element.findtext(q(name)) or "").strip() or None
