"""Internal tickets: accepted in time, further departments, confirmed by who asked."""

from datetime import timedelta

import pytest

from engine.domain.instance import InstanceState
from tests.acceptance.complaints import MINUTE

ASKED = {"subject": "A bed", "description": "For tonight", "department": "pharmacist"}


@pytest.fixture
def ticket(desk):
    """A ticket of its own, as a person asks for something."""
    return desk.engine.start_process(
        "internal_ticket", by="agent", values={**ASKED, "accept_within": "PT2H"}
    )


def test_ticket_is_offered_to_the_department(desk, ticket):
    assert desk.task(ticket, "accept").candidate_group == "pharmacist"


def test_ticket_is_confirmed_by_who_asked(desk, ticket):
    for element in ("accept", "work"):
        desk.do(ticket, element, by="pharmacist")
    desk.do(ticket, "confirm", by="agent")

    assert desk.again(ticket).state is InstanceState.COMPLETED
    assert desk.passed(ticket) == ["ask", "accept", "work", "confirm", "closed"]


def test_ticket_that_is_not_done_goes_back(desk, ticket):
    for element in ("accept", "work"):
        desk.do(ticket, element)
    desk.do(ticket, "confirm", confirmation="no")

    assert desk.open(ticket) == {"work"}
    assert desk.passed(ticket).count("confirm") == 1


@pytest.mark.parametrize(("minutes", "is_chased"), [(119, False), (121, True)])
def test_leader_chases_what_nobody_accepts(desk, ticket, minutes, is_chased):
    desk.wait(minutes * MINUTE)

    assert ("chase" in desk.open(ticket)) is is_chased
    assert ("tell" in desk.passed(ticket)) is is_chased


def test_ticket_asks_further_departments_all_at_once(desk, ticket):
    desk.do(ticket, "accept")
    desk.do(ticket, "work", other_departments=["nurse", "lab"])
    groups = {task.candidate_group for task in desk.tasks(ticket)}
    for one in desk.called(ticket, "internal_ticket"):
        desk.walk(one)

    assert groups == {"nurse", "lab"}
    assert {desk.performer(one, "confirm") for one in desk.called(ticket, "internal_ticket")} == {
        "pharmacist"
    }
    assert desk.open(ticket) == {"confirm"}
    assert len(desk.again(ticket).values["sub_results"]) == 2


def test_complaint_asks_each_department_that_is_needed(desk):
    case = desk.registered()
    desk.do(case, "first_response")
    desk.do(case, "investigate", departments=["pharmacist", "cashier"])
    groups = {task.candidate_group for task in desk.tasks(case)}
    desk.walk(case, until="propose")

    assert groups == {"pharmacist", "cashier"}
    assert len(desk.again(case).values["department_results"]) == 2
    assert desk.open(case) == {"propose"}


def test_complaint_that_needs_no_department_goes_on(desk):
    case = desk.handled_to("propose")

    assert desk.called(case, "internal_ticket") == []


def test_withdrawn_complaint_ends_the_tickets_of_tickets(desk):
    case = desk.registered()
    desk.do(case, "first_response")
    desk.do(case, "investigate", departments=["pharmacist"])
    desk.do(case, "accept")
    desk.do(case, "work", other_departments=["lab"])
    desk.engine.correlate("complaint.withdrawn", by=None, key=case.values["complaint_no"])

    (asked,) = desk.called(case, "internal_ticket")
    (further,) = desk.called(asked, "internal_ticket")
    assert {asked.state, further.state} == {InstanceState.CANCELLED}
    assert desk.open(case) == {"confirm_withdrawal"}


def test_late_ticket_of_a_department_does_not_stop_the_clock_of_closing(desk):
    case = desk.registered()
    desk.do(case, "first_response")
    desk.do(case, "investigate", departments=["pharmacist"])
    desk.wait(timedelta(hours=25))

    assert {"accept", "chase", "decide_late"} <= desk.open(case)
