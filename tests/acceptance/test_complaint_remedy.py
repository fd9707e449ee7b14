"""The closed loop of a complaint from the remedy on: approval, customer, call-back, archive.

Every test asks the history: it is what KPIs and audits read.
"""

import pytest

from engine.domain.history import EventType
from engine.domain.instance import InstanceState
from engine.errors import NotAllowed
from tests.acceptance.complaints import DAY, HOUR, MAJOR, MINUTE, in_order

# owner and approval


def test_who_answers_first_owns_the_complaint(desk):
    case = desk.registered()
    desk.do(case, "first_response", by="agent_2")

    assert desk.task(case, "investigate").claimed_by == "agent_2"


@pytest.mark.parametrize(
    ("amount", "approver"),
    [(200, None), (201, "leader"), (1000, "leader"), (1001, "manager"), (5001, "executive")],
)
def test_remedy_is_approved_by_who_has_the_authority(desk, amount, approver):
    case = desk.registered()
    desk.do(case, "first_response")
    desk.do(case, "investigate", remedy_amount=amount)

    if approver is None:
        assert desk.open(case) == {"propose"}
        return
    assert desk.task(case, "approve").candidate_group == approver
    desk.do(case, "approve", by=approver)
    assert (desk.performer(case, "approve"), desk.open(case)) == (approver, {"propose"})


def test_refused_approval_sends_the_case_back(desk):
    case = desk.registered()
    desk.do(case, "first_response")
    desk.do(case, "investigate", remedy_amount=900)
    desk.do(case, "approve", approval="no")
    desk.do(case, "investigate", remedy_amount=100)

    assert desk.open(case) == {"propose"}
    assert in_order(desk.passed(case), {"investigate", "approve"}) == [
        "investigate",
        "approve",
        "investigate",
    ]


def test_nobody_approves_a_plan_of_their_own(desk):
    desk.engine.add_user(desk.person("both", "agent", "leader"))
    case = desk.registered()
    desk.do(case, "first_response", by="both")
    desk.do(case, "investigate", by="both", remedy_amount=900)

    with pytest.raises(NotAllowed):
        desk.do(case, "approve", by="both")


def test_late_approval_climbs_the_ladder(desk):
    case = desk.registered()
    desk.do(case, "first_response")
    desk.do(case, "investigate", remedy_amount=900)
    desk.wait(3 * HOUR + MINUTE)
    desk.escalate()

    assert desk.steps(case, "approve") == ["warn", "remind", "escalate executive"]
    assert desk.task(case, "approve").priority == 90


# the customer's reply


def test_customer_accepts_by_message(desk):
    case = desk.handled_to("reply")
    desk.answer(case, customer_reply="accepted")

    assert desk.open(case) == {"confirm_execution"}
    assert "reply_message" in desk.passed(case)


def test_first_refusal_sends_the_case_back_to_the_owner(desk):
    case = desk.handled_to("reply")
    desk.answer(case, customer_reply="refused")

    assert desk.open(case) == {"investigate"}
    assert desk.again(case).values["rejections"] == 1


def test_second_refusal_goes_to_a_review_of_the_second_level(desk):
    case = desk.handled_to("reply")
    desk.do(case, "reply", customer_reply="refused")
    desk.walk(case, until="reply")
    desk.do(case, "reply", customer_reply="refused")

    assert desk.open(case) == {"second_review"}
    desk.do(case, "second_review", by="manager")
    assert desk.open(case) == {"confirm_execution"}
    assert in_order(desk.passed(case), {"reply", "h_refused", "second_review"}) == [
        "reply",
        "reply",
        "h_refused",
        "second_review",
    ]


def test_silent_customer_is_reminded_twice_and_then_taken_at_the_proposal(desk):
    case = desk.handled_to("reply")
    sent = []
    for _ in range(3):
        desk.wait(3 * DAY + MINUTE)
        sent.append(desk.passed(case).count("remind"))

    assert sent == [1, 2, 2]
    assert "h_silent" in desk.passed(case)
    assert "confirm_execution" in desk.open(case)


# call-back, reopening, archive, withdrawal


def test_call_back_is_by_another_person_than_the_owner(desk):
    case = desk.handled_to("call_back")
    owner = desk.performer(case, "first_response")

    with pytest.raises(NotAllowed):
        desk.do(case, "call_back", by=owner)
    desk.do(case, "call_back")
    assert desk.performer(case, "call_back") != owner


def test_nobody_called_within_72_hours(desk):
    case = desk.handled_to("call_back")
    desk.wait(72 * HOUR - MINUTE)
    before = desk.open(case)
    desk.wait(2 * MINUTE)

    assert (before, desk.open(case)) == ({"call_back"}, {"call_back", "chase_call"})
    assert "call_back_late" in desk.passed(case)


def test_archiving_ends_what_was_still_chased(desk):
    case = desk.handled_to("call_back")
    desk.wait(73 * HOUR)
    desk.do(case, "call_back")
    desk.do(case, "classify")

    assert desk.again(case).state is InstanceState.COMPLETED
    cancelled = [e.element_id for e in desk.history(case) if e.type is EventType.CANCELLED]
    assert "chase_call" in cancelled


def test_unsolved_complaint_is_opened_again_with_new_clocks(desk):
    case = desk.handled_to("call_back")
    desk.wait(2 * DAY)
    desk.do(case, "call_back", solved="no")
    reopened = desk.again(case)

    assert desk.open(case) == {"first_response"}
    assert reopened.values["reopened"] == 1
    assert reopened.values["respond_by"] > case.values["respond_by"]
    desk.wait(DAY - MINUTE)
    assert desk.open(case) == {"first_response"}
    desk.wait(2 * MINUTE)
    assert {"step_in", "decide_late"} <= desk.open(case)
    for _ in range(8):
        desk.walk(case)
    assert in_order(desk.passed(case), {"call_back", "reopen", "end_archived"}) == [
        "call_back",
        "reopen",
        "call_back",
        "end_archived",
    ]


def test_nothing_is_archived_before_the_call_back(desk):
    case = desk.handled_to("call_back")

    assert "end_archived" not in desk.passed(case)
    assert desk.open(case) == {"call_back"}


def test_typical_problem_gets_a_prevention_plan(desk):
    case = desk.handled_to("classify")
    desk.do(case, "classify", typical=True, cause_code="method")
    desk.do(case, "prevent")

    ended = desk.again(case)
    assert (ended.state, ended.values["cause_code"]) == (InstanceState.COMPLETED, "method")
    assert desk.passed(case)[-2:] == ["prevent", "end_archived"]


def test_plan_that_is_late_is_the_executives(desk):
    case = desk.handled_to("classify")
    desk.do(case, "classify", typical=True)
    desk.wait(48 * HOUR - MINUTE)
    before = desk.open(case)
    desk.wait(2 * MINUTE)

    assert (before, desk.open(case)) == ({"prevent"}, {"prevent", "chase_plan"})
    assert "plan_late" in desk.passed(case)


def test_withdrawal_stops_all_work(desk):
    case = desk.registered(**MAJOR)
    desk.do(case, "first_response")
    number = case.values["complaint_no"]
    desk.engine.correlate("complaint.withdrawn", by=None, key=number)
    stopped = desk.open(case)
    desk.do(case, "confirm_withdrawal", by="leader")

    (ticket,) = desk.called(case, "internal_ticket")
    assert "investigate" not in stopped
    assert ticket.state is InstanceState.CANCELLED
    assert desk.again(case).state is InstanceState.COMPLETED
    assert desk.passed(case)[-1] == "end_withdrawn"
