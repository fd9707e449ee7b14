"""Told: an event of a history with what is needed to put it into words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.domain.process_graph import EventKind, NodeType
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.history import HistoryEvent
    from engine.domain.process_graph import FlowNode, ProcessGraph
    from web.presenters import Words


SENT = frozenset({EventKind.MESSAGE, EventKind.SIGNAL})
EXPRESSION = ("=", "${", "#{")


@dataclass(frozen=True, slots=True)
class Told:
    """An event with what is needed to tell it."""

    event: HistoryEvent
    graph: ProcessGraph
    words: Words
    labels: Mapping[str, str] | None = None

    @property
    def node(self) -> FlowNode | None:
        """The flow node where it happened; None: in the case, or in another version's model."""
        return self.graph.nodes.get(self.event.element_id or "")

    @property
    def type(self) -> NodeType | None:
        """The type of the flow node, which outlives the model."""
        kind = self.event.element_type
        if kind in set(NodeType):
            return NodeType(kind)
        return self.node.type if self.node else None

    @property
    def name(self) -> str:
        """The name of the flow node, or of the message that it waits for."""
        node = self.node
        if node is not None and not node.name and node.event is not None and node.event.name:
            return self.words.label(node.event.name)
        return self.words.element(self.graph, self.event.element_id)

    @property
    def awaited(self) -> str:
        """What an event waits for: its message or signal where that has a plain name."""
        event = self.node.event if self.node else None
        if event is None or event.kind not in SENT or not event.name:
            return self.name
        return self.name if event.name.startswith(EXPRESSION) else self.words.label(event.name)

    @property
    def who(self) -> str:
        """Who did it."""
        return self.words.person(self.event.actor)

    def text(self, key: str) -> str:
        """Return a detail as text; empty if there is none."""
        value = self.event.detail.get(key)
        return "" if value is None else str(value)

    @property
    def receiver(self) -> str:
        """The person, or the groups and people, that a task was given to."""
        detail = self.event.detail
        if self.text("to"):
            return self.words.person(self.text("to"))
        groups = [self.text("group")] if self.text("group") else texts(detail.get("groups"))
        named = [
            *map(self.words.group, groups),
            *map(self.words.person, texts(detail.get("users"))),
        ]
        return _(", ").join(named) or self.words.group(self.event.lane)


def texts(value: object) -> list[str]:
    """Return a list of a detail as texts; empty if it is none."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
