"""``qbp:`` of BIMP and Apromore: one ``processSimulationInfo`` inside the BPMN file.

Values are seconds, whatever ``timeUnit`` says: that is only what the page shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.domain.process_graph import NodeType
from simulation.exchange.laws import written
from simulation.exchange.qbp_laws import read_qbp_law
from simulation.exchange.shares import write_shares
from simulation.exchange.starts import local_start, write_currency
from simulation.exchange.tags import Tag
from simulation.exchange.texts import unique
from simulation.exchange.unread import tell_unread_tags
from simulation.exchange.weeks import Calendars, spans
from simulation.scenario.flow import performed, waits
from simulation.scenario.references import decisions

if TYPE_CHECKING:
    from simulation.exchange.notes import Draft

_QBP = "http://www.qbp-simulator.com/Schema"
_MOST_CASES = 1_000_000
_INERT = frozenset({"id", "version", "processId", "schemaLocation"})
_LOST = {
    "costThreshold": "figures above a cost are not counted",
    "durationThreshold": "figures above a duration are not counted",
}


def qbp_of(root: Any) -> Any:
    """Return the element with the simulation data of a BPMN file, or None."""
    found = (e for e in root.iter() if str(e.tag).endswith("}processSimulationInfo"))
    return next((e for e in found if str(e.tag).startswith(f"{{{_QBP}")), None)


def read_qbp(element: Any, draft: Draft) -> None:
    """Write what ``qbp:`` says into a scenario. Raises ScenarioInvalid."""
    info = Tag.of(element, source=draft.source)
    calendars, default = _timetables(info, draft)
    _run(info, draft)
    _arrivals(info, draft, default)
    roles = _resources(info, draft, calendars)
    _elements(info, draft, roles)
    _flows(info, draft)
    tell_unread_tags(info, draft.notes, inert=_INERT)


def _run(info: Tag, draft: Draft) -> None:
    run = draft.raw["run"]
    if (cases := info.get("processInstances")) is not None:
        number = cases.number()
        if not 1 <= number <= _MOST_CASES or number != round(number):
            raise cases.refused(f"must be a whole number from 1 to {_MOST_CASES:,}")
        run["cases"] = round(number)
        draft.notes.kept(cases.field, f"{run['cases']:,} cases")
    if (start := info.get("startDateTime")) is not None:
        run["start"] = local_start(start, draft.notes)
    if (currency := info.get("currency")) is not None:
        write_currency(currency, draft)
    for options in info.children("statsOptions"):
        for name in ("trimStartProcessInstances", "trimEndProcessInstances"):
            trim = options.get(name)
            if trim is not None and trim.number() > 0:
                draft.notes.lost(trim.field, "cases are not trimmed; see run.warm_up")


def _timetables(info: Tag, draft: Draft) -> tuple[dict[str, str | None], str | None]:
    """Return the calendar of each timetable, and the one of the arrivals."""
    calendars, found = Calendars(draft), dict[str, str | None]()
    default: str | None = None
    has_default = False
    for table in info.below("timetables", "timetable"):
        id_ = table.need("id").text()
        if id_ in found:
            raise table.refused(f"is a second timetable {id_!r}")
        open_time = []
        for rule in table.below("rules", "rule"):
            first = rule.need("fromWeekDay").text()
            last = rule.get("toWeekDay")
            try:
                open_time += spans(
                    first,
                    last.text() if last is not None else first,
                    rule.need("fromTime").text(),
                    rule.need("toTime").text(),
                )
            except ValueError as error:
                raise rule.refused(str(error)) from None
        name = table.get("name")
        words = name.text() if name is not None else id_
        found[id_] = calendars.add(words, open_time, where=table.field)
        is_default = table.get("default")
        if is_default is None or not is_default.truth():
            continue
        if has_default:
            raise is_default.refused("marks a second timetable as the one of the arrivals")
        default, has_default = found[id_], True
    return found, default


def _arrivals(info: Tag, draft: Draft, calendar: str | None) -> None:
    starts = [n for n in draft.graph.of_type(NodeType.START_EVENT) if n.parent is None]
    rate = info.child("arrivalRateDistribution")
    if rate is None or not starts:
        return
    arrival: dict[str, object] = {"interval": written(read_qbp_law(rate, draft))}
    if calendar is not None:
        arrival |= {"calendar": calendar, "outside_calendar": "opening"}
        words = "arrivals outside the default timetable come at its next opening"
        draft.notes.translated("timetable", words)
    draft.put("arrivals", starts[0].id, arrival)


def _resources(info: Tag, draft: Draft, calendars: dict[str, str | None]) -> dict[str, str]:
    """Write the resources and return the role of each id."""
    roles: dict[str, str] = {}
    for resource in info.below("resources", "resource"):
        id_ = resource.need("id").text()
        if id_ in roles:
            raise resource.refused(f"is a second resource {id_!r}")
        name, cost, table = (resource.get(key) for key in ("name", "costPerHour", "timetableId"))
        roles[id_] = unique(name.text() if name is not None else id_, set(roles.values()))
        staff: dict[str, object] = {"units": resource.need("totalAmount").count()}
        if table is not None:
            if table.text() not in calendars:
                raise table.refused("is no timetable of the file")
            if (calendar := calendars[table.text()]) is not None:
                staff["calendar"] = calendar
        if cost is not None and cost.amount():
            staff["cost_per_hour"] = cost.amount()
        draft.put("resources", roles[id_], staff)
        draft.notes.kept(resource.field, f"role {roles[id_]!r}")
    return roles


def _elements(info: Tag, draft: Draft, roles: dict[str, str]) -> None:
    tasks = {node.id for node in performed(draft.graph)}
    events = {node.id for node in draft.graph.nodes.values() if waits(node)}
    seen: set[str] = set()
    for element in info.below("elements", "element"):
        id_ = element.need("elementId").text()
        if id_ in seen:
            raise element.refused(f"is a second entry for {id_!r}")
        seen.add(id_)
        if id_ not in tasks | events:
            draft.notes.lost(element.field, f"the model has no task or event {id_!r}")
            element.skip()
            continue
        law = element.child("durationDistribution")
        if law is not None:
            section = "durations" if id_ in tasks else "events"
            draft.put(section, id_, written(read_qbp_law(law, draft)))
        if id_ in tasks:
            _demand(element, draft, id_, roles)
        _costs(element, draft, id_)


def _demand(element: Tag, draft: Draft, task: str, roles: dict[str, str]) -> None:
    ids = list(element.below("resourceIds", "resourceId"))
    if not ids:
        draft.notes.kept(element.field, "no resource: nobody is needed")
        draft.put("demands", task, "none")
        return
    if len(ids) > 1:
        raise ids[1].refused("is a second resource; qbp knows one")
    if ids[0].text() not in roles:
        raise ids[0].refused(f"names {ids[0].text()!r}, which is no resource of the file")
    draft.put("demands", task, roles[ids[0].text()])


def _costs(element: Tag, draft: Draft, id_: str) -> None:
    cost = element.get("fixedCost")
    if cost is not None and cost.amount():
        if draft.has("durations", id_):
            draft.put("costs", id_, {"fixed": cost.amount()})
            draft.notes.kept(cost.field, "fixed cost of each visit")
        else:
            draft.notes.lost(cost.field, "only activities have a cost")
    for name, words in _LOST.items():
        limit = element.get(name)
        if limit is not None and limit.number() > 0:
            draft.notes.lost(limit.field, words)
    task = element.get("simulateAsTask")
    if task is not None and task.truth():
        draft.notes.lost(task.field, "a subprocess takes the time of what is in it")


def _flows(info: Tag, draft: Draft) -> None:
    """Write the probabilities, gateway by gateway."""
    given: dict[str, float] = {}
    places: dict[str, Tag] = {}
    for flow in info.below("sequenceFlows", "sequenceFlow"):
        id_ = flow.need("elementId").text()
        if id_ in given:
            raise flow.refused(f"is a second entry for the flow {id_!r}")
        given[id_], places[id_] = flow.need("executionProbability").amount(), flow
    for gateway in decisions(draft.graph):
        flows = [flow.id for flow in draft.graph.outgoing(gateway.id)]
        known = [flow for flow in flows if flow in given]
        if known:
            shares = {flow: given.pop(flow, None) for flow in flows}
            write_shares(draft, places[known[0]].need("executionProbability"), gateway.id, shares)
    for id_ in given:
        words = f"the flow {id_!r} leaves no gateway of the model that chooses"
        draft.notes.lost(places[id_].field, words)
