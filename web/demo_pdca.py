"""Improvements of the demo: PDCA cycles and root cause analyses, each walked to where it waits.

``web.demo`` adds PEOPLE to its own and calls ``start_improvements``. The executive, the quality
officer and a second handler are those who work on complaints.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.clock import FixedClock
from engine.domain.identity import User, UserId
from engine.domain.instance import InstanceState
from web.demo_cases import MANAGER, filled_in

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.domain.instance import ProcessInstance
    from engine.domain.user_task import UserTask
    from engine.process_engine import ProcessEngine
    from web.demo_cases import OpenEngine

PEOPLE = (
    User(UserId("ivan"), "易文 / Ivan Yi", frozenset({"owner"})),
    User(UserId("judy"), "朱迪 / Judy Zhu", frozenset({"analyst"})),
    User(UserId("leo"), "李欧 / Leo Li", frozenset({"handler"})),
)
OWNER = "ivan"
STEP = timedelta(hours=2)
MOST_STEPS = 120
START = "start_form"
TOLD = {  # what is written wherever a project says nothing else
    "scope_in": "门诊 / Outpatients",
    "measured_by": "流程日志 / Event log",
    "measure_evidence": "照片和登记表 / Photos and the register",
    "figures_source": "流程日志 / Event log",
    "verdict_reason": "变化大于偶然波动 / More than chance",
    "gap_reason": "只有部分时段改善 / Better at some hours only",
    "standard": "门诊服务标准 / Outpatient standard",
    "standard_change": "高峰时段两个窗口 / Two counters at peak hours",
    "problem_where": "门诊一楼 / Ground floor",
    "problem_when": "工作日上午 / Weekday mornings",
    "problem_who": "患者和收费员 / Patients and cashiers",
    "problem_why": "影响满意度 / Satisfaction suffers",
    "problem_how": "集中到达 / All come at once",
    "problem_how_much": "每天约四十人 / Some forty a day",
    "drill_finding": "集中在十点到十一点 / From ten to eleven",
    "drill_source": "流程日志 / Event log",
    "pareto_categories": "等候 62% / Waiting 62 %",
    "pareto_share_percent": 62,
    "why_1": "高峰没有增援 / Nobody helps at peak hours",
    "why_2": "排班按平均人数 / Shifts follow the average",
    "why_stopped": "排班规则可以改 / Shifts can be changed",
    "why_evidence": "三周排班表 / Rosters of three weeks",
}


@dataclass(frozen=True, slots=True)
class Project:
    """An improvement: how long ago it began, and the task it waits at (None: it is over)."""

    title: str
    problem: str
    began_days: int
    waits_at: str | None
    visit: int = 1  # waits when it comes to the task for this time
    kpi: str = "OP-WT"
    answers: Mapping[str, object] = field(default_factory=dict)
    due_days: tuple[int, int] = (20, 30)  # of the two measures, from the beginning
    process_key: str = "pdca"


PROJECTS = (
    Project(
        "缴费等候 Waiting to pay", "排队超过十五分钟 / Queues of more than 15 minutes", 150, None,
        answers={
            "baseline_value": 15.3, "target_value": 9, "after_value": 8.4,
            "m1_what": "增设一个收费窗口 / A further counter",
            "m2_what": "推广手机缴费 / Payment by phone",
            "lessons_good": "先量再改 / Measure first",
        },
    ),
    Project(
        "首诊等候 Waiting for the first consult", "等候变长 / Waits became longer", 96,
        "carry_out", visit=4, due_days=(92, 110),
        answers={
            "baseline_value": 4.6, "target_value": 3, "after_value": 4.1, "verdict": "partly",
            "verdict_reason": "只有下午改善 / Better in the afternoon only",
            "m1_what": "分时段放号 / Book by time slot",
            "m2_what": "复诊与首诊分开排队 / Separate queues for return visits",
        },
    ),
    Project(
        "取药差错 Dispensing errors", "上季度三起 / Three last quarter", 70, "judge", kpi="QM-ERR",
        answers={
            "baseline_value": 3, "target_value": 0, "after_value": 1,
            "attainable_because": "同类药房去年为零 / A pharmacy like ours had none",
            "m1_what": "相似药品分架 / Shelve look-alikes apart",
            "m2_what": "扫码复核 / Check by scanning",
        },
    ),
    Project(
        "候诊叫号 Calling patients", "叫号屏看不清 / The display is hard to read", 6, "approve",
        answers={
            "baseline_value": 8, "target_value": 5,
            "m1_what": "更换叫号屏 / A new display", "m2_what": "短信提醒 / Text messages",
        },
    ),
    Project(
        "投诉答复 Answers to complaints", "常超过四小时 / Often after four hours", 4, "rate",
        kpi="CP-24R",
        answers={
            "needs_rca": "yes", "baseline_value": 6,
            "cause_man": "夜班无人值守 / Nobody at night",
            "cause_method": "分派靠人工 / Dispatched by hand",
            "cause_measurement": "超时无提醒 / No reminder",
        },
    ),
    Project(
        "NPS偏低 NPS low for three days", "低于基准三成 / 30 % below the baseline", 3, "verify",
        kpi="NPS", process_key="root_cause_analysis",
        answers={
            "cause_man": "新员工未培训 / New staff without training",
            "cause_machine": "排队机停机 / The ticket machine stood still",
            "cause_method": "高峰不增开窗口 / No counter added at peak hours",
            "impact_method": 5, "likelihood_method": 4,
        },
    ),
)  # fmt: skip


def start_improvements(open_engine: OpenEngine, *, now: datetime) -> tuple[int, int]:
    """Start the improvements, each with a clock of its own; return how many ended and wait."""
    for project in PROJECTS:
        clock = FixedClock(now - timedelta(days=project.began_days))
        engine = open_engine(clock)
        try:
            _walk(engine, clock, project, now)
        finally:
            engine.close()
    ended = sum(project.waits_at is None for project in PROJECTS)
    return ended, len(PROJECTS) - ended


def _walk(engine: ProcessEngine, clock: FixedClock, project: Project, now: datetime) -> None:
    """Do the tasks of an improvement, and let its timers fire, until it waits where it should."""
    answers = _answers(project, clock.now())
    given = {key: answers[key] for key in ("title", "problem", "kpi")}
    case = engine.start_process(project.process_key, by=OWNER, values=given, start_event=START)
    seen: Counter[str] = Counter()
    known: set[int] = set()
    for _ in range(MOST_STEPS):
        tasks = _tasks(engine, case)
        for task in tasks:
            if task.id not in known:
                known.add(task.id)
                seen[task.element_id] += 1
        if project.waits_at is not None and seen[project.waits_at] >= project.visit:
            _let_time_pass(engine, clock, case, now)
            return
        if tasks:
            clock.set(min(clock.now() + STEP, now))
            _perform(engine, tasks[0], answers)
        elif engine.instance(case.id, by=MANAGER).state is not InstanceState.ACTIVE:
            return
        else:
            clock.set(min(engine.timers(case.id)[0].due_at, now))
            engine.fire_due_timers()
    raise AssertionError(f"{project.title} never came to {project.waits_at}")


def _let_time_pass(
    engine: ProcessEngine, clock: FixedClock, case: ProcessInstance, now: datetime
) -> None:
    """Let what became due since then happen when it was due."""
    while (timers := engine.timers(case.id)) and timers[0].due_at <= now:
        clock.set(timers[0].due_at)
        engine.fire_due_timers()


def _perform(engine: ProcessEngine, task: UserTask, answers: Mapping[str, object]) -> None:
    """Complete a task as the one for whom it is kept, else as somebody who may."""
    may = (person.id for person in engine.users() if task.is_offered_to(person))
    person = task.claimed_by or next(may)
    assert task.form_key is not None
    form = engine.form(task.definition_id, task.form_key)
    engine.claim(task.id, by=person)
    engine.complete_task(task.id, by=person, values=filled_in(form, answers))


def _tasks(engine: ProcessEngine, case: ProcessInstance) -> list[UserTask]:
    """Return the open tasks of a case and of those it called."""
    cases = [case, *engine.called_instances(case.id, by=MANAGER)]
    return [task for one in cases for task in engine.open_tasks(one.id, by=MANAGER)]


def _answers(project: Project, began: datetime) -> dict[str, object]:
    """Return what is filled in wherever a form asks for it."""

    def day(days: int) -> str:
        return (began + timedelta(days=days)).date().isoformat()

    first, second = project.due_days
    usual: dict[str, object] = {
        "title": project.title,
        "problem": project.problem,
        "kpi": project.kpi,
        **TOLD,
        "baseline_from": day(-60),
        "baseline_to": day(-1),
        "target_date": day(300),
        "is_relevant": True,
        "measure_count": 2,
        "m1_owner": "leo",
        "m1_due": day(first),
        "m2_owner": "mia",
        "m2_due": day(second),
        "approval": "approved",
        "needs_rca": "no",
        "before_value": project.answers.get("baseline_value", 1),
        "before_n": 210,
        "after_n": 198,
        "in_case_library": True,
    }
    return {**usual, **project.answers}
