"""What an activity does: its script, decision, called process, connector and data mappings."""

from __future__ import annotations

import ast
import json
from typing import TYPE_CHECKING, Any

from engine.bpmn.dialects import Extensions, as_expression, inside
from engine.bpmn.vocabulary import TRUE, q
from engine.domain.process_graph import (
    Binding,
    CalledDecision,
    CalledProcess,
    DataMapping,
    Script,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.bpmn.references import Written

_PYTHON = frozenset(
    {"", "python", "python3", "text/x-python", "application/x-python", "text/python"}
)
_CALLS = frozenset({q("serviceTask"), q("sendTask"), q("businessRuleTask"), q("scriptTask")})
_THROWS = frozenset({q("intermediateThrowEvent"), q("endEvent")})
_BINDINGS = {
    "latest": Binding.LATEST,
    "deployment": Binding.DEPLOYMENT,
    "version": Binding.VERSION,
}
Mappings = tuple[DataMapping, ...]


def connector_of(written: Written) -> str | None:
    """Return the name of the connector a task or throwing message event calls."""
    element, words = written.element, written.words
    if element.tag in _THROWS:
        definition = element.find(q("messageEventDefinition"))
        if definition is None:
            return None
        return Extensions(definition).attribute("connector", "topic") or _job_type(written)
    if element.tag not in _CALLS:
        return None
    said = _job_type(written)
    implementation = element.get("implementation", "")
    if said is None and element.tag == q("serviceTask") and implementation[:2] != "##":
        said = implementation or words.attribute("type")
    return said or None


def _job_type(written: Written) -> str | None:
    words = written.words
    words.attribute("type")
    named = words.attribute("connector", "topic") or words.child("taskDefinition", "type")
    named = named or words.child("serviceTaskOperator", "id")
    for connector in words.children("connector"):
        named = named or next((i.text.strip() for i in inside(connector, "connectorId")), None)
    return named


def script_of(written: Written) -> Script | None:
    """Return the script of a script task in Python; FEEL becomes an output mapping."""
    if written.element.tag != q("scriptTask"):
        return None
    language = written.element.get("scriptFormat", "").strip().lower()
    text = written.text("script")
    if text is None or is_feel_script(written):
        return None
    if language not in _PYTHON:
        written.refuse(
            "script-language", f"scripts are written in Python or FEEL, not in {language!r}"
        )
    result = written.words.attribute("resultVariable")
    if result is not None and _is_expression(text):
        written.translate(f"the result of the script is set as {result!r}")
        text = f"{result} = {text}"
    return Script(text)


def _is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def is_feel_script(written: Written) -> bool:
    """Return whether a script task is one FEEL expression."""
    if written.element.tag != q("scriptTask"):
        return False
    language = written.element.get("scriptFormat", "").lower()
    return "feel" in language or bool(written.words.children("script"))


def _feel_script(written: Written) -> DataMapping | None:
    """Return a script that is one FEEL expression as the mapping it amounts to."""
    words = written.words
    text = words.child("script", "expression") or written.text("script")
    result = words.child("script", "resultVariable") or words.attribute("resultVariable")
    if text is None or result is None:
        written.refuse("missing-script", "a FEEL script is an expression and names its result")
        return None
    written.translate(f"the FEEL expression sets {result!r} as an output")
    return DataMapping(f"={text.removeprefix('=')}", result)


def decision_of(written: Written) -> CalledDecision | None:
    """Return the decision a business rule task asks."""
    if written.element.tag != q("businessRuleTask"):
        return None
    words = written.words
    words.attribute("decisionRefBinding")
    name = words.attribute("decision", "decisionRef") or words.child("calledDecision", "decisionId")
    name = name or next((_text(c) for c in words.children("calledDecisionId")), None)
    if not name:
        return None
    result = words.attribute("result", "resultVariable")
    return CalledDecision(name, result or words.child("calledDecision", "resultVariable"))


def called_of(written: Written) -> CalledProcess | None:
    """Return what a call activity starts; None if it names nothing."""
    element, words = written.element, written.words
    if element.tag != q("callActivity"):
        return None
    key = element.get("calledElement") or words.child("calledElement", "processId")
    if not key:
        return None
    prefix, _, local = key.partition(":")
    if local and prefix in element.nsmap:  # a qualified name
        key = local
    binding, version = _binding(written)
    passes = words.child("calledElement", "propagateAllParentVariables")
    returns = words.child("calledElement", "propagateAllChildVariables")
    return CalledProcess(
        key=key,
        binding=binding,
        version=version,
        business_key=_business_key(written),
        passes_all=_hands_all(written, "in", passes),
        returns_all=_hands_all(written, "out", returns),
    )


def _binding(written: Written) -> tuple[Binding, int | None]:
    words = written.words
    named = words.attribute("calledElementBinding") or words.child("calledElement", "bindingType")
    version = words.attribute("calledElementVersion") or ""
    if named not in {None, *_BINDINGS}:
        written.refuse("unknown-binding", f"a call binds to {', '.join(_BINDINGS)}, not {named!r}")
    binding = _BINDINGS.get(named or "latest", Binding.LATEST)
    if binding is not Binding.VERSION:
        return binding, None
    if not version.isdecimal():
        written.refuse("unknown-binding", f"the version of a call is a number, not {version!r}")
    return binding, int(version) if version.isdecimal() else None


def _business_key(written: Written) -> str | None:
    key = written.words.attribute("businessKey")
    for handed in written.words.children("in"):
        key = key or handed.get("businessKey")
    if key is not None and "execution." in key:
        written.translate("the called case takes the business key of this one")
        return None
    return key


def _hands_all(written: Written, way: str, said: str | None) -> bool:
    """Without a word about values every one goes this way: ``in`` or ``out``."""
    words = written.words
    said = words.attribute("passesAll") or said
    if said is not None:
        return said in TRUE
    handed = [*words.children("in"), *words.children("out")]
    named = [part for part in handed if part.get("businessKey") is None]
    return not named or any(part.get("variables") == "all" for part in words.children(way))


def inputs_of(written: Written) -> Mappings:
    """Return what an activity sees under names of its own."""
    words = written.words
    found = [*_mapped(written, "input", "ioMapping"), *_parameters(written, "inputParameter")]
    found += _handed(written, "in")
    for header in (
        h for headers in words.children("taskHeaders") for h in inside(headers, "header")
    ):
        source = json.dumps(header.get("value", ""), ensure_ascii=False)
        found.append(DataMapping(source, header.get("key", "")))
    return tuple(found)


def outputs_of(written: Written) -> Mappings:
    """Return what an activity hands out under other names."""
    feel = _feel_script(written) if is_feel_script(written) else None
    found = [feel] if feel is not None else []
    found += _mapped(written, "output", "ioMapping")
    found += _parameters(written, "outputParameter")
    return (*found, *_handed(written, "out"))


def _mapped(written: Written, name: str, holder: str) -> Iterator[DataMapping]:
    """Zeebe's mappings, inside their holder, and ours, which need none."""
    for part in (p for held in written.words.children(holder) for p in inside(held, name)):
        yield DataMapping(as_expression(part.get("source", "")), part.get("target", "").strip())
    for part in written.words.children(name):
        yield DataMapping(part.get("source", "").strip(), part.get("target", "").strip())


def _parameters(written: Written, name: str) -> Iterator[DataMapping]:
    """Camunda 7's mappings: the text of a parameter is a literal or an expression."""
    holders = [*written.words.children("inputOutput"), *written.words.children("connector")]
    for part in (p for holder in holders for p in inside(holder, name)):
        what = None
        if len(part):
            what = "is a script, list or map"
        elif "${" in _text(part)[1:]:
            what = "mixes text and expression"
        if what is None:
            yield DataMapping(as_expression(_text(part)), part.get("name", "").strip())
        else:
            message = f"parameter {part.get('name')!r} {what}; write one expression"
            written.refuse("refused-extension", message)


def _handed(written: Written, name: str) -> Iterator[DataMapping]:
    """Camunda 7's values in and out of a called process."""
    for part in written.words.children(name):
        source = part.get("source") or part.get("sourceExpression")
        if source and part.get("target"):
            yield DataMapping(source.strip(), part.get("target").strip())


def _text(element: Any) -> str:
    return (element.text or "").strip()
