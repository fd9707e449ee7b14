"""Facts of the engine in the words and figures that people read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from flask import g

from engine.domain.form_field import FieldType
from engine.domain.instance import InstanceState
from engine.domain.label import label
from engine.domain.user_task import TaskState
from web.context import services
from web.languages import current_language
from web.texts import format_decimal, format_moment, local_date
from web.texts import gettext as _

if TYPE_CHECKING:
    from datetime import datetime

    from engine.domain.form_field import Field
    from engine.domain.instance import ProcessDefinition, ProcessInstance
    from engine.domain.process_graph import FlowNode, ProcessGraph
    from engine.domain.user_task import UserTask
    from web.context import Services

MINUTE_S, HOUR_S, DAY_S = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Badge:
    """A state as icon, word and colour."""

    icon: str
    word: str
    tone: str


def case_badge(state: InstanceState) -> Badge:
    """Return how the state of a case is shown."""
    return {
        InstanceState.ACTIVE: Badge("active", _("Running"), "active"),
        InstanceState.COMPLETED: Badge("done", _("Completed"), "done"),
        InstanceState.CANCELLED: Badge("cancelled", _("Cancelled"), "cancelled"),
    }[state]


def standing_badge(case: ProcessInstance) -> Badge:
    """Return how a case is shown: its state, or that it stands still."""
    if case.state is InstanceState.ACTIVE and case.suspended_at is not None:
        return Badge("suspended", _("Suspended"), "suspended")
    return case_badge(case.state)


def task_badge(state: TaskState) -> Badge:
    """Return how the state of a user task is shown."""
    return {
        TaskState.OFFERED: Badge("waiting", _("Waiting"), "waiting"),
        TaskState.RESERVED: Badge("person", _("Kept for one person"), "waiting"),
        TaskState.CLAIMED: Badge("person", _("In work"), "active"),
        TaskState.COMPLETED: Badge("done", _("Done"), "done"),
        TaskState.CANCELLED: Badge("cancelled", _("Withdrawn"), "cancelled"),
    }[state]


def duration(seconds: float) -> str:
    """Write a duration in the largest useful unit: 45 s, 38 min, 1.2 h, 3.4 days."""
    if seconds < MINUTE_S:
        return _("%(number)s s", number=format_decimal(int(max(seconds, 0))))
    if seconds < 1.5 * HOUR_S:
        return _("%(number)s min", number=format_decimal(round(seconds / MINUTE_S)))
    if seconds < 2 * DAY_S:
        return _("%(number)s h", number=format_decimal(seconds / HOUR_S, pattern="0.0"))
    return _("%(number)s days", number=format_decimal(seconds / DAY_S, pattern="#,##0.0"))


def moment(at: datetime, now: datetime) -> str:
    """Write a moment in the clinic's zone as shortly as it stays clear."""
    day, today = local_date(at), local_date(now)
    days_ago = (today - day).days
    time = format_moment(at, "HH:mm")
    if days_ago == 0:
        return _("today %(time)s", time=time)
    if days_ago == 1:
        return _("yesterday %(time)s", time=time)
    if days_ago == -1:
        return _("tomorrow %(time)s", time=time)
    # For translators: how a day is written, see CLDR: d MMM gives 5 Mar, M月d日 gives 3月5日.
    pattern = _("d MMM") if day.year == today.year else _("d MMM yyyy")
    return f"{format_moment(at, pattern)} {time}"


def whole(number: int) -> str:
    """Write a whole number with its thousands parted."""
    return format_decimal(number)


def initials(name: str) -> str:
    """Return the letters in a person's picture: AL for Alice Li, 陈 for 陈医生."""
    words = name.split()
    if not words:
        return "?"
    if ord(words[0][0]) > 0x2E7F:
        return words[0][0]
    return "".join(word[0] for word in (words[0], *words[1:][-1:])).upper()


