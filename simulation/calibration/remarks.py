"""What an analyst should know before believing a calibration, gathered in one list."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.domain.label import label
from engine.domain.process_graph import GATEWAYS
from simulation.calibration.learnt import Learnt, Warned
from simulation.calibration.told import Told, told
from simulation.calibration.work import is_performed

if TYPE_CHECKING:
    from collections.abc import Iterator

_DEVIATING_SHARE = 0.1
_FEW = 30


def remarks(learnt: Learnt) -> Learnt:
    """Return the same with its warnings."""
    parts = (_of_log, _of_model, _of_parameters, _of_ways, _of_waits)
    return replace(learnt, warnings=tuple(warned for part in parts for warned in part(learnt)))


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
        moved: dict[str, Any] = {"day": shift.day.isoformat(), "hours": shift.by_s / 3600}
        region = shift.clocks_changed
        kind = told("clock_shift_zone", region=region, **moved) if region else None
        yield Warned("log", "", kind or told("clock_shift", **moved))
    if not work.has_starts:
        yield Warned("log", "", told("starts_estimated"))
        if not (work.has_arrivals or work.has_enabled):
            yield Warned("log", "", told("first_takes_no_time"))
    if work.has_roles_as_people:
        yield Warned("log", "", told("roles_as_people"))
    without = len(work.case_ids) - len(np.unique(work.case))
    if without:
        yield Warned("log", "", told("cases_without_work", cases=without))
    if learnt.quiet_days:
        yield Warned("log", "", told("quiet_days", days=learnt.quiet_days))
    for name, rows in list(work.unknown.items())[:10]:
        yield Warned("log", name, told("unknown_activity", rows=rows))


def _of_model(learnt: Learnt) -> Iterator[Warned]:
    played = learnt.replay
    if played.cases and len(played.deviating) > _DEVIATING_SHARE * played.cases:
        share = len(played.deviating) / played.cases
        yield Warned("model", "", told("deviating", share=share))
    seen = set(learnt.work.activities)
    for node in learnt.graph.nodes.values():
        if node.id in learnt.durations or node.id in seen:
            continue
        if node.type.value.lower().endswith("task") and is_performed(node):
            yield Warned("durations", node.id, told("never_seen"))


def _of_parameters(learnt: Learnt) -> Iterator[Warned]:
    for start, model in learnt.arrivals.items():
        yield from (Warned("arrivals", start, remark) for remark in model.warnings)
    for name, hours in learnt.hours.items():
        if hours.evidence == "too few events":
            yield Warned("calendars", name, told("few_events", n=hours.events))
    for activity, found in learnt.durations.items():
        yield from (Warned("durations", activity, remark) for remark in found.warnings)
    for name, role in learnt.staffing.roles.items():
        yield from (Warned("resources", name, remark) for remark in role.warnings)
    for event, waits in learnt.events.items():
        if waits.n < _FEW:
            yield Warned("events", event, told("few_waits", n=waits.n))


def _of_ways(learnt: Learnt) -> Iterator[Warned]:
    for remark in learnt.staffing.warnings:
        yield Warned("demands", str(remark.values.get("activity", "")), remark)
    for gateway, branch in learnt.branches.items():
        yield from (Warned("branches", gateway, _named(learnt, r)) for r in branch.warnings)


def _named(learnt: Learnt, remark: Told) -> Told:
    """Return a remark on a flow with the name of the flow."""
    flow = remark.values.get("flow")
    if flow is None:
        return remark
    return told(remark.code, flow=flow, name=flow_name(learnt, flow))


def _of_waits(learnt: Learnt) -> Iterator[Warned]:
    for activity, delay in learnt.inserted.items():
        minutes = delay.fit.mean_s / 60
        yield Warned("events", activity, told("delay", share=delay.share.value, minutes=minutes))
    for activity, found in learnt.staffing.batches.items():
        remark = told("done_together", share=found.share.value, size=found.size)
        yield Warned("batches", activity, remark)
