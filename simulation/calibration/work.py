"""Work: the rows of a log under the ids of a model's activities, in wall-clock seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from engine.domain.label import label
from engine.domain.process_graph import ACTIVITIES, NodeType, ProcessGraph
from simulation.calibration.errors import CalibrationRefused
from simulation.calibration.week import wall_s

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.domain.process_graph import FlowNode
    from kpis.log_reader.work_log import WorkLog

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

_INSTANT_S = 1e-3
_MOSTLY = 0.95  # of the rows


@dataclass(eq=False)
class Work:
    """One row per activity that the model knows, ordered by case and start.

    ``enabled_s`` is what the log tells (NaN: nothing); replay and estimates fill it in later.
    """

    case_ids: tuple[str, ...]
    activities: tuple[str, ...]  # ids of elements
    resources: tuple[str, ...]
    roles: tuple[str, ...]
    case: Ints
    activity: Ints
    resource: Ints  # -1: nobody is told
    role: Ints  # -1: none is told
    enabled_s: Floats
    started_s: Floats
    ended_s: Floats
    arrived_s: Floats  # per case
    is_damaged: NDArray[np.bool_]  # per case: rows were lost
    attributes: dict[str, tuple[str | None, ...]]
    delays: dict[str, Floats]  # waits for events that the log tells of
    unknown: dict[str, int]  # activities the model does not have → rows
    has_starts: bool = True
    has_enabled: bool = True
    has_arrivals: bool = True
    has_roles_as_people: bool = False  # the log names roles where people should stand

    def __len__(self) -> int:
        return len(self.case)

    def rows_of(self, activity: str) -> Ints:
        """Return the rows of an activity by its id."""
        if activity not in self.activities:
            return np.zeros(0, dtype=np.intp)
        return np.flatnonzero(self.activity == self.activities.index(activity))

    def only(self, cases: NDArray[np.bool_]) -> Work:
        """Return the work on some of the cases."""
        kept = cases[self.case]
        number = np.cumsum(cases) - 1
        rows = {
            name: getattr(self, name)[kept]
            for name in ("activity", "resource", "role", "enabled_s", "started_s", "ended_s")
        }
        return replace(
            self,
            **rows,
            case=number[self.case[kept]].astype(np.intp),
            case_ids=tuple(np.array(self.case_ids, dtype=object)[cases]),
            arrived_s=self.arrived_s[cases],
            is_damaged=self.is_damaged[cases],
            attributes={
                name: tuple(np.array(values, dtype=object)[cases])
                for name, values in self.attributes.items()
            },
        )

    def first_rows(self) -> Ints:
        """Return where the rows of each case begin, and, last, where they end."""
        return np.searchsorted(self.case, np.arange(len(self.case_ids) + 1)).astype(np.intp)


def work_of(log: WorkLog, graph: ProcessGraph, *, source: str) -> Work:
    """Join a log with a model by ids or names of activities.

    Raises:
        CalibrationRefused: no activity of the log is in the model.
    """
    ids = ids_of(log.activity.names, graph)
    known = np.array([*(name in ids for name in log.activity.names), False])[log.activity.codes]
    if not known.any():
        raise CalibrationRefused(source, _no_activity(log, graph))
    done = np.bincount(log.activity.codes[known], minlength=len(log.activity.names)) > 0
    names_done = [n for n, is_done in zip(log.activity.names, done, strict=True) if is_done]
    order = tuple(dict.fromkeys(ids[n] for n in names_done))
    place = [order.index(ids[n]) if n in names_done else -1 for n in log.activity.names]
    names = log.activity.names
    counts = np.bincount(log.activity.codes[~known], minlength=len(names))
    started_s = _sound_starts(log)[known]
    resource = _people(log)[known]
    return Work(
        case_ids=log.case_ids,
        activities=order,
        resources=log.resource.names,
        roles=log.role.names,
        case=log.case[known],
        activity=np.array([*place, -1], dtype=np.intp)[log.activity.codes[known]],
        resource=resource,
        role=log.role.codes[known],
        enabled_s=wall_s(_sound(log)[known], log.zone),
        started_s=wall_s(started_s, log.zone),
        ended_s=wall_s(log.ended_s[known], log.zone),
        arrived_s=wall_s(log.case_start_s, log.zone),
        is_damaged=log.is_damaged,
        attributes=log.attributes,
        delays=_delays(log),
        unknown={names[i]: int(n) for i, n in enumerate(counts) if n},
        has_starts=bool(np.mean(~np.isnan(started_s)) > 0.5),
        has_enabled=bool(np.mean(~np.isnan(log.enabled_s[known])) > 0.5),
        has_arrivals=log.arrived_s is not None,
        has_roles_as_people=bool((resource < 0).all() and (log.resource.codes[known] >= 0).any()),
    )


def ids_of(names: tuple[str, ...], graph: ProcessGraph) -> dict[str, str]:
    """Return which activity each name or id of a log means; what is unknown is left out."""
    by_name: dict[str, str] = {}
    for node in graph.nodes.values():
        if node.type in ACTIVITIES:
            for name in (node.id, node.name, label(node.name, "en"), label(node.name, "zh")):
                if name:
                    by_name.setdefault(_plain(name), node.id)
    return {name: by_name[_plain(name)] for name in names if _plain(name) in by_name}


def _sound(log: WorkLog) -> Floats:
    """Return when rows were enabled, as far as it was not after they began."""
    return np.asarray(np.where(log.enabled_s > log.begun_s, np.nan, log.enabled_s))


def _sound_starts(log: WorkLog) -> Floats:
    """Return when rows began; a log in which nothing takes any time tells ends only."""
    known = ~np.isnan(log.started_s)
    is_instant = log.ended_s[known] - log.started_s[known] < _INSTANT_S
    if known.any() and is_instant.mean() > _MOSTLY:
        return np.full(len(log), np.nan)
    return log.started_s


def _people(log: WorkLog) -> Ints:
    """Return who did each row; nobody where the log repeats the role in the place of people."""
    people, roles = log.resource, log.role
    both = (people.codes >= 0) & (roles.codes >= 0)
    if not both.any():
        return people.codes
    same = {name: roles.names.index(name) for name in people.names if name in roles.names}
    role_of = np.array([*(same.get(name, -2) for name in people.names), -2])
    is_same = role_of[people.codes[both]] == roles.codes[both]
    return np.full(len(log), -1, dtype=np.intp) if is_same.mean() > _MOSTLY else people.codes


def is_performed(node: FlowNode) -> bool:
    """Return whether somebody works on an activity, as far as its symbol tells."""
    return node.type not in {NodeType.SERVICE_TASK, NodeType.SCRIPT_TASK}


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()


def _delays(log: WorkLog) -> dict[str, Floats]:
    waits: dict[str, list[float]] = {}
    for element_id, wait_s in log.delays:
        waits.setdefault(element_id, []).append(wait_s)
    return {element_id: np.array(values) for element_id, values in waits.items()}


def _no_activity(log: WorkLog, graph: ProcessGraph) -> str:
    told = log.activity.names[0]
    known = [node.name or node.id for node in graph.nodes.values() if node.type in ACTIVITIES]
    near = get_close_matches(told, known, 1, cutoff=0.5)
    hint = f"; did you mean {near[0]!r}?" if near else f"; it has {', '.join(known[:8])}"
    return f"no activity of the log is in the model: it has no {told!r}{hint}"
