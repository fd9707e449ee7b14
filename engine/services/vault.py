"""Personal values of cases: kept apart, shown to those who may see the case, erased for good.

A field that its form marks as personal is kept in the vault; values of the case, execution
state, search text and history hold a reference. What is personal once stays so: a new value for
it goes into the vault as well, whoever writes it.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.domain.vault import (
    KEY,
    PersonalValue,
    is_told,
    personal_keys,
    pseudonym,
    reference,
    references_in,
    replaced,
)
from engine.services import users
from engine.store import vault
from engine.store.types import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from engine.domain.form import Form
    from engine.domain.instance import ProcessInstance
    from engine.store.database import Transaction

NO_VALUES: Mapping[str, object] = {}
NO_CASE = 0  # of a case that has no number yet


def resolve(tx: Transaction, values: Mapping[str, object]) -> dict[str, object]:
    """Return values with what is behind their references; what was erased is None."""
    names = _names_in(values)
    if not names:
        return dict(values)
    known = vault.values(tx, names)
    return {key: replaced(value, known.get) for key, value in values.items()}


def personal_in(tx: Transaction, values: Mapping[str, object]) -> list[object]:
    """Return the personal values to which values refer."""
    names = _names_in(values)
    return list(vault.values(tx, names).values())


def _names_in(values: Mapping[str, object]) -> set[str]:
    """Return the references in values. Most have none, which their JSON tells quickest."""
    return set(references_in(dict(values))) if KEY in to_json(values) else set()


def shown(
    tx: Transaction, cases: Sequence[ProcessInstance], by: str | None
) -> list[ProcessInstance]:
    """Return cases as a person sees them; None is the system itself, which sees references."""
    names = {name for case in cases for name in _names_in(case.values)}
    if by is None or not names:
        return list(cases)
    stand_in: Callable[[str], object] = pseudonym
    if users.acting(tx, by).may_see_personal_values():
        stand_in = vault.values(tx, names).get
    return [replace(case, values=replaced(dict(case.values), stand_in)) for case in cases]


def shown_one(tx: Transaction, case: ProcessInstance, by: str | None) -> ProcessInstance:
    """Return a case as a person sees it."""
    return shown(tx, [case], by)[0]


def hidden(
    values: Mapping[str, object],
    form: Form | None,
    *,
    at: datetime,
    before: Mapping[str, object] = NO_VALUES,
    known: Mapping[str, object] = NO_VALUES,
) -> tuple[dict[str, object], list[PersonalValue]]:
    """Return values with references for what is personal, and what the vault is to keep.

    ``before`` are the values of the case so far, ``known`` the same resolved: an unchanged value
    keeps its reference.
    """
    personal = personal_keys(before)
    if form is not None:
        personal |= {field.key for field in form.fields.values() if field.is_personal}
    result, kept = dict(values), []
    for key in sorted(personal & values.keys()):
        value = values[key]
        if reference(value) is not None or not is_told(value):
            continue
        if reference(before.get(key)) is not None and known.get(key) == value:
            result[key] = before[key]
            continue
        kept.append(PersonalValue(uuid.uuid4().hex, NO_CASE, key, value, at))
        result[key] = {KEY: kept[-1].reference}
    return result, kept


def keep(tx: Transaction, kept: Iterable[PersonalValue], *, instance_id: int) -> None:
    """Store personal values of a case."""
    vault.insert(tx, [replace(value, instance_id=instance_id) for value in kept])


def hide(
    tx: Transaction,
    case: ProcessInstance,
    values: Mapping[str, object],
    form: Form | None = None,
    *,
    at: datetime,
) -> dict[str, object]:
    """Return values for a case that is there, with what is personal stored in the vault."""
    known = resolve(tx, case.values)
    result, kept = hidden(values, form, at=at, before=case.values, known=known)
    keep(tx, kept, instance_id=case.id)
    return result
