"""Random processes of every construct for the simulator, and a replay of cases on the engine.

What people, workers, clocks and senders did at which moment is told by the simulated rows; the
engine is given the same commands in the same order, and must complete and withdraw the same
elements at the same moments.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from engine.bpmn import run
from engine.bpmn.graph import read_graph
from simulation.draws import Draws
from simulation.net import Comes, Kind
from simulation.scenario.load import build
from simulation.scenario.model import joined
from simulation.streams import Streams
from tests.engine.bpmn.builders import (
    AT,
    boundary,
    definitions,
    element,
    end,
    flows,
    process,
    start,
    user,
    xor,
)
from tests.engine.bpmn.rich_blocks import SHARED, RichDrawing, _larger
from tests.simulation.builders import BASE

if TYPE_CHECKING:
    from simulation.run_record import SimulatedRun
    from simulation.scenario.load import Scenario

LEAVES = st.sampled_from(
    ["task", "job", "receive", "call", "race", "undo", "timed", "reminded", "rounds"]
).map(lambda kind: (kind,))
BLOCKS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        _larger(inner),
        st.tuples(st.just("hurry"), inner),
        st.tuples(st.just("stop"), inner, inner),
        st.tuples(st.just("escalate"), st.booleans(), inner),
        st.tuples(st.just("replace"), inner),
        st.tuples(st.just("enough"), inner),
    ),
    max_leaves=6,
)
ESCALATION = '<escalationEventDefinition escalationRef="late"/>'
MESSAGE = '<messageEventDefinition messageRef="hello"/>'
STANDARD = '<standardLoopCharacteristics loopMaximum="2"></standardLoopCharacteristics>'
ENOUGH = (
    "<multiInstanceLoopCharacteristics><loopCardinality>3</loopCardinality>"
    "<completionCondition>nrOfCompletedInstances &gt;= 2</completionCondition>"
    "</multiInstanceLoopCharacteristics>"
)
CALLED = process(start("s") + user("within") + end("e") + flows("s > within > e"), key="other")
COMMANDS: dict[str, Any] = {
    "tasks": run.complete,
    "jobs": run.finish_job,
    "subscriptions": run.deliver,
    "calls": run.finish_call,
    "timers": run.fire,
}
BESIDE = {Kind.BORDER, Kind.LISTENER}
RECORDED = {Kind.WORK, Kind.DELAY, Kind.CATCH, Kind.SCOPE, Kind.ENTER}


@dataclass
class AgreementDrawing(RichDrawing):
    """Blocks with timers, terminations, escalations and loops as well."""

    ROOTS = SHARED + '<escalation id="late" name="late" escalationCode="late"/>'

    def repeats(self, last: str) -> str:
        return f"redo_{last}"

    def _beside_to(self, host: str, way: str, border: str):
        out, extra = self.name("out"), self.name("extra")
        self.nodes += [border, xor(out), user(extra)]
        self.ways += [f"{way} > {extra} > {out}", f"{host} > {out}"]
        return host, out

    def _timed(self):
        task, late = self.name("t"), self.name("late")
        self.nodes.append(user(task))
        return self._beside_to(task, late, boundary(late, task, "PT7M"))

    def _reminded(self):
        task, late, extra, last = (self.name(n) for n in ("t", "late", "extra", "end"))
        self.nodes += [user(task, extra), boundary(late, task, "R2/PT6M", cancels="false")]
        self.nodes.append(end(last))
        self.ways.append(f"{late} > {extra} > {last}")
        return task, task

    def _rounds(self):
        return self._leaf("t", "userTask", STANDARD)

    def _hurry(self, body):
        scope, late = self._scope(body), self.name("late")
        return self._beside_to(scope, late, boundary(late, scope, "PT15M"))

    def _stop(self, body, other):
        """Two branches in a subprocess; the first that is done terminates it."""
        name, fork = self.name("sub"), self.name("fork")
        nodes, ways = self.nodes, self.ways
        self.nodes, self.ways = [element("parallelGateway", fork), start(f"{name}s")], []
        self.ways.append(f"{name}s > {fork}")
        for number, block in enumerate((body, other)):
            entry, leave = self.draw(block)
            last = f"{name}e{number}"
            self.nodes.append(end(last, terminate=number == 0))
            self.ways += [f"{fork} > {entry}", f"{leave} > {last}"]
        drawn = "".join(self.nodes) + flows("\n".join(self.ways))
        self.nodes, self.ways = nodes, ways
        self.nodes.append(element("subProcess", name, drawn))
        return name, name

    def _escalate(self, interrupts, body):
        name = self._scope(body, ending=ESCALATION)
        border = self.name("up")
        event = element("boundaryEvent", border, ESCALATION, attachedToRef=name,
                        cancelActivity=str(interrupts).lower())  # fmt: skip
        if interrupts:
            return self._beside_to(name, border, event)
        extra, last = self.name("extra"), self.name("end")
        self.nodes += [event, user(extra), end(last)]
        self.ways.append(f"{border} > {extra} > {last}")
        return name, name

    def _replace(self, body):
        """A message may start an event subprocess in place of what is in the subprocess."""
        heard, extra, last = self.name("listener"), self.name("extra"), self.name("end")
        inside = element("startEvent", heard, MESSAGE) + user(extra) + end(last)
        inside += flows(f"{heard} > {extra} > {last}")
        handler = element("subProcess", self.name("es"), inside, triggeredByEvent="true")
        name = self._scope(body, inside=handler)
        return name, name

    def _enough(self, body):
        name = self._scope(body, content=ENOUGH)
        return name, name


def drawn(block: Any) -> tuple[bytes, AgreementDrawing]:
    drawing = AgreementDrawing()
    return drawing.xml(block), drawing


def scenario_of(xml: bytes, drawing: AgreementDrawing, flags: dict[str, bool]) -> Scenario:
    """Return a scenario with two cases that compete for two clerks; no two times are equal."""
    main = read_graph(xml, source="random.bpmn")
    other = read_graph(definitions(CALLED), source="other.bpmn")
    graph = joined([main, other], source="random.bpmn")
    tasks = [n.id for n in graph.nodes.values() if n.type in {"userTask", "scriptTask"}]
    waiting = [
        n.id
        for n in graph.nodes.values()
        if n.event is not None and n.event.kind in {"message", "signal"}
    ]
    loops = [flow for flow in graph.flows.values() if (flow.condition or "").startswith("redo")]
    given = {
        **BASE,
        "run": {"start": "2026-03-02T08:00", "cases": 2},
        "arrivals": {
            "start": {
                "interval": {"uniform": {"min": "1min", "max": "3min"}},
                "attributes": {name: {"constant": is_so} for name, is_so in flags.items()},
            }
        },
        "resources": {"clerk": {"units": 2}},
        "durations": {task: {"uniform": {"min": "1min", "max": "12min"}} for task in tasks},
        "demands": {task: "none" if task[0] == "j" else "clerk" for task in tasks},
        "events": {event: {"uniform": {"min": "1min", "max": "25min"}} for event in waiting},
        "branches": {
            flow.source: {flow.id: 0.4, out.id: 0.6}
            for flow in loops
            for out in graph.outgoing(flow.source)
            if out.id != flow.id
        },
    }
    return build(given, graph=graph, source="random.yaml")


@dataclass
class Replay:
    """One simulated case on the engine."""

    simulated: SimulatedRun
    case: int
    flags: dict[str, bool]
    program: run.Program
    seed: int = 1
    opened: dict[str, list[tuple[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    visits: Counter[str] = field(default_factory=Counter)

    def play(self) -> None:
        """Give the engine what was simulated; raise AssertionError where they differ."""
        arrived = int(self.simulated.arrivals.times[self.case])
        moments = self._moments()
        delta = run.start(self.program, values=self.flags, start_event=None, at=AT)
        self._compare(arrived, [delta], moments)
        for moment in sorted(time for time in moments if time > arrived):
            deltas = []
            for row in moments[moment]:
                if self._is_driven(row):
                    delta = self._command(row, delta)
                    deltas.append(delta)
            self._compare(moment, deltas, moments)
        assert delta.is_completed, "the simulated case has ended, the engine's has not"
        assert int(self.simulated.ended[self.case]) == max(moments, default=arrived)

    def _moments(self) -> dict[int, list[int]]:
        """Return the rows that end at each moment, called processes left out."""
        found: dict[int, list[int]] = defaultdict(list)
        sim = self.simulated
        for row in [int(r) for r in range(len(sim.case)) if sim.case[r] == self.case]:
            if sim.net.scopes[self._node(row).scope].process == "visit":
                found[max(int(sim.completed[row]), int(sim.cancelled[row]))].append(row)
        return found

    def _node(self, row: int):
        return self.simulated.net.nodes[int(self.simulated.node[row])]

    def _is_driven(self, row: int) -> bool:
        """Whether somebody outside the engine makes this happen."""
        node = self._node(row)
        if self.simulated.completed[row] < 0:
            return False
        if node.kind in {Kind.SCOPE, Kind.ENTER}:
            return node.bpmn_type == "callActivity"
        return node.trigger is None or node.trigger.comes is not Comes.THROWN

    def _command(self, row: int, before: Any) -> Any:
        node, visit = self._node(row), int(self.simulated.visit[row])
        kind, one = self.opened[node.element_id][visit]
        values = self._values(node.element_id)
        if kind == "timers":
            return self._taken(run.fire(self.program, before.state, token=one.token, at=AT))
        delta = COMMANDS[kind](self.program, before.state, token=one.token, values=values, at=AT)
        return self._taken(delta, but=node.element_id if node.kind in BESIDE else None)

    def _values(self, element_id: str) -> dict[str, object]:
        """The task that closes a round of a loop decides on another one, as it was drawn."""
        if not element_id.startswith("last"):
            return {}
        net, graph = self.simulated.net, self.program.graph
        gateway = graph.outgoing(element_id)[0].target
        node = next(node for node in net.nodes if node.element_id == gateway)
        draws = Draws(Streams(self.seed, 0), self.simulated.arrivals.keys)
        way = draws.choice(node, self.case, self.visits[element_id])
        self.visits[element_id] += 1
        redo = graph.flows[node.flows[way]].condition is not None
        return {f"redo_{element_id}": redo}

    def _taken(self, delta: Any, but: str | None = None) -> Any:
        """Note what is open now; who has heard a message listens again, and never hears another."""
        for kind in COMMANDS:
            for one in getattr(delta, f"opened_{kind}"):
                if one.element_id != but:
                    self.opened[one.element_id].append((kind, one))
        return delta

    def _compare(self, moment: int, deltas: list[Any], moments: dict[int, list[int]]) -> None:
        if moment == int(self.simulated.arrivals.times[self.case]):
            for delta in deltas:
                self._taken(delta)
        facts = [fact for delta in deltas for fact in delta.facts]
        for word, column, events in (
            ("completed", self.simulated.completed, True),
            ("cancelled", self.simulated.cancelled, False),
        ):
            ours = Counter(
                self._node(row).element_id
                for row in moments.get(moment, ())
                if column[row] >= 0 and (events or self._node(row).kind in RECORDED)
            )
            theirs = Counter(
                fact.element_id
                for fact in facts
                if fact.type.value == word and self._is_recorded(fact.element_id, events=events)
            )
            assert ours == theirs, f"{word} after {moment / 60e6:.3f} min"

    def _is_recorded(self, element_id: str, *, events: bool) -> bool:
        kinds = {node.element_id: node.kind for node in self.simulated.net.nodes}
        return kinds.get(element_id) in (RECORDED | BESIDE if events else RECORDED)
