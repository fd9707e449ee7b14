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

    patient: str
    waits_at: str
    began_min: int
    answers: Mapping[str, object] = field(default_factory=dict)
    process_key: str = "patient_visit"
    start_event: str | None = None


ONLINE = {**WITH_TESTS, "pays_online": True}
TO_BE = "patient_visit_to_be"
WAITING_CASES = (
    WaitingCase("王芳 Wang Fang", "dispense", 95, WITHOUT_TESTS),
    WaitingCase("赵磊 Zhao Lei", "return_consult", 80, WITH_TESTS),
    WaitingCase("孙悦 Sun Yue", "sample", 45, WITH_TESTS),
    WaitingCase("周敏 Zhou Min", "pay_tests", 32, WITH_TESTS),
    WaitingCase("吴静 Wu Jing", "consult", 18),
    WaitingCase("郑浩 Zheng Hao", "triage", 9),
    WaitingCase("钱进 Qian Jin", "register", 6),
    WaitingCase("林晓 Lin Xiao", "register", 2),
    WaitingCase("何平 He Ping", "pay_tests_online", 40, ONLINE, TO_BE, "start_walk_in"),
    WaitingCase("许晴 Xu Qing", "kiosk_check_in", 4, {"booked": True}, TO_BE, "start_booked"),
)
MOMENTS = {"date": "2026-12-31", "time": "09:00", "datetime": "2026-12-31T09:00"}
INVENTED = {
    "tube_id": "T-1042",
    "booking_code": "B-2417",
    "option_1": "L1",
    "option_2": "L2",  # three different ones
    "option_3": "L3",
}


def start_waiting_cases(open_engine: OpenEngine, *, now: datetime) -> int:
    """Start the cases, each with a clock of its own, and return how many."""
    for case in WAITING_CASES:
        clock = FixedClock(now - timedelta(minutes=case.began_min))
        engine = open_engine(clock)
        try:
            walk(engine, clock, case)
        finally:
            engine.close()
    return len(WAITING_CASES)


def walk(engine: ProcessEngine, clock: FixedClock, case: WaitingCase) -> None:
    """Start a case and complete its tasks until it waits at the wanted activity."""
    definition = engine.definition(case.process_key)
    answers = {**INVENTED, **case.answers, "patient": case.patient}
    form = engine.start_form(definition.id, case.start_event)
    begun = engine.start_process(
        case.process_key,
        by=MANAGER,
        values=filled_in(form, answers),
        start_event=case.start_event,
    )
    for _ in range(MOST_STEPS):
        tasks = engine.open_tasks(begun.id, by=MANAGER)
        if any(task.element_id == case.waits_at for task in tasks):
            return
        if tasks:
            clock.advance(STEP)
            perform(engine, tasks[0], answers)
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
        elif must_be_filled_in(one) and not one.is_hidden(values):
            values[key] = plausible(one)
    return values


def must_be_filled_in(one: Field) -> bool:
    """Return whether a form is refused without this field."""
    return one.is_required and one.default is None and not one.is_fixed


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
    if one.type is FieldType.DATETIME:
        return MOMENTS[one.subtype]
    return "demo".ljust(one.min_length or 0, ".")
