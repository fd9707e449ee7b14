"""Problems as pages show them: whose they are, what failed, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from engine.errors import NotAllowed, NotFound
from web import problem_words
from web.context import services, signed_in_user
from web.incident_words import reason_words
from web.presenters import words

if TYPE_CHECKING:
    from engine.domain.incident import Incident
    from engine.domain.instance import ProcessInstance
    from engine.domain.process_graph import FlowNode, ProcessGraph


@dataclass(frozen=True)
class Problem:
    """An incident with the case it holds up; without one, nothing of a case had begun."""

    incident: Incident
    case: ProcessInstance | None
    graph: ProcessGraph | None

    @classmethod
    def of(cls, incident: Incident, case: ProcessInstance | None = None) -> Problem:
        """Look up the case and the model of an incident."""
        engine = services().engine
        if case is None and incident.instance_id is not None:
            case = engine.instance(incident.instance_id, by=signed_in_user().id)
        definition_id = case.definition_id if case else incident.definition_id
        graph = None
        if definition_id is not None:
            try:
                graph = engine.graph(definition_id)
            except NotFound:  # the version is deleted; the problem is told without its model
                graph = None
        return cls(incident, case, graph)

    @property
    def cause(self) -> str:
        """What failed, in words."""
        return problem_words.cause(self.incident.kind)

    @property
    def reason(self) -> str:
        """What exactly failed, in the language of the page where the sentence is ours."""
        return reason_words(self.incident.reason)

    @property
    def process(self) -> str:
        """The name of the process."""
        if self.case is not None:
            return words().process(self.case.process_key)
        return words().label(self.graph.name or self.graph.key) if self.graph else "–"

    @property
    def step(self) -> str:
        """The name of the step where it happened."""
        if self.graph is None:
            return self.incident.element_id
        return words().element(self.graph, self.incident.element_id)

    @cached_property
    def node(self) -> FlowNode | None:
        """The step in the model."""
        return self.graph.nodes.get(self.incident.element_id) if self.graph else None

    @property
    def effects(self) -> dict[str, str]:
        """What each way out will do."""
        return {
            "retry": problem_words.retry_effect(self.incident),
            "edit": problem_words.edit_effect(),
            "skip": problem_words.skip_effect(self.incident, self.node),
            "cancel": problem_words.cancel_effect(self.incident),
        }


def open_problems(case: ProcessInstance) -> list[Problem]:
    """Return what holds a case up, as far as this person may see it."""
    if not case.open_incidents:
        return []
    try:
        found = services().engine.incidents_of(case.id, by=signed_in_user().id)
    except NotAllowed:
        return []
    return [Problem.of(one, case) for one in found if one.resolved_at is None]
