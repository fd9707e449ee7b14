"""A root cause analysis: alone, it starts a PDCA cycle; called by one, it gives the causes back."""

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

ANALYSED = ("fishbone", "drill_down", "pareto")
RATED = ("rate", "five_whys", "five_whys")
CONCLUDED = ("conclude", "fmea")
IVAN = User(UserId("ivan"), "Ivan", frozenset({"handler", "quality"}))


def analysis(improvement: Improvement) -> ProcessInstance:
    return improvement.start("root_cause_analysis")


def called(improvement: Improvement) -> tuple[ProcessInstance, ProcessInstance]:
    """A PDCA cycle that waits for its analysis, and the analysis."""
    cycle = improvement.start()
    improvement.do(cycle, "problem", needs_rca="yes")
    (child,) = improvement.engine.called_instances(cycle.id, by="dora")
    return cycle, child


def cycles(improvement: Improvement) -> list[ProcessInstance]:
    return improvement.engine.instances(by="dora", process_key="pdca")


def test_analysis_comes_from_the_problem_to_its_causes(improvement):
    case = analysis(improvement)
    improvement.do(case, "describe", *ANALYSED, *RATED, "verify", *CONCLUDED)

    assert improvement.now(case).state is InstanceState.COMPLETED
    assert improvement.completed(case) == [
        "start_form", "describe", *ANALYSED, "rate", "choose", "five_whys", "five_whys", "verify",
        *CONCLUDED, "end_pdca",
    ]  # fmt: skip


def test_causes_start_a_cycle_with_what_is_known(improvement):
    case = analysis(improvement)
    improvement.do(case, "describe", *ANALYSED, *RATED, "verify", *CONCLUDED)

    (cycle,) = cycles(improvement)
    assert improvement.completed(cycle) == ["start_message"]
    assert improvement.open(cycle) == ["problem"]
    assert (cycle.values["root_cause"], cycle.values["source"]) == (
        "one queue for all",
        "root_cause",
    )


def test_cycle_calls_the_analysis_and_takes_its_causes_over(improvement):
    cycle, child = called(improvement)
    assert improvement.open(cycle) == []
    assert (child.process_key, child.values["problem"]) == (
        "root_cause_analysis",
        "Patients wait 15 minutes",
    )

    improvement.do(child, "describe", *ANALYSED, *RATED, "verify", *CONCLUDED)

    assert improvement.completed(child)[-1] == "end_returned"
    assert improvement.open(cycle) == ["target"]
    assert improvement.completed(cycle) == ["start_form", "problem", "begin_cycle", "rca"]
    values = improvement.now(cycle).values
    assert (values["root_cause"], values["cause_types"]) == ("one queue for all", ["process"])
    assert len(cycles(improvement)) == 1
    assert "why_chains" not in values


def test_next_cycle_may_look_for_causes_again(improvement):
    cycle = improvement.start()
    improvement.do(cycle, "problem", "target", "measures", "approve", "carry_out", "carry_out")
    improvement.pass_days(28)
    improvement.do(cycle, "figures", "judge", verdict="partly")
    improvement.do(cycle, "new_plan", needs_rca="yes")

    (child,) = improvement.engine.called_instances(cycle.id, by="dora")
    assert improvement.open(child) == ["describe"]


def test_fishbone_comes_again_until_three_bones_have_a_cause(improvement):
    case = analysis(improvement)
    improvement.do(case, "describe", "fishbone", cause_method="")
    assert "fishbone" in improvement.open(case)

    improvement.do(case, "fishbone")

    assert "fishbone" not in improvement.open(case)
    assert improvement.completed(case).count("fishbone") == 2


def test_causes_of_high_priority_are_asked_why(improvement):
    case = analysis(improvement)
    improvement.do(case, "describe", *ANALYSED, *RATED)

    chosen = improvement.now(case).values["chosen_causes"]
    assert [(one["bone"], one["score"], one["priority"]) for one in chosen] == [
        ("machine", 16, "high"),
        ("method", 15, "high"),
    ]
    chains = improvement.now(case).values["why_chains"]
    assert [(one["cause"], one["whys"]) for one in chains] == [
        ("old printer", ["it jams"]),
        ("queue", ["it jams"]),
    ]


