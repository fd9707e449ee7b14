"""Multi-instance activities and standard loops."""

from __future__ import annotations

from collections import Counter

import pytest

from simulation.errors import ScenarioInvalid, SimulationFailed
from tests.engine.bpmn.builders import boundary, element, end, start, user
from tests.simulation.builders import a_run
from tests.simulation.flow.cases import ended, happened, minutes, of, told
from tests.simulation.flow.test_scopes import sub

WAYS = "start > work > after > end"
AFTER = user("after")


def many(cardinality: str = "3", *, sequential: bool = False, until: str = "") -> str:
    words = ' isSequential="true"' * sequential
    number = f"<loopCardinality>{cardinality}</loopCardinality>" * bool(cardinality)
    done = f"<completionCondition>{until}</completionCondition>" * bool(until)
    inside = f"<multiInstanceLoopCharacteristics{words}>{number}{done}"
    return element("userTask", "work", f"{inside}</multiInstanceLoopCharacteristics>")


def loop(condition: str = "", *, before: bool = False, most: int | None = None) -> str:
    words = ' testBefore="true"' * before + f' loopMaximum="{most}"' * (most is not None)
    inside = f"<loopCondition>{condition}</loopCondition>" * bool(condition)
    content = f"<standardLoopCharacteristics{words}>{inside}</standardLoopCharacteristics>"
    return element("userTask", "work", content)


def test_instances_are_worked_at_side_by_side():
    assert happened(of(many() + AFTER, WAYS)) == [*["work 0-10"] * 3, "after 10-20"]


def test_instances_queue_for_the_one_who_does_them():
    scenario = of(many() + AFTER, WAYS, resources={"clerk": {"units": 1}})

    assert happened(scenario) == ["work 0-10", "work 0-20", "work 0-30", "after 30-40"]


def test_sequential_instances_come_one_after_another():
    scenario = of(many(sequential=True) + AFTER, WAYS)

    assert happened(scenario) == ["work 0-10", "work 10-20", "work 20-30", "after 30-40"]


def test_no_instance_at_all_passes():
    assert happened(of(many("0") + AFTER, WAYS)) == ["after 0-10"]


def test_number_of_instances_may_be_case_data():
    arrivals = {"start": {"interval": minutes(0), "attributes": {"n": {"constant": 2}}}}

    assert happened(of(many("n") + AFTER, WAYS, arrivals=arrivals))[1:] == [
        "work 0-10",
        "after 10-20",
    ]


def test_number_of_instances_is_asked_for_when_the_model_takes_it_from_data():
    with pytest.raises(ScenarioInvalid, match=r"repetitions\.work: .*'items' of the model needs"):
        of(many("items") + AFTER, WAYS)


def test_scenario_says_how_many_instances_there_are():
    scenario = of(many("items") + AFTER, WAYS, repetitions={"work": 4})

    assert Counter(happened(scenario))["work 0-10"] == 4


def test_number_of_instances_may_be_drawn():
    count = {"uniform": {"min": 0.5, "max": 3.5}}
    scenario = of(
        many("items"),
        "start > work > end",
        repetitions={"work": count},
        run={"cases": 900},
        demands={"work": "none"},
    )
    run = a_run(scenario)

    per_case = Counter(Counter(run.case.tolist()).values())
    assert set(per_case) == {1, 2, 3}
    assert all(n / 900 == pytest.approx(1 / 3, abs=0.06) for n in per_case.values())


def test_completion_condition_may_count():
    scenario = of(many(until="nrOfCompletedInstances &gt;= 2", sequential=True) + AFTER, WAYS)

    assert happened(scenario) == ["work 0-10", "work 10-20", "after 20-30"]


def test_instances_that_are_not_needed_any_more_are_withdrawn():
    scenario = of(
        many(until="nrOfCompletedInstances &gt;= 2") + AFTER,
        WAYS,
        resources={"clerk": {"units": 1}},
    )

    assert happened(scenario) == ["work 0-10", "work 0-20", "work 0-20 cancelled", "after 20-30"]


def test_share_says_whether_another_instance_is_needed():
    scenario = of(
        many("1000", until="found", sequential=True),
        "start > work > end",
        repetitions={"work": "60%"},
        run={"cases": 2000},
        demands={"work": "none"},
    )
    run = a_run(scenario)

    assert len(run.case) / 2000 == pytest.approx(1 / 0.4, rel=0.05)


def test_event_at_the_border_stops_all_instances():
    model = many(sequential=True) + AFTER + boundary("late", "work", "PT15M") + end("other")

    assert happened(of(model, WAYS + "\nlate > other")) == [
        "work 0-10",
        "late 0-15",
        "work 10-15 cancelled",
    ]


