"""The parts a FEEL expression is made of, as the parser finds them."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Node:
    """Any part; ``position`` counts the characters of the text from 1."""

    position: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A number, text, true, false, null or a date, time or duration."""

    value: object


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A name; what it means is decided by the places it stands in."""

    name: str


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    """``[a, b]``."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    """``{a: 1, b: a}``."""

    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    """``[a..b)``; or, in a loop, ``a..b``."""

    low: Node
    high: Node
    includes_low: bool = True
    includes_high: bool = True


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """``-a``."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Operation(Node):
    """``a + b``, ``a < b`` …: any operation with two operands but ``and`` and ``or``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    """``a and b and c`` or ``a or b or c``."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Test(Node):
    """``< 5`` or, without an operator, a value the input is held against."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """``a in (1, > 5, [7..9])``."""

    value: Node
    tests: tuple[Test, ...]


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """``a instance of number``; ``items`` is the type of a list's items."""

    value: Node
    type_name: str
    item_type: str


@dataclass(frozen=True, slots=True)
class If(Node):
    """``if a then b else c``."""

    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Loop(Node):
    """``for``, ``some`` or ``every``: what the names go through, and the body."""

    keyword: str
    sources: tuple[tuple[str, Node], ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Path(Node):
    """``a.b``."""

    value: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """``a[b]``."""

    value: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``f(a, b)`` or ``f(x: a, y: b)``; the names are empty for the first."""

    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition(Node):
    """``function(a, b) a + b``."""

    parameters: tuple[str, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class UnaryTests(Node):
    """The cell of a decision table; no tests at all means that anything fits."""

    tests: tuple[Test, ...]
    is_negated: bool = False


def mentions(value: object, name: str) -> bool:
    """Return whether a name stands anywhere in a part."""
    if isinstance(value, Name):
        return value.name == name
    if isinstance(value, Node):
        return any(mentions(getattr(value, field.name), name) for field in fields(value))
    return isinstance(value, tuple) and any(mentions(item, name) for item in value)