def test_without_high_priority_the_highest_score_is_asked_why(improvement):
    case = analysis(improvement)
    improvement.do(case, "describe", *ANALYSED)
    low = {"impact_machine": 2, "likelihood_machine": 3, "impact_method": 2, "likelihood_method": 2}
    improvement.do(case, "rate", **low)

    chosen = improvement.now(case).values["chosen_causes"]
    assert [(one["bone"], one["score"]) for one in chosen] == [("machine", 6)]


@pytest.mark.parametrize(
    ("answer", "back_at"), [("other_causes", ["rate"]), ("analyse_again", [*ANALYSED])]
)
def test_cause_that_data_do_not_confirm_leads_back(improvement, answer, back_at):
    case = analysis(improvement)
    improvement.do(case, "describe", *ANALYSED, *RATED, "verify", verification=answer)

    assert sorted(improvement.open(case)) == sorted(back_at)
    improvement.do(case, *back_at, *RATED[1 if back_at == ["rate"] else 0 :], "verify", *CONCLUDED)
    assert improvement.completed(case).count("verify") == 2
    assert improvement.completed(case)[-1] == "end_pdca"


def test_whoever_asked_why_does_not_verify(improvement):
    improvement.engine.add_user(IVAN)
    case = analysis(improvement)
    improvement.do(case, "describe", *ANALYSED, "rate")
    improvement.do(case, *RATED[1:], by="ivan")
    (task,) = improvement.tasks(case, "verify")

    with pytest.raises(NotAllowed):
        improvement.engine.claim(task.id, by="ivan")


def test_time_limit_counts_working_days(improvement):
    # It begins on Tuesday, 29 September 2026; 1 to 7 October are holidays, and Saturday the
    # 10th is worked: 30 September, 8, 9, 10 and 12 October are the five days.
    improvement.clock.set(datetime(2026, 9, 29, 2, 0, tzinfo=UTC))
    case = analysis(improvement)
    improvement.clock.set(datetime(2026, 10, 12, 1, 59, tzinfo=UTC))
    improvement.pass_days(0)
    assert improvement.open(case) == ["describe"]

    improvement.clock.advance(timedelta(minutes=1))
    improvement.pass_days(0)

    assert improvement.open(case) == ["describe", "settle_late"]
    (fired,) = [e for e in improvement.events(case, "late_timer") if e.type is EventType.COMPLETED]
    assert fired.at == datetime(2026, 10, 12, 2, 0, tzinfo=UTC)


def test_late_analysis_goes_on_and_ends(improvement):
    case = analysis(improvement)
    improvement.pass_days(8)
    improvement.do(case, "settle_late")
    improvement.do(case, "describe", *ANALYSED, *RATED, "verify", *CONCLUDED)

    assert improvement.now(case).state is InstanceState.COMPLETED
    assert improvement.completed(case).count("settle_late") == 1


def test_analysis_in_time_is_not_late(improvement):
    case = analysis(improvement)
    improvement.do(case, "describe", *ANALYSED, *RATED, "verify", *CONCLUDED)
    improvement.pass_days(20)

    assert {e.type for e in improvement.events(case, "late_timer")} <= {
        EventType.SCHEDULED, EventType.CANCELLED,
    }  # fmt: skip


def test_alert_starts_an_analysis(improvement):
    alert = {"title": "NPS", "problem": "30 % below for 3 days", "kpi": "NPS"}
    improvement.engine.correlate("root_cause.requested", by=None, values=alert)

    (case,) = improvement.engine.instances(by="dora", process_key="root_cause_analysis")
    assert improvement.completed(case) == ["start_message"]
    assert improvement.open(case) == ["describe"]
