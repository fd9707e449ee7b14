"""CaseFacts: what expressions may ask about a case; looked up only when one does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Self

from engine.domain.case_facts import BUSINESS_KEY, CASE_NAMES, COMPLETED_BY
from engine.domain.process_graph import NodeType
from engine.store import tasks

if TYPE_CHECKING:
    from engine.domain.instance import ProcessInstance
    from engine.domain.process_graph import ProcessGraph
    from engine.store.database import Transaction


class CaseFacts(Mapping[str, object]):
    """The facts of a case as a transaction sees them at the moment they are asked for."""

    def __init__(
        self, tx: Transaction, graph: ProcessGraph, case_id: int, business_key: str
    ) -> None:
        self._tx, self._graph = tx, graph
        self._case_id, self._business_key = case_id, business_key

    @classmethod
    def of(cls, tx: Transaction, graph: ProcessGraph, case: ProcessInstance) -> Self:
        """Return the facts of a case."""
        return cls(tx, graph, case.id, case.business_key)

    def __getitem__(self, name: str) -> object:
        if name == BUSINESS_KEY:
            return self._business_key
        if name == COMPLETED_BY:
            return self._completed_by()
        raise KeyError(name)

    def _completed_by(self) -> dict[str, str | None]:
        offered = self._graph.of_type(NodeType.USER_TASK, NodeType.MANUAL_TASK)
        known = dict.fromkeys((node.id for node in offered), None)
        return {**known, **tasks.done_by(self._tx, self._case_id, list(known))}

    def __contains__(self, name: object) -> bool:
        return name in CASE_NAMES

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(CASE_NAMES))

    def __len__(self) -> int:
        return len(CASE_NAMES)
