"""The page of supported BPMN, made of the models that the tests run.

Every row is a script of ``tests/engine/bpmn/models`` that passes: what runs is shown by running
it, what is refused by deploying it. There is no row without a test, and no model without a row.
"""

from __future__ import annotations

from pathlib import Path

MODELS = Path(__file__).parents[1] / "tests" / "engine" / "bpmn" / "models"

# Folder of the models -> what the page calls it; the order of the page.
ELEMENTS = {
    "task": "Task (without a type)",
    "user-task": "User task",
    "manual-task": "Manual task",
    "service-task": "Service task",
    "script-task": "Script task",
    "send-task": "Send task",
    "receive-task": "Receive task",
    "business-rule-task": "Business rule task",
    "call-activity": "Call activity",
    "sub-process": "Subprocess",
    "event-sub-process": "Event subprocess",
    "transaction": "Transaction, cancel event",
    "ad-hoc-sub-process": "Ad hoc subprocess",
    "multi-instance": "Multi-instance activity",
    "standard-loop": "Standard loop",
    "sequence-flow": "Sequence flow",
    "exclusive-gateway": "Exclusive gateway",
    "parallel-gateway": "Parallel gateway",
    "inclusive-gateway": "Inclusive gateway",
    "event-based-gateway": "Event-based gateway",
    "complex-gateway": "Complex gateway",
    "boundary-event": "Boundary event",
    "timer-event": "Timer event",
    "message-event": "Message event",
    "signal-event": "Signal event",
    "error-event": "Error event",
    "escalation-event": "Escalation event",
    "conditional-event": "Conditional event",
    "compensation-event": "Compensation event",
    "terminate-event": "Terminate end event",
    "link-event": "Link event",
    "data-mapping": "Input and output mapping",
    "data-object": "Data object",
    "data-store": "Data store",
    "lane": "Lane",
    "artifact": "Annotation, group, association",
}

HEAD = """\
# Supported BPMN

Written from the models that the tests run by `python3 dev.py docs`; do not edit. Each row is
one example: a BPMN file and, beside it, the commands given and what happened. *Runs* means that
it does what the row says, *refused* that deployment says so with the element and its line.
Nothing is executed in part: a file with an element that is refused is not deployed to run (but
may be deployed as a drawing). How it is executed: [execution](../explanation/execution.md).

| Element | What happens | Outcome | Example |
|---|---|---|---|
"""


def page() -> str:
    """Return the page: a table row for every script."""
    return HEAD + "".join(
        _row(name, script)
        for folder, name in ELEMENTS.items()
        for script in sorted((MODELS / folder).glob("*.steps"))
    )


def _row(element: str, script: Path) -> str:
    lines = script.read_text(encoding="utf-8").splitlines()
    what = lines[0].removeprefix("#").strip()
    is_refused = any(line.startswith("refused") for line in lines)
    outcome = "refused" if is_refused else "runs"
    example = script.relative_to(MODELS.parents[3])
    return f"| {element} | {what} | {outcome} | [{script.stem}](../../{example.as_posix()}) |\n"
