"""Random processes give the same trace in the engine and in a plain second simulator.

Durations are whole minutes from a small set, so that many things happen at the same moment and
the order in which they do is tested too.
"""

from __future__ import annotations

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from simulation.arrivals import draw
from simulation.engine_simpy import simulate
from simulation.net import compile_net
from simulation.streams import Streams
from tests.simulation.builders import a_scenario
from tests.simulation.graphs import graph
from tests.simulation.reference import Reference

TASK = st.fixed_dictionaries(
    {
        "role": st.sampled_from(["a", "b", "nobody"]),
        "minutes": st.sampled_from([0, 1, 2, 3, 5]),
        "priority": st.integers(0, 2),
        "finish": st.booleans(),
    }
)
BLOCK = st.recursive(
    TASK,
    lambda inner: st.tuples(
        st.sampled_from(["seq", "xor", "and", "loop"]), st.lists(inner, min_size=2, max_size=3)
    ),
    max_leaves=8,
)
SHIFTS = st.sampled_from([["00:00-24:00"], ["08:00-08:20", "08:30-09:00"], ["08:05-17:00"]])
POOL = st.tuples(st.integers(1, 3), SHIFTS)


class Drawing:
    """Turns blocks into the paths of a process."""

    def __init__(self):
        self.paths, self.tasks, self.branches, self.number = [], {}, {}, count()

    def draw(self, block, source):
        """Append a block behind a node and return where it is left."""
        if isinstance(block, dict):
            name = f"task{next(self.number)}"
            self.tasks[name] = block
            return self.flow(source, name)
        kind, inner = block
        return getattr(self, f"_{kind}")(inner, source, next(self.number))

    def flow(self, source, target):
        self.paths.append(f"{source} > {target}")
        return target

    def _seq(self, inner, source, _):
        for block in inner:
            source = self.draw(block, source)
        return source

    def _xor(self, inner, source, number):
        split, join = f"gw_s{number}", f"gw_j{number}"
        self.flow(source, split)
        for block in inner:
            self.flow(self.draw(block, split), join)
        return join

    def _and(self, inner, source, number):
        split, join = f"and_s{number}", f"and_j{number}"
        self.flow(source, split)
        for block in inner:
            self.flow(self.draw(block, split), join)
        return join

    def _loop(self, inner, source, number):
        head, tail = f"gw_h{number}", f"gw_t{number}"
        self.flow(source, head)
        self.flow(self.draw(inner[0], head), tail)
        self.flow(tail, head)
        return tail


def scenario_of(block, pools, interval_min):
    drawing = Drawing()
    drawing.flow(drawing.draw(block, "start"), "end")
    tasks = drawing.tasks
    process = graph(*drawing.paths, lanes={name: task["role"] for name, task in tasks.items()})
    decisions = [n.id for n in process.nodes.values() if n.id.startswith("gw")]
    return a_scenario(
        process,
        run={"until": "40min"},
        arrivals={"start": {"interval": {"constant": f"{interval_min}min"}}},
        calendars={role: {"weekly": {"mon-sun": pools[role][1]}} for role in pools},
        resources={
            "clerk": None,
            **{role: {"units": units, "calendar": role} for role, (units, _) in pools.items()},
        },
        durations={"work": None, **{name: _work(task) for name, task in tasks.items()}},
        demands={name: "none" for name, task in tasks.items() if task["role"] == "nobody"},
        priorities={name: task["priority"] for name, task in tasks.items()},
        branches={
            id_: {f.id: 1 / len(process.outgoing(id_)) for f in process.outgoing(id_)}
            for id_ in decisions
            if len(process.outgoing(id_)) > 1
        },
    )


def _work(task):
    rule = "finish" if task["finish"] else "suspend"
    return {"work": {"constant": f"{task['minutes']}min"}, "outside_calendar": rule}


@given(BLOCK, st.fixed_dictionaries({"a": POOL, "b": POOL}), st.integers(1, 4))
def test_engine_and_reference_give_the_same_trace(block, pools, interval_min):
    net = compile_net(scenario_of(block, pools, interval_min))
    streams = Streams(1, 0)
    arrivals = draw(net, streams)
    reference = Reference(net, arrivals, streams)

    run = simulate(net, arrivals, streams)

    columns = (run.case, run.node, run.visit, run.unit, run.scheduled, run.started, run.completed)
    trace = sorted(zip(*(column.tolist() for column in columns), strict=True))
    assert trace == reference.run()
    assert run.ended.tolist() == [reference.ended[case] for case in range(len(arrivals))]
