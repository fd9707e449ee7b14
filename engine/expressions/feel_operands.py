"""The operands of FEEL: literals, names, lists, contexts, ranges, calls, paths and filters."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from decimal import DecimalException

from engine.expressions import feel_nodes as nodes
from engine.expressions.feel_cursor import KEYWORDS, Cursor
from engine.expressions.feel_lexer import TokenKind
from engine.expressions.feel_names import KnownNames
from engine.expressions.feel_temporal import read_temporal
from engine.expressions.feel_values import CONTEXT, LARGEST

PATHS = KnownNames(("time offset", "start included", "end included"))
_CONSTANTS = {"true": True, "false": False, "null": None}
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{6}|.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_NAMES = (TokenKind.WORD, TokenKind.QUOTED)


class Operands(Cursor, ABC):
    """Reads what operations have at their sides."""

    functions = KnownNames()  # those of the library with blanks in their names
    _has_end = False  # a range is being read: "[" closes it, and does not begin a filter

    @abstractmethod
    def expression(self) -> nodes.Node:
        """Read a whole expression."""

    @abstractmethod
    def statement(self) -> nodes.Node | None:
        """Read ``if``, ``for``, ``some``, ``every`` or ``function``, if one comes next."""

    def inner(self) -> nodes.Node:
        """Read an expression between brackets of its own."""
        has_end, self._has_end = self._has_end, False
        node = self.expression()
        self._has_end = has_end
        return node

    def end_of_range(self) -> nodes.Node:
        """Read the upper end of a range."""
        has_end, self._has_end = self._has_end, True
        node = self.expression()
        self._has_end = has_end
        return node

    def operand(self) -> nodes.Node:
        """Read an operand with all paths, filters and calls after it."""
        node = self._primary()
        while True:
            position = self.position
            if self.accept("."):
                node = nodes.Path(position, node, self._path_name())
            elif not self._has_end and self.accept("["):
                node = nodes.Filter(position, node, self.inner())
                self.expect("]", "a filter")
            elif self.accept("("):
                node = self._call(node, position)
            else:
                return node

    def _path_name(self) -> str:
        found = self.known.find(self.tokens, self.at) or PATHS.find(self.tokens, self.at)
        if found:
            self.at += found[1]
            return found[0]
        if self.token.kind not in _NAMES:
            self.refuse("the name of a field is missing after '.'")
        return self.take().text.strip("`")

    def _primary(self) -> nodes.Node:
        position, kind = self.position, self.token.kind
        if found := self.known.find(self.tokens, self.at):
            self.at += found[1]
            return nodes.Name(position, found[0])
        if kind is TokenKind.NUMBER:
            return nodes.Literal(position, self._number())
        if kind is TokenKind.TEXT:
            return nodes.Literal(position, unescaped(self.take().text))
        if kind in _NAMES:
            return self._word(position)
        return self._bracketed(position)

    def _word(self, position: int) -> nodes.Node:
        if (node := self.statement()) is not None:
            return node
        if self.token.text in _CONSTANTS:
            return nodes.Literal(position, _CONSTANTS[self.take().text])
        found = self.functions.find(self.tokens, self.at)
        if found and self.tokens[self.at + found[1]].text == "(":
            self.at += found[1]
            return nodes.Name(position, found[0])
        if self.token.text in KEYWORDS:
            self.refuse()
        return nodes.Name(position, self.take().text.strip("`"))

    def _number(self) -> object:
        written = self.token.text
        try:
            value = CONTEXT.create_decimal(written)
        except DecimalException:
            self.refuse("the number is too large")
        self.take()
        return int(value) if written.isdigit() and value < LARGEST else value

    def _bracketed(self, position: int) -> nodes.Node:
        if self.follows("["):
            return self._list_or_range(position)
        if self.follows("{"):
            return self._context(position)
        if self.follows("(") or self.follows("]"):
            return self._group_or_range(position)
        return self._temporal(position)

    def _temporal(self, position: int) -> nodes.Node:
        if not self.accept("@"):
            self.refuse()
        text = unescaped(self.take().text) if self.token.kind is TokenKind.TEXT else ""
        if (value := read_temporal(text)) is None:
            reason = f'@{text!r} is no date, time or duration such as @"2026-01-31" or @"PT2H"'
            self.refuse(reason, position=position)
        return nodes.Literal(position, value)

    def _list_or_range(self, position: int) -> nodes.Node:
        self.take()
        if self.accept("]"):
            return nodes.ListOf(position, ())
        items = [self.inner()]
        if self.follows(".."):
            return self.range_after(items[0], position, includes_low=True)
        while self.accept(","):
            items.append(self.inner())
        self.expect("]", "a list")
        return nodes.ListOf(position, tuple(items))

    def _group_or_range(self, position: int) -> nodes.Node:
        is_group = self.take().text == "("
        node = self.inner()
        if self.follows(".."):
            return self.range_after(node, position, includes_low=False)
        if not is_group:
            self.refuse("'..' is missing in the range")
        self.expect(")", "an expression in parentheses")
        return node

    def range_after(self, low: nodes.Node, position: int, *, includes_low: bool) -> nodes.Node:
        """Read the rest of a range after its lower end."""
        self.expect("..", "the lower end of a range")
        high = self.end_of_range()
        if not (self.follows("]") or self.follows(")") or self.follows("[")):
            self.refuse("']', ')' or '[' is missing after a range")
        return nodes.RangeOf(position, low, high, includes_low, self.take().text == "]")

    def _context(self, position: int) -> nodes.Node:
        self.take()
        entries: list[tuple[str, nodes.Node]] = []
        while not self.accept("}"):
            if entries:
                self.expect(",", "an entry")
            if self.token.kind is TokenKind.TEXT:
                key = unescaped(self.take().text)
                self.known.add(key)
            else:
                key = self.until(":", ",", "}")
            self.expect(":", f"the key {key!r}")
            if any(key == other for other, _ in entries):
                self.refuse(f"the key {key!r} is there twice")
            entries.append((key, self.inner()))
        return nodes.ContextOf(position, tuple(entries))

    def _call(self, function: nodes.Node, position: int) -> nodes.Node:
        names: list[str] = []
        arguments: list[nodes.Node] = []
        while not self.accept(")"):
            if arguments:
                self.expect(",", "an argument")
            if name := self._argument_name():
                names.append(name)
            arguments.append(self.inner())
        if names and len(names) != len(arguments):
            self.refuse("name all arguments or none", position=position)
        return nodes.Call(position, function, tuple(arguments), tuple(names))

    def _argument_name(self) -> str:
        start = self.at
        words: list[str] = []
        while self.token.kind is TokenKind.WORD:
            words.append(self.take().text)
        if words and self.accept(":"):
            return " ".join(words)
        self.at = start
        return ""


def unescaped(token: str) -> str:
    """Return the text that a token in double quotes means."""

    def meant(match: re.Match[str]) -> str:
        code = match[1]
        if code[0] in "uU" and len(code) > 1:
            return chr(min(int(code[1:], 16), 0x10FFFF))
        return _ESCAPES.get(code, code if code in "\"\\'" else match[0])

    return _ESCAPE.sub(meant, token[1:-1])
