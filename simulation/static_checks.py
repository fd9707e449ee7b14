"""What can be said about a net before it runs: where cases are lost, who is overloaded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulation.arrivals import draw
from simulation.net import Kind, Net
from simulation.net.ways import INSTANT, entered, reached, ways_out
from simulation.offered import offers
from simulation.soundness import unsound
from simulation.streams import Streams

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulation.net import Node
    from simulation.offered import Offer

_TIGHT = 0.95
_TRIALS = 20


@dataclass(frozen=True, slots=True)
class Warned:
    """Something to know before a result is relied on."""

    code: str
    text: str
    where: str


def offered_loads(net: Net) -> dict[str, float]:
    """Return the work that arrives ÷ the time the units are there, per role."""
    return {role: offer.load for role, offer in offers(net).items()}


def warnings(net: Net, loads: dict[str, Offer]) -> list[Warned]:
    """Return what is doubtful about a net that can run."""
    found = [warned for role, offer in loads.items() if (warned := _of_load(role, offer))]
    seen = reached(net, entered(net))
    for index, node in enumerate(net.nodes):
        if index not in seen and node.kind not in {Kind.END, Kind.LEAVE}:
            text = f"{node.element_id}: no case ever gets here"
            found.append(Warned("unreachable", text, node.element_id))
    for index in _rings(net, _takes_no_time)[:1]:
        text = f"{net.nodes[index].element_id}: a case may come back here without any time passing"
        found.append(Warned("no_time", text, net.nodes[index].element_id))
    for one in unsound(net):
        if not (one.is_stuck and one.is_certain):
            code = "may_deadlock" if one.is_stuck else "runs_twice"
            found.append(Warned(code, f"{one.element_id}: {one.words}", one.element_id))
    if (words := _nothing_measured(net)) is not None:
        found.append(Warned("nothing_measured", words, "run"))
    return found


def _nothing_measured(net: Net) -> str | None:
    """Return why no case counts, if in some trial draws none does."""
    came = False
    for replication in range(_TRIALS):
        times = draw(net, Streams(0, replication)).times
        if len(times) and times[-1] >= net.warm_up:
            return None
        came |= bool(len(times))
    if came:
        return "run.warm_up: every case arrives within the warm-up, so that nothing is measured"
    return "arrivals: no case comes while the run lasts, so that nothing is measured"


def _of_load(role: str, offer: Offer) -> Warned | None:
    if offer.load == math.inf:
        text = f"{role}: nobody is there as long as cases arrive; they wait or give up"
        return Warned("overload", text, role)
    if offer.load >= 1:
        text = (
            f"{role}: {offer.load:.0%} of the available time is asked for; the backlog grows by"
            f" {offer.backlog_per_day:.3g} cases a day as long as cases arrive"
        )
        return Warned("overload", text, role)
    if offer.load > _TIGHT:
        text = f"{role}: {offer.load:.0%} of the available time is asked for; waits vary widely"
        return Warned("high_load", text, role)
    return None


def dead_ends(net: Net) -> list[tuple[str, str]]:
    """Return the elements a case never leaves, each with the reason."""
    rings = [
        (net.nodes[i].element_id, "gateways lead back here without any activity between")
        for i in _rings(net)
    ]
    finish = {i for i, node in enumerate(net.nodes) if not node.outs}
    lost = [
        (net.nodes[i].element_id, "no end event can be reached from here")
        for i in sorted(reached(net, entered(net)))
        if not finish & reached(net, [i], inside=False)
    ]
    stuck = [(one.element_id, one.words) for one in unsound(net) if one.is_stuck and one.is_certain]
    return rings + lost + (stuck if not rings and not lost else [])


def _is_instant(node: Node) -> bool:
    return node.kind in INSTANT


def _takes_no_time(node: Node) -> bool:
    timed = node.kind in {Kind.DELAY, Kind.WORK} and node.duration.mean > 0
    return not timed and node.kind in {*INSTANT, Kind.DELAY, Kind.WORK, Kind.ENTER, Kind.LEAVE}


def _rings(net: Net, is_passed: Callable[[Node], bool] = _is_instant) -> list[int]:
    """Return the nodes to which a token may come back over such nodes alone."""
    found = []
    for start, node in enumerate(net.nodes):
        if not is_passed(node):
            continue
        seen: set[int] = set()
        todo = ways_out(node)
        while todo:
            index = todo.pop()
            if index not in seen and is_passed(net.nodes[index]):
                seen.add(index)
                todo += ways_out(net.nodes[index])
        if start in seen:
            found.append(start)
    return found
