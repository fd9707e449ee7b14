"""Random sound processes of every construct that has an end of its own, and what they do.

Each block becomes nodes between an entry and an exit. What follows from how a case is driven
(which of two events comes first, how often a message comes) is told by the driver's own counts.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.engine.bpmn.blocks import Drawing, larger
from tests.engine.bpmn.builders import (
    element,
    end,
    flows,
    start,
    user,
    xor,
)

LEAVES = st.sampled_from(["task", "job", "receive", "call", "race", "undo"]).map(
    lambda kind: (kind,)
)
ERROR = '<errorEventDefinition errorRef="wrong"/>'
MESSAGE = '<messageEventDefinition messageRef="hello"/>'
SHARED = (
    '<error id="wrong" name="wrong" errorCode="wrong"/><message id="hello" name="hello"/>'
    '<signal id="alarm" name="alarm"/>'
)
OUT = (
    '<extensionElements><camunda:in variables="all"/><camunda:out variables="all"/>'
    "</extensionElements>"
)


def _larger(inner):
    return st.one_of(
        larger(inner, most_rounds=2),
        st.tuples(st.just("sub"), inner),
        st.tuples(st.just("error"), inner),
        st.tuples(st.just("beside"), inner),
        st.tuples(st.just("listen"), inner),
        st.tuples(st.just("many"), st.integers(0, 3), st.booleans(), inner),
    )


RICH = st.recursive(LEAVES, _larger, max_leaves=6)


@dataclass
class RichDrawing(Drawing):
    """Blocks of these constructs too, written as BPMN."""

    ROOTS = SHARED
    follows: dict[str, str] = field(default_factory=dict)  # done as often as another element
    optional: set[str] = field(default_factory=set)  # events beside a scope
    either: list[tuple[str, str]] = field(default_factory=list)  # events of a race

    def repeats(self, last: str) -> str:
        return f"n_{last} % {self.rounds[last]} != 0"

    def _leaf(self, prefix: str, tag: str, content: str = "", **attributes: str):
        name = self.name(prefix)
        self.nodes.append(element(tag, name, content, **attributes))
        return name, name

    def _job(self):
        return self._leaf("j", "scriptTask", "<script>x = 1</script>")

    def _receive(self):
        return self._leaf("r", "receiveTask", messageRef="hello")

    def _call(self):
        return self._leaf("c", "callActivity", OUT, calledElement="other")

    def _race(self):
        gate, merge = self.name("gate"), self.name("merge")
        first, second = self.name("m"), self.name("g")
        after, other = self.name("after"), self.name("after")
        self.nodes += [
            element("eventBasedGateway", gate), xor(merge), user(after, other),
            element("intermediateCatchEvent", first, MESSAGE),
            element("intermediateCatchEvent", second, '<signalEventDefinition signalRef="alarm"/>'),
        ]  # fmt: skip
        self.ways += [
            f"{gate} > {first} > {after} > {merge}",
            f"{gate} > {second} > {other} > {merge}",
        ]
        self.follows |= {after: first, other: second}
        self.either.append((first, second))
        return gate, merge

    def _undo(self):
        task, undo, throw = self.name("t"), self.name("undo"), self.name("throw")
        border = self.name("border")
        self.nodes += [
            user(task), element("userTask", undo, isForCompensation="true"),
            element("boundaryEvent", border, "<compensateEventDefinition/>", attachedToRef=task),
            element("association", f"{border}_{undo}", sourceRef=border, targetRef=undo,
                    associationDirection="One"),
            element("intermediateThrowEvent", throw,
                    f'<compensateEventDefinition activityRef="{task}"/>'),
        ]  # fmt: skip
        self.ways.append(f"{task} > {throw}")
        self.follows[undo] = task
        return task, throw

    def _scope(self, body, *, content: str = "", ending: str = "", inside: str = ""):
        name = self.name("sub")
        nodes, ways = self.nodes, self.ways
        self.nodes, self.ways = [], []
        entry, leave = self.draw(body)
        self.ways += [f"{name}s > {entry}", f"{leave} > {name}e"]
        drawn = "".join(self.nodes) + flows("\n".join(self.ways))
        drawn += start(f"{name}s") + element("endEvent", f"{name}e", ending) + inside
        self.nodes, self.ways = nodes, ways
        self.nodes.append(element("subProcess", name, content + drawn))
        return name

    def _sub(self, body):
        name = self._scope(body)
        return name, name

    def _error(self, body):
        name, border, out = self._scope(body, ending=ERROR), self.name("border"), self.name("out")
        self.nodes += [xor(out), element("boundaryEvent", border, ERROR, attachedToRef=name)]
        self.ways.append(f"{border} > {out}")
        return name, out

    def _beside(self, body):
        name, border, extra = self._scope(body), self.name("border"), self.name("extra")
        last = self.name("end")
        border_of = {"attachedToRef": name, "cancelActivity": "false"}
        self.nodes += [
            element("boundaryEvent", border, MESSAGE, **border_of),
            user(extra),
            end(last),
        ]
        self.ways.append(f"{border} > {extra} > {last}")
        self.follows[extra] = border
        self.optional.add(border)
        return name, name

    def _listen(self, body):
        listener, extra, last = self.name("listener"), self.name("extra"), self.name("end")
        inside = element("startEvent", listener, MESSAGE, isInterrupting="false")
        inside += user(extra) + end(last) + flows(f"{listener} > {extra} > {last}")
        event_sub_process = element("subProcess", self.name("es"), inside, triggeredByEvent="true")
        name = self._scope(body, inside=event_sub_process)
        self.follows[extra] = listener
        self.optional.add(listener)
        return name, name

    def _many(self, times, is_sequential, body):
        words = ' isSequential="true"' * is_sequential
        loop = (
            f"<multiInstanceLoopCharacteristics{words}><loopCardinality>{times}</loopCardinality>"
            "</multiInstanceLoopCharacteristics>"
        )
        name = self._scope(body, content=loop)
        return name, name


def expected(block, flags: dict[str, bool]) -> Counter[str]:
    """How often each kind of leaf is done, read off the blocks alone."""
    kind, *rest = block
    if kind in {"seq", "and"}:
        return sum((expected(inner, flags) for inner in rest[0]), Counter())
    if kind in {"xor", "or"}:
        is_true = flags[rest[0]]
        yes = expected(rest[1], flags) if is_true else Counter()
        no = expected(rest[2], flags) if kind == "or" or not is_true else Counter()
        return yes + no
    if kind == "loop":
        return _times(expected(rest[1], flags) + Counter(last=1), rest[0])
    if kind == "many":
        return _times(expected(rest[2], flags), rest[0])
    if kind in {"sub", "error", "beside", "listen"}:
        return expected(rest[0], flags)
    return Counter({"task" if kind == "undo" else kind: 1})


def _times(counts: Counter[str], times: int) -> Counter[str]:
    return Counter({key: n * times for key, n in counts.items()})
