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

    chain: list[Tag]  # the scenario itself, what it inherits behind it
    elements: dict[str, Parameters] = field(default_factory=dict)
    calendars: dict[str, Tag] = field(default_factory=dict)
    results: int = 0  # values that a simulator wrote, or is asked for

    @property
    def settings(self) -> list[Tag]:
        """Return the ScenarioParameters, those of the scenario itself first."""
        return [found for tag in self.chain for found in tag.children("ScenarioParameters")]

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
    data = Data(chain)
    for tag in reversed(chain):  # what is nearer stands above what is inherited
        _add(data, tag)
    return data


def _add(data: Data, scenario: Tag) -> None:
    seen: set[str] = set()
    for tag in scenario.children("ElementParameters"):
        ref = tag.need("elementRef").text().rpartition(":")[2]
        if ref in seen:
            raise tag.refused(f"is a second entry for {ref!r}")
        seen.add(ref)
        parameters = data.elements.setdefault(ref, Parameters(tag))
        data.results += _take(parameters, tag)
    for calendar in scenario.children("Calendar"):
        data.calendars[calendar.need("id").text()] = calendar


def _take(parameters: Parameters, tag: Tag) -> int:
    """Take the values of an element, the nearer ones; return how many are results of a run."""
    results = 0
    for name in _GROUPS:
        for parameter in (child for group in tag.children(name) for child in group.children()):
            values, told = _given(parameter)
            results += told
            for old in parameters.values.get(parameter.name, ()) if values else ():
                old.skip()  # what is inherited is replaced
            if values:
                parameters.values[parameter.name] = values
    for prop in tag.below("PropertyParameters", "Property"):
        values, told = _given(prop)
        results += told
        name = prop.need("name").text()
        for old in parameters.properties.get(name, ()):
            old.skip()
        parameters.properties[name] = values
    return results


def _given(parameter: Tag) -> tuple[list[Tag], int]:
    """Return the values that are given, without stubs, and the number of results among them."""
    given, results = [], 0
    for value in parameter.children():
        if value.name == "ResultRequest" or value.peek("result") is not None:
            value.skip()
            results += 1
        elif parameter.name in _ZERO_IS_NOTHING and _is_nothing(value):
            value.skip()
        else:
            given.append(value)
    return given, results


def _is_nothing(value: Tag) -> bool:
    if value.name == "NormalDistribution":
        mean = value.peek("mean")
        return mean is None or mean.number() == 0
    return value.peek("validFor") is None and _is_number(value, 0.0)


def _is_number(value: Tag, wanted: float) -> bool:
    found = value.peek("value")
    is_number = value.name in {"FloatingParameter", "NumericParameter"} and found is not None
    return is_number and found is not None and found.number() == wanted
