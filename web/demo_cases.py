"""Cases of the demo that are under way: they are walked to where a task waits for somebody."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.clock import FixedClock
from engine.domain.form_field import FieldType

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from engine.clock import Clock
    from engine.domain.form import Form
    from engine.domain.form_field import Field
    from engine.domain.user_task import UserTask
    from engine.process_engine import ProcessEngine

    OpenEngine = Callable[[Clock], ProcessEngine]

MANAGER = "alice"
STEP = timedelta(minutes=3)
LONGEST_WAIT = timedelta(minutes=40)  # for the result of a test
MOST_STEPS = 50
WITH_TESTS = {"tests_ordered": True, "medicine_prescribed": True}
WITHOUT_TESTS = {"tests_ordered": False, "medicine_prescribed": True}


@dataclass(frozen=True, slots=True)
class WaitingCase:
    """A case, how long ago it began, and the activity it waits at."""

    process_key: str
    waits_at: str
    began: timedelta
    answers: Mapping[str, object] = field(default_factory=dict)
    start_event: str | None = None


AS_IS, TO_BE = "patient_visit", "patient_visit_to_be"
WAITING_CASES = (
    WaitingCase(AS_IS, "dispense", timedelta(minutes=95), WITHOUT_TESTS),
    WaitingCase(AS_IS, "return_consult", timedelta(minutes=80), WITH_TESTS),
    WaitingCase(AS_IS, "sample", timedelta(minutes=45), WITH_TESTS),
    WaitingCase(AS_IS, "pay_tests", timedelta(minutes=32), WITH_TESTS),
    WaitingCase(AS_IS, "consult", timedelta(minutes=18)),
    WaitingCase(AS_IS, "triage", timedelta(minutes=9)),
    WaitingCase(AS_IS, "register", timedelta(minutes=6)),
    WaitingCase(AS_IS, "register", timedelta(minutes=2)),
    WaitingCase(
        TO_BE,
        "pay_tests_online",
        timedelta(minutes=40),
        {**WITH_TESTS, "pays_online": True},
        "start_walk_in",
    ),
    WaitingCase(TO_BE, "kiosk_check_in", timedelta(minutes=4), {"booked": True}, "start_booked"),
)


def start_waiting_cases(open_engine: OpenEngine, *, now: datetime) -> int:
    """Start the cases, each with a clock of its own, and return how many."""
    for case in WAITING_CASES:
        clock = FixedClock(now - case.began)
        engine = open_engine(clock)
        try:
            walk(engine, clock, case)
        finally:
            engine.close()
    return len(WAITING_CASES)


def walk(engine: ProcessEngine, clock: FixedClock, case: WaitingCase) -> None:
    """Start a case and complete its tasks until it waits at the wanted activity."""
    definition = engine.definition(case.process_key)
    form = engine.start_form(definition.id, case.start_event)
    begun = engine.start_process(
        case.process_key,
        by=MANAGER,
        values=filled_in(form, case.answers),
        start_event=case.start_event,
    )
    for _ in range(MOST_STEPS):
        tasks = engine.open_tasks(begun.id, by=MANAGER)
        if any(task.element_id == case.waits_at for task in tasks):
            return
        if tasks:
            clock.advance(STEP)
            perform(engine, tasks[0], case.answers)
        else:
            clock.advance(LONGEST_WAIT)
            engine.fire_due_timers()
    raise AssertionError(f"{case.process_key} never came to {case.waits_at}")


def perform(engine: ProcessEngine, task: UserTask, answers: Mapping[str, object]) -> None:
    """Claim and complete a task as somebody who may."""
    person = next(user for user in engine.users() if task.is_offered_to(user))
    engine.claim(task.id, by=person.id)
    form = engine.form(task.definition_id, task.form_key) if task.form_key else None
    engine.complete_task(task.id, by=person.id, values=filled_in(form, answers))


def filled_in(form: Form | None, answers: Mapping[str, object]) -> dict[str, object]:
    """Return values that the form accepts: the answers, else what a field must have."""
    values: dict[str, object] = {}
    for key, one in (form.fields if form else {}).items():
        if key in answers:
            values[key] = answers[key]
        elif one.is_required and one.default is None and not one.is_fixed:
            values[key] = plausible(one)
    return values


def plausible(one: Field) -> object:
    """Return a value that a required field accepts."""
    if one.options:
        choice = one.options[0].value
        return [choice] if one.type in {FieldType.CHECKLIST, FieldType.TAGLIST} else choice
    if one.type is FieldType.CHECKBOX:
        return True
    if one.type is FieldType.NUMBER:
        number = float(one.min if one.min is not None else 1)
        return int(number) if number.is_integer() else number
    return "demo"
