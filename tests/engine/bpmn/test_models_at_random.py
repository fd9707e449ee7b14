"""Whatever is done to a case, the deltas tell what waits, and nothing fails but in words."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn import run
from engine.errors import ExecutionFailed
from tests.engine.bpmn.builders import AT
from tests.engine.bpmn.scripted import OPENED, scripts

if TYPE_CHECKING:
    from pathlib import Path

MODELS = sorted({one.model for one in scripts() if not one.is_refused})
VALUES: dict[str, object] = {
    "n": 3, "x": 2, "v": 1, "oid": 7, "amount": 2, "items": [1, 2], "rows": [[1], [2]],
    "ok": True, "a": True, "b": True, "again": False, "stop": False, "more": False, "bad": False,
    "y": False, "gone": False, "day": "monday", "level": "major",
}  # fmt: skip
ANSWERS: dict[str, Any] = {
    "tasks": run.complete,
    "jobs": run.finish_job,
    "subscriptions": run.deliver,
    "calls": run.finish_call,
}


@cache
def program(model: Path) -> run.Program:
    tables = {path.name: path.read_bytes() for path in model.parent.glob("*.dmn")}
    xml = model.read_bytes()
    return run.compile_model(xml, source=model.name, connectors=["http"], decisions=tables)


class Operator:
    """Does anything that may be done to a case."""

    def __init__(self, model: Path, choices: Any) -> None:
        self.program, self.choices = program(model), choices
        graph = self.program.graph
        starts = [node.id for node in graph.children(None) if node.type.value == "startEvent"]
        first = choices.choice(starts) if starts else None
        self.open: dict[str, str] = {}
        self.take(run.start(self.program, values=VALUES, start_event=first, at=AT))

    def take(self, delta: Any, answered: str = "") -> None:
        self.delta = delta
        self.open.pop(answered, None)
        for kind in OPENED:
            for token in getattr(delta, f"closed_{kind}"):
                self.open.pop(token, None)
            self.open |= {one.token: kind for one in getattr(delta, f"opened_{kind}")}

    def act(self) -> None:
        token = self.choices.choice(sorted(self.open))
        kind, what = self.open[token], self.choices.randrange(12)
        case = (self.program, self.delta.state)
        if what == 0:
            self.take(run.skip(*case, token=token, values={}, at=AT))
        elif what == 1:
            place = self.choices.choice(sorted(self.program.graph.nodes))
            gone = self.choices.choice([None, [token], []])
            self.take(run.move(*case, cancel=gone, activate=[place], at=AT))
        elif what == 2:
            values = {"n": self.choices.randrange(4), "ok": self.choices.random() < 0.5}
            self.take(run.set_values(*case, values=values, at=AT))
        elif what == 3 and kind in {"jobs", "calls"}:
            code = self.choices.choice(["42", "1", "unknown"])
            self.take(run.raise_error(*case, token=token, code=code, values={}, at=AT))
        elif what == 4:
            self.take(run.migrate(self.program, *case[:1], case[1], at=AT))
            assert self.delta.facts == ()
        elif kind == "timers":
            self.take(run.fire(*case, token=token, at=AT))
        else:
            values = self.choices.choice([{}, VALUES])
            answered = token if kind in {"tasks", "calls"} else ""
            self.take(ANSWERS[kind](*case, token=token, values=values, at=AT), answered)

    def ensure_told(self) -> None:
        waiting = run.waits(self.program, self.delta.state)
        outside = {one.token for one in waiting if one.kind not in {"join", "condition"}}
        assert outside == set(self.open)
        assert not (self.delta.is_completed and waiting)


@settings(max_examples=200)
@given(st.sampled_from(MODELS), st.randoms(use_true_random=False))
def test_case_tells_what_it_waits_for_whatever_is_done_to_it(model, choices):
    operator = Operator(model, choices)

    for _ in range(12):
        if not operator.open:
            break
        state = operator.delta.state
        try:
            operator.act()
        except ExecutionFailed:
            assert operator.delta.state == state
        operator.ensure_told()


def test_there_are_models_to_choose_from():
    assert len(MODELS) > 100
