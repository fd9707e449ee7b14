"""The peer of the engine: process execution as one would write it in an afternoon.

ORM sessions over tables of its own, and SpiffWorkflow as it comes: its own parser, its own
scheduling, and its stock serializer that stores the workflow with its specification as JSON. The
parsed specification is kept in memory, users are trusted, forms are not checked.
"""

from __future__ import annotations

import json
import logging
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pysqlite3
import sqlalchemy as sa
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.util.task import TaskState
from sqlalchemy.orm import Session

from benchmarks.plain_orm_tables import Counter, Definition, History, Instance, Job, Row, Task

if TYPE_CHECKING:
    from collections.abc import Mapping

MODEL = Path(__file__).parent / "models" / "order.bpmn"
USER = "ada"


class PlainOrm:
    """A method per command, each a session of its own."""

    def __init__(self, url: str) -> None:
        for name in ("spiff", "spiff.task", "spiff.workflow", "spiff.data"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._db_engine = _connect(url)
        Row.metadata.create_all(self._db_engine)
        self._serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))
        self._spec, self._subprocesses = _parse()
        with Session(self._db_engine) as session, session.begin():
            session.add(
                Definition(
                    process_key="order",
                    version=1,
                    name="Order",
                    source=MODEL.name,
                    xml=MODEL.read_bytes(),
                    deployed_at=datetime.now(UTC),  # noqa: TID251 -- not our product
                )
            )
            session.add(Counter(process_key="order", year=2026, last_number=0))

    def close(self) -> None:
        self._db_engine.dispose()

    def start(self, values: Mapping[str, object]) -> int:
        now = datetime.now(UTC)  # noqa: TID251
        with Session(self._db_engine) as session, session.begin():
            newest = sa.select(Definition).where(Definition.process_key == "order")
            definition = session.scalars(newest.order_by(Definition.version.desc())).one()
            counter = session.get_one(Counter, ("order", 2026))
            counter.last_number += 1
            key = f"ORDER-2026-{counter.last_number:04}"
            instance = Instance(
                definition_id=definition.id,
                process_key="order",
                business_key=key,
                state="active",
                version=0,
                last_seq=0,
                case_values="{}",
                search_text="",
                started_at=now,
                started_by=USER,
            )
            session.add(instance)
            session.flush()
            workflow = BpmnWorkflow(self._spec, self._subprocesses)
            workflow.task_tree.data.update(values)
            step = _Step(session, instance, now)
            step.record("case_started", actor=USER)
            step.advance(workflow)
            self._save(workflow, step)
            return int(instance.id)

    def open_tasks(self, case: int) -> list[int]:
        with Session(self._db_engine) as session:
            is_open = Task.state.in_(["offered", "claimed"])
            query = sa.select(Task).where(Task.instance_id == case, is_open).order_by(Task.id)
            return [task.id for task in session.scalars(query)]

    def claim(self, task: int) -> None:
        now = datetime.now(UTC)  # noqa: TID251
        with Session(self._db_engine) as session, session.begin():
            row = session.get_one(Task, task)
            row.state, row.claimed_by, row.claimed_at = "claimed", USER, now
            instance = session.get_one(Instance, row.instance_id)
            step = _Step(session, instance, now)
            for event in ("claimed", "started"):
                step.record(event, row.element_id, "userTask", row.token, row.lane, USER)
            instance.version += 1

    def complete(self, task: int, values: Mapping[str, object]) -> list[int]:
        now = datetime.now(UTC)  # noqa: TID251
        with Session(self._db_engine) as session, session.begin():
            row = session.get_one(Task, task)
            instance = session.get_one(Instance, row.instance_id)
            workflow = self._serializer.deserialize_json((instance.tokens or b"").decode())
            ready = workflow.get_tasks(state=TaskState.READY, manual=True)
            token = next(one for one in ready if str(one.id) == row.token)
            token.data.update(values)
            token.run()
            row.state, row.ended_by, row.ended_at = "completed", USER, now
            step = _Step(session, instance, now)
            step.record("completed", row.element_id, "userTask", row.token, row.lane, USER)
            step.advance(workflow)
            return self._save(workflow, step)

    def history(self, case: int) -> list[tuple[str, str | None]]:
        with Session(self._db_engine) as session:
            query = sa.select(History).where(History.instance_id == case).order_by(History.seq)
            return [(row.type, row.element_id) for row in session.scalars(query)]

    def _save(self, workflow: Any, step: _Step) -> list[int]:
        """Compare what is open with what was open, store the difference, return new tasks."""
        opened = step.save_tasks(workflow)
        step.save_timers(workflow)
        instance = step.instance
        instance.version += 1
        data = workflow.data if workflow.completed else workflow.last_task.data
        instance.case_values = json.dumps(data)
        instance.search_text = f"{instance.business_key} {instance.case_values}".casefold()
        if workflow.completed:
            step.record("case_completed")
            instance.state, instance.tokens, instance.ended_at = "completed", None, step.now
        else:
            instance.tokens = self._serializer.serialize_json(workflow).encode()
        step.session.flush()
        return [task.id for task in opened]


