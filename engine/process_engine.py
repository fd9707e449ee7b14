"""ProcessEngine, the facade: a method per use case, no logic.

Everything outside ``engine`` that runs processes goes through this class. A method is one
transaction; whatever it raises (see ``engine.errors``), nothing of it is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from engine.bpmn.read import localised
from engine.clock import SystemClock
from engine.services import definitions, history, idempotency, instances, tasks, timers, users
from engine.services.context import Context

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from engine.clock import Clock
    from engine.config import EngineConfig
    from engine.domain.form import Form
    from engine.domain.history import HistoryEvent
    from engine.domain.identity import User
    from engine.domain.instance import InstanceState, ProcessDefinition, ProcessInstance, Timer
    from engine.domain.process_graph import ProcessGraph
    from engine.domain.user_task import UserTask
    from engine.errors import Finding


class ProcessEngine:
    """Deploys processes, runs cases, hands out work and remembers what happened."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @classmethod
    def open(cls, config: EngineConfig, *, clock: Clock | None = None) -> Self:
        """Connect to the database and bring its tables up to date."""
        return cls(Context.open(config, clock or SystemClock()))

    def close(self) -> None:
        """Let go of the database."""
        self._context.close()

    # process definitions

    def lint(
        self, xml: bytes, *, source: str, forms: Mapping[str, Mapping[str, object]] | None = None
    ) -> list[Finding]:
        """Return what deployment would say of a BPMN file; no forms: forms are not looked at."""
        return definitions.lint(xml, source=source, forms=forms)

    def deploy(
        self,
        xml: bytes,
        *,
        source: str,
        forms: Mapping[str, Mapping[str, object]],
        lanes: Mapping[str, str] | None = None,
        by: str | None = None,
    ) -> ProcessDefinition:
        """Store a new version of a process, or return the newest one if nothing changed.

        ``lanes`` says which group works in a lane; by default it is called as the lane's id.
        Raises InvalidModel with every finding about the file and its forms.
        """
        files = definitions.Deployment(xml, source, forms, lanes or {})
        return definitions.deploy(self._context, files, by=by)

    def definitions(self) -> list[ProcessDefinition]:
        """Return the newest version of each process."""
        return definitions.newest(self._context)

    def definition(self, key: str, *, version: int | None = None) -> ProcessDefinition:
        """Return one version of a process, by default the newest."""
        return definitions.get(self._context, key, version=version)

    def model_xml(self, definition_id: int) -> bytes:
        """Return the BPMN file as it was deployed."""
        return definitions.model_xml(self._context, definition_id)

    def localised_xml(self, definition_id: int, language: str) -> bytes:
        """Return the BPMN file with its bilingual names cut to one language."""
        return localised(self.model_xml(definition_id), language)

    def graph(self, definition_id: int) -> ProcessGraph:
        """Return the structure of a process."""
        return definitions.graph(self._context, definition_id)

    def form(self, definition_id: int, form_key: str) -> Form:
        """Return a form that was deployed with a process."""
        return definitions.form(self._context, definition_id, form_key)

    def start_form(self, definition_id: int, start_event: str | None = None) -> Form | None:
        """Return the form to fill in before a case starts, if there is one."""
        return definitions.start_form(self._context, definition_id, start_event)

    # process instances

    def start_process(
        self,
        key: str,
        *,
        by: str | None,
        values: Mapping[str, object] | None = None,
        start_event: str | None = None,
        business_key: str | None = None,
        idempotency_key: str | None = None,
    ) -> ProcessInstance:
        """Start a case of the newest version of a process; ``by=None`` is the system itself."""
        request = instances.Start(key, values or {}, start_event, business_key, idempotency_key)
        return instances.start(self._context, request, by=by)

    def instance(self, instance_id: int, *, by: str) -> ProcessInstance:
        """Return a case that this person may see."""
        return instances.get(self._context, instance_id, by=by)

    def find_instance(self, process_key: str, business_key: str, *, by: str) -> ProcessInstance:
        """Return the case of a process with this business key."""
        return instances.find(self._context, process_key, business_key, by=by)

    def instances(
        self,
        *,
        by: str,
        process_key: str | None = None,
        state: InstanceState | None = None,
        text: str | None = None,
        limit: int = 50,
        before: int | None = None,
    ) -> list[ProcessInstance]:
        """Return the cases this person may see, newest first.

        ``text`` is looked for in the business key and the values; ``before`` is the id of the
        last case of the page before.
        """
        filters = instances.Filters(process_key, state, text, limit, before)
        return instances.page(self._context, filters, by=by)

    def count_instances(self, *, process_key: str | None = None) -> Mapping[InstanceState, int]:
        """Return how many cases are active, completed and cancelled."""
        return instances.count(self._context, process_key=process_key)

    def cancel_instance(self, instance_id: int, *, by: str, reason: str) -> ProcessInstance:
        """End a case with everything that is open in it; for managers and administrators."""
        return instances.cancel(self._context, instance_id, by=by, reason=reason)

    # user tasks

    def inbox(self, user_id: str, *, limit: int = 100) -> list[UserTask]:
        """Return what a person has claimed, then what is offered to their groups, oldest first."""
        return tasks.inbox(self._context, user_id, limit=limit)

    def task(self, task_id: int, *, by: str) -> UserTask:
        """Return a user task that this person may see."""
        return tasks.get(self._context, task_id, by=by)

    def open_tasks(self, instance_id: int, *, by: str) -> list[UserTask]:
        """Return the user tasks of a case that wait for somebody."""
        return tasks.open_in(self._context, instance_id, by=by)

    def claim(self, task_id: int, *, by: str) -> UserTask:
        """Take a task that is offered to one's group, and start to work on it."""
        return tasks.claim(self._context, task_id, by=by)

    def release(self, task_id: int, *, by: str) -> UserTask:
        """Give a claimed task back to its group."""
        return tasks.release(self._context, task_id, by=by)

    def complete_task(
        self,
        task_id: int,
        *,
        by: str,
        values: Mapping[str, object],
        idempotency_key: str | None = None,
    ) -> list[UserTask]:
        """Complete a claimed task and return the tasks that follow it in the same case.

        The same request with the same idempotency key is carried out once and answered twice.
        """
        request = tasks.Completion(task_id, values, idempotency_key)
        return tasks.complete(self._context, request, by=by)

    # timers

    def timers(self, instance_id: int) -> list[Timer]:
        """Return the timers a case waits for, the next one first."""
        return timers.of_instance(self._context, instance_id)

    def fire_timer_now(self, timer_id: int, *, by: str, reason: str) -> None:
        """Fire a timer before it is due; for managers and administrators."""
        timers.fire_now(self._context, timer_id, by=by, reason=reason)

    def fire_due_timers(self, *, limit: int = 100) -> int:
        """Fire the timers that are due, one transaction each, and return how many."""
        return timers.fire_due(self._context, limit=limit)

    # requests that come twice

    def forget_old_answers(self) -> int:
        """Forget which requests were carried out more than a week ago, and return how many."""
        return idempotency.forget_old_answers(self._context)

    # history

    def history(self, instance_id: int, *, by: str) -> list[HistoryEvent]:
        """Return what happened in a case, in order."""
        return history.of_instance(self._context, instance_id, by=by)

    def events(
        self, process_key: str, *, since: datetime | None = None, until: datetime | None = None
    ) -> Iterator[HistoryEvent]:
        """Yield the events of the cases started in a period, case by case, in order."""
        return history.of_process(self._context, process_key, since=since, until=until)

    def import_history(self, definition_id: int, events: Iterable[HistoryEvent]) -> int:
        """Store finished cases that ran elsewhere and return how many; all of them or none."""
        return history.import_cases(self._context, definition_id, events)

    # people

    def add_user(self, user: User, *, password_hash: str | None = None) -> None:
        """Add a person; DuplicateUser if the user name is taken."""
        users.add(self._context, user, password_hash=password_hash)

    def update_user(self, user: User) -> None:
        """Replace the name, groups, roles and activity of a person."""
        users.update(self._context, user)

    def user(self, user_id: str) -> User:
        """Return a person."""
        return users.get(self._context, user_id)

    def users(self) -> list[User]:
        """Return everybody, by user name."""
        return users.everybody(self._context)

    def password_hash(self, user_id: str) -> str | None:
        """Return the hash of a person's password, None if they cannot sign in with one."""
        return users.password_hash(self._context, user_id)

    def set_password_hash(self, user_id: str, password_hash: str) -> None:
        """Give a person a new password."""
        users.set_password_hash(self._context, user_id, password_hash)
