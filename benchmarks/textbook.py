"""The peer of the simulator: the benchmark net as any SimPy textbook would write it.

A generator per case, ``simpy.Resource`` with a request in a ``with`` block, a process for each
branch of the parallel block, random numbers from the standard library. Handed the random numbers
of our engine, it must give the same cycle times: that proves that both run the same net.
"""

from __future__ import annotations

import math
from random import Random  # noqa: TID251 -- the peer draws as a textbook does
from typing import TYPE_CHECKING, Protocol

import simpy

from simulation.draws import Draws

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from simulation.arrivals import Arrivals
    from simulation.net import Net
    from simulation.streams import Streams

    Process = Generator[simpy.Event, object, None]

MINUTE = 60_000_000  # µs
UNITS = {"clerk": 4, "nurse": 8, "doctor": 9}
POOL_OF = {
    "register": "clerk", "triage": "nurse", "examine": "doctor", "plan_tests": "nurse",
    "lab": "nurse", "imaging": "nurse", "insurance": "clerk", "review": "doctor",
    "treat": "doctor", "discharge": "clerk",
}  # fmt: skip


class Chance(Protocol):
    """Where the model gets its random numbers from."""

    def duration(self, name: str, case: int, visit: int) -> int:
        """Return how long an activity takes, in µs."""
        ...

    def needs_rework(self, case: int, visit: int) -> bool:
        """Return whether the case goes back to the doctor."""
        ...


class TextbookChance:
    """The random numbers of the standard library, one after the other."""

    def __init__(self, seed: int) -> None:
        rng = self._rng = Random(seed)

        def lognormal(mean: float, sd: float) -> Callable[[], float]:
            variance = math.log(1 + (sd / mean) ** 2)
            mu, sigma = math.log(mean) - variance / 2, math.sqrt(variance)
            return lambda: rng.lognormvariate(mu, sigma)

        self._minutes: dict[str, Callable[[], float]] = {
            "register": lambda: rng.expovariate(1 / 5),
            "triage": lognormal(6, 3),
            "examine": lognormal(15, 7.5),
            "plan_tests": lambda: rng.uniform(2, 6),
            "lab": lambda: rng.expovariate(1 / 10),
            "imaging": lambda: rng.uniform(10, 20),
            "insurance": lambda: rng.expovariate(1 / 8),
            "review": lambda: rng.expovariate(1 / 8),
            "treat": lognormal(20, 10),
            "discharge": lambda: rng.uniform(3, 7),
        }

    def duration(self, name: str, case: int, visit: int) -> int:
        return int(self._minutes[name]() * MINUTE)

    def needs_rework(self, case: int, visit: int) -> bool:
        return self._rng.random() < 0.15


class OurChance:
    """The random numbers of our engine, for the proof of equality."""

    def __init__(self, net: Net, arrivals: Arrivals, streams: Streams) -> None:
        self._draws = Draws(streams, arrivals.keys)
        self._nodes = {node.element_id: node for node in net.nodes}

    def duration(self, name: str, case: int, visit: int) -> int:
        return self._draws.duration(self._nodes[name], case, visit)

    def needs_rework(self, case: int, visit: int) -> bool:
        return self._draws.choice(self._nodes["rework"], case, visit) == 0


class TextbookModel:
    """The benchmark net, written by hand."""

    def __init__(self, arrivals: list[int], chance: Chance) -> None:
        self.env = simpy.Environment()
        self.arrivals, self.chance = arrivals, chance
        self.pools = {name: simpy.Resource(self.env, units) for name, units in UNITS.items()}
        self.log: list[tuple[int, str, int, float, float, float]] = []
        self.cycle_times = [0.0] * len(arrivals)

    def run(self) -> list[float]:
        """Return the cycle time of each case in µs."""
        self.env.process(self.arrive())
        self.env.run()
        return self.cycle_times

    def arrive(self) -> Process:
        for case, at in enumerate(self.arrivals):
            yield self.env.timeout(at - self.env.now)
            self.env.process(self.visit(case))

    def perform(self, name: str, case: int, visit: int = 0) -> Process:
        scheduled = self.env.now
        with self.pools[POOL_OF[name]].request() as turn:
            yield turn
            started = self.env.now
            yield self.env.timeout(self.chance.duration(name, case, visit))
        self.log.append((case, name, visit, scheduled, started, self.env.now))

    def visit(self, case: int) -> Process:
        yield from self.perform("register", case)
        yield from self.perform("triage", case)
        visit = 0
        while True:
            yield from self.perform("examine", case, visit)
            yield from self.perform("plan_tests", case, visit)
            tests = ("lab", "imaging", "insurance")
            yield self.env.all_of(
                [self.env.process(self.perform(test, case, visit)) for test in tests]
            )
            yield from self.perform("review", case, visit)
            if not self.chance.needs_rework(case, visit):
                break
            visit += 1
        yield from self.perform("treat", case)
        yield from self.perform("discharge", case)
        self.cycle_times[case] = self.env.now - self.arrivals[case]
