"""What a chaos run left behind: do the ledgers, the services and the history agree?"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

import pysqlite3

from benchmarks.chaos_child import LEASE, Plan, opened
from benchmarks.chaos_ledger import Ledger
from engine.domain.history import EventType
from engine.domain.instance import InstanceId

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.domain.history import HistoryEvent
    from engine.domain.instance import ProcessInstance
    from engine.process_engine import ProcessEngine

MANAGER = "user0"
WORK = ("register", "look", "book", "pause", "sign", "mail")  # once in each case


def checked(plan: Plan) -> dict[str, object]:
    """Return what was found, with every fault in words."""
    with closing(opened(plan)) as engine:
        _finish(engine)
        ledgers = [Ledger(plan.ledger(number)) for number in range(plan.clients)]
        events = list(engine.events("errand"))
        cases = list(_cases(engine))
        faults = [*_in_ledgers(ledgers, events, cases), *_in_history(events, cases, plan)]
        effects, letters = _lines(plan, "effects"), engine.letters(by=MANAGER, limit=10**6)
        faults += _in_services(effects, [letter.mail.key for letter in letters], plan)
        check = engine.check_history()
        faults += [str(fault) for fault in check.faults]
    faults += _in_file(plan)
    return {
        "cases": len(cases),
        "events": check.events,
        "acknowledged": sum(len(ledger.answers) for ledger in ledgers),
        "asked_again": sum(ledger.repeated for ledger in ledgers),
        "service_calls": len(effects),
        "service_effects": len(set(effects)),
        "letters": len(letters),
        "incidents_retried": len(_lines(plan, "incidents")),
        "lost": sum(fault.startswith("lost") for fault in faults),
        "doubled": sum(fault.startswith("doubled") for fault in faults),
        "faults": faults[:20],
    }


def _finish(engine: ProcessEngine) -> None:
    """Do what a killed worker still held a lease for."""
    time.sleep(LEASE.total_seconds())
    while engine.fire_due_timers() + engine.call_due_services() + engine.send_due_letters():
        pass


def _cases(engine: ProcessEngine) -> Iterator[ProcessInstance]:
    before: int | None = None
    while page := engine.instances(by=MANAGER, limit=500, before=before):
        yield from page
        before = page[-1].id


def _in_ledgers(
    ledgers: list[Ledger], events: list[HistoryEvent], cases: list[ProcessInstance]
) -> Iterator[str]:
    """Return what was acknowledged and is not there, and what was refused though it should not."""
    by_id = {case.business_key: case.id for case in cases}
    done = Counter(
        (by_id[event.case_id], event.token)
        for event in events
        if event.type is EventType.COMPLETED and event.element_type == "userTask"
    )
    started = Counter(case.values["request"] for case in cases)
    for ledger in ledgers:
        yield from (f"refused: {refusal}" for refusal in ledger.refusals)
        yield from (f"unanswered: {key}" for key in ledger.unanswered)
        for key in ledger.answers:
            request = ledger.requests[key]
            if request["do"] == "start":
                times = started[key]
            else:
                times = done[InstanceId(int(str(request["case"]))), str(request["token"])]
            if times != 1:
                yield f"{'doubled' if times else 'lost'}: {key} {request} is there {times} times"


def _in_history(
    events: list[HistoryEvent], cases: list[ProcessInstance], plan: Plan
) -> Iterator[str]:
    """Return what was done twice or not at all in a case, whoever asked for it."""
    if len(cases) != plan.cases:
        yield f"{'lost' if len(cases) < plan.cases else 'doubled'}: {len(cases)} cases"
    done = Counter(
        (event.case_id, event.element_id)
        for event in events
        if event.type is EventType.COMPLETED and event.element_id in WORK
    )
    for case in cases:
        if case.state.value != "completed":
            yield f"lost: case {case.business_key} is {case.state}"
        for element in WORK:
            times = done[case.business_key, element]
            if times != 1:
                what = "doubled" if times else "lost"
                yield f"{what}: {element} of {case.business_key} was completed {times} times"


def _in_services(effects: list[str], letters: list[str], plan: Plan) -> Iterator[str]:
    """Return effects that came twice under two keys, or never."""
    for what, keys in (("effects", effects), ("letters", letters)):
        if len(set(keys)) != plan.cases:
            outcome = "lost" if len(set(keys)) < plan.cases else "doubled"
            yield f"{outcome}: {len(set(keys))} {what} of {plan.cases} cases"
    if len(set(letters)) != len(letters):
        yield f"doubled: {len(letters)} letters under {len(set(letters))} keys"


def _in_file(plan: Plan) -> list[str]:
    kind, _, file = plan.database_url.partition(":///")
    if kind != "sqlite":
        return []
    with closing(pysqlite3.dbapi2.connect(file)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchall()
        found += connection.execute("PRAGMA foreign_key_check").fetchall()
    return [str(row) for row in found if row != ("ok",)]


def _lines(plan: Plan, name: str) -> list[str]:
    file = plan.folder / name
    return file.read_text().splitlines() if file.exists() else []
