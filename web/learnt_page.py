"""The page of a learnt scenario: an analyst's report, every figure with n, interval and fit."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import url_for

from web import figures, learnt_arrivals
from web.factor_words import capital
from web.learnt_arrivals import ends
from web.learnt_older import learnt_of, verdict_of
from web.learnt_remarks import remark
from web.learnt_rows import Doubt, MeasureRow, RoleRow, StartRows, TimeRow, WayRow
from web.learnt_words import family, fit_state, grade, measure, section
from web.rehearsal_page import MOMENT
from web.study_page import ResultPage
from web.texts import format_moment
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class LearntPage(ResultPage):
    """What the template shows."""

    @property
    def context(self) -> str:
        """Say where it comes from, and when."""
        at = format_moment(self._run.submitted_at, MOMENT)
        file = self._run.request.question.get("file")
        if file:
            return _("From %(file)s, %(moment)s", file=file, moment=at)
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
        if verdict["verdict"] == "valid" and not verdict["is_certain"]:
            return _("Nothing speaks against the learnt scenario, but too few cases or days were "
                     "held out to tell for sure.")  # fmt: skip
        if verdict["verdict"] == "valid":
            return _("The learnt scenario is valid: simulated cases are like real ones.")
        return _("The learnt scenario is not valid yet: simulated cases differ from real ones.")

    @property
    def verdict_state(self) -> str:
        """The kind of verdict, for the colour."""
        verdict = self._verdict
        if verdict is None or (verdict["verdict"] == "valid" and not verdict["is_certain"]):
            return ""
        return "pass" if verdict["verdict"] == "valid" else "fail"

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
            if self._verdict["days"] is not None:
                found.append(self._held_out_words(self._verdict))
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
        """How often each way is taken, and how often by the value that decides."""
        rows = []
        for decision in self._learnt["decisions"]:
            attribute = decision["attribute"] or ""
            rows += self._ways_of(decision, decision["flows"], attribute)
            for value, flows in decision["by_value"].items():
                rows += self._ways_of(decision, flows, f"{attribute} = {value}")
        return rows

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
        return [f"{hour:02}" for hour in learnt_arrivals.busy_hours(self._learnt["arrivals"])]

    @cached_property
    def arrivals(self) -> list[StartRows]:
        """Cases per day and hour by weekday, for each way to begin."""
        return learnt_arrivals.starts(self._learnt["arrivals"], self._names)

    @property
    def arrivals_sentence(self) -> str:
        """Say how many come."""
        return learnt_arrivals.sentence(self._learnt["arrivals"])

    @cached_property
    def measures(self) -> list[MeasureRow]:
        """How like held-out cases the simulated ones are."""
        if self._verdict is None:
            return []
        return [
            MeasureRow(
                measure(row["key"], row["name"]),
                f"{row['distance']['mean']:.2f} ± {row['distance']['half_width']:.2f}",
                self._floor(row),
                grade(row["grade"]),
            )
            for row in self._verdict["measures"]
        ]

    @cached_property
    def doubts(self) -> list[Doubt]:
        """What to know before believing a figure; what to fix first stands first."""
        verdict = self._verdict or {"fix_first": (), "doubts": (), "remarks": ()}
        told = [(section(one["section"]), "", one) for one in verdict["fix_first"]]
        told += [(_("Verdict"), "", one) for one in (*verdict["doubts"], *verdict["remarks"])]
        told += [
            (section(one["section"]), self._where(one["where"]), one)
            for one in self._learnt["warnings"]
        ]
        found = (Doubt(at, where, self._words(one), "code" not in one) for at, where, one in told)
        return list(dict.fromkeys(found))

    @property
    def has_english(self) -> bool:
        """Whether some remarks have words for English alone."""
        return any(doubt.is_english for doubt in self.doubts)

    @cached_property
    def _learnt(self) -> Mapping[str, Any]:
        return learnt_of(self.values["learnt"])

    @cached_property
    def _verdict(self) -> Mapping[str, Any] | None:
        verdict: Mapping[str, Any] | None = self.values["validation"]
        return None if verdict is None else verdict_of(verdict)

    def _ways_of(
        self, decision: Mapping[str, Any], flows: Sequence[Mapping[str, Any]], depends_on: str
    ) -> list[WayRow]:
        every = sum(flow["taken"] for flow in flows)
        n = decision["n"] if flows is decision["flows"] else every
        return [
            WayRow(
                decision=self._names.step(decision["gateway"]),
                way=self._names.flow(flow["flow"]),
                taken=_("%(count)s of %(all)s cases", count=figures.whole(flow["taken"]),
                        all=figures.whole(n)),
                share=self._share(flow["share"]["mean"]),
                interval=ends(*(self._share(flow["share"][end]) for end in ("low", "high"))),
                depends_on=depends_on,
            )
            for flow in flows
        ]  # fmt: skip

    def _floor(self, row: Mapping[str, Any]) -> str:
        """Tell how far real cases are from each other, and what other splits would have given."""
        splits = row["floor_splits"]
        if splits["median"] is None:
            return f"{row['floor']:.2f}"
        return f"{row['floor']:.2f} {ends(*(f'{splits[e]:.2f}' for e in ('low', 'high')))}"

    def _words(self, one: Mapping[str, Any]) -> str:
        return capital(remark(one, self._names))

    def _held_out_words(self, verdict: Mapping[str, Any]) -> str:
        return _(
            "It was judged by %(cases)s cases (days: %(days)s).",
            cases=figures.whole(verdict["cases"]),
            days=figures.whole(verdict["days"]),
        )

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
        scale, sd = figures.scale("s", [mean["mean"]]), found["sd_s"]
        return TimeRow(
            name=name,
            n=figures.whole(found["n"]),
            mean=scale.value(mean["mean"]),
            interval=ends(scale.number(mean["low"]), scale.number(mean["high"])),
            spread=scale.value(sd["mean"]) if sd["mean"] > 0 else "",
            spread_interval=ends(scale.number(sd["low"]), scale.number(sd["high"])),
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
