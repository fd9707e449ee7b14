"""Who may do a user or manual task, and by when, as a BPMN file says it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from lxml import etree

from engine.bpmn.vocabulary import PEOPLE, q
from engine.domain.process_graph import TaskAssignment

if TYPE_CHECKING:
    from engine.bpmn.references import Written

_OFFERED = frozenset({q("userTask"), q("manualTask")})
_OWNER = re.compile(r"(user|group)\((.*)\)", re.DOTALL)


def form_key_of(written: Written) -> str | None:
    """Return the key of the form of a user task or start event."""
    words = written.words
    key = words.attribute("form", "formKey", "formRef")
    words.attribute("formRefBinding", "formRefVersion")
    key = key or words.child("formDefinition", "formId", "formKey", "externalReference")
    for prefix in ("camunda-forms:deployment:", "camunda-forms:bpmn:"):
        if key is not None and key.startswith(prefix):
            key = key.removeprefix(prefix).rpartition("/")[2].removesuffix(".form")
    return key


def assignment_of(written: Written) -> TaskAssignment | None:
    """Return who may do a task and by when; None if the file says nothing of it."""
    if written.element.tag not in _OFFERED:
        return None
    words, spoken = written.words, _spoken(written)
    found = TaskAssignment(
        assignee=words.attribute("assignee")
        or words.child("assignmentDefinition", "assignee")
        or spoken.get("assignee"),
        candidate_users=words.attribute("candidateUsers")
        or words.child("assignmentDefinition", "candidateUsers")
        or spoken.get("user"),
        candidate_groups=words.attribute("candidateGroups")
        or words.child("assignmentDefinition", "candidateGroups")
        or spoken.get("group"),
        excluded_users=words.attribute("excludedUsers"),
        distinct_from=tuple(re.findall(r"[^\s,]+", words.attribute("distinctFrom") or "")),
        same_as=words.attribute("sameAs"),
        due=words.attribute("due", "dueDate") or words.child("taskSchedule", "dueDate"),
        follow_up=words.attribute("followUp", "followUpDate")
        or words.child("taskSchedule", "followUpDate"),
        priority=words.attribute("priority") or words.child("priorityDefinition", "priority"),
        calendar=words.attribute("calendar"),
    )
    return None if found == TaskAssignment() else found


def _spoken(written: Written) -> dict[str, str]:
    """The standard's own way: performers and owners with an expression, as engines write it."""
    found: dict[str, str] = {}
    for part in (child for child in written.element if child.tag in PEOPLE):
        text = _expression(part)
        name = etree.QName(part).localname
        if not text:
            message = f"<{name}> is ignored: the lane says who does the work"
            written.notes.warn(written.element, "ignored-people", message)
        elif part.tag == q("potentialOwner"):
            for owner in text.split(","):
                match = _OWNER.fullmatch(owner.strip())
                kind, who = match.groups() if match else ("group", owner.strip())
                found[kind] = f"{found[kind]},{who}" if kind in found else who
        else:
            found["assignee"] = text
    return found


def _expression(part: Any) -> str:
    text = part.findtext(f"{q('resourceAssignmentExpression')}/{q('formalExpression')}")
    return (text or "").strip()
