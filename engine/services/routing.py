"""Use cases about routing: which version a new case goes to, now and under other rules.

The version of a case is chosen once, when it starts; rules that change later move no case.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.domain.routing import (
    InvalidRouting,
    Route,
    RoutedCase,
    Routing,
    RoutingPreview,
    choose,
    ensure_sound,
    place_percent,
)
from engine.errors import FieldError, InvalidForm, NotExecutable, NotFound
from engine.expressions import EvaluationFailed, InvalidExpression, compile_expression
from engine.services import users
from engine.store import cases, definitions, routing, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain.instance import ProcessDefinition
    from engine.domain.routing import RoutingRule
    from engine.services.context import Context
    from engine.store.database import Transaction

MOST_SAMPLES = 500
NO_RULE = "no rule fits: the newest active version"


def version_for(
    tx: Transaction, process_key: str, business_key: str, values: Mapping[str, object]
) -> tuple[ProcessDefinition, Route | None]:
    """Return the version that a new case goes to, and by which rule; None: there are no rules."""
    newest = definitions.startable_of(tx, process_key)
    if newest is None:
        if definitions.newest_of(tx, process_key) is None:
            raise NotFound("process", process_key)
        raise NotExecutable(process_key, "no version of it is active")
    known = routing.of_process(tx, process_key)
    if known is None or not known.rules:
        return newest, None
    route = _route(known.rules, newest, business_key, values)
    if route.version == newest.version:
        return newest, route
    chosen = definitions.version_of(tx, process_key, route.version)
    if chosen is None or not chosen.may_start:  # it was retired behind the rules' back
        return newest, Route(newest.version, None, f"version {route.version} is not active")
    return chosen, route


def get(context: Context, process_key: str) -> Routing | None:
    """Return the rules of a process that count, if it ever had any."""
    with context.database.reading() as tx:
        return routing.of_process(tx, process_key)


def changes(context: Context, process_key: str) -> list[Routing]:
    """Return who changed the rules of a process, when and why, the newest first."""
    with context.database.reading() as tx:
        return routing.changes(tx, process_key)


def save(
    context: Context, process_key: str, rules: Sequence[RoutingRule], *, by: str, reason: str
) -> Routing:
    """Replace the rules of a process; no rules: all cases go to the newest active version."""
    if not reason.strip():
        raise InvalidForm({"reason": FieldError("required")})
    new = Routing(process_key, tuple(rules), context.clock.now(), by, reason.strip())

    def work(tx: Transaction) -> Routing:
        users.ensure_manager(tx, by, "route", f"cases of {process_key}")
        _ensure_valid(tx, process_key, rules)
        return replace(new, id=routing.insert(tx, new))

    return context.database.run(work)


@dataclass(frozen=True, slots=True)
class Preview:
    """The question where cases would go; None: the rules that count, the cases there are."""

    process_key: str
    rules: Sequence[RoutingRule] | None = None
    samples: Sequence[tuple[str, Mapping[str, object]]] | None = None
    limit: int = 200


def preview(context: Context, wanted: Preview, *, by: str) -> RoutingPreview:
    """Return what rules would do with cases: with samples, or with the newest cases there are."""
    process_key, rules, samples = wanted.process_key, wanted.rules, wanted.samples
    if not 0 < wanted.limit <= MOST_SAMPLES:
        raise ValueError(f"a preview has 1 to {MOST_SAMPLES} cases, not {wanted.limit}")
    with context.database.reading() as tx:
        user = users.ensure_manager(tx, by, "see", f"the routing of {process_key}")
        newest = definitions.usual_of(tx, process_key)
        if newest is None:
            raise NotFound("process", process_key)
        if rules is None:
            known = routing.of_process(tx, process_key)
            rules = known.rules if known is not None else ()
        else:
            _ensure_valid(tx, process_key, rules)
        if samples is None:
            filters = cases.Filters(process_key, limit=wanted.limit)
            found = cases.page(tx, filters, visible_to=user)
            samples = [(case.business_key, case.values) for case in found]
    routed = tuple(
        RoutedCase(key, _route(rules, newest, key, values))
        for key, values in samples[: wanted.limit]
    )
    return RoutingPreview(routed, dict(Counter(case.route.version for case in routed)))


def targets(tx: Transaction, process_key: str) -> dict[int, tuple[int, ...]]:
    """Return the numbers of the rules that send cases to each version."""
    known, found = routing.of_process(tx, process_key), dict[int, tuple[int, ...]]()
    for number, rule in enumerate(known.rules if known is not None else (), 1):
        found[rule.version] = (*found.get(rule.version, ()), number)
    return found


def _route(
    rules: Sequence[RoutingRule],
    newest: ProcessDefinition,
    business_key: str,
    values: Mapping[str, object],
) -> Route:
    place = place_percent(newest.key, business_key)
    index = choose(rules, place, lambda rule: _fits(rule, values))
    if index is None:
        return Route(newest.version, None, NO_RULE)
    return Route(rules[index].version, index + 1, f"rule {index + 1}: {rules[index]}")


def _fits(rule: RoutingRule, values: Mapping[str, object]) -> bool:
    """Return whether a condition holds; one about a value that is not there does not."""
    assert rule.condition is not None
    try:
        return compile_expression(rule.condition).evaluate(values) is True
    except EvaluationFailed:
        return False


def _ensure_valid(tx: Transaction, process_key: str, rules: Sequence[RoutingRule]) -> None:
    """Raise InvalidRouting with everything that is wrong with the rules."""
    ensure_sound(process_key, rules)
    known = versions.of_process(tx, process_key)
    if not known:
        raise NotFound("process", process_key)
    active = {one.version for one in known if one.may_start}
    problems = []
    for number, rule in enumerate(rules, 1):
        if rule.version not in active:
            offered = ", ".join(str(version) for version in sorted(active)) or "none"
            words = f"version {rule.version} is not active; active are {offered}"
            problems.append(f"rule {number}: {words}")
        if rule.condition is not None:
            try:
                compile_expression(rule.condition)
            except InvalidExpression as error:
                problems.append(f"rule {number}: {error}")
    if problems:
        raise InvalidRouting(process_key, problems)
