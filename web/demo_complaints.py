"""Complaints of the demo: some archived, some under way, so that everybody has one to work on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.domain.instance import InstanceState
from web.demo_cases import INVENTED, MANAGER, MOST_STEPS, filled_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.domain.instance import ProcessInstance
    from engine.domain.user_task import UserTask
    from engine.process_engine import ProcessEngine
    from web.demo_cases import OpenEngine

PROCESS, START = "complaint", "start_form"
# Minutes until somebody takes a task; others wait the usual time. No two people are as quick.
PACE_MIN = {"register": 6, "reply": 180, "execute": 90, "call_back": 1200, "classify": 240}
USUAL_MIN, WORK_MIN = 25, 4
QUICKNESS = (1.0, 0.7, 1.4, 0.5, 1.2)
SAID: Mapping[str, object] = {
    "channel": "phone",
    "empathy": True,
    "restated": True,
    "first_answer": "理解您的不满，今天答复。 / I see that you are upset; we answer today.",
    "findings": "窗口少开一个，叫号停了二十分钟。 / A counter was closed, the display stood still.",
    "remedy": "道歉，优先安排，补开窗口。 / An apology, priority, and a further counter.",
    "solution": "下次就诊优先，窗口已补开。 / Priority next time; the counter is open.",
    "apology": "给您添了麻烦，我们深表歉意。 / We are sorry for the trouble this has caused you.",
    "ticket_result": "已查明并改正。 / Found and put right.",
    "csat": "4",
    "ces": 5,
    "chosen_option": "L2",
    "step_in_note": "已提醒负责人。 / The owner was reminded.",
}


@dataclass(frozen=True, slots=True)
class Story:
    """A complaint: when it came, what was said, and which tasks nobody has done yet."""

    customer: str
    what_happened: str
    ago: timedelta
    answers: Mapping[str, object] = field(default_factory=dict)
    left: frozenset[str] = frozenset()  # none: it is archived


def _story(customer: str, what: str, hours: float, *left: str, **answers: object) -> Story:
    return Story(customer, what, timedelta(hours=hours), answers, frozenset(left))


QUEUE = "挂号排队两个小时。 / Two hours in the queue for registration."
BILL = "同一项检查收了两次费。 / One test was billed twice."
RUDE = "窗口人员态度生硬。 / The person at the counter was rude."
PILLS = "药房发错了规格。 / The pharmacy handed out the wrong strength."
FALL = "候诊区地面湿滑，家人摔倒。 / A relative fell on the wet floor of the waiting area."
LOST = "检查报告找不到了。 / The report of a test was lost."
STORIES = (
    _story("王芳 Wang Fang", QUEUE, 210, typical=True, cause_code="method", topic="waiting"),
    _story("赵磊 Zhao Lei", BILL, 190, amount=600, fault=True, remedy_amount=180),
    _story("孙悦 Sun Yue", RUDE, 160, emotion="2", goodwill=True),
    _story("周敏 Zhou Min", PILLS, 135, safety=True, fault=True, departments=["pharmacist"]),
    _story("吴静 Wu Jing", LOST, 110, departments=["lab"], cause_code="people"),
    _story("郑浩 Zheng Hao", BILL, 80, vip=True, fault=True, remedy_amount=800),
    _story("钱进 Qian Jin", RUDE, 0.1, "register"),
    _story("林晓 Lin Xiao", QUEUE, 0.7, "first_response"),
    _story("何平 He Ping", LOST, 26, "investigate", "decide_late"),
    _story("许晴 Xu Qing", BILL, 3, "approve", fault=True, remedy_amount=700),
    _story("曹阳 Cao Yang", FALL, 0.8, "first_response", "accept", "take_over", safety=True),
    _story("方圆 Fang Yuan", BILL, 4, "choose", fault=True),
    _story("罗兰 Luo Lan", BILL, 9, "execute", fault=True, severity="1", remedy_amount=120),
    _story("秦岭 Qin Ling", PILLS, 2, "accept", departments=["pharmacist"]),
    _story("沈默 Shen Mo", QUEUE, 20, "reply"),
    _story("唐宁 Tang Ning", RUDE, 21, "call_back"),
    _story("袁野 Yuan Ye", QUEUE, 40, "classify"),
)


@dataclass(slots=True)
class StoryClock:
    """A clock that goes back for the next story: one engine tells them all."""

    moment: datetime

    def now(self) -> datetime:
        """Return where the story is."""
        return self.moment

    def pass_min(self, minutes: float, *, until: datetime) -> None:
        """Go on, but not beyond the present."""
        self.moment = min(self.moment + timedelta(minutes=minutes), until)


def start_complaints(open_engine: OpenEngine, *, now: datetime) -> tuple[int, int]:
    """Tell the stories one after another; return how many are archived and how many wait."""
    clock = StoryClock(now)
    engine = open_engine(clock)
    try:
        for story in STORIES:
            clock.moment = now - story.ago
            tell(engine, clock, story, until=now)
        clock.moment = now
        engine.fire_due_timers()
    finally:
        engine.close()
    archived = sum(not story.left for story in STORIES)
    return archived, len(STORIES) - archived


def tell(engine: ProcessEngine, clock: StoryClock, story: Story, *, until: datetime) -> None:
    """Start a complaint, and let people do what the story does not leave to be done."""
    answers = {**SAID, **INVENTED, **story.answers}
    answers |= {"customer": story.customer, "what_happened": story.what_happened}
    form = engine.start_form(engine.definition(PROCESS).id, START)
    values = filled_in(form, answers)
    case = engine.start_process(PROCESS, by=MANAGER, values=values, start_event=START)
    for number in range(MOST_STEPS):
        todo = [t for t in _open_tasks(engine, case) if t.element_id not in story.left]
        if not todo:
            break
        quickness = QUICKNESS[(case.id + number) % len(QUICKNESS)]
        waited_min = PACE_MIN.get(todo[0].element_id, USUAL_MIN) * quickness
        clock.pass_min(waited_min, until=until)
        person = _take(engine, todo[0])
        clock.pass_min(WORK_MIN * quickness, until=until)
        _complete(engine, todo[0], answers, by=person)
    ended = engine.instance(case.id, by=MANAGER).state is InstanceState.COMPLETED
    if ended is bool(story.left):
        raise AssertionError(f"the complaint of {story.customer} went another way")


def _open_tasks(engine: ProcessEngine, case: ProcessInstance) -> list[UserTask]:
    """Return what is open in a case and in those it called."""
    found = engine.open_tasks(case.id, by=MANAGER)
    for called in engine.called_instances(case.id, by=MANAGER):
        found += _open_tasks(engine, called)
    return found


def _take(engine: ProcessEngine, task: UserTask) -> str:
    """Let whoever holds a task, or may take it, begin; return who that is."""
    offered = (user.id for user in engine.users() if task.is_offered_to(user))
    person = task.claimed_by or next(offered)
    engine.claim(task.id, by=person)
    return person


def _complete(
    engine: ProcessEngine, task: UserTask, answers: Mapping[str, object], *, by: str
) -> None:
    known = engine.instance(task.instance_id, by=MANAGER).values
    said = {**{key: value for key, value in known.items() if value is not None}, **answers}
    form = engine.form(task.definition_id, task.form_key) if task.form_key else None
    engine.complete_task(task.id, by=by, values=filled_in(form, said))
