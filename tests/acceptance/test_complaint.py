"""The closed loop of a complaint, each tier and each clock, on a real engine and a moved clock.

Every test asks the history: it is what KPIs and audits read.
"""

import pytest

from engine.domain.instance import InstanceState
from engine.domain.message import MessageState
from tests.acceptance.complaints import DAY, HOUR, MAJOR, MINUTE, in_order

STAGES = ["register", "tier", "first_response", "confirm_execution", "call_back", "end_archived"]


# six stages


def test_complaint_passes_its_six_stages_in_order(desk):
    case = desk.registered()
    desk.walk(case)

    assert desk.again(case).state is InstanceState.COMPLETED
    assert in_order(desk.passed(case), STAGES) == STAGES


@pytest.mark.parametrize(
    ("message", "start"),
    [("complaint.received", "start_feedback"), ("survey.low_score", "start_survey")],
)
def test_complaint_begins_by_message(desk, message, start):
    values = {"customer": "Bob", "what_happened": "Nobody called back"}
    sent = desk.engine.correlate(message, by="boss", values=values)

    case = desk.engine.instance(sent.message.receiver_id, by="boss")
    assert sent.message.state is MessageState.DELIVERED
    assert (desk.open(case), desk.passed(case)) == ({"register"}, [start, "open_case"])


def test_customer_is_told_the_number_at_once(desk):
    case = desk.registered()

    (mail,) = desk.mails()
    assert (mail.recipient, case.values["complaint_no"] in mail.subject) == (
        "alice@example.org",
        True,
    )
    assert "acknowledge" in desk.passed(case)


def test_letter_goes_to_the_complaint_desk_without_an_address(desk):
    case = desk.complain(contact_email="")
    desk.do(case, "register")

    assert [mail.recipient for mail in desk.mails()] == ["complaints@example.org"]


# tiers, and the clocks of the first answer and of closing


@pytest.mark.parametrize(
    ("answers", "tier", "hours"),
    [
        ({"safety": True}, 1, 1),
        ({"media_legal": True}, 1, 1),
        ({"customers_affected": 10}, 1, 1),
        ({"amount": 5000}, 1, 1),
        ({"vip": True}, 2, 4),
        ({"emotion": "2"}, 2, 4),
        ({"repeat_30d": True}, 2, 4),
        ({"amount": 500}, 2, 4),
        ({}, 3, 24),
    ],
)
def test_first_answer_is_due_by_the_tier(desk, answers, tier, hours):
    case = desk.registered(**answers)
    desk.wait(hours * HOUR - MINUTE)
    before = desk.open(case)
    desk.wait(2 * MINUTE)

    assert (case.values["tier"], case.values["major"]) == (tier, tier == 1)
    assert "step_in" not in before
    assert {"first_response", "step_in"} <= desk.open(case)
    assert {"answer_late", "late_first"} <= set(desk.passed(case))


def test_clock_runs_from_receipt_though_nobody_registers(desk):
    case = desk.complain()
    desk.wait(50 * MINUTE)
    desk.do(case, "register", **MAJOR)
    desk.wait(11 * MINUTE)

    assert "late_first" in desk.passed(case)


def test_answer_in_time_escalates_nothing(desk):
    case = desk.registered(vip=True)
    desk.wait(3 * HOUR)
    desk.do(case, "first_response")
    desk.wait(2 * HOUR)

    assert desk.open(case) == {"investigate"}
    assert "late_first" not in desk.passed(case)


def test_late_answer_is_the_leaders_and_the_owner_may_still_answer(desk):
    case = desk.registered(**MAJOR)
    desk.wait(HOUR + MINUTE)
    desk.do(case, "step_in", by="leader")
    desk.do(case, "first_response", by="agent")

    assert desk.performer(case, "step_in") == "leader"
    assert "investigate" in desk.open(case)


def test_complaint_that_is_not_closed_in_a_day_is_the_managers(desk):
    case = desk.registered()
    desk.do(case, "first_response")
    desk.wait(DAY - MINUTE)
    before = desk.open(case)
    desk.wait(2 * MINUTE)
    desk.do(case, "decide_late", by="manager")

    assert before == {"investigate"}
    assert desk.open(case) == {"investigate"}
    assert "close_late" in desk.passed(case)


def test_complaint_that_was_solved_in_time_is_not_late(desk):
    case = desk.handled_to("call_back")
    desk.wait(2 * DAY)

    assert "close_late" not in desk.passed(case)


# major complaints


def test_major_complaint_starts_work_across_departments(desk):
    case = desk.registered(**MAJOR)

    (ticket,) = desk.called(case, "internal_ticket")
    assert desk.open(case) == {"first_response", "accept"}
    assert desk.task(ticket, "accept").candidate_group == "handler"


@pytest.mark.parametrize(("minutes", "is_told"), [(29, False), (31, True)])
def test_executive_takes_over_what_did_not_start_within_30_minutes(desk, minutes, is_told):
    case = desk.registered(**MAJOR)
    desk.wait(minutes * MINUTE)

    (ticket,) = desk.called(case, "internal_ticket")
    assert ("take_over" in desk.open(case)) is is_told
    assert ("not_started" in desk.passed(case)) is is_told
    assert ("not_accepted" in desk.passed(ticket)) is is_told


def test_ticket_that_was_accepted_in_time_is_nobodys_trouble(desk):
    case = desk.registered(**MAJOR)
    desk.wait(29 * MINUTE)
    desk.do(case, "accept")
    desk.wait(5 * MINUTE)

    assert desk.open(case) == {"first_response", "work"}


def test_executive_takes_over_and_the_ticket_goes_on(desk):
    case = desk.registered(**MAJOR)
    desk.wait(31 * MINUTE)
    desk.do(case, "take_over", by="executive")
    desk.do(case, "accept")

    assert desk.performer(case, "take_over") == "executive"
    assert "work" in desk.open(case)


def test_follow_up_waits_for_the_work_across_departments(desk):
    case = desk.registered(**MAJOR)
    for element in ("first_response", "investigate", "propose", "reply"):
        desk.do(case, element)
    before = desk.open(case)
    for element in ("accept", "work", "confirm"):
        desk.do(case, element)

    assert (before, desk.open(case)) == ({"accept"}, {"confirm_execution"})
    assert "major_ticket" in desk.passed(case)
