from __future__ import annotations

import pytest

from engine.domain.routing import InvalidRouting, RoutingRule, choose, ensure_sound, place_percent

KEYS = [f"PV-2026-{number:05d}" for number in range(2000)]


def always(_rule):
    return True


def test_place_is_the_same_for_the_same_key():
    assert place_percent("visit", "PV-2026-00001") == pytest.approx(20.442631, abs=1e-6)


def test_places_spread_evenly():
    places = [place_percent("visit", key) for key in KEYS]

    below = sum(place < 20 for place in places) / len(places)

    assert below == pytest.approx(0.20, abs=0.03)  # three standard deviations


def test_shares_lie_side_by_side():
    rules = [RoutingRule(2, share_percent=20), RoutingRule(3, share_percent=30)]

    chosen = [choose(rules, place, always) for place in (0.0, 19.99, 20.0, 49.99, 50.0)]

    assert chosen == [0, 0, 1, 1, None]


def test_cases_of_a_share_stay_in_it_when_it_grows():
    few, many = [RoutingRule(2, share_percent=10)], [RoutingRule(2, share_percent=25)]
    places = [place_percent("visit", key) for key in KEYS]

    pilots = [place for place in places if choose(few, place, always) == 0]

    assert all(choose(many, place, always) == 0 for place in pilots)


def test_share_counts_among_those_whose_condition_fits():
    rules = [RoutingRule(2, "age > 60", 20), RoutingRule(3, share_percent=20)]

    assert choose(rules, 10, lambda _rule: False) == 1
    assert choose(rules, 30, always) == 1


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([RoutingRule(2, share_percent=0)], "rule 1: a share is above 0"),
        ([RoutingRule(2, share_percent=float("nan"))], "rule 1: a share is above 0"),
        ([RoutingRule(2, share_percent=60), RoutingRule(3, share_percent=60)], "make 120 %"),
        ([RoutingRule(2), RoutingRule(3, "age > 60")], "rule 1 takes every case"),
        ([RoutingRule(2, "a" * 3000)], "at most 2000 letters"),
        ([RoutingRule(2, share_percent=1)] * 51, "at most 50 are allowed"),
    ],
)
def test_unsound_rules_are_refused_in_words(rules, words):
    with pytest.raises(InvalidRouting, match=words):
        ensure_sound("visit", rules)
