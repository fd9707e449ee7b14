"""Compensation: three of twelve levels, within the authority, and the customer who is silent."""

import pytest

from engine.domain.instance import InstanceState
from engine.errors import InvalidForm
from tests.acceptance.complaints import DAY, MINUTE

FAULT = {"fault": True, "severity": "2", "value_class": "mid"}  # level 5 of 12


@pytest.fixture
def compensated(desk):
    """A complaint that has come to the apology, and its compensation."""
    case = desk.handled_to("choose", **FAULT)
    (compensation,) = desk.called(case, "compensation")
    return case, compensation


def choose(desk, case, *options, **answers):
    levels = {f"option_{n}": level for n, level in enumerate(options, 1)}
    desk.do(case, "choose", **levels, **answers)


def pick(desk, case, option):
    values = {"chosen_option": option}
    key = case.values["complaint_no"]
    desk.engine.correlate("compensation.chosen", by=None, key=key, values=values)


def test_complaint_without_fault_or_goodwill_is_not_compensated(desk):
    case = desk.handled_to("reply", fault=False)

    assert desk.called(case, "compensation") == []
    assert "compensation" not in desk.passed(case)


@pytest.mark.parametrize(
    ("fault", "options"), [(True, ["L4", "L5", "L6"]), (False, ["L3", "L4", "L5"])]
)
def test_options_are_proposed_by_the_level(desk, fault, options):
    case = desk.handled_to("choose", **{**FAULT, "fault": fault, "goodwill": True})
    (compensation,) = desk.called(case, "compensation")

    values = compensation.values
    assert [values[f"option_{n}"] for n in (1, 2, 3)] == options
    assert desk.passed(compensation) == ["begin", "band"]


@pytest.mark.parametrize(
    ("options", "wrong"),
    [
        (("L4", "L5", None), "option_3"),
        (("L4", "L5", "L5"), "options_repeat"),
        (("L4", "L5", "L13"), "option_3"),
    ],
)
def test_form_takes_exactly_three_different_options(desk, compensated, options, wrong):
    case, compensation = compensated

    with pytest.raises(InvalidForm) as refused:
        choose(desk, case, *options)

    assert wrong in refused.value.errors
    assert "choose" not in desk.passed(compensation)


def test_form_takes_no_fourth_option(desk, compensated):
    case, compensation = compensated
    values = {f"option_{n}": f"L{n}" for n in (1, 2, 3, 4)}
    task = desk.task(case, "choose")
    desk.engine.claim(task.id, by="agent")

    with pytest.raises(InvalidForm) as refused:
        desk.engine.complete_task(task.id, by="agent", values={**values, "apology": "Sorry about"})

    assert set(refused.value.errors) >= {"option_4"}
    assert "choose" not in desk.passed(compensation)


def test_model_sends_back_what_is_above_the_level(desk, compensated):
    case, compensation = compensated
    choose(desk, case, "L4", "L5", "L12")
    back = desk.open(case)
    choose(desk, case, "L4", "L5", "L6")

    assert (back, desk.open(case)) == ({"choose"}, {"pick"})
    assert desk.passed(compensation) == ["begin", "band", *["choose", "check"] * 2, "offer"]


def test_offer_lists_the_three_options(desk, compensated):
    case, _ = compensated
    choose(desk, case, "L4", "L5", "L6")

    body = desk.mails()[-1].body
    assert [level in body for level in ("L3", "L4", "L5", "L6", "L7")] == [
        False,
        True,
        True,
        True,
        False,
    ]


def test_customer_picks_by_message(desk, compensated):
    case, compensation = compensated
    choose(desk, case, "L2", "L3", "L4")
    pick(desk, case, "L2")

    assert desk.open(case) == {"execute"}
    assert desk.again(compensation).values["chosen_level"] == "L2"
    assert "pick_message" in desk.passed(compensation)


def test_customer_picks_by_phone(desk, compensated):
    case, compensation = compensated
    choose(desk, case, "L2", "L3", "L4")
    desk.do(case, "pick", chosen_option="L4")

    assert desk.again(compensation).values["chosen_level"] == "L4"


@pytest.mark.parametrize("options", [("L4", "L2", "L3"), ("L2", "L3", "L4")])
def test_silent_customer_gets_the_middle_option_after_three_days(desk, compensated, options):
    case, compensation = compensated
    choose(desk, case, *options)
    desk.wait(3 * DAY - MINUTE)
    before = "pick" in desk.open(case)
    desk.wait(2 * MINUTE)

    assert before
    assert desk.again(compensation).values["chosen_level"] == "L3"
    assert "pick_silence" in desk.passed(compensation)


def test_choice_of_something_that_was_not_offered_counts_as_none(desk, compensated):
    case, compensation = compensated
    choose(desk, case, "L2", "L3", "L4")
    pick(desk, case, "L12")

    assert desk.again(compensation).values["chosen_level"] == "L3"


@pytest.mark.parametrize(
    ("level", "cost", "approver"),
    [("L4", 200, None), ("L4", 201, "leader"), ("L5", 0, "leader"), ("L6", 1001, "manager")],
)
def test_compensation_is_approved_by_who_has_the_authority(
    desk, compensated, level, cost, approver
):
    case, compensation = compensated
    choose(desk, case, "L4", "L5", "L6", compensation_amount=cost)
    pick(desk, case, level)

    if approver is None:
        assert desk.open(case) == {"execute"}
        return
    assert desk.task(case, "approve").candidate_group == approver
    desk.do(case, "approve", by=approver)
    assert desk.performer(compensation, "approve") == approver


def test_refused_compensation_is_chosen_anew(desk, compensated):
    case, compensation = compensated
    choose(desk, case, "L4", "L5", "L6")
    pick(desk, case, "L6")
    desk.do(case, "approve", approval="no")
    choose(desk, case, "L2", "L3", "L4")
    pick(desk, case, "L4")
    desk.do(case, "execute", by="finance")

    ended = desk.again(compensation)
    assert (ended.state, ended.values["chosen_level"]) == (InstanceState.COMPLETED, "L4")
    assert desk.passed(compensation).count("choose") == 2


def test_complaint_goes_on_with_what_was_granted(desk, compensated):
    case, _ = compensated
    choose(desk, case, "L2", "L3", "L4")
    pick(desk, case, "L4")
    desk.do(case, "execute", by="finance")

    assert desk.open(case) == {"propose"}
    assert desk.again(case).values["compensation_level"] == "L4"
    assert "compensation" in desk.passed(case)


def test_complaint_is_compensated_once(desk, compensated):
    case, _ = compensated
    desk.walk(case, until="reply")
    desk.do(case, "reply", customer_reply="refused")
    desk.walk(case, until="reply")

    assert desk.open(case) == {"reply"}
    assert len(desk.called(case, "compensation")) == 1


def test_reopened_complaint_may_be_compensated_again(desk, compensated):
    case, _ = compensated
    desk.walk(case, until="call_back")
    desk.do(case, "call_back", solved="no")
    desk.walk(case, until="choose")

    assert [one.business_key for one in desk.called(case, "compensation")] == [
        f"{case.values['complaint_no']}-1",
        f"{case.values['complaint_no']}-2",
    ]
    assert desk.passed(case).count("reopen") == 1
