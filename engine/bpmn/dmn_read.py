"""From the bytes of a DMN file to its decisions, inputs, knowledge and services, compiled."""

from __future__ import annotations

from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Any

from engine.bpmn.dmn_boxed import BoxedFunction
from engine.bpmn.dmn_compile import NOTHING, Compiler
from engine.bpmn.dmn_read_types import read_types
from engine.bpmn.dmn_structure import structure_findings
from engine.bpmn.dmn_table import DecisionTable
from engine.bpmn.dmn_types import Types
from engine.bpmn.dmn_vocabulary import (
    EXPRESSIONS,
    NAMESPACES,
    child,
    children,
    finding,
    is_dmn,
    is_feel,
    name_of,
)
from engine.bpmn.read import read_xml
from engine.errors import Finding, InvalidModel, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.bpmn.dmn_run import Logic

_NEEDS = ("informationRequirement", "knowledgeRequirement")
_MODEL = frozenset({"decision", "inputData", "businessKnowledgeModel", "decisionService"})
_DRAWN = frozenset(
    {
        "description", "extensionElements", "itemDefinition", "knowledgeSource",
        "elementCollection", "performanceIndicator", "organizationUnit", "association",
        "textAnnotation", "group", "artifact", "businessContextElement",
    }
)  # fmt: skip


@dataclass(frozen=True)
class InputData:
    """A value of the case that decisions ask for."""

    id: str
    name: str
    type_name: str | None
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """One decision: what it needs, by id, and its logic."""

    id: str
    name: str
    requirements: tuple[str, ...]
    type_name: str | None
    logic: Logic


@dataclass(frozen=True)
class Knowledge:
    """A business knowledge model: a function that decisions call by its name."""

    id: str
    name: str
    requirements: tuple[str, ...]
    function: Logic


@dataclass(frozen=True)
class Service:
    """A decision service: a function over inputs that runs a part of the file."""

    id: str
    name: str
    outputs: tuple[str, ...]
    parameters: tuple[str, ...]  # ids of input data, then of input decisions
    requirements: tuple[str, ...] = ()


Part = InputData | Decision | Knowledge | Service


@dataclass
class Model:
    """All parts of a file by id; each comes after what it requires."""

    types: Types = field(default_factory=Types)
    parts: dict[str, Part] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    tables: list[tuple[Any, DecisionTable]] = field(default_factory=list)  # for lint


def read_model(xml: bytes, *, source: str) -> Model:
    """Read a DMN file; what is wrong inside it is in the findings.

    Raises InvalidModel if it is no DMN at all.
    """
    root = read_xml(xml, source=source, kind="DMN")
    if name_of(root) != "definitions" or not is_dmn(root):
        newest = max(NAMESPACES)
        message = f"the root element is <{name_of(root)}>, not <definitions> of DMN ({newest})"
        raise InvalidModel(source, [finding("not-dmn", message, root)])
    return _Reader(root).model


