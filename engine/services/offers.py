"""Offers: from a token that reached a user task to the task that people see."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from engine.domain import assignment
from engine.domain.assignment import InvalidAssignment
from engine.domain.case_facts import seen
from engine.domain.due_date import Reckoning, ensure_working_duration
from engine.domain.duration import Duration, InvalidDuration, parse_moment
from engine.domain.process_graph import TaskAssignment
from engine.domain.user_task import TaskId, TaskState, UserTask
from engine.errors import ExecutionFailed
from engine.expressions import EvaluationFailed, compile_expression
from engine.services.case_facts import CaseFacts
from engine.store import escalation, tasks, users

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from engine.bpmn.delta import OpenedTask
    from engine.domain.calendar import WorkingCalendar
    from engine.domain.instance import InstanceId, ProcessInstance
    from engine.domain.process_graph import FlowNode
    from engine.domain.user_task import Candidates
    from engine.services.deployed import DeployedProcess
    from engine.store.database import Transaction

_MARKS_OF_EXPRESSIONS = ("=", "${", "#{")
_NOTHING_SAID = TaskAssignment()


class Offers:
    """Makes the tasks that one step of a case opened."""

    def __init__(
        self,
        tx: Transaction,
        deployed: DeployedProcess,
        instance: ProcessInstance,
        *,
        calendars: Mapping[str, WorkingCalendar],
        at: datetime,
    ) -> None:
        self._tx, self._deployed, self._instance = tx, deployed, instance
        self._calendars, self._at = calendars, at
        self._facts = CaseFacts.of(tx, deployed.graph, instance)

    def plan(self, opened: Iterable[OpenedTask]) -> list[UserTask]:
        """Return the tasks, not stored yet; ExecutionFailed if the model says what cannot be."""
        return [self._plan(task) for task in opened]

    def _plan(self, opened: OpenedTask) -> UserTask:
        node = self._deployed.graph.nodes[opened.element_id]
        values = opened.values or self._instance.values
        try:
            return self._task(opened, node, values)
        except (InvalidAssignment, InvalidDuration, EvaluationFailed) as error:
            raise ExecutionFailed(node.id, str(error)) from error

    def _task(self, opened: OpenedTask, node: FlowNode, values: Mapping[str, object]) -> UserTask:
        said = node.assignment or _NOTHING_SAID
        due_at = self._moment(said.due, said, values, node)
        instance = self._instance
        task = UserTask(
            id=TaskId(0),  # given by the database
            instance_id=instance.id,
            definition_id=instance.definition_id,
            process_key=instance.process_key,
            business_key=instance.business_key,
            token=opened.token,
            element_id=node.id,
            name=node.name or node.id,
            lane=node.lane,
            candidates=self._candidates(said, node, values),
            form_key=node.form_key,
            state=TaskState.OFFERED,
            created_at=self._at,
            priority=assignment.priority(self._value(said.priority, values)),
            due_at=due_at,
            follow_up_at=self._moment(said.follow_up, said, values, node),
        )
        return self._reserved(self._with_ladder(task), said, values)

    def _candidates(
        self, said: TaskAssignment, node: FlowNode, values: Mapping[str, object]
    ) -> Candidates:
        excluded = assignment.names(self._value(said.excluded_users, values))
        if said.distinct_from:
            excluded |= frozenset(self._done_by(said.distinct_from).values())
        return assignment.candidates(
            users=assignment.names(self._value(said.candidate_users, values)),
            groups=assignment.names(self._value(said.candidate_groups, values)),
            lane_group=self._deployed.group_of(node),
            excluded=excluded,
        )

    def _reserved(
        self, task: UserTask, said: TaskAssignment, values: Mapping[str, object]
    ) -> UserTask:
        """Keep the task for the person the model names; one who left does not block the case."""
        name = self._value(said.assignee, values)
        if said.same_as is not None:
            name = self._done_by([said.same_as]).get(said.same_as, name)
        person = users.find(self._tx, str(name)) if name else None
        if person is None or not person.is_active or person.id in task.candidates.excluded:
            return task
        return task.appointed(person, by=MODEL, at=self._at)

    def _value(self, text: str | None, values: Mapping[str, object]) -> object:
        """Return what a text of the model means: itself, or the result of an expression."""
        if text is None or not text.startswith(_MARKS_OF_EXPRESSIONS):
            return text
        expression = compile_expression(text)
        return expression.evaluate(seen(expression.names, values, self._facts))

    def _done_by(self, elements: Collection[str]) -> Mapping[str, str]:
        case = self._instance
        return tasks.done_by(self._tx, case.id, elements, caller_id=case.parent_id)

    def _with_ladder(self, task: UserTask) -> UserTask:
        if task.due_at is None:
            return task
        ladder = escalation.ladder(self._tx, task.process_key, task.element_id)
        return task if ladder is None else replace(task, next_step_at=ladder.moment(0, task.due_at))

    def _moment(
        self,
        text: str | None,
        said: TaskAssignment,
        values: Mapping[str, object],
        node: FlowNode,
    ) -> datetime | None:
        """Return when something is due: a duration counts from now, or open hours from now."""
        value = self._value(text, values)
        if value is None or value == "":
            return None
        zone = ZoneInfo(self._deployed.graph.zone) if self._deployed.graph.zone else UTC
        calendar = self._calendars.get(said.calendar) if said.calendar else None
        if said.calendar and calendar is None:
            raise ExecutionFailed(node.id, f"there is no working calendar {said.calendar!r}")
        if str(value).startswith("P"):
            if calendar is not None:
                ensure_working_duration(str(value))
            return Reckoning(zone, calendar).after(self._at, Duration.parse(str(value)))
        return parse_moment(str(value), zone=zone)


MODEL = "model"  # who appoints where the model names a person


def store(tx: Transaction, planned: Iterable[UserTask], instance_id: InstanceId) -> list[UserTask]:
    """Store the planned tasks of an instance, new perhaps, and return them with their ids."""
    return [
        replace(task, instance_id=instance_id, id=tasks.insert(tx, task, instance_id=instance_id))
        for task in planned
    ]


def detail(task: UserTask) -> dict[str, object]:
    """Return what history keeps of an offer: to whom, and by when it is due."""
    kept: dict[str, object] = {}
    if task.claimed_by is not None:
        kept["to"] = task.claimed_by
    elif task.candidate_group is not None:
        kept["group"] = task.candidate_group
    elif task.candidates.is_restricted:
        kept["groups"] = sorted(task.candidates.groups)
        kept["users"] = task.candidates.named
    if task.due_at is not None:
        kept["due"] = task.due_at.isoformat()
    return kept