def test_instances_of_a_subprocess_have_joins_of_their_own():
    inside = start("s") + element("parallelGateway", "f") + element("parallelGateway", "j")
    inside += user("a", "b") + end("e")
    content = "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
    content += "</multiInstanceLoopCharacteristics>"
    model = sub(content + inside, "s > f > a > j > e\nf > b > j") + AFTER
    scenario = of(
        model,
        "start > sub > after > end",
        durations={name: {"uniform": {"min": "1min", "max": "20min"}} for name in ("a", "b")},
        run={"cases": 30},
        resources={"clerk": {"units": 500}},
    )
    run = a_run(scenario)

    assert all(Counter(t.split()[0] for t in told(run, c))["sub"] == 3 for c in range(30))
    assert (run.ended > 0).all()


def test_loop_goes_round_as_long_as_its_share_says():
    scenario = of(
        loop("redo"),
        "start > work > end",
        repetitions={"work": "50%"},
        run={"cases": 2000},
        demands={"work": "none"},
    )
    run = a_run(scenario)

    assert len(run.case) / 2000 == pytest.approx(2, rel=0.06)


def test_loop_goes_round_so_often_as_the_scenario_says():
    assert len(happened(of(loop("redo"), "start > work > end", repetitions={"work": 3}))) == 3


def test_loop_counts_its_rounds():
    assert len(happened(of(loop("loopCounter &lt; 4"), "start > work > end"))) == 4


def test_loop_goes_round_at_most_so_often():
    assert len(happened(of(loop("loopCounter &lt; 9", most=2), "start > work > end"))) == 2


def test_loop_with_a_maximum_alone_goes_round_so_often():
    assert len(happened(of(loop(most=2), "start > work > end"))) == 2


def test_loop_that_is_tested_before_may_be_skipped():
    model = loop("loopCounter &lt; 0", before=True)

    assert happened(of(model, "start > work > end")) == []


def test_rounds_of_a_loop_are_asked_for_when_the_model_takes_them_from_data():
    with pytest.raises(ScenarioInvalid, match=r"repetitions\.work: is required: how many rounds"):
        of(loop("redo"), "start > work > end")


def test_loop_without_end_in_which_no_time_passes_is_reported():
    content = "<standardLoopCharacteristics><loopCondition>loopCounter &gt; -1</loopCondition>"
    content += "</standardLoopCharacteristics>"
    model = sub(content + start("s") + end("e"), "s > e")

    with pytest.raises(SimulationFailed, match="'sub': a case comes here more than 10000 times"):
        a_run(of(model, "start > sub > end"))


def test_loop_of_a_subprocess_in_which_no_time_passes_needs_no_depth():
    content = '<standardLoopCharacteristics loopMaximum="5000"></standardLoopCharacteristics>'
    model = sub(content + start("s") + end("e"), "s > e")
    run = a_run(of(model, "start > sub > end"))

    assert len(run.case) == 5000
    assert ended(run) == [0]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ({"constant": 2.5}, "the number of instances is no whole number but 2.5"),
        ({"constant": "many"}, "the number of instances is no whole number but 'many'"),
        ({"constant": 30_000}, "30000 instances; 0 to 20000 are allowed"),
    ],
)
def test_number_of_instances_that_is_none_is_reported(number, words):
    arrivals = {"start": {"interval": minutes(0), "attributes": {"n": number}}}

    with pytest.raises(SimulationFailed, match=f"'work': {words}"):
        a_run(of(many("n") + AFTER, WAYS, arrivals=arrivals))


def test_loop_whose_condition_cannot_be_evaluated_is_reported():
    arrivals = {"start": {"interval": minutes(0), "attributes": {"n": {"constant": "x"}}}}

    with pytest.raises(SimulationFailed, match="'work'"):
        a_run(of(loop("n &gt; 1"), "start > work > end", arrivals=arrivals))


@pytest.mark.parametrize("given", [{"count": {"constant": 3}, "share": "50%"}, "50%"])
def test_share_is_refused_in_words_where_the_model_has_no_completion_condition(given):
    with pytest.raises(ScenarioInvalid) as refused:
        of(many(), "start > work > end", repetitions={"work": given})

    (problem,) = refused.value.problems
    assert problem.field == "repetitions.work"
    assert "stands for a completion condition, and the model has none here" in problem.message


def test_share_for_what_is_not_repeated_is_refused_once():
    with pytest.raises(ScenarioInvalid) as refused:
        of(user("work"), "start > work > end", repetitions={"work": "50%"})

    (problem,) = refused.value.problems
    assert "there are no activities that are repeated" in problem.message
