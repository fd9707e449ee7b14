"""What Prosimos says by rules over case data: conditions of flows, priorities."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.domain.process_graph import NodeType
from engine.expressions import EvaluationFailed, InvalidExpression, compile_expression
from simulation.exchange.laws import NOT_TIMES
from simulation.exchange.prosimos_laws import read_law
from simulation.exchange.texts import identifier, whole_shares
from simulation.scenario.values import typed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulation.exchange.entries import Entry
    from simulation.exchange.notes import Draft

_COMPARISONS = {"=": "==", "==": "==", "!=": "!=", ">": ">", ">=": ">=", "<": "<", "<=": "<="}
_LAST = 1_000_000  # the priority of whom no rule names


def read_attributes(document: Entry, draft: Draft) -> None:
    """Write the data that cases are born with. Raises ScenarioInvalid."""
    section = document.get("case_attributes")
    if section is None:
        return
    found: dict[str, Any] = {}
    for entry in section.list():
        name = identifier(entry.need("name").text())
        if name in found:
            raise entry.refused(f"is a second attribute {name!r}")
        kind, values = entry.need("type").text(), entry.need("values")
        if kind == "discrete":
            found[name] = {"choice": _choice(values)}
            draft.notes.kept(entry.field, f"attribute {name!r}: one of {len(values.list())}")
        elif kind == "continuous":
            found[name] = _rounded(read_law(values, draft.notes))
        else:
            raise entry.need("type").refused("must be discrete or continuous")
    for arrival in draft.raw["arrivals"].values():
        if found:
            arrival["attributes"] = found


def _choice(values: Entry) -> dict[str, float]:
    shares: dict[str, float] = {}
    for item in values.list():
        key = item.need("key").text()
        if key in shares:
            raise item.refused(f"is a second value {key!r}")
        shares[key] = item.need("value").amount()
    total = sum(shares.values())
    if abs(total - 1) > 0.01:
        raise values.refused(f"needs probabilities that add up to 1, these make {total:.6g}")
    return whole_shares(shares)


def _rounded(value: Any) -> Any:
    """Write a law of numbers shortly."""
    if isinstance(value, dict):
        return {k: v if k in NOT_TIMES else _rounded(v) for k, v in value.items()}
    return [_rounded(v) for v in value] if isinstance(value, list) else round(float(value), 6)


def _rule_text(rules: Entry) -> tuple[str, set[str]]:
    """Return alternatives of conditions as an expression, and the attributes it is about."""
    names: set[str] = set()
    alternatives = []
    for group in rules.list():
        terms = []
        for rule in group.list():
            name = identifier(rule.need("attribute").text())
            names.add(name)
            terms.append(_term(name, rule))
        if terms:
            alternatives.append(" and ".join(terms))
    if not alternatives:
        raise rules.refused("needs a condition")
    text = " or ".join(f"({a})" for a in alternatives) if alternatives[1:] else alternatives[0]
    try:
        compile_expression(text)
    except InvalidExpression as error:
        raise rules.refused(f"cannot be written as an expression: {error}") from None
    return text, names


def _term(name: str, rule: Entry) -> str:
    comparison, value = rule.need("comparison").text(), rule.need("value")
    if comparison == "in":
        low, high = _range(value)
        return f"{name} >= {low:g}" if high is None else f"{low:g} <= {name} <= {high:g}"
    if comparison not in _COMPARISONS:
        known = ", ".join((*_COMPARISONS, "in"))
        raise rule.need("comparison").refused(f"must be one of {known}")
    if isinstance(value.value, dict | list):
        raise value.refused("must be a text or a number")
    return f"{name} {_COMPARISONS[comparison]} {_literal(value.value)}"


def _range(value: Entry) -> tuple[float, float | None]:
    ends = value.list()
    if len(ends) != 2:
        raise value.refused("needs two ends")
    return ends[0].number(), None if ends[1].value == "inf" else ends[1].number()


def _literal(value: object) -> str:
    if isinstance(value, str):
        value = typed(value)
    return json.dumps(value, ensure_ascii=False)


@dataclass
class Conditions:
    """The conditions of a file by their ids."""

    texts: dict[str, tuple[str, set[str]]] = field(default_factory=dict)

    def write(self, draft: Draft, entry: Entry, gateway: str, named: Mapping[str, Entry]) -> None:
        """Write the conditions of a gateway as a table by an attribute, if one decides alone."""
        shares = draft.raw["branches"].get(gateway)
        if shares is None:  # it is no gateway of the model, and that is said
            return
        found: dict[str, str] = {}
        names: set[str] = set()
        for flow, condition in named.items():
            if condition.text() not in self.texts:
                words = f"has no rule {condition.text()!r} in branch_rules"
                raise condition.refused(words)
            text, used = self.texts[condition.text()]
            found[flow] = text
            names |= used
        values = _values(draft, names)
        if values is None:
            about = ", ".join(sorted(names))
            words = f"conditions over {about}: only those over one drawn choice are imported"
            draft.notes.lost(entry.field, f"{words}; the probabilities decide")
            return
        (name,) = names
        table = {value: _decided(draft, gateway, shares, found, {name: value}) for value in values}
        draft.put("branches", gateway, {"by": name, "table": table})
        draft.notes.translated(entry.field, f"conditions: a table by the attribute {name!r}")


def read_conditions(document: Entry) -> Conditions:
    """Return the conditions that flows refer to. Raises ScenarioInvalid."""
    result, section = Conditions(), document.get("branch_rules")
    for entry in [] if section is None else section.list():
        id_ = entry.need("id").text()
        if id_ in result.texts:
            raise entry.refused(f"is a second rule {id_!r}")
        result.texts[id_] = _rule_text(entry.need("rules"))
    return result


def _values(draft: Draft, names: set[str]) -> list[str] | None:
    """Return the values of the one attribute that decides; None: several, or no choice."""
    attributes = _attributes(draft)
    if len(names) != 1 or "choice" not in (found := attributes.get(next(iter(names)), {})):
        return None
    return list(found["choice"])


def _attributes(draft: Draft) -> dict[str, Any]:
    first: dict[str, Any] = next(iter(draft.raw["arrivals"].values()), {})
    found: dict[str, Any] = first.get("attributes", {})
    return found


def _decided(
    draft: Draft,
    gateway: str,
    shares: dict[str, float],
    conditions: dict[str, str],
    data: dict[str, str],
) -> dict[str, float]:
    """Return the shares of the flows for a value: what is true, else the default, else all."""
    values = {name: typed(value) for name, value in data.items()}
    true = [flow for flow, text in conditions.items() if _is_true(text, values)]
    node = draft.graph.nodes[gateway]
    if not true and node.default_flow is None:
        return shares
    chosen = true or [str(node.default_flow)]
    if node.type is NodeType.INCLUSIVE_GATEWAY:
        return {flow: float(flow in chosen) for flow in shares}
    weights = {flow: shares[flow] if flow in chosen else 0.0 for flow in shares}
    if sum(weights.values()) <= 0:
        weights = {flow: float(flow in chosen) for flow in shares}
    return whole_shares(weights)


def _is_true(text: str, values: Mapping[str, object]) -> bool:
    try:
        return bool(compile_expression(text).evaluate(values))
    except EvaluationFailed:
        return False  # a text beside a number: Prosimos compares them, and finds nothing


def read_priorities(document: Entry, draft: Draft) -> None:
    """Write the priorities of cases; the smaller goes first, as in Prosimos."""
    section = document.get("prioritisation_rules")
    if section is None or section.value in ([], {}):
        return
    levels: list[tuple[int, str]] = []
    names: set[str] = set()
    for entry in section.list():
        text, used = _rule_text(entry.need("rules"))
        levels.append((round(entry.need("priority_level").number()), text))
        names |= used
    missing = sorted(names - _attributes(draft).keys())
    if missing:
        draft.notes.lost(section.field, f"it needs {', '.join(missing)}, which no case draws")
        return
    levels.sort(key=lambda level: level[0])
    text = " else ".join([*(f"{level} if {rule}" for level, rule in levels), str(_LAST)])
    for task, demand in draft.raw["demands"].items():
        if demand != "none":
            draft.put("priorities", task, text)
    words = "the order of the queues; Prosimos 2.1 does not keep it while a case waits, this does"
    draft.notes.translated(section.field, words)
