"""What an analyst should know before believing a calibration, gathered in one list."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.domain.label import label
from engine.domain.process_graph import GATEWAYS
from simulation.calibration.learnt import Learnt, Warned
from simulation.calibration.work import is_performed

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEVIATING_SHARE = 0.1
_FEW = 30


def remarks(learnt: Learnt) -> Learnt:
    """Return the same with its warnings."""
    found = [*_of_log(learnt), *_of_model(learnt), *_of_parameters(learnt), *_of_waits(learnt)]
    return replace(learnt, warnings=tuple(found))


def name_of(learnt: Learnt, element_id: str) -> str:
    """Return the English name of an element; for a nameless gateway, what is before it."""
    node = learnt.graph.nodes.get(element_id)
    if node is None:
        return element_id
    name = label(node.name, "en")
    if name or node.type not in GATEWAYS:
        return name or element_id
    before = {f.source for f in learnt.graph.incoming(element_id)}
    named = [learnt.graph.nodes[n].name for n in sorted(before) if learnt.graph.nodes[n].name]
    return f"after {label(named[0], 'en')}" if named else element_id


def flow_name(learnt: Learnt, flow_id: str) -> str:
    """Return the name of a sequence flow, or where it leads."""
    flow = learnt.graph.flows[flow_id]
    if flow.name:
        return label(flow.name, "en") or flow.name
    target = learnt.graph.nodes[flow.target]
    if target.name:
        return f"to {name_of(learnt, flow.target)}"
    ahead = [learnt.graph.nodes[f.target].name for f in learnt.graph.outgoing(flow.target)]
    return f"to {label(ahead[0], 'en')}" if ahead and ahead[0] else "the other way"


def process_name(learnt: Learnt) -> str:
    """Return the name of the process, or that of its file."""
    return label(learnt.graph.name, "en") or Path(learnt.model).stem


def _of_log(learnt: Learnt) -> Iterator[Warned]:
    work = learnt.work
    for shift in learnt.shifts:
        words = f"on {shift.day} everybody's day moves by {shift.by_s / 3600:+g} h"
        if shift.clocks_changed:
            words += (
                f", as clocks changed in {shift.clocks_changed}: the times are those of a zone"
                " in which these people do not live"
            )
        yield Warned("log", "", f"{words}; what lies before is read on the newer clock")
    if not work.has_starts:
        words = "starts are not told; they are estimated: when wanted, and the person was free"
        yield Warned("log", "", words)
    without = len(work.case_ids) - len(np.unique(work.case))
    if without:
        words = f"{without:,} cases have no completed activity (given up?): that is not learnt"
        yield Warned("log", "", words)
    if learnt.quiet_days:
        words = f"{learnt.quiet_days} open days without any work (holidays?) are left out"
        yield Warned("log", "", words)
    for name, rows in list(work.unknown.items())[:10]:
        yield Warned("log", name, f"{rows:,} rows tell of an activity that the model does not have")


def _of_model(learnt: Learnt) -> Iterator[Warned]:
    played = learnt.replay
    if played.cases and len(played.deviating) > _DEVIATING_SHARE * played.cases:
        share = len(played.deviating) / played.cases
        words = f"{share:.0%} of the cases do not follow the model: its shares are not all to blame"
        yield Warned("model", "", words)
    seen = set(learnt.work.activities)
    for node in learnt.graph.nodes.values():
        if node.id in learnt.durations or node.id in seen:
            continue
        if node.type.value.lower().endswith("task") and is_performed(node):
            words = "the log never tells of it: its duration is a guess"
            yield Warned("durations", node.id, words)


def _of_parameters(learnt: Learnt) -> Iterator[Warned]:
    for start, model in learnt.arrivals.items():
        yield from (Warned("arrivals", start, text) for text in model.warnings)
    for name, hours in learnt.hours.items():
        if hours.evidence == "too few events":
            words = f"only {hours.events} events: it has the hours of everybody"
            yield Warned("calendars", name, words)
    told = (
        ("durations", {a: d.warnings for a, d in learnt.durations.items()}),
        ("resources", {name: role.warnings for name, role in learnt.staffing.roles.items()}),
        ("demands", {"": learnt.staffing.warnings}),
        ("branches", {gateway: b.warnings for gateway, b in learnt.branches.items()}),
    )
    for section, warnings in told:
        for where, texts in warnings.items():
            yield from (Warned(section, where, text) for text in texts)
    for event, waits in learnt.events.items():
        if waits.n < _FEW:
            yield Warned("events", event, f"only {waits.n} waits were seen")


def _of_waits(learnt: Learnt) -> Iterator[Warned]:
    for activity, delay in learnt.inserted.items():
        words = (
            f"{delay.share.value:.0%} of the tasks wait although somebody is free "
            f"(mean {delay.fit.mean_s / 60:,.0f} min over all): a timer before it stands for that"
        )
        yield Warned("events", activity, words)
    for activity, found in learnt.staffing.batches.items():
        together = f"{found.share.value:.0%} of the tasks are done together"
        words = f"{together}, mostly {found.size} at a time"
        yield Warned("batches", activity, words)
