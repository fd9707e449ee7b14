"""BPSim 1.0 and 2.0 inside a BPMN ``relationship``: the parameters of one scenario, by element.

jBPM writes a stub into every file: NormalDistribution mean="0", zeros, Probability 100. What is
a stub says nothing and is skipped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from simulation.exchange.entries import refused
from simulation.exchange.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.exchange.notes import Notes

_BPSIM = "http://www.bpsim.org/schemas/"
_GROUPS = (
    "TimeParameters", "ControlParameters", "ResourceParameters", "PriorityParameters",
    "CostParameters",
)  # fmt: skip
_ZERO_IS_NOTHING = {
    "UnitCost", "FixedCost", "Quantity", "Availability", "WaitTime", "ProcessingTime", "QueueTime",
    "TransferTime", "SetUpTime", "SetupTime", "ValidationTime", "ReworkTime",
}  # fmt: skip
_LONGEST_CHAIN = 20


@dataclass
class Parameters:
    """The parameters of one element: values by name, properties by theirs."""

    tag: Tag
    values: dict[str, list[Tag]] = field(default_factory=dict)
    properties: dict[str, list[Tag]] = field(default_factory=dict)


@dataclass
class Data:
    """One scenario of BPSim, what it inherits put in."""

    scenario: Tag
    settings: list[Tag]  # ScenarioParameters, its own first
    elements: dict[str, Parameters]
    calendars: dict[str, Tag]

    @property
    def is_stub(self) -> bool:
        """Whether nothing at all is said."""
        if any(p.properties or p.values.keys() - {"Probability"} for p in self.elements.values()):
            return False
        shares = [v for p in self.elements.values() for v in p.values.get("Probability", ())]
        return all(_is_number(value, 100.0) for value in shares) or not shares


def bpsim_data(root: Any, *, source: str, notes: Notes) -> Data | None:
    """Return the first scenario that says something; None: the file has no BPSim.

    Raises:
        ScenarioInvalid: all there is are stubs, or a scenario inherits what is not there.
    """
    scenarios = [
        scenario
        for element in root.iter()
        if str(element.tag).startswith(f"{{{_BPSIM}") and str(element.tag).endswith("}BPSimData")
        for scenario in Tag.of(element, source=source).children("Scenario")
    ]
    if not scenarios:
        return None
    found: Data | None = None
    for scenario in scenarios:
        data = _data(scenario, scenarios)
        if found is not None:
            notes.lost(scenario.field, "another scenario of the file: only one is imported")
        elif not data.is_stub:
            found = data
        else:
            notes.lost(scenario.field, "an empty stub, as jBPM writes it")
    if found is None:
        words = "has BPSim data, but only the empty stub that jBPM writes into every file"
        raise refused(source, "BPSimData", None, words)
    return found


def _data(scenario: Tag, scenarios: list[Tag]) -> Data:
    chain = [scenario]
    while (parent := chain[-1].get("inherits")) is not None:
        heir = [s for s in scenarios if s.element.get("id") == parent.text()]
        if not heir or len(chain) > _LONGEST_CHAIN:
            raise parent.refused("inherits no scenario of the file, or itself")
        chain.append(heir[0])
    data = Data(scenario, [], {}, {})
    for tag in reversed(chain):  # what is nearer stands above what is inherited
        _add(data, tag)
    data.settings = [settings for tag in chain for settings in tag.children("ScenarioParameters")]
    return data


def _add(data: Data, scenario: Tag) -> None:
    seen: set[str] = set()
    for tag in scenario.children("ElementParameters"):
        ref = tag.need("elementRef").text().rpartition(":")[2]
        if ref in seen:
            raise tag.refused(f"is a second entry for {ref!r}")
        seen.add(ref)
        parameters = data.elements.setdefault(ref, Parameters(tag))
        _take(parameters, tag)
    for calendar in scenario.children("Calendar"):
        data.calendars[calendar.need("id").text()] = calendar


def _take(parameters: Parameters, tag: Tag) -> None:
    """Take the values of an element; what is nearer replaces what is inherited."""
    for name in _GROUPS:
        for parameter in (child for group in tag.children(name) for child in group.children()):
            if values := list(_given(parameter)):
                parameters.values[parameter.name] = values
    for prop in tag.below("PropertyParameters", "Property"):
        parameters.properties[prop.need("name").text()] = list(_given(prop))


def _given(parameter: Tag) -> Iterator[Tag]:
    """Yield the values that are given, neither results nor stubs."""
    for value in parameter.children():
        if value.name == "ResultRequest" or value.get("result") is not None:
            continue
        if parameter.name in _ZERO_IS_NOTHING and _is_nothing(value):
            continue
        yield value


def _is_nothing(value: Tag) -> bool:
    if value.name == "NormalDistribution":
        mean = value.get("mean")
        return mean is None or mean.number() == 0
    return value.get("validFor") is None and _is_number(value, 0.0)


def _is_number(value: Tag, wanted: float) -> bool:
    found = value.get("value")
    is_number = value.name in {"FloatingParameter", "NumericParameter"} and found is not None
    return is_number and found is not None and found.number() == wanted
