"""Learnt → plain values for a page or a program: every parameter with n, fit and interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simulation.calibration.remarks import flow_name, name_of, process_name
from simulation.calibration.scenario import weekly
from simulation.calibration.week import WEEK_S, wall_time

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulation.calibration.arrivals import ArrivalModel
    from simulation.calibration.branches import BranchFound, FlowShare
    from simulation.calibration.durations import DurationFound
    from simulation.calibration.estimates import Estimate
    from simulation.calibration.fitting import Fit
    from simulation.calibration.intensity import Intensity
    from simulation.calibration.learnt import Learnt

_MOST_DEVIATIONS = 10
Values = dict[str, Any]


def document(learnt: Learnt) -> Values:
    """Return all that was learnt; times in seconds, shares 0–1."""
    return {
        "source": learnt.source,
        "model": learnt.model,
        "process": process_name(learnt),
        "timezone": learnt.zone,
        "confidence": learnt.confidence,
        "log": None if learnt.quality is None else learnt.quality.document(),
        "cases": len(learnt.work.case_ids),
        "rows": len(learnt.work),
        "mean_cycle_time_s": learnt.mean_cycle_s,
        "quiet_days": learnt.quiet_days,
        "clock_shifts": [
            {"day": s.day.isoformat(), "by_s": s.by_s, "clocks_changed": s.clocks_changed}
            for s in learnt.shifts
        ],
        "conformance": _conformance(learnt),
        "arrivals": [_arrival(learnt, s, m) for s, m in learnt.arrivals.items()],
        "hours": _hours(learnt),
        "roles": _roles(learnt),
        "role_source": learnt.staffing.source,
        "durations": [_duration(learnt, d) for d in learnt.durations.values()],
        "decisions": [_decision(learnt, b) for b in learnt.branches.values()],
        "priorities": [
            {
                "first": name_of(learnt, p.first),
                "other": name_of(learnt, p.other),
                "overtook": p.overtook,
                "kept": p.kept,
            }
            for p in learnt.order
        ],
        **_waits(learnt),
        "warnings": [
            {"section": w.section, "where": w.where, **w.told.document()} for w in learnt.warnings
        ],
    }


def _waits(learnt: Learnt) -> Values:
    return {
        "events": [
            {"event": e, "name": name_of(learnt, e), **fit_values(f)}
            for e, f in learnt.events.items()
        ],
        "delays": [
            {
                "activity": d.activity,
                "name": name_of(learnt, d.activity),
                "share": d.share.document(),
                "is_modelled": d.is_notable,
                "event": d.event,
                **fit_values(d.fit),
            }
            for d in learnt.delays.values()
            if d.n
        ],
        "batches": [
            {
                "activity": a,
                "name": name_of(learnt, a),
                "share": found.share.document(),
                "size": found.sizes.document(),
                "max_wait_s": found.max_wait_s,
            }
            for a, found in learnt.staffing.batches.items()
        ],
        "boundary_events": _named(learnt, learnt.boundary),
        "repetitions": _named(learnt, learnt.repetitions),
        "attributes": {
            name: {value: found.document() for value, found in values.items()}
            for name, values in learnt.attributes.items()
        },
    }


def _named(learnt: Learnt, found: Mapping[str, Estimate]) -> list[Values]:
    return [
        {"element": e, "name": name_of(learnt, e), **one.document()} for e, one in found.items()
    ]


def fit_values(fit: Fit) -> Values:
    """Return a fitted distribution and how good it is."""
    return {
        "n": fit.n,
        "family": fit.family,
        "spec": fit.spec,
        "mean_s": {"mean": fit.mean_s, "low": fit.mean_low_s, "high": fit.mean_high_s},
        "sd_s": fit.sd.document(),
        "ks": fit.ks,
        "p_value": None if math.isnan(fit.p_value) else fit.p_value,
        "distance_share": fit.distance_share,
        "is_thin": fit.is_thin,
    }


def _conformance(learnt: Learnt) -> Values:
    played = learnt.replay
    counted = (("only_log", played.only_log), ("only_model", played.only_model))
    return {
        "replayed": played.cases,
        "fitting": played.fitting,
        "deviating": len(played.deviating),
        "still_open": played.open,
        **{
            key: [
                {"activity": a, "name": name_of(learnt, a), "times": n}
                for a, n in counts.most_common(_MOST_DEVIATIONS)
            ]
            for key, counts in counted
        },
        "unknown": [{"activity": a, "rows": n} for a, n in learnt.work.unknown.items()],
    }


def _arrival(learnt: Learnt, start: str, model: ArrivalModel) -> Values:
    return {
        "start": start,
        "name": name_of(learnt, start),
        "kind": model.kind,
        "n": model.n,
        **_intensity(model.intensity),
        "variation": model.variation,
        "calendar": None if model.week is None else weekly(model.week),
        "intervals": None if model.intervals is None else fit_values(model.intervals),
        "group_size": None if model.group_size is None else model.group_size.document(),
        "words": list(model.words),
        "warnings": [w.document() for w in model.warnings],
    }


def _intensity(found: Intensity) -> Values:
    """Return how many come; where they come in groups, how many groups."""
    return {
        "per_week": found.per_week.value,
        "per_week_interval": {"low": found.per_week.low, "high": found.per_week.high},
        "by_weekday": [day.document() for day in found.by_day],
        "by_weekday_and_hour": found.table.tolist(),
        "low_by_weekday_and_hour": found.low.tolist(),
        "high_by_weekday_and_hour": found.high.tolist(),
        "dispersion": found.dispersion,
    }


def _hours(learnt: Learnt) -> list[Values]:
    everybody = [("", learnt.common_hours)]
    return [
        {
            "role": role,
            "weekly": weekly(hours.week),
            "edge_s": hours.edge_s,
            "open_share": hours.week.open_s / WEEK_S,
            "events": hours.events,
            "outside_share": hours.outside_share,
            "is_own": hours.is_own,
            "evidence": hours.evidence,
        }
        for role, hours in [*everybody, *learnt.hours.items()]
    ]


def _roles(learnt: Learnt) -> list[Values]:
    of_activity = learnt.staffing.of_activity
    return [
        {
            "role": name,
            "units": role.units,
            "people": role.people,
            "regulars": role.regulars,
            "most_at_once": role.peak,
            "tasks": role.rows,
            "multitasking_share": role.multitasking_share,
            "activities": [name_of(learnt, a) for a, r in of_activity.items() if r == name],
            "own_hours": {p: weekly(w) for p, w in learnt.people_hours.get(name, {}).items()},
            "warnings": [w.document() for w in role.warnings],
        }
        for name, role in learnt.staffing.roles.items()
    ]


def _duration(learnt: Learnt, found: DurationFound) -> Values:
    people = [
        {
            "name": person.name,
            "n": person.n,
            "raw_mean_s": person.raw_mean_s,
            "mean_s": {"mean": person.mean_s, "low": person.low_s, "high": person.high_s},
        }
        for person in found.people
    ]
    return {
        "activity": found.activity,
        "name": name_of(learnt, found.activity),
        "role": learnt.staffing.of_activity[found.activity],
        "outside_calendar": found.mode,
        "over_closed_hours": found.crossings,
        "left_out": found.left_out,
        "people_differ": found.people_differ,
        "p_people": found.p_people,
        "people": people,
        "warnings": [w.document() for w in found.warnings],
        **fit_values(found.fit),
    }


def _decision(learnt: Learnt, found: BranchFound) -> Values:
    return {
        "gateway": found.gateway,
        "name": name_of(learnt, found.gateway),
        "n": found.n,
        "is_inclusive": found.is_inclusive,
        "flows": _flows(learnt, found.flows),
        "attribute": found.attribute,
        "gain": found.gain,
        "by_value": {level: _flows(learnt, flows) for level, flows in found.levels.items()},
        "warnings": [w.document() for w in found.warnings],
    }


def _flows(learnt: Learnt, flows: Sequence[FlowShare]) -> list[Values]:
    return [
        {
            "flow": share.flow,
            "name": flow_name(learnt, share.flow),
            "taken": share.taken,
            "share": {"mean": share.share, "low": share.low, "high": share.high},
        }
        for share in flows
    ]


def period(learnt: Learnt) -> tuple[str, str]:
    """Return the first and the last day of arrivals."""
    times = learnt.work.arrived_s
    first, last = (wall_time(float(t)).date().isoformat() for t in (times.min(), times.max()))
    return first, last
