"""What a person sees at a task: the values of the case, and those that only its activity has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.bpmn.sight import has_local_values, local_values
from engine.domain.user_task import OPEN_STATES
from engine.errors import NotFound
from engine.services import users, vault
from engine.store import instances, tasks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.user_task import UserTask
    from engine.services.context import Context
    from engine.services.deployed import DeployedProcess
    from engine.store.instances import LockedInstance


def of_task(context: Context, task_id: int, *, by: str) -> dict[str, object]:
    """Return the values with which the form of a task begins, as this person may see them."""
    with context.database.reading() as tx:
        task = tasks.get(tx, task_id)
        if task is None:
            raise NotFound("task", task_id)
        task.ensure_visible(users.acting(tx, by))
        found = instances.within_lock(tx, task.instance_id)  # to be read, not changed
        deployed = context.deployed.get(tx, found.instance.definition_id)
        seen = replace(found.instance, values=seen_at(deployed, found, task))
        return dict(vault.shown_one(tx, seen, by).values)


def seen_at(
    deployed: DeployedProcess, found: LockedInstance, task: UserTask
) -> Mapping[str, object]:
    """Return the values of a case with those of the task's own activity on top."""
    values, node = found.instance.values, deployed.graph.nodes[task.element_id]
    if task.state not in OPEN_STATES or not has_local_values(deployed.graph, node):
        return values
    return {**values, **local_values(deployed.program, found.tokens, token=task.token)}
