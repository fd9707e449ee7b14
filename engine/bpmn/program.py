"""Program: a process definition ready to run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from engine.bpmn.build import Built, build_spec
from engine.bpmn.dmn import DecisionFailed, read_decisions
from engine.bpmn.graph import read_graph
from engine.bpmn.lint import lint
from engine.bpmn.token import NOTHING
from engine.domain.process_graph import NodeType, ProcessGraph
from engine.errors import ExecutionFailed, InvalidModel, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime, tzinfo

    from engine.bpmn.dmn import Decisions
    from engine.bpmn.specs import Step


@dataclass(frozen=True)
class Program:
    """A process definition ready to run; may be shared by threads."""

    graph: ProcessGraph
    built: Built

    @property
    def spec(self) -> Any:
        """The process spec of SpiffWorkflow."""
        return self.built.spec

    @property
    def doors(self) -> Mapping[str, Step]:
        """Where a token comes in, by element."""
        return self.built.doors

    @property
    def inner(self) -> Mapping[str, Step]:
        """What does the work of an element, without the loop around it."""
        return self.built.inner

    def start_event(self, element_id: str | None) -> str:
        """Return the id of the start event that is meant, or raise ExecutionFailed.

        Without a name it is the only one, or the only one that waits for no message or timer.
        """
        starts = self.graph.of_type(NodeType.START_EVENT)
        known = {node.id: node for node in starts if node.parent is None}
        plain = [node.id for node in known.values() if node.event is None]
        offered = ", ".join(known)
        if element_id is None:
            usual = plain if len(known) > 1 else list(known)
            if len(usual) != 1:
                raise ExecutionFailed(self.graph.key, f"name the start event: one of {offered}")
            return usual[0]
        if element_id not in known:
            raise ExecutionFailed(element_id, f"no such start event; there is {offered}")
        return element_id


def compile_model(  # noqa: PLR0913 -- a model and what it may refer to
    xml: bytes,
    *,
    source: str,
    process: str | None = None,
    form_keys: Collection[str] | None = None,
    connectors: Collection[str] = (),
    decisions: Mapping[str, bytes] = NOTHING,
    zone: tzinfo = UTC,
) -> Program:
    """Return the program of a process of a BPMN file, or raise InvalidModel with every finding.

    ``decisions`` are DMN files by name. Calendar parts of timers (days, months) are counted on
    the calendar of the zone, unless the process names its own.
    """
    asked = Decider(decisions)
    findings = lint(
        xml,
        source=source,
        process=process,
        form_keys=form_keys,
        connectors=connectors,
        decisions=asked.ids,
    )
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise InvalidModel(source, findings)
    return compile_graph(read_graph(xml, source=source, process=process), zone=zone, asked=asked)


def compile_graph(
    graph: ProcessGraph, *, zone: tzinfo = UTC, asked: Decider | None = None
) -> Program:
    """Return the program of a graph in which lint found no errors."""
    decide = asked if asked is not None else Decider(NOTHING)
    return Program(graph, build_spec(graph, zone=zone, decide=decide))


class Decider:
    """Asks the decisions of several DMN files."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._by_id: dict[str, Decisions] = {}
        for source, xml in files.items():
            decisions = read_decisions(xml, source=source)
            self._by_id |= dict.fromkeys(decisions, decisions)

    @property
    def ids(self) -> Collection[str]:
        """The decisions there are."""
        return self._by_id.keys()

    def __call__(
        self, decision_id: str, values: Mapping[str, object], *, element_id: str, at: datetime
    ) -> tuple[object, Mapping[str, object]]:
        """Decide; a decision that fails names its table, rules and inputs."""
        decisions = self._by_id.get(decision_id)
        if decisions is None:
            raise ExecutionFailed(element_id, f"there is no decision {decision_id!r}")
        try:
            decided = decisions.decide(decision_id, values, at=at)
        except DecisionFailed as failure:
            raise ExecutionFailed(element_id, str(failure)) from failure
        rules = [f"{rule.table_id}: {rule.rule_id or rule.number}" for rule in decided.rules]
        return decided.value, {"decision": decision_id, "rules": rules}
