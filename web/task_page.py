"""The page of one task: who has it, its form, what was typed, what a person may do with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import render_template

from engine.domain.user_task import HELD_STATES, OPEN_STATES, TaskState
from web.case_context import CaseContext, fact_text
from web.context import services, signed_in_user
from web.forms import FormPage
from web.presenters import words
from web.task_words import due_input, handover, priority_choices

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.domain.form import Form
    from engine.domain.identity import User
    from engine.domain.user_task import UserTask
    from engine.errors import InvalidForm


@dataclass(frozen=True)
class Asking:
    """What a dialog of the page was sent with, and what was wrong with it."""

    dialog: str = ""
    problem: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Draft:
    """What the person typed and did not send."""

    values: dict[str, object]
    saved_at: datetime
    facts: list[tuple[str, str]]


@dataclass(frozen=True)
class Receiver:
    """A person or group to hand a task to."""

    value: str  # person:bob, group:doctor
    name: str
    hint: str
    is_usual: bool  # among the candidates


NOTHING_ASKED = Asking()


def task_page(
    task: UserTask,
    *,
    values: Mapping[str, object] | None = None,
    refusal: InvalidForm | None = None,
    asking: Asking = NOTHING_ASKED,
) -> str:
    """Return the page; ``values`` are those of a form that was refused."""
    engine, user = services().engine, signed_in_user()
    case = CaseContext.read(task.instance_id)
    is_held = task.claimed_by == user.id
    is_mine = is_held and task.state is TaskState.CLAIMED
    is_open = task.state in OPEN_STATES
    schema = engine.form(task.definition_id, task.form_key) if task.form_key else None
    draft = _draft(task, schema)
    form = None
    if schema is not None and is_open:
        typed = {**(draft.values if draft is not None and is_mine else {}), **(values or {})}
        seen = {**engine.task_values(task.id, by=user.id), **typed}
        form = FormPage.build(schema, values=seen, refusal=refusal, is_readonly=not is_mine)
    may_give = is_open and (user.may_manage() or is_held)
    return render_template(
        "tasks/show.html",
        task=task,
        case=case,
        form=form,
        draft=draft,
        is_mine=is_mine,
        is_kept=is_held and task.state is TaskState.RESERVED,
        is_open=is_open,
        may_take=task.state is TaskState.OFFERED and task.is_offered_to(user),
        may_manage=user.may_manage(),
        handed=handover(task, case.history) if task.state in HELD_STATES else None,
        receivers=receivers(task, user) if may_give else [],
        priorities=priority_choices(task) if user.may_manage() else [],
        due_input=due_input(task),
        asking=asking,
    )


def receivers(task: UserTask, user: User) -> list[Receiver]:
    """Return whom this person may hand a task to: those who usually do it first."""
    people = [
        Receiver(
            f"person:{one.id}",
            words().label(one.name),
            _groups(one),
            is_usual=task.is_offered_to(one),
        )
        for one in services().engine.users()
        if one.is_active and one.id != task.claimed_by and one.id not in task.candidates.excluded
    ]
    groups = []
    if user.may_manage():
        known = set(words().groups) | {g for one in services().engine.users() for g in one.groups}
        groups = [
            Receiver(f"group:{group}", words().group(group), "", group in task.candidates.groups)
            for group in known
        ]
    return sorted([*people, *groups], key=lambda one: (not one.is_usual, one.name))


def _groups(user: User) -> str:
    return ", ".join(sorted(map(words().group, user.groups)))


def _draft(task: UserTask, schema: Form | None) -> Draft | None:
    found = services().engine.draft(task.id, by=signed_in_user().id)
    if found is None or schema is None:
        return None
    typed = {key: value for key, value in found[0].items() if key in schema.fields}
    facts = [
        (words().label(schema.fields[key].label or key), fact_text(value, schema.fields[key]))
        for key, value in typed.items()
        if value not in (None, "", [])
    ]
    return Draft(typed, found[1], facts)
