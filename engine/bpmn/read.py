"""The only XML door: bytes in, a harmless element tree out, or InvalidModel.

A first pass with expat stops at the first sign of harm (a DTD, hence every entity and external
reference; too many or too deeply nested elements) before anything is built. The second pass
builds the tree with lxml, with entities, DTDs and the network switched off all the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.parsers import expat

from lxml import etree

from engine.bpmn.vocabulary import BPMN
from engine.domain.label import label
from engine.errors import Finding, InvalidModel

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LARGEST_BYTES = 5_000_000
DEEPEST = 100
MOST_PROCESSES = 100
MOST_ELEMENTS = 50_000
LONGEST_NAME = 1_000


class _HarmfulError(Exception):
    """The file does what no model needs."""


class _Guard:
    """Counts elements and depth, and refuses a document type, while expat reads."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._depth = self._elements = 0
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close

    def _refuse_doctype(self, *_: object) -> None:
        raise _HarmfulError(f"a document type (<!DOCTYPE …>) is not allowed in a {self._kind} file")

    def _open(self, _name: str, _attributes: Mapping[str, str]) -> None:
        self._depth, self._elements = self._depth + 1, self._elements + 1
        if self._depth > DEEPEST:
            raise _HarmfulError(f"elements are nested more than {DEEPEST} deep")
        if self._elements > MOST_ELEMENTS:
            raise _HarmfulError(f"the file has more than {MOST_ELEMENTS} elements")

    def _close(self, _name: str) -> None:
        self._depth -= 1


def read_file(path: Path) -> bytes:
    """Return the bytes of a BPMN file; of a huge or endless one enough to refuse it."""
    with path.open("rb") as file:
        return file.read(LARGEST_BYTES + 1)


def parse(xml: bytes, *, source: str) -> Any:
    """Return the root element of a BPMN file, or raise InvalidModel with the line."""
    root = read_xml(xml, source=source, kind="BPMN")
    if root.tag != f"{{{BPMN}}}definitions":
        name = etree.QName(root).localname
        message = f"the root element is <{name}>, not <definitions> of BPMN 2.0 ({BPMN})"
        raise _invalid(source, "not-bpmn", message, root.sourceline)
    if len(root.findall(f"{{{BPMN}}}process")) > MOST_PROCESSES:
        message = f"the file has more than {MOST_PROCESSES} processes; part it into several"
        raise _invalid(source, "too-large", message, root.sourceline)
    _identify_flows(root)
    return root


def _identify_flows(root: Any) -> None:
    """Name each sequence flow that has no id by its ends; nothing in the file can refer to it."""
    known: set[str] | None = None
    for flow in root.iter(f"{{{BPMN}}}sequenceFlow"):
        if flow.get("id") is not None:
            continue
        known = known or {element.get("id") for element in root.iter()}
        name = f"{flow.get('sourceRef')}.to.{flow.get('targetRef')}"
        text, number = name, 1
        while text in known:
            number += 1
            text = f"{name}.{number}"
        known.add(text)
        flow.set("id", text)


def read_xml(xml: bytes, *, source: str, kind: str) -> Any:
    """Return the root element of any XML file that does no harm, or raise InvalidModel."""
    if len(xml) > LARGEST_BYTES:
        raise _invalid(source, "too-large", f"larger than {LARGEST_BYTES:,} bytes", 1)
    guard = _Guard(kind)
    try:
        guard.parser.Parse(xml, True)
    except _HarmfulError as harm:
        raise _invalid(source, "harmful-xml", str(harm), guard.parser.CurrentLineNumber) from None
    except (expat.ExpatError, LookupError, ValueError) as error:
        line = guard.parser.CurrentLineNumber
        words = f"not well-formed XML: {error}{_advice(error)}"
        raise _invalid(source, "not-xml", words, line) from None
    return _build(xml, source)


def _advice(error: Exception) -> str:
    return "; save the file as UTF-8" if "encoding" in str(error) else ""


def _build(xml: bytes, source: str) -> Any:
    parser = etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        line = getattr(error, "lineno", 1)
        raise _invalid(source, "not-xml", f"not well-formed XML: {error}", line) from None


def _invalid(source: str, rule: str, message: str, line: int) -> InvalidModel:
    return InvalidModel(source, [Finding(rule, message, line=line)])


def localised(xml: bytes, language: str) -> bytes:
    """Return the same XML with bilingual names and annotations cut to one language."""
    root = parse(xml, source="model")
    for element in root.iter():
        name = element.get("name")
        if name:
            element.set("name", label(name, language))
    for group in root.iter(f"{{{BPMN}}}categoryValue"):
        group.set("value", label(group.get("value", ""), language))
    for text in root.iter(f"{{{BPMN}}}text"):
        if text.text:
            text.text = label(text.text, language)
    result: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return result
