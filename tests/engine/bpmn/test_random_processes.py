"""Processes drawn at random behave as their blocks say, however often they are saved."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.bpmn import codec
from engine.bpmn.delta import Fact
from engine.bpmn.runtime import ProcessWorkflow
from tests.engine.bpmn.blocks import (
    BLOCKS,
    BLOCKS_WITHOUT_LOOPS,
    FLAGS,
    Drawing,
    expected_tasks,
)
from tests.engine.bpmn.builders import AT, Walk

VALUES = st.fixed_dictionaries({flag: st.booleans() for flag in FLAGS})
CHOICES = st.randoms(use_true_random=False)


def written_by(task: str, visits: Counter, rounds: dict[str, int]) -> dict[str, object]:
    visits[task] += 1
    if task in rounds:
        return {f"redo_{task}": visits[task] % rounds[task] != 0}
    return {task: visits[task]}


def drive(walk: Walk, rounds: dict[str, int], choices) -> Counter:
    visits: Counter[str] = Counter()
    while walk.open:
        task = choices.choice(walk.open)
        walk.do(task, **written_by(task, visits, rounds))
    return visits


@given(BLOCKS, VALUES, CHOICES)
def test_every_task_is_done_as_often_as_the_blocks_say(block, flags, choices):
    drawing = Drawing()
    walk = Walk(drawing.xml(block), **flags)

    visits = drive(walk, drawing.rounds, choices)

    assert walk.is_completed
    assert +visits == +expected_tasks(block, flags)


@given(BLOCKS, VALUES, CHOICES)
def test_no_value_that_a_task_wrote_is_lost(block, flags, choices):
    drawing = Drawing()
    walk = Walk(drawing.xml(block), **flags)

    visits = drive(walk, drawing.rounds, choices)

    written = {task: n for task, n in visits.items() if task not in drawing.rounds}
    assert {key: walk.values[key] for key in written} == written


@given(BLOCKS, VALUES, CHOICES)
def test_every_visit_that_is_scheduled_is_completed_once(block, flags, choices):
    drawing = Drawing()
    walk = Walk(drawing.xml(block), **flags)

    drive(walk, drawing.rounds, choices)

    facts = Counter(walk.trace)
    scheduled = {fact: n for fact, n in facts.items() if fact.startswith("scheduled")}
    assert facts == Counter(scheduled) + Counter(
        {fact.replace("scheduled", "completed"): n for fact, n in scheduled.items()}
    )


@given(BLOCKS, VALUES, CHOICES)
def test_saving_and_loading_after_every_step_changes_nothing(block, flags, choices):
    drawing = Drawing()
    walk = Walk(drawing.xml(block), **flags)
    kept = codec.load(walk.delta.state, walk.program.spec, at=AT)  # and never saved again
    visits: Counter[str] = Counter()

    while walk.open:
        task = choices.choice(walk.open)
        token = next(t for t, e in walk.tasks.items() if e == task)
        values = written_by(task, visits, drawing.rounds)
        facts = in_memory(kept, token, values)
        assert walk.do(task, **values).delta.facts == tuple(facts)
    assert kept.merged_data() == walk.values


def in_memory(workflow: ProcessWorkflow, token: str, values: dict[str, object]) -> list[Fact]:
    before = len(workflow.journal.facts)
    task = workflow.tasks[int(token)]
    task.data = {**task.data, **values}
    task.run()
    workflow.advance()
    return workflow.journal.facts[before:]


@given(BLOCKS_WITHOUT_LOOPS, VALUES, CHOICES)
def test_stock_spiffworkflow_does_the_same_tasks(block, flags, choices):
    xml = Drawing().xml(block)

    assert drive(Walk(xml, **flags), {}, choices) == stock(xml, flags, choices)


def stock(xml: bytes, flags: dict[str, bool], choices) -> Counter:
    parser = BpmnParser()
    parser.add_bpmn_str(xml)
    workflow = BpmnWorkflow(parser.get_spec("visit"))
    workflow.task_tree.data.update(flags)
    done: Counter[str] = Counter()
    workflow.do_engine_steps()
    while ready := workflow.get_tasks(state=TaskState.READY, manual=True):
        task = choices.choice(ready)
        task.run()
        done[task.task_spec.name] += 1
        workflow.do_engine_steps()
    assert workflow.is_completed()
    return done
