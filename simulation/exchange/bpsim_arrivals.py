"""Start events of BPSim: when cases come, how many, and with which data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from simulation.exchange.bpsim_values import between_points, read_number, read_value
from simulation.exchange.laws import written
from simulation.exchange.moments import moments_of
from simulation.exchange.rate_in import RateWeek
from simulation.exchange.texts import identifier, whole_shares

if TYPE_CHECKING:
    from simulation.exchange.bpsim_calendars import BpsimCalendars
    from simulation.exchange.bpsim_data import Parameters
    from simulation.exchange.entries import Entry
    from simulation.exchange.notes import Draft
    from simulation.exchange.tags import Tag

_MOST = 1_000_000


@dataclass
class Starts:
    """Writes the arrivals of one scenario."""

    draft: Draft
    calendars: BpsimCalendars
    base_s: float

    def write(self, id_: str, found: Parameters) -> None:
        """Write how cases come to a start event. Raises ScenarioInvalid."""
        self._count(found)
        values = found.values.get("InterTriggerTimer", [])
        if not values:
            words = "no InterTriggerTimer: nobody comes here, and its data are not read"
            self.draft.notes.lost(found.tag.field, words)
            return
        arrival = self._by_interval(values[0]) if len(values) == 1 else self._by_rate(values)
        if data := self._attributes(found):
            arrival["attributes"] = data
        self.draft.put("arrivals", id_, arrival)

    def _attributes(self, found: Parameters) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for written_name, given in found.properties.items():
            name = identifier(written_name)
            if name in data:
                raise found.tag.refused(f"has a second property {name!r}, written {written_name!r}")
            if (value := self._data(given)) is not None:
                data[name] = value
        return data

    def _count(self, found: Parameters) -> None:
        run = self.draft.raw["run"]
        for value in found.values.get("TriggerCount", ())[:1]:
            if "until" in run or "cases" in run:
                words = "the run ends by its duration, or by the count of another start"
                self.draft.notes.lost(value.field, words)
                value.skip()
            else:
                run["cases"] = whole_number(value.need("value"), 1)
                self.draft.notes.kept(value.field, f"run.cases: {run['cases']}")

    def _by_interval(self, value: Tag) -> dict[str, Any]:
        law, words = read_value(value, self.base_s)
        if words is None:
            self.draft.notes.kept(value.field, value.name)
        else:
            self.draft.notes.translated(value.field, words)
        arrival: dict[str, Any] = {"interval": written(law)}
        valid = value.get("validFor")
        if valid is not None and (calendar := self.calendars.name(valid)) is not None:
            arrival["calendar"] = calendar
        return arrival

    def _by_rate(self, values: list[Tag]) -> dict[str, Any]:
        """Several intervals, each with its calendar, are a rate; one without holds elsewhere."""
        week, elsewhere = RateWeek(), None
        for value in values:
            mean_s = self._mean_s(value)
            valid = value.get("validFor")
            if valid is not None:
                if week.put(mean_s, self.calendars.week(valid)):
                    words = "where its calendar overlaps those above it, they count"
                    self.draft.notes.translated(value.field, words)
            elif elsewhere is None:
                elsewhere = mean_s
            else:
                self.draft.notes.lost(value.field, "a second value without a calendar")
        if elsewhere is not None:
            week.put_elsewhere(elsewhere)
        if week.is_silent:
            raise values[0].refused("needs calendars that are open for a minute or longer")
        return {"rate": week.written()}

    def _mean_s(self, value: Tag) -> float:
        """Return the mean of an interval, and note what a rate makes of it."""
        law, _ = read_value(value, self.base_s)
        try:
            mean_s = moments_of(law)[0]
        except ValueError:
            raise value.refused("has a time that a scenario cannot hold") from None
        if mean_s <= 0:
            raise value.refused("needs a mean above 0 beside other intervals")
        if "exponential" in law:
            self.draft.notes.translated(value.field, f"a part of the rate: one in {mean_s:g} s")
        else:
            words = f"{value.name}: cases come by chance, one in {mean_s:g} s on average"
            self.draft.notes.translated(value.field, words)
        return mean_s

    def _data(self, values: list[Tag]) -> Any:
        """Return how a property is drawn; None: it has no value."""
        if not values:
            return None
        value = values[0]
        if value.name in {"StringParameter", "EnumParameter"}:
            self.draft.notes.kept(value.field, "a fixed text")
            return {"constant": value.need("value").text()}
        if value.name == "BooleanParameter":
            self.draft.notes.kept(value.field, "yes or no")
            return {"constant": value.need("value").truth()}
        if value.name == "UserDistribution" and (choice := _choice(value)):
            between_points(value)
            self.draft.notes.kept(value.field, "a choice of texts")
            return {"choice": choice}
        self.draft.notes.kept(value.field, value.name)
        return read_number(value)


def whole_number(entry: Entry, least: int) -> int:
    """Return a whole number from ``least``. Raises ScenarioInvalid."""
    number = entry.number()
    if number != round(number) or not least <= number <= (_MOST if least else 2**53):
        raise entry.refused(f"must be a whole number from {least}")
    return round(number)


def _choice(tag: Tag) -> dict[str, float] | None:
    """Return a choice of texts, or None if it is one of numbers."""
    shares: dict[str, float] = {}
    for point in tag.children("UserDistributionDataPoint"):
        texts = [c for c in point.children() if c.name in {"StringParameter", "EnumParameter"}]
        if len(texts) != 1:
            return None
        name = texts[0].need("value").text()
        shares[name] = shares.get(name, 0.0) + point.need("probability").amount()
    return whole_shares(shares) if sum(shares.values()) > 0 else None
