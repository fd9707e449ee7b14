"""From the XML of item definitions to types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.bpmn.dmn_types import ItemType, Types
from engine.bpmn.dmn_vocabulary import child, children, text_of
from engine.expressions import InvalidExpression, compile_unary_tests

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.expressions import UnaryTests

    Note = Callable[[str, str, Any], None]


def read_types(root: Any, note: Note) -> Types:
    """Return the types of a file; what is wrong with them is noted."""
    types = Types()
    definitions = list(children(root, "itemDefinition"))
    for element in definitions:
        types.add(_item_type(element, note))
    for element in definitions:
        if types.is_cyclic(element.get("name", "")):
            note("cyclic-type", f"the type {element.get('name')!r} is made of itself", element)
    return types


def _item_type(element: Any, note: Note) -> ItemType:
    fields = (_item_type(each, note) for each in children(element, "itemComponent"))
    constraint = child(element, "allowedValues", "typeConstraint")
    text = text_of(constraint)
    return ItemType(
        element.get("name", ""),
        text_of(element, "typeRef") or None,
        {each.name: each for each in fields},
        element.get("isCollection") in {"true", "1"},
        _allowed(text, constraint, note) if text else None,
        text,
    )


def _allowed(text: str, element: Any, note: Note) -> UnaryTests | None:
    try:
        return compile_unary_tests(text)
    except InvalidExpression as refusal:
        note("expression", str(refusal), element)
        return None
