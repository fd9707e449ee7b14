"""Assignment: from what a model says to the people who may do a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.user_task import MOST_URGENT, USUAL_PRIORITY, Candidates

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from engine.domain.process_graph import FlowNode, ProcessGraph


class InvalidAssignment(ValueError):
    """What a model says about the people of a task makes sense."""


def candidate_group(node: FlowNode, groups: Mapping[str, str]) -> str | None:
    """Return the group that works in the lane of a node; None: a task for everybody.

    A lane that nobody has mapped to a group is worked in by the group of the same name.
    """
    return groups.get(node.lane, node.lane) if node.lane is not None else None


def unknown_lanes(groups: Mapping[str, str], graph: ProcessGraph) -> list[str]:
    """Return the lanes that were mapped to groups, but are not in the process."""
    return [lane for lane in groups if lane not in graph.lanes]


def names(value: object) -> frozenset[str]:
    """Return the user or group names in a list, or in a text with commas between them."""
    if value is None or value == "":
        return frozenset()
    if isinstance(value, str):
        return frozenset(name.strip() for name in value.split(",") if name.strip())
    if isinstance(value, list) and all(isinstance(name, str) for name in value):
        return frozenset(name.strip() for name in value if name.strip())
    raise InvalidAssignment(f"names are a text or a list of texts, not {value!r}")


def priority(value: object) -> int:
    """Return a priority from 0 to 100."""
    if value is None or value == "":
        return USUAL_PRIORITY
    try:
        number = int(str(value))
    except ValueError:
        number = -1
    if not 0 <= number <= MOST_URGENT:
        raise InvalidAssignment(f"a priority is a whole number from 0 to 100, not {value!r}")
    return number


def candidates(
    *,
    users: Collection[str],
    groups: Collection[str],
    lane_group: str | None,
    excluded: Collection[str],
) -> Candidates:
    """Return who may do a task: the ones named, else the group of the lane."""
    barred = frozenset(excluded)
    if users or groups:
        # Those who are barred stay named: without them the task might seem to be for everybody.
        return Candidates(frozenset(groups), frozenset(users), barred)
    group = frozenset({lane_group} if lane_group is not None else ())
    return Candidates(group, frozenset(), barred)