class _Reader:
    """Reads one file: types, then names and requirements, then logic."""

    def __init__(self, root: Any) -> None:
        self.model = Model()
        self._elements: dict[str, Any] = {}
        self._index(root)
        self.model.types = read_types(root, self._note)
        self.model.findings += structure_findings(root)
        self._check_language(root)
        self._requirements = {
            identifier: tuple(self._references(element))
            for identifier, element in self._elements.items()
        }
        self._compiler = Compiler(self.model.types, _field_names(root))
        for identifier in self._in_order():
            self._read_part(identifier)
        self.model.findings += self._compiler.findings

    def _note(self, rule: str, message: str, element: Any) -> None:
        self.model.findings.append(finding(rule, message, element))

    def _index(self, root: Any) -> None:
        names: dict[str, str] = {}
        for element in children(root):
            tag = name_of(element)
            if tag not in _MODEL:
                self._note_unread(tag, element)
                continue
            identifier = element.get("id") or element.get("name")
            if not identifier:
                self._note("no-id", f"the <{tag}> has neither id nor name", element)
            elif identifier in self._elements:
                self._note("duplicate-id", f"the id {identifier!r} occurs twice", element)
            else:
                self._elements[identifier] = element
                self._check_name(element, names)
        if not any(name_of(element) == "decision" for element in self._elements.values()):
            self._note("no-decision", "the file has no decision", root)

    def _note_unread(self, tag: str, element: Any) -> None:
        if tag == "import":
            words = "imports are not followed; put everything into one file"
            self._note("import", words, element)
        elif tag not in _DRAWN:
            message = f"<{tag}> is not read"
            self.model.findings.append(finding("unread", message, element, Severity.WARNING))

    def _check_language(self, root: Any) -> None:
        if (language := root.get("expressionLanguage")) and not is_feel(language):
            message = f"the expression language {language!r} is not offered; write FEEL"
            self._note("expression-language", message, root)

    def _check_name(self, element: Any, names: dict[str, str]) -> None:
        name = _name(element)
        if not name:
            self._note("no-name", f"the <{name_of(element)}> has no name", element)
        elif name in names:
            self._note("duplicate-name", f"{names[name]!r} has the name {name!r} too", element)
        else:
            names[name] = element.get("id") or name

    def _references(self, element: Any) -> Iterator[str]:
        """Yield the ids an element requires; what leads nowhere is a finding."""
        holders = list(children(element, *_NEEDS))
        wanted = [target for holder in holders for target in children(holder)]
        if name_of(element) == "decisionService":
            wanted = list(children(element, "outputDecision", "inputDecision", "inputData"))
        for target in wanted:
            place, _, identifier = target.get("href", "").rpartition("#")
            found = self._elements.get(identifier)
            if place and found is None:
                self._note("import", f"{place!r} is another file; put it into this one", target)
            elif found is None:
                self._note("dangling", f"there is no element {identifier!r}", target)
            else:
                yield identifier

    def _in_order(self) -> list[str]:
        """Return the ids so that each comes after what it requires; a cycle is a finding."""
        graph = {
            identifier: [need for need in needs if not self._is_own_call(identifier, need)]
            for identifier, needs in self._requirements.items()
        }
        try:
            return list(TopologicalSorter(graph).static_order())
        except CycleError as error:
            cycle: list[str] = error.args[1]
            way = " → ".join(reversed(cycle))
            message = f"this element requires itself: {way}"
            self._note("cycle", message, self._elements[cycle[0]])
            return list(graph)

    def _is_own_call(self, identifier: str, need: str) -> bool:
        """Tell whether this is a function that calls itself, which is no cycle of decisions."""
        is_function = name_of(self._elements[identifier]) == "businessKnowledgeModel"
        return identifier == need and is_function

    def _read_part(self, identifier: str) -> None:
        element = self._elements[identifier]
        needs = self._requirements[identifier]
        match name_of(element):
            case "inputData":
                part: Part = InputData(identifier, _name(element), self._variable_type(element))
            case "decision":
                part = self._decision(identifier, element, needs)
            case "businessKnowledgeModel":
                part = Knowledge(identifier, _name(element), needs, self._function(element, needs))
            case _:
                part = _service(identifier, element)
        self.model.parts[identifier] = part

    def _names(self, needs: tuple[str, ...]) -> frozenset[str]:
        return frozenset(_name(self._elements[need]) for need in needs)

    def _variable_type(self, element: Any) -> str | None:
        variable = child(element, "variable")
        return (
            None
            if variable is None
            else self._compiler.type_name(variable, variable.get("typeRef"))
        )

    def _decision(self, identifier: str, element: Any, needs: tuple[str, ...]) -> Decision:
        logic = self._compiler.logic_in(element, self._names(needs))
        if logic is None:
            message = "the decision has no logic; its result is null"
            warning = finding("no-expression", message, element, Severity.WARNING)
            self.model.findings.append(warning)
        if isinstance(logic, DecisionTable):
            self.model.tables.append((child(element, "decisionTable"), logic))
        return Decision(
            identifier, _name(element), needs, self._variable_type(element), logic or NOTHING
        )

    def _function(self, element: Any, needs: tuple[str, ...]) -> Logic:
        logic = child(element, "encapsulatedLogic")
        if logic is None or child(logic, *EXPRESSIONS) is None:
            self._note("no-expression", "the business knowledge model has no logic", element)
            return BoxedFunction((), NOTHING, self.model.types)
        names = self._names(needs) | {_name(element)}
        return self._compiler.function(logic, names)


def _service(identifier: str, element: Any) -> Service:
    outputs = tuple(_targets(element, "outputDecision"))
    parameters = (*_targets(element, "inputData"), *_targets(element, "inputDecision"))
    return Service(identifier, _name(element), outputs, parameters)


def _targets(element: Any, name: str) -> Iterator[str]:
    for target in children(element, name):
        yield target.get("href", "").rpartition("#")[2]


def _name(element: Any) -> str:
    variable = child(element, "variable")
    given = None if variable is None else variable.get("name")
    return str(given or element.get("name") or "")


def _field_names(root: Any) -> frozenset[str]:
    """Return the names of all fields of structures, which may follow any dot."""
    named = (
        element.get("name")
        for element in root.iter()
        if is_dmn(element) and name_of(element) in {"itemComponent", "output", "column"}
    )
    return frozenset(name for name in named if name)
