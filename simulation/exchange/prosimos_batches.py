"""Tasks that Prosimos does for several cases at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.exchange.laws import NOT_TIMES
from simulation.exchange.texts import scaled_text

if TYPE_CHECKING:
    from simulation.exchange.entries import Entry
    from simulation.exchange.laws import Law
    from simulation.exchange.notes import Draft

_MOST = 100_000  # in a batch that only waits


def read_batches(document: Entry, draft: Draft) -> None:
    """Write which tasks are done for several cases at once. Raises ScenarioInvalid."""
    section = document.get("batch_processing")
    if section is None or section.value in ([], {}):
        return
    for task, entry in section.named("task_id"):
        if not draft.has("durations", task):
            draft.notes.lost(entry.field, f"the model has no task {task!r} with a duration")
            continue
        if draft.has("batches", task):
            raise entry.refused(f"is a second entry for the task {task!r}")
        size, wait = _firing(entry, draft)
        if size is None and wait is None:
            draft.notes.lost(entry.field, "no rule about size or waiting: cases are done singly")
            continue
        batch = {"size": size or _MOST}
        draft.put("batches", task, batch | ({"max_wait": f"{wait:g}s"} if wait else {}))
        _batch_work(draft, entry, task, size)


def _firing(entry: Entry, draft: Draft) -> tuple[int | None, float | None]:
    """Return how many make a batch and how long the first one waits at most."""
    size, wait = None, None
    for group in entry.need("firing_rules").list():
        if len(group.list()) > 1:
            words = "rules that hold together: here the first one that holds is enough"
            draft.notes.translated(group.field, words)
        for rule in group.list():
            attribute, comparison = rule.need("attribute").text(), rule.need("comparison").text()
            if attribute == "size" and comparison in {"=", ">=", ">"}:
                size = rule.need("value").count() + (comparison == ">")
            elif _is_wait(attribute, comparison) and rule.need("value").amount() > 0:
                wait = rule.need("value").amount()
            else:
                draft.notes.lost(rule.field, f"a batch does not wait for {attribute} {comparison}")
    return size, wait


def _is_wait(attribute: str, comparison: str) -> bool:
    return attribute in {"large_wt", "batch_ready_wt"} and comparison in {"=", ">=", ">"}


def _batch_work(draft: Draft, entry: Entry, task: str, size: int | None) -> None:
    """The work of a batch is done once; one after the other takes as long as all of them."""
    factors: dict[int, float] = {}
    if (found := entry.get("duration_distrib")) is not None:
        for key, item in found.named("key"):
            value = item.get("value") if isinstance(item.value, dict) else item
            if not key.isascii() or not key.isdigit() or value is None:
                raise item.refused("needs a size as its key, and a value")
            factors[int(key)] = value.amount()
    most = max((n for n in factors if size is None or n <= size), default=None)
    factor = 1.0 if most is None else factors[most]
    kind = entry.need("type").text()
    if kind.lower() != "parallel":
        factor *= size or 1
    draft.notes.translated(
        entry.field, f"{kind}: one work for the whole batch, {factor:g} times that of one case"
    )
    if factor != 1:
        draft.put("durations", task, _times(draft.raw["durations"][task], factor))


def _times(law: Law, factor: float) -> Law:
    """Return a written law of so many times the length."""

    def times(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: v if k in NOT_TIMES else times(v) for k, v in value.items()}
        if isinstance(value, list):
            return [times(item) for item in value]
        return scaled_text(value, factor)

    result: Law = times(law)
    return result
