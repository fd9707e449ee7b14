"""A problem goes round plan, do, check and act until it is solved, or the executive stops it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from engine.domain.history import EventType
from engine.domain.identity import User, UserId
from engine.domain.instance import InstanceState
from engine.errors import NotAllowed

if TYPE_CHECKING:
    from engine.domain.instance import ProcessInstance
    from tests.acceptance.improvement import Improvement

PLANNED = ("problem", "target", "measures")
DONE = ("carry_out", "carry_out")
CHECKED = ("figures", "judge")
IVAN = User(UserId("ivan"), "Ivan", frozenset({"owner", "executive"}))


def carried_out(improvement: Improvement) -> ProcessInstance:
    """A case whose measures are done; it is observed now."""
    case = improvement.start()
    improvement.do(case, *PLANNED, "approve", *DONE)
    return case


def missed(improvement: Improvement, case: ProcessInstance, verdict: str = "not") -> None:
    """Observe a cycle and judge that it did not reach the target."""
    improvement.pass_days(28)
    improvement.do(case, *CHECKED, verdict=verdict)


def cycle_again(improvement: Improvement, case: ProcessInstance) -> None:
    improvement.do(case, "new_plan", "target", "measures", "approve", *DONE)


def missed_five_times(improvement: Improvement) -> ProcessInstance:
    case = carried_out(improvement)
    for _ in range(4):
        missed(improvement, case)
        cycle_again(improvement, case)
    missed(improvement, case)
    return case


def test_achieved_target_becomes_the_standard(improvement):
    case = carried_out(improvement)
    improvement.pass_days(28)
    improvement.do(case, *CHECKED, "standardise", "lessons")

    ended = improvement.now(case)
    assert ended.state is InstanceState.COMPLETED
    assert improvement.completed(case) == [
        "start_form", "problem", "begin_cycle", "target", "check_target", "measures", "approve",
        "measure_begun", "measure_begun", "carry_out", "measure_done", "do", "carry_out",
        "measure_done", "do", "observe", *CHECKED, "next_step", "standardise", "lessons",
        "end_standardised",
    ]  # fmt: skip
    assert ended.values["cycle"] == 1
    assert (ended.values["effect"], ended.values["target_reached_percent"]) == (-5.5, 110)


def test_each_measure_is_a_task_of_its_owner_with_its_date(improvement):
    case = improvement.start()
    improvement.do(case, *PLANNED, "approve")

    first, second = improvement.tasks(case, "carry_out")
    assert (first.claimed_by, second.claimed_by) == ("charlie", "frank")
    assert first.due_at == datetime(2026, 3, 20, 10, tzinfo=UTC)  # six in the evening there


def test_forms_of_measures_say_which_one_it_is(improvement):
    case = improvement.start()
    improvement.do(case, *PLANNED, "approve")
    improvement.pass_days(30)

    def shown(element: str, name: str) -> list[object]:
        tasks = improvement.tasks(case, element)
        return [improvement.engine.task_values(task.id, by="dora")[name] for task in tasks]

    assert shown("carry_out", "measure_what") == ["open a second counter", "pay by phone"]
    assert shown("settle_overdue", "overdue_owner") == ["charlie", "frank"]


def test_measure_of_somebody_unknown_is_offered_to_the_lane(improvement):
    case = improvement.start()
    improvement.do(case, *PLANNED, measure_count=1, m1_owner="a supplier",
                   m2_what=None, m2_owner=None, m2_due=None)  # fmt: skip
    improvement.do(case, "approve")

    (task,) = improvement.tasks(case, "carry_out")
    assert (task.claimed_by, task.candidate_group) == (None, "handler")


def test_results_of_the_measures_are_kept_in_their_order(improvement):
    case = improvement.start()
    improvement.do(case, *PLANNED, "approve")
    second = improvement.tasks(case, "carry_out")[1]
    given_up = {"measure_status": "given_up", "measure_progress": 40, "measure_evidence": "none"}
    improvement.engine.claim(second.id, by="frank")
    improvement.engine.complete_task(second.id, by="frank", values=given_up)
    improvement.do(case, "carry_out")

    results = improvement.now(case).values["measure_results"]
    assert [(r["number"], r["owner"], r["status"], r["progress"]) for r in results] == [
        (1, "charlie", "done", 100),
        (2, "frank", "given_up", 40),
    ]


def test_target_that_is_not_smart_comes_back_with_what_is_missing(improvement):
    case = improvement.start()
    improvement.do(case, "problem", "target", target_value=16.0, target_date="2026-03-04")

    assert improvement.open(case) == ["target"]
    assert improvement.now(case).values["smart_gaps"] == ["no_better", "too_soon"]
    improvement.do(case, "target")
    assert improvement.open(case) == ["measures"]
    assert improvement.completed(case).count("check_target") == 2


def test_far_target_needs_grounds(improvement):
    case = improvement.start()
    improvement.do(case, "problem", "target", target_value=5.0)
    assert improvement.now(case).values["smart_gaps"] == ["too_far"]
    improvement.do(case, "target", target_value=5.0, attainable_because="the other clinic has 4")

    assert improvement.open(case) == ["measures"]


def test_whoever_planned_does_not_approve(improvement):
    improvement.engine.add_user(IVAN)
    case = improvement.start()
    improvement.do(case, "problem", "target")
    improvement.do(case, "measures", by="ivan")
    (task,) = improvement.tasks(case, "approve")
    with pytest.raises(NotAllowed):
        improvement.engine.claim(task.id, by="ivan")


def test_plan_that_is_sent_back_is_planned_again(improvement):
    case = improvement.start()
    improvement.do(case, *PLANNED, "approve", approval="revise", approval_note="too dear")
    assert improvement.open(case) == ["measures"]
    improvement.do(case, "measures", "approve")

    assert improvement.open(case) == list(DONE)
    assert improvement.completed(case).count("measures") == 2


def test_refused_plan_ends_the_case(improvement):
    case = improvement.start()
    improvement.do(case, *PLANNED, "approve", approval="stopped", approval_note="no money")

    assert improvement.now(case).state is InstanceState.COMPLETED
    assert improvement.completed(case)[-1] == "end_refused"


def test_problem_that_is_not_worth_it_ends_the_case(improvement):
    case = improvement.start()
    nothing = dict.fromkeys(("needs_rca", "scope_in", "kpi", "direction", "baseline_value",
                             "baseline_from", "baseline_to"))  # fmt: skip
    improvement.do(case, "problem", take_up="no", not_taken_up_reason="solved", **nothing)

    assert improvement.completed(case) == ["start_form", "problem", "end_not_taken_up"]


def test_overdue_measure_goes_to_the_process_owner_and_goes_on(improvement):
    case = improvement.start()
    improvement.do(case, *PLANNED, "approve")
    improvement.pass_days(18)  # 20 March, nine in the morning
    assert "settle_overdue" not in improvement.open(case)
    improvement.pass_days(10 / 24)

    assert improvement.open(case) == [*DONE, "settle_overdue"]
    (escalated, *_) = improvement.events(case, "overdue")
    assert escalated.at == datetime(2026, 3, 20, 11, 20, tzinfo=UTC)
    improvement.do(case, "settle_overdue")
    settled = improvement.now(case).values["overdue_settled"]
    assert [(one["number"], one["decision"]) for one in settled] == [(1, "support")]


def test_each_overdue_measure_is_settled(improvement):
    case = improvement.start()
    improvement.do(case, *PLANNED, "approve")
    improvement.pass_days(30)
    assert improvement.open(case).count("settle_overdue") == 2

    improvement.do(case, "settle_overdue", "settle_overdue", *DONE)

    settled = improvement.now(case).values["overdue_settled"]
    assert sorted(one["number"] for one in settled) == [1, 2]
    assert "do" in improvement.completed(case)


def test_measure_done_in_time_is_not_escalated(improvement):
    case = carried_out(improvement)
    improvement.pass_days(27)

    assert improvement.open(case) == []
    assert improvement.events(case, "overdue") == []
    assert {e.type for e in improvement.events(case, "measure_late")} == {
        EventType.SCHEDULED, EventType.CANCELLED,
    }  # fmt: skip


def test_figures_are_asked_for_when_the_observation_is_over(improvement):
    case = carried_out(improvement)
    begun = improvement.clock.now()
    improvement.pass_days(27.9)
    assert improvement.open(case) == []
    improvement.pass_days(0.1)

    assert improvement.open(case) == ["figures"]
    assert improvement.events(case, "observe")[-1].at == begun + timedelta(days=28)


@pytest.mark.parametrize("verdict", ["partly", "not"])
def test_target_that_is_missed_leads_to_the_next_cycle(improvement, verdict):
    case = carried_out(improvement)
    missed(improvement, case, verdict)
    assert improvement.open(case) == ["new_plan"]
    improvement.do(case, "new_plan")

    assert improvement.open(case) == ["target"]
    assert improvement.now(case).values["cycle"] == 2
    assert improvement.completed(case).count("begin_cycle") == 2


def test_baseline_stays_as_it_was_planned(improvement):
    case = carried_out(improvement)
    missed(improvement, case)
    cycle_again(improvement, case)

    values = improvement.now(case).values
    assert (values["baseline_value"], values["baseline_to"]) == (15, "2026-02-28")


def test_fifth_cycle_without_success_goes_to_the_executive(improvement):
    case = missed_five_times(improvement)

    assert improvement.open(case) == ["decide_after_limit"]
    assert improvement.completed(case).count("judge") == 5
    results = improvement.now(case).values["cycle_results"]
    assert [(one["cycle"], one["verdict"]) for one in results] == [(n, "not") for n in range(1, 6)]

    improvement.do(case, "decide_after_limit")

    assert improvement.now(case).state is InstanceState.COMPLETED
    assert improvement.completed(case)[-2:] == ["decide_after_limit", "end_stopped"]


def test_executive_allows_one_more_cycle(improvement):
    case = missed_five_times(improvement)
    improvement.do(case, "decide_after_limit", after_limit="one_more")
    improvement.do(case, "new_plan")

    assert improvement.now(case).values["cycle"] == 6


def test_message_starts_a_cycle_with_its_values(improvement):
    improvement.engine.correlate(
        "pdca.requested",
        by=None,
        values={"title": "NPS", "problem": "fell", "kpi": "NPS", "source": "alert"},
    )

    (case,) = improvement.engine.instances(by="dora", process_key="pdca")
    assert improvement.completed(case) == ["start_message"]
    assert improvement.open(case) == ["problem"]
    assert case.values["source"] == "alert"


def test_review_begins_by_itself_each_quarter(improvement):
    improvement.clock.set(datetime(2026, 3, 31, 23, 59, tzinfo=UTC))  # a minute to eight there
    improvement.pass_days(0)
    assert improvement.engine.instances(by="dora", process_key="pdca") == []

    for month in (4, 7):
        improvement.clock.set(datetime(2026, month, 1, tzinfo=UTC))
        improvement.pass_days(0)

    second, first = improvement.engine.instances(by="dora", process_key="pdca")
    assert improvement.completed(first) == improvement.completed(second) == ["start_timer"]
    assert improvement.open(first) == ["problem"]