class Words:
    """Looks up names, once per request, in the reader's language."""

    def __init__(self, services: Services, language: str) -> None:
        self._services = services
        self._engine = services.engine
        self._language = language
        self._fields: dict[int, dict[str, Field]] = {}
        self.now = services.clock.now()

    def label(self, text: str) -> str:
        """Return the side of a bilingual text in the reader's language."""
        return label(text, self._language)

    @cached_property
    def definitions(self) -> dict[str, ProcessDefinition]:
        """The newest version of each process, by key."""
        return {definition.key: definition for definition in self._engine.definitions()}

    @cached_property
    def people(self) -> dict[str, str]:
        """The names of everybody, by user name."""
        return {str(user.id): self.label(user.name) for user in self._engine.users()}

    @cached_property
    def groups(self) -> dict[str, str]:
        """The names of the lanes, which are what groups are called after."""
        runnable = (one for one in self.definitions.values() if one.is_executable)
        graphs = [self._engine.graph(definition.id) for definition in runnable]
        return {
            lane.id: self.label(lane.name)
            for graph in reversed(graphs)
            for lane in graph.lanes.values()
        }

    def process(self, key: str) -> str:
        """Return the name of a process."""
        known = self.definitions.get(key)
        return self.label(known.name) if known else key

    def person(self, user_id: str | None) -> str:
        """Return the name of a person; nobody is the process itself."""
        if user_id is None:
            return _("the process")
        return self.people.get(user_id, user_id)

    def group(self, group: str | None) -> str:
        """Return the name of a group."""
        return _("everybody") if group is None else self.groups.get(group, group)

    def candidates(self, task: UserTask) -> str:
        """Return who may take a task: groups, people, everybody, or nobody."""
        named = [
            *(self.group(group) for group in sorted(task.candidates.groups)),
            *(self.person(user) for user in task.candidates.named),
        ]
        if task.candidates.is_restricted and not named:
            return _("nobody")
        return _(", ").join(named) if named else self.group(None)

    def field_labels(self, definition_id: int) -> dict[str, str]:
        """Return what the forms of a process call the values of its cases."""
        fields = self.fields(definition_id)
        return {key: self.label(field.label) for key, field in fields.items() if field.label}

    def definition(self, key: str, definition_id: int) -> ProcessDefinition:
        """Return the version of a process that a case runs on."""
        newest = self.definitions[key]
        for version in range(newest.version, 0, -1):
            found = self._engine.definition(key, version=version)
            if found.id == definition_id:
                return found
        return newest

    def element(self, graph: ProcessGraph, element_id: str | None) -> str:
        """Return the name of a flow node."""
        node: FlowNode | None = graph.nodes.get(element_id or "")
        return self.label(node.name) if node and node.name else (element_id or "")

    def fields(self, definition_id: int) -> dict[str, Field]:
        """Return the fields of every form of a process; the first form that has one counts."""
        if definition_id not in self._fields:
            nodes = self._engine.graph(definition_id).nodes.values()
            keys = dict.fromkeys(node.form_key for node in nodes if node.form_key)
            fields: dict[str, Field] = {}
            for key in keys:
                for name, field in self._engine.form(definition_id, key).fields.items():
                    fields.setdefault(name, field)
            self._fields[definition_id] = fields
        return self._fields[definition_id]

    def subject(self, case: ProcessInstance) -> str:
        """Return whom or what a case is about: the first text that its forms ask for."""
        for name, field in self.fields(case.definition_id).items():
            value = case.values.get(name)
            if field.type is FieldType.TEXTFIELD and value:
                return str(value)
        return ""

    def ago(self, at: datetime) -> str:
        """Return how long ago something was."""
        passed_s = (self.now - at).total_seconds()
        return duration(passed_s) if passed_s >= MINUTE_S else _("less than 1 min")

    def moment(self, at: datetime) -> str:
        """Return when something was or will be."""
        return moment(at, self.now)

    def clock(self, at: datetime) -> str:
        """Return the time of day."""
        return format_moment(at, "HH:mm")

    def exactly(self, at: datetime) -> str:
        """Return a moment with date, seconds and zone, for those who need it."""
        return format_moment(at, "yyyy-MM-dd HH:mm:ss zzz")


def words() -> Words:
    """Return the words of this request."""
    if "words" not in g:
        g.words = Words(services(), current_language().code)
    found: Words = g.words
    return found
