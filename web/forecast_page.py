"""The result page of a forecast: the open cases with their bands, and the queues to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flask import url_for

from web import figures
from web.states import State
from web.study_page import ResultPage
from web.texts import format_moment, local_date, ngettext
from web.texts import gettext as _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.domain.instance import ProcessInstance
    from web.comparison_rows import Result
    from web.experiments import ExperimentRun
    from web.scenarios import Rehearsal

SHOWN_LEFT_OUT = 10  # cases by their number
SHOWN_STEPS = 5  # of the hours in the table of queues
WIDTH = 100.0  # of a bar, in the units of its drawing


@dataclass(frozen=True, slots=True)
class Bar:
    """A band from early to late on the scale of all; places from 0 to WIDTH."""

    early: float
    middle: float
    late: float
    limit: float | None  # where the case would have taken as long as it may; None: not in sight

    @property
    def length(self) -> float:
        """How long the band is; never too thin to be seen."""
        return max(self.late - self.early, 0.8)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One open case."""

    number: str
    url: str
    started: str
    early: str
    expected: str
    late: str
    state: State
    bar: Bar
    sentence: str
    overrun_s: float  # how much longer than it may the case is expected to take


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One role: how many wait, now and then."""

    name: str
    steps: Sequence[str]


class ForecastPage(ResultPage):
    """What the template shows."""

    def __init__(
        self,
        run: ExperimentRun,
        result: Result,
        rehearsal: Rehearsal,
        language: str,
        *,
        still_open: Mapping[str, ProcessInstance],
    ) -> None:
        """Show of the forecast what is ``still_open`` and the reader may see, by case number."""
        super().__init__(run, result, rehearsal, language)
        self._seen = still_open

    @property
    def context(self) -> str:
        """Say from which moment it is."""
        return _(
            "From %(now)s, the next %(hours)s hours, %(count)s ways in which it may go on",
            now=format_moment(self._now, "yyyy-MM-dd HH:mm"),
            hours=figures.whole(self.values["hours"]),
            count=self.values["replications"],
        )

    @property
    def headline(self) -> str:
        """Say how many cases are late."""
        rows = self.rows
        if not rows:
            return _("Every case of this forecast has ended since.")
        late = sum(row.state.kind == "off" for row in rows)
        risky = sum(row.state.kind == "risk" for row in rows)
        if self._limit_s is None:
            return ngettext("%(num)s open case", "%(num)s open cases", len(rows))
        return _(
            "%(count)s open cases: %(late)s are expected to take longer than %(limit)s, "
            "%(risky)s may.",
            count=len(rows),
            late=late,
            risky=risky,
            limit=figures.set_duration(self._limit_s),
        )

    @property
    def sentences(self) -> list[str]:
        """Say what else there is to know."""
        found = []
        ended = len(self.values["cases"]) - len(self.rows)
        if ended and self.rows:
            found.append(
                ngettext(
                    "%(num)s case of this forecast has ended since.",
                    "%(num)s cases of this forecast have ended since.",
                    ended,
                )
            )
        if self.values["left_out"]:
            found.append(
                ngettext(
                    "%(num)s case is not forecast: it is suspended, has a problem or waits for "
                    "something the scenario does not know (%(cases)s).",
                    "%(num)s cases are not forecast: they are suspended, have a problem or wait "
                    "for something the scenario does not know (%(cases)s).",
                    len(self.values["left_out"]),
                    cases=self._left_out_words(),
                )
            )
        found.append(_("Eight of ten ways in which it may go on lie between “early” and “late”."))
        return found

    def _left_out_words(self) -> str:
        numbers = list(self.values["left_out"])
        more = ["…"] if len(numbers) > SHOWN_LEFT_OUT else []
        return _(", ").join([*numbers[:SHOWN_LEFT_OUT], *more])

    @cached_property
    def rows(self) -> list[CaseRow]:
        """The open cases: who is over the limit by most comes first."""
        rows = [self._row(case, self._seen[case["case_id"]]) for case in self._cases]
        return sorted(rows, key=lambda row: -row.overrun_s)

    @cached_property
    def axis(self) -> tuple[str, str]:
        """The moments at both ends of the bars."""
        return self._clock(self._now), self._clock(self._now + timedelta(seconds=self._reach_s))

    @cached_property
    def queues(self) -> list[dict[str, Any]]:
        """The curves of the roles that somebody may wait for."""
        return [self._curve(q) for q in self.values["queues"] if any(q["high"])]

    @property
    def queue_steps(self) -> list[str]:
        """The moments in the head of the table of queues."""
        step_s = self.values["queues"][0]["step_s"] if self.values["queues"] else 0.0
        return [self._clock(self._now + timedelta(seconds=i * step_s)) for i in self._shown]

    @property
    def queue_rows(self) -> list[QueueRow]:
        """The table of queues: middle, and in brackets low to high."""
        return [
            QueueRow(
                self._names.role(queue["role"]),
                [
                    f"{queue['middle'][i]:g} ({queue['low'][i]:g}–{queue['high'][i]:g})"
                    for i in self._shown
                ],
            )
            for queue in self.values["queues"]
        ]

    @property
    def _shown(self) -> list[int]:
        steps = len(self.values["queues"][0]["middle"]) if self.values["queues"] else 0
        last = max(steps - 1, 0)
        return sorted({round(i * last / (SHOWN_STEPS - 1)) for i in range(SHOWN_STEPS)})

    @property
    def _now(self) -> datetime:
        return datetime.fromisoformat(self.values["now"])

    @property
    def _limit_s(self) -> float | None:
        limit: float | None = self._run.request.question["limit_s"]
        return limit

    @property
    def _cases(self) -> list[Mapping[str, Any]]:
        return [case for case in self.values["cases"] if case["case_id"] in self._seen]

    @cached_property
    def _reach_s(self) -> float:
        return max((self._from_now_s(case["late"]) for case in self._cases), default=1.0) or 1.0

    def _from_now_s(self, moment: str) -> float:
        return (datetime.fromisoformat(moment) - self._now).total_seconds()

    def _clock(self, at: datetime) -> str:
        """Write a moment; the day only where it is another one."""
        is_today = local_date(at) == local_date(self._now)
        return format_moment(at, "HH:mm" if is_today else "MM-dd HH:mm")

    def _row(self, case: Mapping[str, Any], instance: ProcessInstance) -> CaseRow:
        ends = ("early", "expected", "late")
        seconds = [self._from_now_s(case[end]) for end in ends]
        clocks = [self._clock(datetime.fromisoformat(case[end])) for end in ends]
        due_s = self._due_s(instance)
        state = _state(seconds[1], seconds[2], due_s)
        return CaseRow(
            number=case["case_id"],
            url=url_for("cases.show", instance_id=instance.id),
            started=self._clock(instance.started_at),
            early=clocks[0],
            expected=clocks[1],
            late=clocks[2],
            state=state,
            bar=self._bar(seconds, due_s),
            sentence=_("ends between %(early)s and %(late)s, expected %(expected)s",
                       early=clocks[0], late=clocks[2], expected=clocks[1]),
            overrun_s=seconds[1] - (due_s or 0.0),
        )  # fmt: skip

    def _due_s(self, instance: ProcessInstance) -> float | None:
        if self._limit_s is None:
            return None
        due = instance.started_at + timedelta(seconds=self._limit_s)
        return (due - self._now).total_seconds()

    def _bar(self, seconds: Sequence[float], due_s: float | None) -> Bar:
        scale = WIDTH / self._reach_s
        is_in_sight = due_s is not None and 0 <= due_s <= self._reach_s
        limit = round(due_s * scale, 2) if is_in_sight and due_s is not None else None
        early, middle, late = (round(max(0.0, s) * scale, 2) for s in seconds)
        return Bar(early, middle, late, limit)

    def _curve(self, queue: Mapping[str, Any]) -> dict[str, Any]:
        name = self._names.role(queue["role"])
        moments = [
            self._clock(self._now + timedelta(seconds=i * queue["step_s"]))
            for i in range(len(queue["middle"]))
        ]
        return {
            "name": name,
            "moments": moments,
            **{end: [round(n, 1) for n in queue[end]] for end in ("low", "middle", "high")},
            "heightPx": 180,
            "sentence": _(
                "%(role)s: %(middle)s wait at most in the middle of all ways, %(high)s in the "
                "worse ones.",
                role=name,
                middle=f"{max(queue['middle']):g}",
                high=f"{max(queue['high']):g}",
            ),
        }


def _state(middle_s: float, late_s: float, due_s: float | None) -> State:
    if due_s is None:
        return State("quiet", "neutral", "–", _("no target"))
    if middle_s > due_s:
        return State("off", "problem", "■", _("late"))
    if late_s > due_s:
        return State("risk", "suspended", "▲", _("at risk"))
    return State("good", "good", "●", _("on time"))
