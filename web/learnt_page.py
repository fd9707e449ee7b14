"""The page of a learnt scenario: an analyst's report, every figure with n, interval and fit."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import url_for

from web import figures
from web.factor_words import capital
from web.learnt_rows import Doubt, HourCell, MeasureRow, RoleRow, TimeRow, WayRow
from web.learnt_words import family, fit_state, grade, measure, section
from web.rehearsal_page import MOMENT
from web.study_page import ResultPage
from web.texts import format_decimal, format_moment
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


WEEKDAYS = 7


class LearntPage(ResultPage):
    """What the template shows."""

    @property
    def context(self) -> str:
        """Say where it comes from, and when."""
        at = format_moment(self._run.submitted_at, MOMENT)
        return _("From the recorded cases, %(moment)s", moment=at)

    @property
    def scenario_url(self) -> str:
        """Where the learnt scenario can be had."""
        return url_for("learnt.scenario", key=self.key, study_id=self.id)

    @property
    def model_url(self) -> str:
        """Where its own model can be had; empty where it is the shipped one."""
        if self.values["model"] is None:
            return ""
        return url_for("learnt.model", key=self.key, study_id=self.id)

    @property
    def headline(self) -> str:
        """Say whether the scenario can be believed."""
        verdict = self._verdict
        if verdict is None:
            return _("%(count)s cases were learnt from; nothing was held out to judge by.",
                     count=figures.whole(self._learnt["cases"]))  # fmt: skip
        if verdict["verdict"] == "valid":
            return _("The learnt scenario is valid: simulated cases are like real ones.")
        return _("The learnt scenario is not valid yet: simulated cases differ from real ones.")

    @property
    def verdict_state(self) -> str:
        """The kind of verdict, for the colour."""
        verdict = self._verdict
        return "" if verdict is None else "pass" if verdict["verdict"] == "valid" else "fail"

    @property
    def sentences(self) -> list[str]:
        """Say what it rests on."""
        learnt = self._learnt
        followed = learnt["conformance"]
        found = [
            _(
                "%(cases)s cases took %(time)s on average.",
                cases=figures.whole(learnt["cases"]),
                time=figures.duration(learnt["mean_cycle_time_s"]),
            ),
            _(
                "%(share)s of the replayed cases follow the model.",
                share=figures.share(followed["fitting"] / max(followed["replayed"], 1)),
            ),
        ]
        if self._verdict is not None:
            found.append(self._cycle_words(self._verdict))
        if not self.values["is_held_out"]:
            found.append(_("The log is too short to hold cases out: it is compared with itself."))
        return found

    @cached_property
    def durations(self) -> list[TimeRow]:
        """How long the work takes."""
        return [self._time(d, self._names.step(d["activity"])) for d in self._learnt["durations"]]

    @cached_property
    def waits(self) -> list[TimeRow]:
        """Waiting at events, and waiting that no queue explains."""
        rows = [self._time(e, self._names.step(e["event"])) for e in self._learnt["events"]]
        return rows + [
            self._time(d, _("before %(step)s", step=self._names.step(d["activity"])))
            for d in self._learnt["delays"]
            if d["event"] is None
        ]

    @cached_property
    def ways(self) -> list[WayRow]:
        """How often each way is taken."""
        return [
            WayRow(
                decision=self._names.step(decision["gateway"]),
                way=self._names.flow(flow["flow"]),
                taken=_("%(count)s of %(all)s cases", count=figures.whole(flow["taken"]),
                        all=figures.whole(decision["n"])),
                share=self._share(flow["share"]["mean"]),
                interval=self._ends(*(self._share(flow["share"][end]) for end in ("low", "high"))),
                depends_on=decision["attribute"] or "",
            )
            for decision in self._learnt["decisions"]
            for flow in decision["flows"]
        ]  # fmt: skip

    @cached_property
    def roles(self) -> list[RoleRow]:
        """Who works; people are counted, not named."""
        hours = {one["role"]: one for one in self._learnt["hours"]}
        return [
            RoleRow(
                name=self._names.role(role["role"]),
                units=role["units"],
                people=role["people"],
                tasks=figures.whole(role["tasks"]),
                work=_(", ").join(self._steps_of(role["role"])),
                hours=self._week(hours.get(role["role"], hours.get("", {}))),
            )
            for role in self._learnt["roles"]
        ]

    @cached_property
    def hours(self) -> list[str]:
        """The hours in which anybody comes, for the head of the grid."""
        return [f"{hour:02}" for hour in self._busy]

    @cached_property
    def arrivals(self) -> list[tuple[str, Sequence[HourCell]]]:
        """Cases per hour by weekday, over all ways to begin."""
        if not self._busy:
            return []
        largest = max(max(row) for row in self._table)
        return [
            (day, [HourCell.of(row[hour], largest) for hour in self._busy])
            for day, row in zip(_weekdays(), self._table, strict=True)
            if sum(row) > 0
        ]

    @property
    def arrivals_sentence(self) -> str:
        """Say how many come."""
        arrivals = self._learnt["arrivals"]
        return _(
            "%(count)s cases came, %(week)s a week. Each field: cases per hour.",
            count=figures.whole(sum(model["n"] for model in arrivals)),
            week=format_decimal(sum(model["per_week"] for model in arrivals), "#,##0.0"),
        )

    @cached_property
    def measures(self) -> list[MeasureRow]:
        """How like held-out cases the simulated ones are."""
        if self._verdict is None:
            return []
        return [
            MeasureRow(
                measure(row["key"], row["name"]),
                f"{row['distance']['mean']:.2f} ± {row['distance']['half_width']:.2f}",
                f"{row['floor']:.2f}",
                grade(row["grade"]),
            )
            for row in self._verdict["measures"]
        ]

    @cached_property
    def doubts(self) -> list[Doubt]:
        """What to know before believing a figure; what to fix first stands first."""
        first = [] if self._verdict is None else self._verdict["fix_first"]
        found = [Doubt(section(one["section"]), "", capital(one["text"])) for one in first]
        found += [
            Doubt(section(one["section"]), self._where(one["where"]), capital(one["text"]))
            for one in self._learnt["warnings"]
        ]
        return list(dict.fromkeys(found))

    @property
    def _learnt(self) -> Mapping[str, Any]:
        learnt: Mapping[str, Any] = self.values["learnt"]
        return learnt

    @property
    def _verdict(self) -> Mapping[str, Any] | None:
        verdict: Mapping[str, Any] | None = self.values["validation"]
        return verdict

    @cached_property
    def _table(self) -> list[list[float]]:
        tables = [model["by_weekday_and_hour"] for model in self._learnt["arrivals"]]
        return [
            [sum(table[day][hour] for table in tables) for hour in range(24)]
            for day in range(WEEKDAYS)
        ]

    @cached_property
    def _busy(self) -> list[int]:
        return [hour for hour in range(24) if any(row[hour] > 0 for row in self._table)]

    def _cycle_words(self, verdict: Mapping[str, Any]) -> str:
        cycle = verdict["cycle_time"]
        both = (cycle["simulated_s"], cycle["held_out_s"])
        scale = figures.scale("s", [side["mean"] for side in both])
        ours, theirs = (scale.figure(side["mean"], side["half_width"]) for side in both)
        return _(
            "Simulated cases take %(ours)s, held-out ones %(theirs)s (%(change)s).",
            ours=ours,
            theirs=theirs,
            change=figures.relative(cycle["difference_share"]),
        )

    def _time(self, found: Mapping[str, Any], name: str) -> TimeRow:
        mean = found["mean_s"]
        scale = figures.scale("s", [mean["mean"]])
        return TimeRow(
            name=name,
            n=figures.whole(found["n"]),
            mean=scale.value(mean["mean"]),
            interval=self._ends(scale.number(mean["low"]), scale.number(mean["high"])),
            curve=family(found["family"]),
            fit=fit_state(found),
        )

    def _steps_of(self, role: str) -> list[str]:
        durations = self._learnt["durations"]
        return [self._names.step(d["activity"]) for d in durations if d["role"] == role]

    def _week(self, hours: Mapping[str, Any]) -> str:
        if not hours or hours["open_share"] >= 1:
            return _("always")
        return "; ".join(f"{day} {', '.join(shifts)}" for day, shifts in hours["weekly"].items())

    def _where(self, where: str) -> str:
        return self._names.roles.get(where) or self._names.steps.get(where) or where

    def _share(self, value: float) -> str:
        return figures.scale("share", [1.0]).value(value)

    def _ends(self, low: str, high: str) -> str:
        return _("(%(low)s to %(high)s)", low=low, high=high)


def _weekdays() -> tuple[str, ...]:
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))
