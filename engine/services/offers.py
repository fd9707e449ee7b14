"""Offers: from a token that reached a user task to the task that people see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.user_task import TaskId, TaskState, UserTask

if TYPE_CHECKING:
    from datetime import datetime

    from engine.bpmn.delta import OpenedTask
    from engine.domain.instance import ProcessInstance
    from engine.services.deployed import DeployedProcess


def new_task(
    deployed: DeployedProcess, instance: ProcessInstance, opened: OpenedTask, at: datetime
) -> UserTask:
    """Return the task that a step opened, not stored yet."""
    node = deployed.graph.nodes[opened.element_id]
    return UserTask(
        id=TaskId(0),  # given by the database
        instance_id=instance.id,
        definition_id=instance.definition_id,
        process_key=instance.process_key,
        business_key=instance.business_key,
        token=opened.token,
        element_id=opened.element_id,
        name=node.name or opened.element_id,
        lane=node.lane,
        candidate_group=deployed.group_of(node),
        form_key=node.form_key,
        state=TaskState.OFFERED,
        created_at=at,
    )
