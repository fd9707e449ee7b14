"""The words of DMN: its namespaces, and small questions to its XML elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from engine.errors import Finding, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/DMN/20151101/dmn.xsd",  # 1.1
        "http://www.omg.org/spec/DMN/20151101/dmn11.xsd",
        "http://www.omg.org/spec/DMN/20180521/MODEL/",  # 1.2
        "https://www.omg.org/spec/DMN/20191111/MODEL/",  # 1.3
        "https://www.omg.org/spec/DMN/20211108/MODEL/",  # 1.4
        "https://www.omg.org/spec/DMN/20230324/MODEL/",  # 1.5
        "https://www.omg.org/spec/DMN/20240513/MODEL/",  # 1.6
    }
)
BASIC_TYPES: Mapping[str, str] = {
    "string": "string",
    "number": "number",
    "integer": "number",
    "int": "number",
    "long": "number",
    "double": "number",
    "boolean": "boolean",
    "date": "date",
    "time": "time",
    "dateTime": "date and time",
    "date and time": "date and time",
    "days and time duration": "days and time duration",
    "dayTimeDuration": "days and time duration",
    "years and months duration": "years and months duration",
    "yearMonthDuration": "years and months duration",
    "Any": "Any",
    "any": "Any",
    "context": "Any",
    "list": "Any",
    "function": "Any",
    "range": "Any",
    "null": "Any",
}
WHOLE_NUMBERS = frozenset({"integer", "int", "long"})
# The elements that carry logic.
EXPRESSIONS = frozenset(
    {
        "literalExpression", "decisionTable", "context", "invocation", "functionDefinition",
        "list", "relation", "conditional", "for", "some", "every", "filter",
    }
)  # fmt: skip


def name_of(element: Any) -> str:
    """Return the local name of the tag of an element."""
    return str(etree.QName(element).localname)


def is_dmn(element: Any) -> bool:
    """Tell whether an element is one of DMN, not an extension or a part of the drawing."""
    return etree.QName(element).namespace in NAMESPACES


def children(element: Any, *names: str) -> Iterator[Any]:
    """Yield the children of DMN with one of the names, all without names."""
    for child in element:
        if is_dmn(child) and (not names or name_of(child) in names):
            yield child


def child(element: Any, *names: str) -> Any:
    """Return the first child with one of the names, or None."""
    return next(children(element, *names), None)


def text_of(element: Any, name: str = "text") -> str:
    """Return the text of a child element, without blanks around it."""
    found = None if element is None else child(element, name)
    return "" if found is None or found.text is None else str(found.text).strip()


def is_feel(language: str) -> bool:
    """Tell whether an expression language is FEEL, of whichever version."""
    return language.lower().rstrip("/").endswith("feel")


def label_of(element: Any) -> str | None:
    """Return the id of the element, or of the nearest one around it that has one."""
    while element is not None and not element.get("id"):
        element = element.getparent()
    return None if element is None else str(element.get("id"))


def finding(rule: str, message: str, element: Any, severity: Severity = Severity.ERROR) -> Finding:
    """Return a finding at the place of an element."""
    return Finding(rule, message, severity, label_of(element), element.sourceline)
