"""Small BPMN models, and a walker that takes a case through one."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine.bpmn import run

if TYPE_CHECKING:
    from engine.bpmn.delta import Delta
    from engine.bpmn.run import Program

AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
)


def element(tag: str, element_id: str, content: str = "", **attributes: str) -> str:
    text = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<{tag} id="{element_id}"{text}>{content}</{tag}>\n'


def start(element_id: str = "start") -> str:
    return element("startEvent", element_id)


def end(element_id: str = "end", *, terminate: bool = False) -> str:
    return element("endEvent", element_id, "<terminateEventDefinition/>" * terminate)


def user(*ids: str) -> str:
    return "".join(element("userTask", element_id) for element_id in ids)


def xor(element_id: str, **attributes: str) -> str:
    return element("exclusiveGateway", element_id, **attributes)


def parallel(*ids: str) -> str:
    return "".join(element("parallelGateway", element_id) for element_id in ids)


def inclusive(element_id: str, **attributes: str) -> str:
    return element("inclusiveGateway", element_id, **attributes)


def timer(text: str, kind: str = "timeDuration") -> str:
    return f"<timerEventDefinition><{kind}>{text}</{kind}></timerEventDefinition>"


def wait(element_id: str, text: str, kind: str = "timeDuration") -> str:
    return element("intermediateCatchEvent", element_id, timer(text, kind))


def boundary(element_id: str, host: str, text: str, *, cancels: str = "true") -> str:
    kind = "timeCycle" if text.startswith("R") else "timeDuration"
    content = timer(text, kind)
    return element("boundaryEvent", element_id, content, attachedToRef=host, cancelActivity=cancels)


def flows(text: str) -> str:
    """Turn lines such as "a > b > c" and "gateway > a : amount > 1" into sequence flows."""
    return "".join(_line(line) for line in text.strip().splitlines())


def _line(line: str) -> str:
    path, _, condition = (part.strip() for part in line.partition(":"))
    nodes = [node.strip() for node in path.split(">")]
    escaped = condition.replace("&", "&amp;").replace("<", "&lt;")
    content = f"<conditionExpression>{escaped}</conditionExpression>" * bool(condition)
    return "".join(
        element("sequenceFlow", f"{a}_{b}", content, sourceRef=a, targetRef=b)
        for a, b in itertools.pairwise(nodes)
    )


def process(body: str, *, key: str = "visit", attributes: str = 'isExecutable="true"') -> str:
    return f'<process id="{key}" {attributes}>\n{body}</process>\n'


def definitions(content: str) -> bytes:
    return f"<definitions {NAMESPACES}>\n{content}</definitions>".encode()


def model(nodes: str, ways: str) -> bytes:
    return definitions(process(nodes + flows(ways)))


class Walk:
    """One case, whose state is saved and loaded at every step."""

    def __init__(
        self, program: Program | bytes, *, start_event: str | None = None, **values: object
    ):
        is_xml = isinstance(program, bytes)
        self.program = run.compile_model(program, source="test.bpmn") if is_xml else program
        self.tasks: dict[str, str] = {}  # token -> element
        self.timers: dict[str, str] = {}
        self.due: dict[str, datetime] = {}
        self.trace: list[str] = []
        self._take(run.start(self.program, values=values, start_event=start_event, at=AT))

    def _take(self, delta: Delta) -> None:
        self.delta = delta
        for token in (*delta.closed_tasks, *delta.closed_timers):
            self.tasks.pop(token, None)
            self.timers.pop(token, None)
        self.tasks |= {task.token: task.element_id for task in delta.opened_tasks}
        self.timers |= {timer.token: timer.element_id for timer in delta.opened_timers}
        self.due |= {timer.element_id: timer.due_at for timer in delta.opened_timers}
        self.trace += [f"{fact.type.value} {fact.element_id}" for fact in delta.facts]

    def do(self, *element_ids: str, **values: object) -> Walk:
        """Complete one open task of each of these elements."""
        for element_id in element_ids:
            token = next(t for t, e in self.tasks.items() if e == element_id)
            del self.tasks[token]
            state = self.delta.state
            self._take(run.complete(self.program, state, token=token, values=values, at=AT))
        return self

    def fire(self, element_id: str, *, at: datetime = AT) -> Walk:
        token = next(t for t, e in self.timers.items() if e == element_id)
        self._take(run.fire(self.program, self.delta.state, token=token, at=at))
        return self

    def proceed(self) -> Walk:
        """Go on where the budget of steps ended."""
        [job] = self.delta.opened_jobs
        self._take(run.proceed(self.program, self.delta.state, token=job.token, at=AT))
        return self

    @property
    def open(self) -> list[str]:
        return sorted(self.tasks.values())

    @property
    def waiting(self) -> list[str]:
        return sorted(self.timers.values())

    @property
    def is_completed(self) -> bool:
        return self.delta.is_completed

    @property
    def values(self) -> dict[str, object]:
        return dict(self.delta.values)

    def completed(self) -> list[str]:
        """The elements completed so far, in order."""
        return [fact.split()[1] for fact in self.trace if fact.startswith("completed")]
