"""What is simulated is what is executed: simulated cases are replayed on the engine.

The decisions and durations of a random process are drawn by the simulator; the engine is told
what people, workers, clocks and senders did, and has to do the rest in the same way.
"""

from __future__ import annotations

from hypothesis import example, given, note, settings
from hypothesis import strategies as st

from engine.bpmn import run
from tests.engine.bpmn.blocks import FLAGS
from tests.simulation.agreement import BLOCKS, Replay, drawn, scenario_of
from tests.simulation.builders import a_run

FLAG_VALUES = st.fixed_dictionaries({flag: st.booleans() for flag in FLAGS})
GRAPHS = 120


@settings(max_examples=GRAPHS)
@given(BLOCKS, FLAG_VALUES)
@example(("enough", ("and", [("race",), ("race",), ("race",)])), {"p": True, "q": True, "r": True})
@example(("loop", 2, ("listen", ("job",))), {"p": False, "q": False, "r": True})
def test_engine_does_what_was_simulated(block, flags):
    xml, drawing = drawn(block)
    note(xml.decode())
    simulated = a_run(scenario_of(xml, drawing, flags))
    program = run.compile_model(xml, source="random.bpmn")

    for case in range(len(simulated.ended)):
        Replay(simulated, case, flags, program).play()
