"""Every shipped process runs: it is linted, deployed, walked along every branch and simulated."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING

import pytest

from engine.bpmn.dmn import lint_decisions
from engine.bpmn.lint import lint
from engine.clock import FixedClock
from engine.config import EngineConfig
from engine.connectors.registry import Connectors
from engine.connectors.settings import ConnectorSettings
from engine.domain.history import EventType
from engine.domain.identity import Role, User, UserId
from engine.domain.instance import InstanceState
from engine.domain.process_graph import ACTIVITIES, NodeType
from engine.process_engine import ProcessEngine
from simulation.replication import replicate
from simulation.scenario.load import load
from tests.processes.library import MODELS, REHEARSED
from web.demo_cases import filled_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from engine.domain.instance import ProcessInstance
    from tests.processes.library import ShippedModel

MOST_STEPS = 100
ENDS_OF_A_STEP = (EventType.COMPLETED, EventType.CANCELLED)


@pytest.fixture(params=MODELS, ids=str)
def model(request: pytest.FixtureRequest) -> ShippedModel:
    shipped: ShippedModel = request.param
    return shipped


@pytest.fixture(params=REHEARSED, ids=str)
def rehearsed(request: pytest.FixtureRequest) -> ShippedModel:
    shipped: ShippedModel = request.param
    return shipped


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 3, 2, 8, tzinfo=UTC))


@pytest.fixture
def engine(tmp_path: Path, clock: FixedClock, rehearsed: ShippedModel) -> Iterator[ProcessEngine]:
    """An engine with the model, and one person who is of every lane."""
    url = f"sqlite:///{tmp_path / 'library.db'}"
    opened = ProcessEngine.open(EngineConfig(url, sqlite_synchronous="OFF"), clock=clock)
    groups = frozenset({*rehearsed.graph.lanes, *rehearsed.folder.lanes.values()})
    opened.add_user(User(UserId("alice"), "Alice", groups, frozenset({Role.MANAGER})))
    lanes, forms = rehearsed.folder.groups(rehearsed.graph), rehearsed.folder.forms()
    opened.deploy(rehearsed.xml, source=str(rehearsed), forms=forms, lanes=lanes)
    yield opened
    opened.close()


def walks(model: ShippedModel) -> Iterator[tuple[str, dict[str, bool]]]:
    """Every start event with every combination of answers that decide the way."""
    starts = model.graph.of_type(NodeType.START_EVENT)
    for start in starts:
        for answers in product([False, True], repeat=len(model.decides_by)):
            yield start.id, dict(zip(model.decides_by, answers, strict=True))


def walk(
    engine: ProcessEngine,
    clock: FixedClock,
    model: ShippedModel,
    start: str,
    answers: Mapping[str, bool],
) -> ProcessInstance:
    """Take a case from a start event to its end."""
    key = model.graph.key
    form = engine.start_form(engine.definition(key).id, start)
    case = engine.start_process(key, by="alice", values=filled_in(form, answers), start_event=start)
    for _ in range(MOST_STEPS):
        for task in engine.open_tasks(case.id, by="alice"):
            clock.advance(timedelta(minutes=2))
            assert task.form_key is not None
            form = engine.form(task.definition_id, task.form_key)
            engine.claim(task.id, by="alice")
            engine.complete_task(task.id, by="alice", values=filled_in(form, answers))
        if timers := engine.timers(case.id):
            clock.set(timers[0].due_at)
            engine.fire_due_timers()
        case = engine.instance(case.id, by="alice")
        if case.state is not InstanceState.ACTIVE:
            return case
    raise AssertionError(f"{model} does not end with {answers}")


def passed(engine: ProcessEngine, case: ProcessInstance) -> set[str]:
    events = engine.history(case.id, by="alice")
    return {e.element_id for e in events if e.type in ENDS_OF_A_STEP and e.element_id}


def test_model_has_no_findings(model):
    connectors = Connectors.standard(ConnectorSettings()).names()
    findings = lint(
        model.xml,
        source=str(model),
        form_keys=set(model.folder.forms()),
        connectors=connectors,
        decisions=model.decision_ids,
    )

    assert [str(finding) for finding in findings] == []


def test_decision_tables_have_no_findings(model):
    files = model.folder.decisions()
    findings = [one for name in files for one in lint_decisions(files[name], source=name)]

    assert [str(finding) for finding in findings] == []


def test_escalation_ladders_are_those_of_tasks_that_can_be_late(model):
    for element in model.folder.escalation:
        assignment = model.graph.nodes[element].assignment
        assert assignment is not None
        assert assignment.due, element


def test_every_task_has_a_form(model):
    tasks = model.graph.of_type(NodeType.USER_TASK)

    assert [task.id for task in tasks if task.form_key not in model.forms] == []


def test_what_the_decisions_read_is_asked_for_by_a_form(rehearsed):
    asked = {field for key in rehearsed.form_keys for field in rehearsed.forms[key].fields}

    assert set(rehearsed.decides_by) <= asked


def test_lanes_of_the_model_have_groups(model):
    assert set(model.graph.lanes) <= set(model.folder.lanes)
    assert model.folder.external_lanes <= set(model.folder.lanes)


def test_every_walk_comes_to_the_end(engine, clock, rehearsed):
    for start, answers in walks(rehearsed):
        case = walk(engine, clock, rehearsed, start, answers)

        assert case.state is InstanceState.COMPLETED, (start, answers)
        assert case.values.items() >= {k: v for k, v in answers.items() if k in case.values}.items()


def test_walks_pass_every_activity_and_event(engine, clock, rehearsed):
    cases = [walk(engine, clock, rehearsed, *chosen) for chosen in walks(rehearsed)]
    seen = set().union(*(passed(engine, case) for case in cases))

    waiting = (*ACTIVITIES, NodeType.INTERMEDIATE_CATCH_EVENT)
    assert seen >= {node.id for node in rehearsed.graph.of_type(*waiting)}


def test_simulated_day_ends_every_case_and_passes_every_activity(rehearsed):
    assert rehearsed.scenario is not None
    (day,) = replicate(load(rehearsed.scenario), seed=1, replications=range(1))
    figures = {(key.group, key.member, key.name): value for key, value in day.figures.items()}

    assert figures["case", "", "completed"] == figures["case", "", "started"] > 0
    for activity in rehearsed.graph.of_type(*ACTIVITIES):
        assert figures["element", activity.id, "visits"] > 0
