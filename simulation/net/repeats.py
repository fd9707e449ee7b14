"""How often an activity is done: what the scenario says, else what the model says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.domain.process_graph import Loop, LoopKind
from engine.expressions import compile_expression
from simulation.net.parts import Repeat
from simulation.scenario.distribution import build

if TYPE_CHECKING:
    from engine.expressions import Expression
    from simulation.scenario.work import Repetition


def repeat_of(loop: Loop, given: Repetition | None) -> Repeat:
    """Return how often a repeated activity is done per visit."""
    count = None if given is None or given.count is None else build(given.count)
    again = None if given is None else given.share
    if loop.kind is LoopKind.STANDARD:
        asks = count is None and again is None
        return Repeat(
            is_loop=True,
            count=count,
            again=again,
            condition=_compiled(loop.condition) if asks else None,
            tests_before=loop.tests_before and asks and loop.condition is not None,
            most=None if count is not None else loop.most,
        )
    return Repeat(
        is_parallel=loop.kind is LoopKind.PARALLEL,
        count=count,
        number=_compiled(loop.cardinality) if count is None else None,
        again=again,
        condition=_compiled(loop.completion) if again is None else None,
    )


def _compiled(text: str | None) -> Expression | None:
    return None if text is None else compile_expression(text)
