"""Visits: what history is told when tokens stand at elements of another version.

Whoever reads a history finds the beginning and the end of each visit under one element. So a
visit whose element has another name now ends under the old one and begins under the new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.history import EventType
from engine.services import offers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypeAlias

    from engine.bpmn.delta import Fact
    from engine.domain.process_graph import ProcessGraph
    from engine.domain.user_task import UserTask
    from engine.services.recorder import Recorder

    # Which tokens are at which elements, of which version.
    Visits: TypeAlias = tuple[Mapping[str, str], ProcessGraph]


def tell(recorder: Recorder, before: Visits, after: Visits, tasks: Iterable[UserTask]) -> None:
    """Tell which visits go by another name, which are over, and which have come back."""
    (was, old), (now, new) = before, after
    by_token = {task.token: task for task in tasks}
    for token, element_id in was.items():
        if now.get(token) != element_id:
            to = {"migrated_to": now[token]} if token in now else {}
            recorder.element(EventType.CANCELLED, old.nodes[element_id], token, detail=to)
    for token, element_id in now.items():
        if was.get(token) == element_id:
            continue
        node = new.nodes[element_id]
        origin = {"migrated_from": was[token]} if token in was else {}
        recorder.element(EventType.SCHEDULED, node, token, detail=origin)
        task = by_token.get(token)
        if task is not None:
            recorder.element(EventType.OFFERED, node, token, detail=offers.detail(task))
            if task.claimed_by is not None and task.appointed_by is None:
                recorder.element(EventType.CLAIMED, node, token, actor=task.claimed_by)
                recorder.element(EventType.STARTED, node, token, actor=task.claimed_by)


def gone(
    recorder: Recorder, facts: Iterable[Fact], old: ProcessGraph, new: ProcessGraph
) -> tuple[frozenset[str], tuple[Fact, ...]]:
    """Tell what ended at elements that only the old version has.

    Return the tokens that ended at all, and the facts that are left to be told.
    """
    ended, left = set(), []
    for fact in facts:
        if fact.type is EventType.CANCELLED:
            ended.add(fact.token)
        if fact.element_id in new.nodes:
            left.append(fact)
        else:
            recorder.element(fact.type, old.nodes[fact.element_id], fact.token, detail=fact.detail)
    return frozenset(ended), tuple(left)