class _Step:
    """What one command changes besides the workflow."""

    def __init__(self, session: Session, instance: Any, now: datetime) -> None:
        self.session, self.instance, self.now = session, instance, now

    def record(
        self,
        type_: str,
        element_id: str | None = None,
        element_type: str | None = None,
        token: str | None = None,
        lane: str | None = None,
        actor: str | None = None,
    ) -> None:
        self.instance.last_seq += 1
        self.session.add(
            History(
                instance_id=self.instance.id,
                seq=self.instance.last_seq,
                type=type_,
                at=self.now,
                element_id=element_id,
                element_type=element_type,
                token=token,
                lane=lane,
                actor=actor,
            )
        )

    def advance(self, workflow: Any) -> None:
        """Go on to where somebody has to do something; note the events on the way."""
        workflow.do_engine_steps(did_complete_task=self._passed)

    def _passed(self, token: Any) -> None:
        spec = token.task_spec
        if spec.bpmn_id in {"start", "done", "expired"}:
            for event in ("scheduled", "completed"):
                self.record(event, spec.bpmn_id, "event", str(token.id), spec.lane)

    def save_tasks(self, workflow: Any) -> list[Any]:
        ready = {str(one.id): one for one in workflow.get_tasks(state=TaskState.READY, manual=True)}
        is_known = Task.instance_id == self.instance.id
        known = {row.token: row for row in self.session.scalars(sa.select(Task).where(is_known))}
        opened = []
        for token in ready.keys() - known.keys():
            spec = ready[token].task_spec
            for event in ("scheduled", "offered"):
                self.record(event, spec.bpmn_id, "userTask", token, spec.lane)
            opened.append(
                Task(
                    instance_id=self.instance.id,
                    definition_id=self.instance.definition_id,
                    process_key=self.instance.process_key,
                    business_key=self.instance.business_key,
                    token=token,
                    element_id=spec.bpmn_id,
                    name=spec.bpmn_name,
                    lane=spec.lane,
                    candidate_group=spec.lane,
                    form_key="decision",
                    state="offered",
                    created_at=self.now,
                )
            )
        self.session.add_all(opened)
        return opened

    def save_timers(self, workflow: Any) -> None:
        waiting = {
            str(one.id): one
            for one in workflow.get_tasks(state=TaskState.WAITING)
            if isinstance(one.task_spec, BoundaryEvent)
        }
        is_known = Job.instance_id == self.instance.id
        known = {row.token: row for row in self.session.scalars(sa.select(Job).where(is_known))}
        for token in known.keys() - waiting.keys():
            self.record("cancelled", known[token].element_id, "boundaryEvent", token)
            self.session.delete(known[token])
        for token in waiting.keys() - known.keys():
            spec = waiting[token].task_spec
            self.record("scheduled", spec.bpmn_id, "boundaryEvent", token, spec.lane)
            due = datetime.fromisoformat(waiting[token].internal_data["event_value"])
            self.session.add(
                Job(
                    instance_id=self.instance.id,
                    kind="timer",
                    token=token,
                    element_id=spec.bpmn_id,
                    due_at=due,
                    failures=0,
                    next_try_at=due,
                )
            )


def _parse() -> tuple[Any, Any]:
    """SpiffWorkflow takes the text of a timer for a Python expression."""
    xml = re.sub(rb">P1D<", b'>"P1D"<', MODEL.read_bytes())
    parser = SpiffBpmnParser()
    parser.add_bpmn_str(xml)
    return parser.get_spec("order"), parser.get_subprocess_specs("order")


def _connect(url: str) -> sa.Engine:
    if not url.startswith("sqlite"):
        return sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"))
    db_engine = sa.create_engine(url, module=pysqlite3.dbapi2)

    @sa.event.listens_for(db_engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(db_engine, "begin")
    def begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return db_engine
