"""Random processes of every construct: straight run, reloaded and replayed, all the same."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, note, settings
from hypothesis import strategies as st

from engine.bpmn import codec, run, runtime
from engine.bpmn.stepping import found
from tests.engine.bpmn.blocks import FLAGS
from tests.engine.bpmn.builders import AT
from tests.engine.bpmn.rich_blocks import RICH, RichDrawing, expected

if TYPE_CHECKING:
    from engine.bpmn.runtime import ProcessWorkflow

VALUES = st.fixed_dictionaries({flag: st.booleans() for flag in FLAGS})
CHOICES = st.randoms(use_true_random=False)
KINDS = {"t": "task", "j": "job", "r": "receive", "c": "call", "last": "last"}
FUNCTIONS: dict[str, Any] = {
    "tasks": run.complete,
    "jobs": run.finish_job,
    "subscriptions": run.deliver,
    "calls": run.finish_call,
}
GRAPHS = 200


@pytest.fixture(autouse=True, scope="module")
def _every_loop_is_large():
    """Instances that wait are text in the state of every loop of two or more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec, "MANY", 1)
        yield


class Driver:
    """Drives a case to its end, reloading it for every step; repeats each step in memory."""

    def __init__(self, program: run.Program, flags: dict[str, bool], drawing: RichDrawing) -> None:
        self.program, self.drawing = program, drawing
        self.open: dict[str, tuple[str, Any]] = {}
        self.done: Counter[str] = Counter()
        self.written: dict[str, object] = {}
        self.commands: list[tuple[str, str, dict[str, object]]] = []
        self.deltas = [run.start(program, values=flags, start_event=None, at=AT)]
        self.kept = codec.load(self.deltas[0].state, program.spec, at=AT)  # and never saved again
        self._note()

    def _note(self) -> None:
        delta = self.deltas[-1]
        for kind in FUNCTIONS:
            for token in getattr(delta, f"closed_{kind}"):
                self.open.pop(token)
            for one in getattr(delta, f"opened_{kind}"):
                self.open[one.token] = (kind, one)

    def drive(self, choices: Any) -> None:
        for _ in range(400):
            waiting = sorted(
                token for token, (_, one) in self.open.items() if not self._is_enough(one)
            )
            if not waiting:
                return
            self.step(choices.choice(waiting))
        raise AssertionError("does not end")

    def _is_enough(self, one: Any) -> bool:
        """Events beside a scope happen at most twice; without limit they never end."""
        return one.element_id in self.drawing.optional and self.done[one.element_id] > 1

    def cancelled(self) -> Counter[str]:
        facts = [fact for delta in self.deltas for fact in delta.facts]
        return Counter(f.element_id for f in facts if f.type.value == "cancelled")

    def step(self, token: str) -> None:
        kind, one = self.open[token]
        values = self._values(one)
        self.commands.append((kind, token, values))
        if kind in {"tasks", "calls"}:
            del self.open[token]
        function, before = FUNCTIONS[kind], self.deltas[-1].state
        self.deltas.append(function(self.program, before, token=token, values=values, at=AT))
        self.done[one.element_id] += 1
        assert in_memory(self.kept, kind, token, values) == self.deltas[-1].facts
        assert self.kept.merged_data() == self.deltas[-1].values
        self._note()

    def _values(self, one: Any) -> dict[str, object]:
        """Every visit writes a value of its own; a task that closes a loop counts its rounds."""
        values: dict[str, object] = {f"{one.element_id}_{self.done[one.element_id]}": True}
        self.written |= values
        if one.element_id in self.drawing.rounds:
            name = f"n_{one.element_id}"
            values[name] = one.values.get(name, 0) + 1
        return values


def in_memory(workflow: ProcessWorkflow, kind: str, token: str, values: Any) -> tuple[Any, ...]:
    before = len(workflow.journal.facts)
    task = found(workflow, token)
    assert task is not None
    if kind == "subscriptions":
        task.received = values
    elif kind == "calls":
        task.task_spec.take(task, values)
    else:
        task.data = {**task.data, **values}
    task.run()
    workflow.advance()
    return tuple(workflow.journal.facts[before:])


def driven(block: Any, flags: dict[str, bool], choices: Any) -> Driver:
    drawing = RichDrawing()
    xml = drawing.xml(block)
    note(xml.decode())
    driver = Driver(run.compile_model(xml, source="random.bpmn"), flags, drawing)
    driver.drive(choices)
    return driver


@settings(max_examples=GRAPHS)
@given(RICH, VALUES, CHOICES)
def test_process_runs_as_its_blocks_say_however_often_it_is_reloaded(block, flags, choices):
    driver = driven(block, flags, choices)

    last, drawing, done = driver.deltas[-1], driver.drawing, driver.done
    assert last.is_completed
    assert {key: last.values.get(key) for key in driver.written} == driver.written
    ended = done + driver.cancelled()  # an error interrupts what goes on beside a scope
    assert {n: ended[n] for n in drawing.follows} == {
        n: done[m] for n, m in drawing.follows.items()
    }
    by_kind = Counter({"race": sum(done[a] + done[b] for a, b in drawing.either)})
    for name, times in done.items():
        kind = KINDS.get(re.sub(r"\d+$", "", name))
        by_kind[kind or ""] += times
    del by_kind[""]
    assert +by_kind == +expected(block, flags)
    ensure_visits_end(driver)
    ensure_replay(driver, flags)


def ensure_visits_end(driver: Driver) -> None:
    """Every visit that was scheduled is completed or cancelled once."""
    facts = Counter((f.type.value, f.element_id, f.token) for d in driver.deltas for f in d.facts)
    assert set(facts.values()) <= {1}
    scheduled = {key[1:] for key in facts if key[0] == "scheduled"}
    ended = [key[1:] for key in facts if key[0] in {"completed", "cancelled"}]
    assert sorted(ended) == sorted(scheduled)


def ensure_replay(driver: Driver, flags: dict[str, bool]) -> None:
    """The commands of the history, given again, change the same."""
    deltas = [run.start(driver.program, values=flags, start_event=None, at=AT)]
    for kind, token, values in driver.commands:
        state = deltas[-1].state
        deltas.append(FUNCTIONS[kind](driver.program, state, token=token, values=values, at=AT))
    assert deltas == driver.deltas


@settings(max_examples=50)
@given(RICH, VALUES, CHOICES, st.integers(1, 5))
def test_budget_of_steps_changes_nothing_but_the_number_of_commands(block, flags, choices, budget):
    driver = driven(block, flags, choices)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtime, "MOST_STEPS", budget)
        delta, facts = proceeded(
            driver.program, run.start(driver.program, values=flags, start_event=None, at=AT)
        )
        for kind, token, values in driver.commands:
            function, state = FUNCTIONS[kind], delta.state
            answered = function(driver.program, state, token=token, values=values, at=AT)
            delta, more = proceeded(driver.program, answered)
            facts += more
    assert facts == [fact for one in driver.deltas for fact in one.facts]
    assert delta.values == driver.deltas[-1].values


def proceeded(program: run.Program, delta: Any) -> tuple[Any, list[Any]]:
    """Go on until the budget lasts, as the worker does."""
    facts = list(delta.facts)
    while jobs := [job for job in delta.opened_jobs if job.kind == "continue"]:
        delta = run.proceed(program, delta.state, token=jobs[0].token, at=AT)
        facts += delta.facts
    return delta, facts
