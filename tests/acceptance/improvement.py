"""An organisation that improves: the PDCA cycle and the root cause analysis with their people."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from engine.clock import FixedClock
from engine.config import EngineConfig
from engine.domain.history import EventType
from engine.domain.identity import Role, User, UserId
from engine.process_engine import ProcessEngine
from web.library import read_library

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from engine.domain.history import HistoryEvent
    from engine.domain.instance import ProcessInstance
    from engine.domain.user_task import UserTask

MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # nine o'clock in Shanghai
PROCESSES = ("root_cause_analysis", "pdca")
PEOPLE = {
    "alice": "owner",
    "bob": "analyst",
    "charlie": "handler",
    "dora": "executive",
    "erin": "quality",
    "frank": "handler",
    "grace": "owner",
}
DOES = {lane: user for user, lane in reversed(PEOPLE.items())} | {"team": "charlie"}

REQUEST = {"title": "Waits at the counter", "problem": "Patients wait 15 minutes", "kpi": "OP-WT"}
ANSWERS: dict[str, dict[str, object]] = {
    "problem": {
        "take_up": "yes",
        "needs_rca": "no",
        "scope_in": "outpatients",
        "kpi": "OP-WT",
        "direction": "down",
        "baseline_value": 15.0,
        "baseline_from": "2026-01-01",
        "baseline_to": "2026-02-28",
    },
    "target": {
        "target_value": 10.0,
        "target_date": "2026-12-31",
        "measured_by": "log of the tickets",
        "is_relevant": True,
    },
    "measures": {
        "measure_count": 2,
        "observation_days": 28,
        "m1_what": "open a second counter",
        "m1_owner": "charlie",
        "m1_due": "2026-03-20",
        "m2_what": "pay by phone",
        "m2_owner": "frank",
        "m2_due": "2026-03-27",
    },
    "approve": {"approval": "approved"},
    "carry_out": {"measure_evidence": "photo 7"},
    "figures": {
        "before_value": 15.0,
        "before_n": 200,
        "after_value": 9.5,
        "after_n": 210,
        "figures_source": "log",
    },
    "judge": {"verdict": "achieved", "verdict_reason": "far beyond chance"},
    "standardise": {"standard": "S-12", "standard_change": "two counters from 8 to 10"},
    "lessons": {"lessons_good": "measure first", "in_case_library": True},
    "new_plan": {"gap_reason": "only mornings were better", "needs_rca": "no"},
    "settle_overdue": {"overdue_reason": "no staff", "overdue_decision": "support"},
    "decide_after_limit": {"after_limit": "stop", "after_limit_reason": "too dear"},
    "describe": {f"problem_{part}": "said" for part in
                 ("where", "when", "who", "why", "how", "how_much")},
    "fishbone": {"cause_man": "new staff", "cause_machine": "old printer", "cause_method": "queue"},
    "drill_down": {"drill_dimensions": ["time"], "drill_finding": "at ten", "drill_source": "log"},
    "pareto": {"pareto_categories": "waiting 80 %", "pareto_share_percent": 80},
    "rate": {
        "impact_man": 2, "likelihood_man": 2,
        "impact_machine": 4, "likelihood_machine": 4,
        "impact_method": 5, "likelihood_method": 3,
    },
    "five_whys": {"why_1": "it jams", "why_stopped": "nothing behind it", "why_evidence": "log"},
    "verify": {"verification_data": "t = 4.1", "verification": "verified"},
    "conclude": {"root_cause": "one queue for all", "cause_types": ["process"]},
    "fmea": {"fmea_failure_mode": "long queue", "fmea_severity": 6, "fmea_occurrence": 7,
             "fmea_detection": 3},
    "settle_late": {"late_reason": "data came late", "late_new_date": "2026-03-16"},
}  # fmt: skip


@dataclass(frozen=True)
class Improvement:
    """The engine, its clock, and hands that do the work as the model hands it out."""

    engine: ProcessEngine
    clock: FixedClock

    def start(self, key: str = "pdca", **values: object) -> ProcessInstance:
        given = {**REQUEST, **values}
        return self.engine.start_process(key, by="alice", values=given, start_event="start_form")

    def open(self, case: ProcessInstance) -> list[str]:
        """The elements whose tasks wait, in the order in which they were opened."""
        return [task.element_id for task in self.tasks(case)]

    def tasks(self, case: ProcessInstance, element: str | None = None) -> list[UserTask]:
        found = self.engine.open_tasks(case.id, by="dora")
        return [task for task in found if element in {None, task.element_id}]

    def do(self, case: ProcessInstance, *elements: str, by: str | None = None, **values: object):
        """Do the first open task of each element in turn; values go to the last one."""
        for element in elements:
            task = self.tasks(case, element)[0]
            self.clock.advance(timedelta(minutes=5))
            who = by or task.claimed_by or DOES[str(task.lane)]
            self.engine.claim(task.id, by=who)
            extra = values if element == elements[-1] else {}
            given = {k: v for k, v in {**ANSWERS[element], **extra}.items() if v is not None}
            self.engine.complete_task(task.id, by=who, values=given)

    def pass_days(self, days: float) -> None:
        self.clock.advance(timedelta(days=days))
        while self.engine.fire_due_timers():
            pass

    def now(self, case: ProcessInstance) -> ProcessInstance:
        return self.engine.instance(case.id, by="dora")

    def events(self, case: ProcessInstance, element: str | None = None) -> list[HistoryEvent]:
        found = self.engine.history(case.id, by="dora")
        return [event for event in found if element in {None, event.element_id}]

    def completed(self, case: ProcessInstance) -> list[str]:
        """The elements that are done, in order: what history says."""
        return [
            str(event.element_id)
            for event in self.events(case)
            if event.type is EventType.COMPLETED and event.element_id
        ]


def config_in(folder: Path) -> EngineConfig:
    return EngineConfig(f"sqlite:///{folder / 'improvement.db'}", sqlite_synchronous="OFF")


@cache
def set_up(folder: Path) -> Path:
    """A database with both processes and a person or two in every lane; made once."""
    engine = ProcessEngine.open(config_in(folder), clock=FixedClock(MONDAY))
    for name, lane in PEOPLE.items():
        roles = frozenset({Role.MANAGER} if lane == "executive" else {Role.STAFF})
        engine.add_user(User(UserId(name), name.title(), frozenset({lane}), roles))
    for shipped in read_library():
        if shipped.key in PROCESSES:
            engine.deploy(
                shipped.models[shipped.default].model.read_bytes(),
                source=f"{shipped.key}.bpmn",
                forms=shipped.forms(),
                lanes=shipped.lanes,
                decisions=shipped.decisions(),
            )
    engine.close()
    return folder / "improvement.db"


@contextmanager
def opened(folder: Path) -> Iterator[Improvement]:
    """An engine on a copy of that database."""
    shutil.copy(set_up(folder.parent), folder)
    clock = FixedClock(MONDAY)
    engine = ProcessEngine.open(config_in(folder), clock=clock)
    yield Improvement(engine, clock)
    engine.close()
