"""A complaint desk with a moved clock: people of every role, and words for what they do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from engine.clock import FixedClock
from engine.domain.history import EventType
from engine.domain.identity import Role, User, UserId
from engine.process_engine import ProcessEngine
from engine.store import outbox
from web.bootstrap import deploy_library
from web.demo_cases import filled_in
from web.library import read_library

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from engine.config import EngineConfig
    from engine.domain.history import HistoryEvent
    from engine.domain.instance import ProcessInstance
    from engine.domain.mail import Mail
    from engine.domain.user_task import UserTask

MONDAY = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FOLDERS = frozenset({"complaint", "compensation", "internal_ticket"})
GROUPS = (
    "agent", "leader", "manager", "handler", "executive", "quality", "finance", "pharmacist",
    "cashier", "nurse", "lab",
)  # fmt: skip
PEOPLE = [
    User(UserId("boss"), "The one who sees everything", frozenset(), frozenset({Role.MANAGER})),
    User(UserId("agent_2"), "Second agent", frozenset({"agent"})),
    *(User(UserId(group), group.capitalize(), frozenset({group})) for group in GROUPS),
]
COMPLAINT = {
    "customer": "Alice",
    "contact_email": "alice@example.org",
    "channel": "phone",
    "what_happened": "Two hours in the queue",
}
MAJOR = {"safety": True}
REGISTERED = {
    "safety": False, "media_legal": False, "vip": False, "repeat_30d": False, "emotion": "3",
    "amount": 0, "customers_affected": 1,
}  # fmt: skip
USUAL: Mapping[str, object] = {
    **REGISTERED,
    "fault": False,
    "goodwill": False,
    "departments": [],
    "remedy_amount": 0,
    "other_departments": [],
    "customer_reply": "accepted",
    "solved": "yes",
    "typical": False,
    "approval": "yes",
    "confirmation": "yes",
    "apology": "We are sorry about this.",
    "prevention_plan": "A second counter in the morning.",
    "plan_by": "2026-04-01",
    "chosen_option": "L2",
}


def set_up(config: EngineConfig) -> None:
    """Prepare a database with the complaint processes and their people."""
    engine = ProcessEngine.open(config, clock=FixedClock(MONDAY))
    deploy_library(engine, [folder for folder in read_library() if folder.key in FOLDERS])
    for person in PEOPLE:
        engine.add_user(person)
    engine.close()


class Desk:
    """The engine with the complaint processes, and what a test says to it."""

    def __init__(self, config: EngineConfig) -> None:
        self.clock = FixedClock(MONDAY)
        self.engine = ProcessEngine.open(config, clock=self.clock)

    def complain(self, **values: object) -> ProcessInstance:
        """Start a complaint by the form."""
        begun = self.engine.start_process(
            "complaint", by="agent", values={**COMPLAINT, **values}, start_event="start_form"
        )
        return self.again(begun)

    def again(self, case: ProcessInstance) -> ProcessInstance:
        return self.engine.instance(case.id, by="boss")

    def registered(self, **answers: object) -> ProcessInstance:
        """A complaint that has been registered as the answers say."""
        case = self.complain()
        self.do(case, "register", **answers)
        return self.again(case)

    def handled_to(self, element: str, **answers: object) -> ProcessInstance:
        """A complaint that has come to a task, all others done with these answers."""
        case = self.registered(**answers)
        self.walk(case, until=element, **answers)
        return self.again(case)

    def walk(self, case: ProcessInstance, *, until: str = "", **answers: object) -> None:
        """Do whatever is open, in the complaint and what it calls, until a task is open."""
        for _ in range(60):
            tasks = self.tasks(case)
            if not tasks or any(task.element_id == until for task in tasks):
                return
            self.do_task(tasks[0], **answers)
        raise AssertionError(f"never came to {until}: {[t.element_id for t in self.tasks(case)]}")

    def tasks(self, case: ProcessInstance) -> list[UserTask]:
        """What is open in a case and in the cases it called."""
        found = self.engine.open_tasks(case.id, by="boss")
        for called in self.engine.called_instances(case.id, by="boss"):
            found += self.tasks(called)
        return found

    def open(self, case: ProcessInstance) -> set[str]:
        return {task.element_id for task in self.tasks(case)}

    def task(self, case: ProcessInstance, element: str) -> UserTask:
        return next(task for task in self.tasks(case) if task.element_id == element)

    def do(
        self, case: ProcessInstance, element: str, *, by: str | None = None, **answers: object
    ) -> None:
        """Complete an open task of a case."""
        self.do_task(self.task(case, element), by=by, **answers)

    def do_task(self, task: UserTask, *, by: str | None = None, **answers: object) -> None:
        """Complete a task: the answers of the test, else the usual ones."""
        known = self.engine.instance(task.instance_id, by="boss").values
        assert task.form_key is not None
        form = self.engine.form(task.definition_id, task.form_key)
        wanted = {k: v for k, v in {**USUAL, **answers}.items() if k in form.fields}
        said = {k: v for k, v in wanted.items() if k in answers or k not in known or k in FRESH}
        values = filled_in(form, said)
        values |= {k: known[k] for k in values if k in known and k not in said}
        person = by or task.claimed_by or self.person_for(task)
        self.engine.claim(task.id, by=person)
        self.engine.complete_task(task.id, by=person, values=values)

    def person_for(self, task: UserTask) -> str:
        return next(user.id for user in self.engine.users() if task.is_offered_to(user))

    def wait(self, duration: timedelta) -> None:
        """Let time pass, and do what became due."""
        self.clock.advance(duration)
        while self.engine.fire_due_timers() + self.engine.call_due_services():
            pass

    def escalate(self) -> None:
        while self.engine.escalate_due():
            pass

    def called(self, case: ProcessInstance, key: str) -> list[ProcessInstance]:
        found = self.engine.called_instances(case.id, by="boss")
        return [one for one in found if one.process_key == key]

    def history(self, case: ProcessInstance) -> list[HistoryEvent]:
        return self.engine.history(case.id, by="boss")

    def passed(self, case: ProcessInstance) -> list[str]:
        """The elements that were completed, in order."""
        return [
            event.element_id
            for event in self.history(case)
            if event.type is EventType.COMPLETED and event.element_id
        ]

    def steps(self, case: ProcessInstance, element: str) -> list[str]:
        """The steps of the escalation ladder that were taken for a task."""
        return [
            " ".join(filter(None, (str(event.detail["action"]), event.detail.get("group"))))
            for event in self.history(case)
            if event.type is EventType.ESCALATED and event.element_id == element
        ]

    def answer(self, case: ProcessInstance, **values: object) -> None:
        """The customer replies by message."""
        key = str(self.again(case).values["complaint_no"])
        self.engine.correlate("complaint.answered", by=None, key=key, values=values)

    def mails(self) -> list[Mail]:
        """What was written to customers so far."""
        with self.engine._context.database.reading() as tx:
            return [letter.mail for letter in reversed(outbox.newest(tx, None, limit=100))]

    @staticmethod
    def person(name: str, *groups: str) -> User:
        return User(UserId(name), name.capitalize(), frozenset(groups))

    def performer(self, case: ProcessInstance, element: str) -> str | None:
        return next(
            event.actor
            for event in reversed(self.history(case))
            if event.type is EventType.COMPLETED and event.element_id == element
        )


# Asked anew whenever the task comes again; everything else stands as it was.
FRESH = frozenset({"approval", "customer_reply", "solved", "confirmation", "chosen_option"})


def in_order(passed: Iterable[str], elements: Collection[str]) -> list[str]:
    """What was passed, of these elements."""
    return [element for element in passed if element in elements]
