"""What pages show of a case: facts, where it stands, what happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from web.context import services, signed_in_user
from web.presenters import words
from web.problem_page import Problem, open_problems
from web.texts import gettext as _
from web.timeline import Entry, element_states, tell

if TYPE_CHECKING:
    from engine.domain.form_field import Field
    from engine.domain.history import HistoryEvent
    from engine.domain.instance import ProcessDefinition, ProcessInstance
    from engine.domain.process_graph import ProcessGraph

LONGEST_TEXT = 200
MOST_ITEMS = 20  # of a list that is shown


@dataclass(frozen=True)
class CaseContext:
    """A case as the signed-in person may see it."""

    instance: ProcessInstance
    definition: ProcessDefinition
    graph: ProcessGraph
    history: list[HistoryEvent]
    problems: list[Problem]  # that are open

    @classmethod
    def read(cls, instance_id: int) -> Self:
        """Read a case, or raise NotFound or NotAllowed."""
        engine, user_id = services().engine, signed_in_user().id
        instance = engine.instance(instance_id, by=user_id)
        return cls(
            instance,
            words().definition(instance.process_key, instance.definition_id),
            engine.graph(instance.definition_id),
            engine.history(instance_id, by=user_id),
            open_problems(instance),
        )

    @property
    def view(self) -> dict[str, object]:
        """What the diagram marks."""
        stuck = {problem.incident.element_id: "problem" for problem in self.problems}
        return {"states": {**element_states(self.history), **stuck}}

    @property
    def timeline(self) -> list[Entry]:
        """What happened, the newest first."""
        labels = words().field_labels(self.instance.definition_id)
        return tell(self.history, self.graph, words(), labels=labels)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The data of the case, with the labels of the forms that asked for it."""
        fields, values = words().fields(self.instance.definition_id), self.instance.values
        in_order = [
            *(key for key in fields if key in values),
            *sorted(values.keys() - fields.keys()),
        ]
        return [
            (_field_label(fields.get(key), key), fact_text(values[key], fields.get(key)))
            for key in in_order
            if values[key] not in (None, "", [], {})
        ]

    def element(self, element_id: str) -> str:
        """Return the name of a flow node of the case."""
        return words().element(self.graph, element_id)


def _field_label(field: Field | None, key: str) -> str:
    return words().label(field.label) if field and field.label else key.replace("_", " ")


def fact_text(value: object, field: Field | None = None) -> str:
    """Write a value of a case for people: an object by its parts, a list of objects in lines."""
    for option in field.options if field else ():
        if option.value == value:
            return words().label(option.label)
    if isinstance(value, Mapping):
        return _pairs(value)
    if isinstance(value, list | tuple):
        return _items(value, field)
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _cut(words().label(str(value)))


def _pairs(parts: Mapping[str, object]) -> str:
    told = (
        _("%(name)s: %(value)s", name=key.replace("_", " "), value=_one_line(part))
        for key, part in parts.items()
    )
    return _cut(_("; ").join(told)) or "–"


def _items(items: Sequence[object], field: Field | None) -> str:
    shown = [fact_text(item, field) for item in items[:MOST_ITEMS]]
    left = len(items) - len(shown)
    if left:
        shown.append(_("… and %(count)s more", count=left))
    if any(isinstance(item, Mapping | list | tuple) for item in items):
        return "\n".join(text.replace("\n", " ") for text in shown)
    return _(", ").join(shown)


def _one_line(value: object) -> str:
    """Write what is inside an object, in brackets if it has parts itself."""
    text = fact_text(value).replace("\n", _("; "))
    return f"({text})" if isinstance(value, Mapping | list | tuple) else text


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_TEXT else text[: LONGEST_TEXT - 1] + "…"
