"""Recorder: writes down what happens to one case, numbered and in order."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.domain.history import EventType, HistoryEvent
from engine.store.history import Chain

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.domain.process_graph import FlowNode
    from engine.domain.user_task import UserTask
    from engine.store.history_chain import Tail

NO_DETAIL: Mapping[str, object] = MappingProxyType({})


class Recorder:
    """Collects the history events of one command on one case."""

    def __init__(self, process_key: str, case_id: str, *, tail: Tail, at: datetime) -> None:
        self._process_key, self._case_id, self._at = process_key, case_id, at
        self.chain = Chain(tail)

    @property
    def tail(self) -> Tail:
        """Return how far the history has come."""
        return self.chain.tail

    def case(
        self, event_type: EventType, *, actor: str | None, detail: Mapping[str, object] = NO_DETAIL
    ) -> None:
        """Record something that happened to the case as a whole."""
        self._append(event_type, None, None, actor, detail)

    def element(
        self,
        event_type: EventType,
        node: FlowNode,
        token: str,
        *,
        actor: str | None = None,
        detail: Mapping[str, object] = NO_DETAIL,
    ) -> None:
        """Record something that happened to a visit of an activity or event."""
        self._append(event_type, node, token, actor, detail)

    def task(self, event_type: EventType, node: FlowNode, task: UserTask, *, actor: str) -> None:
        """Record what a person did with a task."""
        self._append(event_type, node, task.token, actor, NO_DETAIL)

    def _append(
        self,
        event_type: EventType,
        node: FlowNode | None,
        token: str | None,
        actor: str | None,
        detail: Mapping[str, object],
    ) -> None:
        self.chain.add(
            HistoryEvent(
                process_key=self._process_key,
                case_id=self._case_id,
                seq=self.chain.seq + 1,
                type=event_type,
                at=self._at,
                element_id=node.id if node else None,
                element_type=node.type.value if node else None,
                token=token,
                lane=node.lane if node else None,
                actor=actor,
                detail=detail,
            )
        )
