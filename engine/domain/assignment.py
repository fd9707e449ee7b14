"""Assignment: which group a task is offered to."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.process_graph import FlowNode, ProcessGraph


def candidate_group(node: FlowNode, groups: Mapping[str, str]) -> str | None:
    """Return the group that works in the lane of a node; None: a task for everybody.

    A lane that nobody has mapped to a group is worked in by the group of the same name.
    """
    return groups.get(node.lane, node.lane) if node.lane is not None else None


def unknown_lanes(groups: Mapping[str, str], graph: ProcessGraph) -> list[str]:
    """Return the lanes that were mapped to groups, but are not in the process."""
    return [lane for lane in groups if lane not in graph.lanes]
