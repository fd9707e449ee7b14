"""A scenario compiled for an engine: nodes, edges, pools; nothing is looked up by name."""

from __future__ import annotations

from simulation.net.compiler import compile_net
from simulation.net.parts import (
    NO_TIME,
    US,
    Comes,
    Edge,
    Kind,
    Net,
    Node,
    Repeat,
    ScopePlan,
    Starter,
    Throws,
    Trigger,
)
from simulation.net.pools import PoolPlan

__all__ = [
    "NO_TIME",
    "US",
    "Comes",
    "Edge",
    "Kind",
    "Net",
    "Node",
    "PoolPlan",
    "Repeat",
    "ScopePlan",
    "Starter",
    "Throws",
    "Trigger",
    "compile_net",
]
