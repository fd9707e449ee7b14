"""Runs a case by a script of commands and expectations that stands beside its model.

One line is one command or one expectation; the file says what happened between two lines:

    start [start event] [values]        do ELEMENT [values]         fire ELEMENT
    message NAME[/KEY] [values]         signal NAME [values]        set VALUES
    job ELEMENT [values]                error ELEMENT CODE [values] escalate ELEMENT CODE
    called ELEMENT [values]             proceed
    skip ELEMENT [values]               move ELEMENTS|* > ELEMENTS [values]
    ran ELEMENT …       completed since the last such line, in this order
    cancelled ELEMENT … withdrawn since the last such line, in any order
    waits ELEMENT …     what waits now: tasks, timers, jobs, subscriptions, calls, conditions
    threw NAME[/KEY] …  messages and signals since the last such line
    uncaught KIND:CODE … since the last such line
    lane ELEMENT NAME   the lane an element is in
    lacks NAME …        the case has no such values
    values VALUES       the case has these values, and perhaps others
    sees ELEMENT VALUES what the last opened task, job or call of this element gets to see
    completed | open    whether the case is over
    fails ELEMENT WORDS the next command is refused: the element, and words of the reason
    refused ELEMENT WORDS   the model is refused at deployment: the element, and words

Every command loads the state that the one before it saved. Signals that the case throws are
delivered to the case itself, as the services do after the commit; so are messages.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from engine.bpmn import run
from engine.errors import ExecutionFailed, InvalidModel
from tests.engine.bpmn.builders import AT

if TYPE_CHECKING:
    from engine.bpmn.delta import Delta

MODELS = Path(__file__).parent / "models"
OPENED = ("tasks", "timers", "jobs", "subscriptions", "calls")


@dataclass(frozen=True)
class Script:
    """A model and what is done with it; the first line is a comment that says what it shows."""

    path: Path

    @property
    def lines(self) -> list[str]:
        text = self.path.read_text(encoding="utf-8")
        return [line.strip() for line in text.splitlines() if line.strip()]

    @property
    def title(self) -> str:
        return self.lines[0].removeprefix("#").strip()

    @property
    def element(self) -> str:
        return self.path.parent.name

    @property
    def model(self) -> Path:
        """The model of the same name; a script may share one: ``name~variant.steps``."""
        return self.path.with_name(f"{self.path.stem.partition('~')[0]}.bpmn")

    @property
    def is_refused(self) -> bool:
        return any(line.startswith("refused") for line in self.lines)


def scripts() -> list[Script]:
    return [Script(path) for path in sorted(MODELS.glob("*/*.steps"))]


class Player:
    """Plays one script."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._expected_failure: list[str] | None = None
        self._opened: dict[str, tuple[str, Any]] = {}  # token -> kind, what opened
        self._marks: dict[str, int] = {}
        self._facts: list[Any] = []
        self._thrown: list[Any] = []
        self._uncaught: list[Any] = []
        self.delta: Delta

    def play(self) -> None:
        commands = [line for line in self._script.lines if not line.startswith("#")]
        xml, name = self._script.model.read_bytes(), self._script.model.name
        if commands[0].startswith("refused"):
            self._is_refused(xml, name, commands[0].split()[1:])
            return
        self.program = self._compiled(xml, name)
        for line in commands:
            word, *rest = _words(line)
            getattr(self, f"_{word}")(*rest)

    def _is_refused(self, xml: bytes, name: str, expected: list[str]) -> None:
        with pytest.raises(InvalidModel) as refusal:
            self._compiled(xml, name)
        element, *words = expected
        hits = [one for one in refusal.value.findings if one.element_id == element]
        assert hits, f"nothing is said about {element}: {refusal.value}"
        assert any(one.line and " ".join(words) in one.message for one in hits), refusal.value

    def _compiled(self, xml: bytes, name: str) -> run.Program:
        tables = {path.name: path.read_bytes() for path in self._script.path.parent.glob("*.dmn")}
        return run.compile_model(xml, source=name, connectors=["http"], decisions=tables)

    # -- commands -------------------------------------------------------------------------

    def _command(self, function: Any, *, state: bool = True, **arguments: Any) -> None:
        before = (self.delta.state,) if state else ()
        if self._expected_failure is not None:
            element, *words = self._expected_failure
            self._expected_failure = None
            with pytest.raises(ExecutionFailed, match=" ".join(words)) as failure:
                function(self.program, *before, at=AT, **arguments)
            assert failure.value.element_id == element
            return
        self._take(function(self.program, *before, at=AT, **arguments))

    def _take(self, delta: Delta) -> None:
        self.delta = delta
        for kind in OPENED:
            for token in getattr(delta, f"closed_{kind}"):
                assert self._opened.pop(token)[0] == kind
            for one in getattr(delta, f"opened_{kind}"):
                self._opened[one.token] = (kind, one)
        self._facts += delta.facts
        self._uncaught += delta.uncaught
        self._thrown += delta.thrown
        for thrown in delta.thrown:
            self._deliver(str(thrown.kind), thrown.name, thrown.key, dict(thrown.values))

    def _token(self, kind: str, element: str) -> str:
        open_ = {token: (kind, one.element_id) for token, (kind, one) in self._opened.items()}
        waiting = [token for token, where in open_.items() if where == (kind, element)]
        assert waiting, f"no {kind} open at {element}: {self._opened}"
        return waiting[0]

    def _answer(self, function: Any, kind: str, element: str, **arguments: Any) -> None:
        is_failing = self._expected_failure is not None
        token = self._token(kind, element)
        if not is_failing and kind in {"tasks", "calls"}:
            del self._opened[token]
        self._command(function, token=token, **arguments)

    def _start(self, event: Any = None, values: Any = None) -> None:
        if isinstance(event, dict):
            event, values = None, event
        self._command(run.start, state=False, start_event=event, values=values or {})

    def _do(self, element: str, values: Any = None) -> None:
        self._answer(run.complete, "tasks", element, values=values or {})

    def _fire(self, element: str) -> None:
        self._answer(run.fire, "timers", element)

    def _job(self, element: str, values: Any = None) -> None:
        self._answer(run.finish_job, "jobs", element, values=values or {})

    def _called(self, element: str, values: Any = None) -> None:
        self._answer(run.finish_call, "calls", element, values=values or {})

    def _error(self, element: str, code: str, values: Any = None) -> None:
        found = [(k, t) for t, (k, one) in self._opened.items() if one.element_id == element]
        token = next(t for k, t in found if k in {"jobs", "calls"})
        self._command(run.raise_error, token=token, code=code, values=values or {})

    def _escalate(self, element: str, code: str, values: Any = None) -> None:
        token = next(t for t, (_, one) in self._opened.items() if one.element_id == element)
        self._command(run.escalate, token=token, code=code, values=values or {})

    def _message(self, name: str, values: Any = None) -> None:
        name, _, key = name.partition("/")
        assert self._deliver("message", name, key or None, values or {}), f"{name} is not awaited"

    def _signal(self, name: str, values: Any = None) -> None:
        assert self._deliver("signal", name, None, values or {}), f"{name} is not awaited"

    def _deliver(self, kind: str, name: str, key: str | None, values: Any) -> bool:
        waiting = [
            token
            for token, (opened, one) in self._opened.items()
            if opened == "subscriptions" and (str(one.kind), one.name, one.key) == (kind, name, key)
        ]
        for token in waiting[:1] if kind == "message" else waiting:
            if token in self._opened:
                self._command(run.deliver, token=token, values=values)
        return bool(waiting)

    def _set(self, values: Any) -> None:
        self._command(run.set_values, values=values)

    def _proceed(self) -> None:
        jobs = [one for kind, one in self._opened.values() if kind == "jobs"]
        token = next(job.token for job in jobs if job.kind == "continue")
        self._command(run.proceed, token=token)

    def _skip(self, element: str, values: Any = None) -> None:
        token = next(t for t, (_, one) in self._opened.items() if one.element_id == element)
        self._command(run.skip, token=token, values=values or {})

    def _move(self, cancelled: str, _: str, activated: str, values: Any = None) -> None:
        cancel = cancelled.split(",")
        gone = [t for t, (_, one) in self._opened.items() if one.element_id in cancel]
        self._command(
            run.move,
            cancel=None if cancelled == "*" else gone,
            activate=activated.split(","),
            values=values or {},
        )

    # -- expectations ---------------------------------------------------------------------

    def _fails(self, *expected: str) -> None:
        self._expected_failure = list(expected)

    def _since(self, name: str, happened: list[str]) -> list[str]:
        news = happened[self._marks.get(name, 0) :]
        self._marks[name] = len(happened)
        return news

    def _happened(self, kind: str) -> list[str]:
        return [fact.element_id for fact in self._facts if fact.type.value == kind]

    def _ran(self, *elements: str) -> None:
        assert self._since("ran", self._happened("completed")) == list(elements)

    def _cancelled(self, *elements: str) -> None:
        assert sorted(self._since("cancelled", self._happened("cancelled"))) == sorted(elements)

    def _waits(self, *elements: str) -> None:
        waiting = run.waits(self.program, self.delta.state)
        assert sorted(one.element_id for one in waiting) == sorted(elements)
        open_ = [one.element_id for kind, one in self._opened.values() if kind != "conditions"]
        outside = [one.element_id for one in waiting if one.kind not in {"condition", "join"}]
        assert sorted(outside) == sorted(open_)

    def _threw(self, *names: str) -> None:
        happened = [t.name if t.key is None else f"{t.name}/{t.key}" for t in self._thrown]
        assert self._since("threw", happened) == list(names)

    def _uncaught_(self, *ends: str) -> None:
        happened = [f"{one.kind}:{one.code}" for one in self._uncaught]
        assert self._since("uncaught", happened) == list(ends)

    def _values(self, expected: Any) -> None:
        found = self.delta.values
        assert {key: found.get(key, "no such value") for key in expected} == expected

    def _lane(self, element: str, name: str) -> None:
        graph = self.program.graph
        assert graph.lanes[graph.nodes[element].lane or ""].name == name

    def _lacks(self, *names: str) -> None:
        assert not set(names) & set(self.delta.values)

    def _sees(self, element: str, expected: Any) -> None:
        hits = [one for _, one in self._opened.values() if one.element_id == element]
        values = hits[-1].inputs if hasattr(hits[-1], "inputs") else hits[-1].values
        assert {key: values.get(key, "no such value") for key in expected} == expected

    def _completed(self) -> None:
        assert self.delta.is_completed
        assert self._opened == {}

    def _open(self) -> None:
        assert not self.delta.is_completed


def _words(line: str) -> list[Any]:
    head, brace, tail = line.partition("{")
    words: list[Any] = shlex.split(head)
    if words[0] == "uncaught":
        words[0] = "uncaught_"
    return [*words, orjson.loads(brace + tail)] if brace else words
