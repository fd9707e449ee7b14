"""Loops: how often an activity is done per arrival of a token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from engine.bpmn.dialects import Extensions
from engine.bpmn.references import expression_of, text_of
from engine.bpmn.vocabulary import COUNT_FROM_0, COUNT_FROM_1, TRUE, q
from engine.domain.process_graph import Loop, LoopKind

if TYPE_CHECKING:
    from engine.bpmn.references import Written

STANDARD = q("standardLoopCharacteristics")
MULTIPLE = q("multiInstanceLoopCharacteristics")


def loop_of(written: Written) -> Loop | None:
    """Return how an activity repeats; None: it does not."""
    standard = written.element.find(STANDARD)
    if standard is not None:
        most = standard.get("loopMaximum", "")
        if most and not most.isdecimal():
            written.refuse("bad-loop", f"loopMaximum is a number, not {most!r}")
        return Loop(
            LoopKind.STANDARD,
            condition=expression_of(standard, "loopCondition"),
            tests_before=standard.get("testBefore") in TRUE,
            most=int(most) if most.isdecimal() else None,
        )
    multiple = written.element.find(MULTIPLE)
    return None if multiple is None else _multiple(written, multiple)


def _multiple(written: Written, element: Any) -> Loop:
    words = Extensions(element)
    is_sequential = element.get("isSequential") in TRUE
    if element.get("behavior", "All") != "All":
        written.refuse("unsupported-element", "multi-instance behavior other than All")
    loop = Loop(
        LoopKind.SEQUENTIAL if is_sequential else LoopKind.PARALLEL,
        cardinality=expression_of(element, "loopCardinality"),
        collection=words.attribute("collection")
        or words.child("loopCharacteristics", "inputCollection")
        or _named(written, text_of(element, "loopDataInputRef")),
        item=words.attribute("elementVariable")
        or words.child("loopCharacteristics", "inputElement")
        or _item(written, element.find(q("inputDataItem"))),
        output_collection=words.attribute("outputCollection")
        or words.child("loopCharacteristics", "outputCollection")
        or _named(written, text_of(element, "loopDataOutputRef")),
        output_item=words.attribute("outputElement")
        or words.child("loopCharacteristics", "outputElement")
        or _item(written, element.find(q("outputDataItem"))),
        completion=expression_of(element, "completionCondition"),
        counts_from=_first_number(written, element),
    )
    words.report(written.notes)
    return loop


def _first_number(written: Written, element: Any) -> int:
    """A loop counts as the engine does whose words it has, else whose words its file declares."""
    holders = [element, *element.iterfind(f"{q('extensionElements')}/*")]
    names = [name for holder in holders for name in (holder.tag, *holder.attrib)]
    own = {etree.QName(name).namespace for name in names}
    engines = own if own & (COUNT_FROM_0 | COUNT_FROM_1) else set(element.nsmap.values())
    if engines & COUNT_FROM_1 or not engines & COUNT_FROM_0:
        return 1
    written.translate("loopCounter counts from 0, as in the engine the model was written for")
    return 0


def _item(written: Written, item: Any | None) -> str | None:
    return None if item is None else item.get("name") or _named(written, item.get("id"))


def _named(written: Written, reference: str | None) -> str | None:
    """Return the name of a data element that is referred to by its id, else the reference."""
    if reference is None:
        return None
    return written.references.data_names.get(reference, reference)
