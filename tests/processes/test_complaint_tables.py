"""The decision tables of the complaint: twelve levels, three options, who may approve."""

import pytest

from engine.bpmn.dmn import read_decisions
from tests.processes.library import MODELS


def decide(folder, decision, **values):
    """Ask a decision of a process folder."""
    model = next(model for model in MODELS if model.folder.key == folder)
    for name, xml in model.folder.decisions().items():
        decisions = read_decisions(xml, source=name)
        if decision in decisions:
            return decisions.decide(decision, values).value
    raise AssertionError(f"{folder} has no decision {decision}")


def level(severity, value, *, fault=True):
    offer = decide(
        "compensation", "compensation_offer", severity=severity, value_class=value, fault=fault
    )
    return offer["band"], [offer[f"option_{n}"] for n in (1, 2, 3)]


def test_twelve_levels_can_be_reached():
    levels = [level(severity, value)[0] for severity in "1234" for value in ("low", "mid", "high")]

    assert levels == list(range(1, 13))


def test_level_is_one_less_if_it_was_not_our_fault_and_never_below_the_first():
    assert [level("3", "mid", fault=False)[0], level("1", "low", fault=False)[0]] == [7, 1]


@pytest.mark.parametrize(
    ("severity", "value", "options"),
    [
        ("1", "low", ["L1", "L2", "L3"]),
        ("2", "mid", ["L4", "L5", "L6"]),
        ("4", "high", ["L10", "L11", "L12"]),
    ],
)
def test_three_neighbouring_levels_are_proposed(severity, value, options):
    assert level(severity, value)[1] == options


@pytest.mark.parametrize(
    ("options", "is_valid"),
    [
        (["L4", "L5", "L6"], True),
        (["L1", "L2", "L6"], True),
        (["L4", "L5", "L5"], False),
        (["L4", "L5", "L7"], False),
        (["L4", "L5", "L0"], False),
    ],
)
def test_options_are_checked_against_the_level(options, is_valid):
    chosen = {f"option_{n}": level for n, level in enumerate(options, 1)}

    checked = decide("compensation", "compensation_check", highest="L6", **chosen)

    assert checked["options_valid"] is is_valid


@pytest.mark.parametrize(
    ("chosen", "cost", "approver"),
    [
        ("L4", 200, "agent"),
        ("L4", 201, "leader"),
        ("L7", 1000, "leader"),
        ("L7", 1001, "manager"),
        ("L8", 0, "manager"),
        ("L10", 5000, "manager"),
        ("L10", 5001, "executive"),
        ("L11", 0, "executive"),
    ],
)
def test_compensation_has_an_approver_by_level_and_cost(chosen, cost, approver):
    values = {"chosen_level": chosen, "compensation_amount": cost}

    assert decide("compensation", "compensation_authority", **values) == approver


@pytest.mark.parametrize(
    ("amount", "approver"),
    [(0, "none"), (200, "none"), (200.01, "leader"), (1000, "leader"), (5000, "manager"),
     (5000.01, "executive")],
)  # fmt: skip
def test_remedy_has_an_approver_by_its_cost(amount, approver):
    assert decide("complaint", "authority", remedy_amount=amount) == approver
