"""Gateways of processes that nothing interrupts: a frame is a case."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from simulation.draws import ensure_no_endless_loop
from simulation.expressions import choose
from simulation.joins import way_in

if TYPE_CHECKING:
    from simulation.flow.context import Flow
    from simulation.flow.frames import Enter
    from simulation.net import Node


def lottery(flow: Flow, index: int, node: Node) -> Enter:
    """Choose a way out by its share."""
    block, choice = flow.draws.choices(node).block, flow.draws.choice
    low, high, first = 0, 0, [0]
    ways, taken, next_visit = flow.ways[index], flow.taken[index], flow.visits().next

    def enter(case: int, now: int) -> None:
        nonlocal low, high, first
        visit = next_visit(case)
        if visit:
            way = choice(node, case, visit)
        else:
            if not low <= case < high:
                low, high, first = block(case)
            way = first[case - low]
        taken[way] += 1
        ways[way](case, now)

    return enter


def condition(flow: Flow, index: int, node: Node) -> Enter:
    """Choose the first way out whose condition holds, else the default flow."""
    ways, taken, next_visit = flow.ways[index], flow.taken[index], flow.visits().next
    values = flow.cases.values

    def enter(case: int, now: int) -> None:
        ensure_no_endless_loop(node, next_visit(case))
        way = choose(node, values(case))
        taken[way] += 1
        ways[way](case, now)

    return enter


def parallel(flow: Flow, index: int, node: Node) -> Enter:
    """Send a token along every way out once one has come in at every way in."""
    live, ways = flow.frames.live, flow.ways[index]
    gained = max(len(node.outs), 1) - node.ways_in

    def fire(case: int, now: int) -> None:
        live[case] += gained
        for way in ways:
            way(case, now)

    if node.ways_in == 1:
        return fire
    arrived, spare = [0] * len(live), Counter[tuple[int, int]]()
    for port in range(node.ways_in):
        flow.ports[index, port] = way_in(port, node.ways_in, arrived, spare, fire)
    return flow.ports[index, 0]


def end(flow: Flow) -> Enter:
    """End a token; with its last one the case."""
    live, ended = flow.frames.live, flow.cases.ended

    def enter(case: int, now: int) -> None:
        live[case] -= 1
        if not live[case]:
            ended[case] = now

    return enter
