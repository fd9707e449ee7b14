"""Who gets the work when hours differ: Prosimos asks who was free first, we who can begin first.

The oracle books each case when it comes to a task, in the order of coming, and knows nothing of
either simulator. By the rule of Prosimos it gives the figures that Prosimos 2.1.0 gave, by the
other rule it gives ours, to the microsecond.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from simulation.arrivals import draw
from simulation.engine_simpy import simulate
from simulation.exchange.notes import Fate
from simulation.exchange.prosimos_export import export_prosimos
from simulation.net import compile_net
from simulation.scenario.load import build
from simulation.streams import Streams
from tests.simulation.exchange.foreign import ALWAYS, doing, imported, law, model, prosimos
from tests.simulation.exchange.foreign import resource as a_resource

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulation.exchange.importing import Imported

    Rule = Callable[[int, int], tuple[int, ...]]  # free since, can begin at: the least gets it

DAY_S, HOUR_S = 86_400, 3_600
CASES = 2_000


@dataclass(frozen=True)
class Shop:
    """Tasks in a row: how long they take each person, who comes at which hours, how often cases."""

    work_s: dict[str, dict[str, int]]
    hours: dict[str, tuple[int, int]]  # who is not named is always there
    every_s: int

    def begins(self, person: str, at_s: int) -> int:
        """Return when somebody can begin at the earliest."""
        opens, closes = (hour * HOUR_S for hour in self.hours.get(person, (0, 24)))
        day, clock = at_s - at_s % DAY_S, at_s % DAY_S
        if opens <= clock < closes:
            return at_s
        return day + opens + DAY_S * (clock >= closes)

    def ends(self, person: str, begun_s: int, work_s: int) -> int:
        """Return when work is done that rests while the person is off duty."""
        while True:
            begun_s = self.begins(person, begun_s)
            left_s = self.hours.get(person, (0, 24))[1] * HOUR_S - begun_s % DAY_S
            if work_s <= left_s:
                return begun_s + work_s
            work_s, begun_s = work_s - left_s, begun_s + left_s


def mean_cycle_s(shop: Shop, first_s: int, rule: Rule) -> float:
    """Return the mean time of cases; each is booked when it comes to a task."""
    tasks = list(shop.work_s)
    free = {person: shop.begins(person, 0) for found in shop.work_s.values() for person in found}
    came = [first_s + case * shop.every_s for case in range(CASES)]
    queue, total_s = [(at, case, 0) for case, at in enumerate(came)], 0
    while queue:
        at, case, place = heapq.heappop(queue)
        start = {p: shop.begins(p, max(at, free[p])) for p in shop.work_s[tasks[place]]}
        who = min(start, key=lambda p: rule(free[p], start[p]))
        free[who] = shop.ends(who, start[who], shop.work_s[tasks[place]][who])
        if place + 1 < len(tasks):
            heapq.heappush(queue, (free[who], case, place + 1))
        else:
            total_s += free[who] - came[case]
    return total_s / CASES


def who_was_free_first(free_s: int, _begins_s: int) -> tuple[int, ...]:
    return (free_s,)


def who_can_begin_first(free_s: int, begins_s: int) -> tuple[int, ...]:
    return (begins_s, free_s)


def imported_shop(folder: Path, shop: Shop) -> Imported:
    """Import a shop as a file of Prosimos."""
    row = ["start", *shop.work_s, "end"]
    body = "".join(f'<task id="{task}"/>' for task in shop.work_s) + "".join(
        f'<sequenceFlow id="{a}-{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairwise(row)
    )
    process = f'<process id="p"><startEvent id="start"/>{body}<endEvent id="end"/></process>'
    people = sorted({person for found in shop.work_s.values() for person in found})
    staff = [a_resource(p, calendar=p if p in shop.hours else "always") for p in people]
    week = {
        person: [{"from": "MONDAY", "to": "SUNDAY",
                  "beginTime": f"{opens:02}:00:00", "endTime": f"{closes:02}:00:00"}]
        for person, (opens, closes) in shop.hours.items()
    }  # fmt: skip
    document = prosimos(
        resource_profiles=[{"id": "s", "name": "Staff", "resource_list": staff}],
        arrival_time_distribution=law("fix", shop.every_s),
        arrival_time_calendar=ALWAYS,
        gateway_branching_probabilities=[],
        event_distribution=[],
        resource_calendars=[
            {"id": name, "name": name, "time_periods": periods}
            for name, periods in {"always": ALWAYS, **week}.items()
        ],
        task_resource_distribution=[
            doing(task, **{person: law("fix", work_s) for person, work_s in found.items()})
            for task, found in shop.work_s.items()
        ],
    )
    return imported(folder, document, model(process=process))


def simulated_s(found: Imported) -> float:
    """Return the mean time of cases as we simulate them."""
    scenario = build(
        {**found.scenario.raw, "run": {**found.scenario.raw["run"], "cases": CASES}},
        graph=found.scenario.graph,
        source="shop.yaml",
    )
    net, streams = compile_net(scenario), Streams(seed=1, replication=0)
    arrivals = draw(net, streams)
    run = simulate(net, arrivals, streams)
    return float((run.ended - arrivals.times).mean()) / 1e6


GOES_HOME = Shop({"a": {"ann": 300, "bo": 300}}, {"ann": (9, 17)}, 600)
OVERLAP = {"a": {"ann": 307, "bo": 311}, "b": {"bo": 293, "cy": 331}}
ROUND = OVERLAP | {"c": {"ann": 97, "cy": 131}}
SHOPS = [
    (GOES_HOME, 699.0),
    (Shop(OVERLAP, {}, 401), 626.66),
    (Shop(OVERLAP, dict.fromkeys(("ann", "bo", "cy"), (9, 17)), 1901), 23_226.28),
    (Shop(OVERLAP, {"ann": (9, 17), "bo": (8, 20), "cy": (0, 12)}, 1201), 16_398.56),
    (Shop(ROUND, {"ann": (9, 17), "cy": (12, 23)}, 1201), 9_908.10),
]


@pytest.mark.parametrize(("shop", "theirs_s"), SHOPS)
def test_prosimos_books_whoever_was_free_first(shop, theirs_s):
    """The figures of Prosimos 2.1.0, measured; its first case comes when the run starts."""
    assert mean_cycle_s(shop, 0, who_was_free_first) == pytest.approx(theirs_s, abs=0.005)


@pytest.mark.parametrize("shop", [shop for shop, _ in SHOPS])
def test_work_goes_to_whoever_can_begin_first(tmp_path, shop):
    """Our first case comes after an interval."""
    expected_s = mean_cycle_s(shop, shop.every_s, who_can_begin_first)

    assert simulated_s(imported_shop(tmp_path, shop)) == pytest.approx(expected_s, abs=1e-6)


def test_one_case_an_evening_waits_for_who_went_home():
    """By hand: two are there for one case in 600 s; of 2,000 cases 14 are booked for nobody.

    The one at 17:10 waits until 9:00: 300 s + 14 x 57,000 s / 2,000.
    """
    assert mean_cycle_s(GOES_HOME, 0, who_was_free_first) == 300 + 14 * 57_000 / 2_000
    assert mean_cycle_s(GOES_HOME, 0, who_can_begin_first) == 300


def test_import_and_export_say_where_figures_come_out_otherwise(tmp_path):
    found = imported_shop(tmp_path, SHOPS[-1][0])

    out = export_prosimos(found.scenario).notes
    for notes, field in ((found.notes, "task_resource_distribution"), (out, "resources")):
        (words,) = [n.words for n in notes.of(Fate.TRANSLATED) if n.field == field]
        assert words.startswith("a, b, c: those who share the work have different hours")


def test_same_hours_need_no_words(tmp_path):
    found = imported_shop(tmp_path, SHOPS[2][0])

    assert "different hours" not in " ".join(note.words for note in found.notes.entries)
