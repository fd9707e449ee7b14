"""The analyst's report in Markdown: what was learnt, how sure it is, what to doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulation.calibration.document import document, period
from simulation.calibration.markdown import fit_words, mean_words, range_words, table
from simulation.calibration.remarks import name_of
from simulation.calibration.verdict import cases_words, cycle_words, validation_lines, verdict_words
from simulation.calibration.writing import time_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation.calibration.learnt import Learnt

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_SPREAD = (
    "Each interval rests on its own hour or day alone. Counts of the same weekday vary {:.1f} "
    "times as much as Poisson counts would."
)
Values = dict[str, Any]


def report(learnt: Learnt, *, validation: Values | None = None) -> str:
    """Return the report; ``validation`` is the document of a validation, if there was one."""
    values = document(learnt)
    parts = [
        _summary(learnt, values, validation),
        _log(learnt, values),
        _conformance(values["conformance"]),
        _arrivals(values["arrivals"]),
        _hours(values["hours"]),
        _roles(values),
        _durations(values["durations"]),
        _people(values["durations"]),
        _decisions(values),
        _order(values["priorities"]),
        _waits(values),
        _doubts(learnt),
        [] if validation is None else validation_lines(validation),
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _summary(learnt: Learnt, values: Values, validation: Values | None) -> list[str]:
    first, last = period(learnt)
    share = learnt.replay.fitting / max(learnt.replay.cases, 1)
    words = (
        f"{values['cases']:,} cases that came from {first} to {last} took "
        f"{time_text(values['mean_cycle_time_s'])} on average. {share:.0%} of them follow the "
        f"model. {len(learnt.staffing.roles)} roles do {len(learnt.durations)} activities; "
        f"{len(learnt.warnings)} things are worth knowing before believing the figures (below). "
        f"Behind a figure stands its interval: {100 * values['confidence']:g} of 100 such "
        "intervals hold the true value."
    )
    lines = [f"# {values['process']}: what the log tells", "", words]
    if validation is not None:
        many = cases_words(validation)
        verdict = f"**Verdict on {many}: {verdict_words(validation)}.**"
        lines += ["", f"{verdict} {cycle_words(validation)}"]
    return lines


def _log(learnt: Learnt, values: Values) -> list[str]:
    lines = ["## The log", ""]
    if learnt.quality is not None:
        lines += [f"- {sentence}" for sentence in learnt.quality.sentences()]
    for shift in values["clock_shifts"]:
        lines.append(f"- From {shift['day']} on everybody's day is {shift['by_s'] / 3600:+g} h.")
    if values["quiet_days"]:
        lines.append(f"- {values['quiet_days']} days that should be open had no work at all.")
    return lines if len(lines) > 2 else []


def _conformance(values: Values) -> list[str]:
    words = (
        f"{values['fitting']:,} of {values['replayed']:,} replayed cases follow the model, "
        f"{values['deviating']:,} deviate; {values['still_open']:,} were still open when the "
        "log ended. Decisions of cases that deviate much are not counted."
    )
    lines = ["## The log and the model", "", words]
    rows = [(v["name"], v["times"], "done out of turn") for v in values["only_log"]]
    rows += [(v["name"], v["times"], "skipped") for v in values["only_model"]]
    rows += [(v["activity"], v["rows"], "not in the model") for v in values["unknown"]]
    if rows:
        lines += ["", *table(("activity", "times", "what"), rows)]
    return lines


def _arrivals(arrivals: Sequence[Values]) -> list[str]:
    lines = ["## Arrivals"]
    for model in arrivals:
        words = "; ".join(model["words"])
        week = model["per_week_interval"]
        many = f"{model['n']:,} cases, {model['per_week']:,.1f} a week"
        many += f" ({week['low']:,.1f} to {week['high']:,.1f})"
        lines += ["", f"**{model['name']}**: {many}. {words[:1].upper()}{words[1:]}."]
        if model["intervals"] is not None:
            open_ = f" while {_week(model['calendar'])}" if model["calendar"] else ""
            lines.append(f"Intervals{open_}: {fit_words(model['intervals'])}.")
        if model["group_size"] is not None:
            size = range_words(model["group_size"], ".2f")
            lines.append(f"{size} cases come together; below, groups are counted.")
        lines += _rates(model)
    return lines


def _rates(model: Values) -> list[str]:
    rates, lows, highs = (model[f"{end}by_weekday_and_hour"] for end in ("", "low_", "high_"))
    hours = [h for h in range(24) if any(row[h] > 0 for row in rates)]
    if not hours:
        return []
    rows = [
        (
            day,
            range_words(model["by_weekday"][i], ".1f"),
            *(f"{rates[i][h]:.1f} ({lows[i][h]:.1f}–{highs[i][h]:.1f})" for h in hours),
        )
        for i, day in enumerate(_DAYS)
        if sum(rates[i]) > 0
    ]
    head = ("cases, with interval", "a day", *(f"{h:02}" for h in hours))
    return ["", *table(head, rows), "", _SPREAD.format(model["dispersion"])]


def _hours(hours: Sequence[Values]) -> list[str]:
    rows = [
        (
            h["role"] or "everybody",
            _week(h["weekly"]) if h["open_share"] < 1 else "always open",
            f"± {time_text(h['edge_s'])}" if h["edge_s"] else "",
            f"{h['events']:,}",
            f"{h['outside_share']:.1%}",
            h["evidence"] + ("" if h["is_own"] or not h["role"] else ", as everybody"),
        )
        for h in hours
    ]
    head = ("role", "hours", "edges known to", "events", "outside", "how it is known")
    return ["## Working hours", "", *table(head, rows)]


def _week(weekly: dict[str, list[str]]) -> str:
    return "; ".join(f"{days} {', '.join(shifts)}" for days, shifts in weekly.items())


def _roles(values: Values) -> list[str]:
    rows = [
        (
            r["role"],
            r["units"],
            r["people"],
            r["most_at_once"],
            f"{r['tasks']:,}",
            f"{r['multitasking_share']:.0%}",
            ", ".join(r["activities"]),
        )
        for r in values["roles"]
    ]
    head = ("role", "units", "people", "most at once", "tasks", "several tasks", "activities")
    words = f"Roles are those of {values['role_source']}."
    return ["## People", "", words, "", *table(head, rows)] if rows else []


def _durations(durations: Sequence[Values]) -> list[str]:
    rows = [
        (
            d["name"],
            f"{d['n']:,}",
            mean_words(d["mean_s"]),
            d["family"],
            mean_words(d["sd_s"]) if d["sd_s"]["high"] > 0 else "none",
            f"{d['ks']:.3f}" + ("" if d["p_value"] is None else f" (p {d['p_value']:.2f})"),
            f"{d['over_closed_hours']:,} ({d['outside_calendar']})",
        )
        for d in durations
    ]
    who = ("activity", "n", "mean with interval")
    head = (*who, "distribution", "spread (sd)", "KS", "over closed hours")
    return ["## Durations, in working time", "", *table(head, rows)]


def _people(durations: Sequence[Values]) -> list[str]:
    told = [d for d in durations if d["people_differ"]]
    if not told:
        compared = sum(bool(d["people"]) for d in durations)
        words = f"In {compared} activities people were compared; none differ for sure."
        return ["## Who works faster", "", words]
    rows = [
        (d["name"], p["name"], p["n"], time_text(p["raw_mean_s"]), mean_words(p["mean_s"]))
        for d in told
        for p in d["people"]
    ]
    head = ("activity", "who", "n", "mean as seen", "mean drawn towards all, with interval")
    return ["## Who works faster", "", *table(head, rows)]


def _decisions(values: Values) -> list[str]:
    rows = [
        (
            d["name"],
            f["name"],
            f"{f['taken']:,} of {d['n']:,}",
            range_words(f["share"], ".1%"),
            f"by {d['attribute']} (log loss −{d['gain']:.0%})" if d["attribute"] else "",
        )
        for d in values["decisions"]
        for f in d["flows"]
    ]
    rows += [
        (d["name"], f["name"], f"{f['taken']:,} of {sum(g['taken'] for g in flows):,}",
         range_words(f["share"], ".1%"), f"if {d['attribute']} is {level}")
        for d in values["decisions"]
        for level, flows in d["by_value"].items()
        for f in flows
    ]  # fmt: skip
    rows += [
        (f"value of {name}", value, "", range_words(found, ".1%"), "")
        for name, found_by in values["attributes"].items()
        for value, found in found_by.items()
    ]
    rows += [
        (b["name"], "happens", "", range_words(b, ".1%"), "") for b in values["boundary_events"]
    ]
    rows += [(r["name"], "rounds", "", range_words(r, ".2f"), "") for r in values["repetitions"]]
    head = ("decision", "way", "cases", "share with interval", "depends on")
    return ["## Decisions", "", *table(head, rows)] if rows else []


def _order(priorities: Sequence[Values]) -> list[str]:
    title = "## Who goes first"
    if not priorities:
        return [title, "", "Whoever came first, as far as queues show."]
    rows = [
        (p["first"], p["other"], f"{p['overtook']:,} of {p['overtook'] + p['kept']:,}")
        for p in priorities
    ]
    return [title, "", *table(("goes before", "though it came later than", "times"), rows)]


def _waits(values: Values) -> list[str]:
    rows = [
        (e["name"], f"{e['n']:,}", mean_words(e["mean_s"]), e["family"], "an event of the model")
        for e in values["events"]
    ]
    rows += [
        (
            f"before {d['name']}",
            f"{d['n']:,}",
            mean_words(d["mean_s"]),
            d["family"],
            f"{range_words(d['share'], '.0%')} of the tasks; "
            + ("a timer stands for it" if d["is_modelled"] else "too little to model"),
        )
        for d in values["delays"]
        if d["event"] is None
    ]
    rows += [(b["name"], "", "", "", f"{_together(b)} at a time") for b in values["batches"]]
    head = ("where", "n", "mean with interval", "distribution", "what")
    title = "## Waiting that no queue explains"
    return [title, "", *table(head, rows)] if rows else []


def _together(batch: Values) -> str:
    share, size = range_words(batch["share"], ".0%"), range_words(batch["size"], ".1f")
    return f"{share} done together, {size}"


def _doubts(learnt: Learnt) -> list[str]:
    if not learnt.warnings:
        return ["## What to doubt", "", "Nothing stands out."]
    lines = ["## What to doubt", ""]
    for warned in learnt.warnings:
        where = f"{name_of(learnt, warned.where)}: " if warned.where else ""
        lines.append(f"- *{warned.section}* {where}{warned.text}.")
    return lines
