"""The learnt scenario as YAML that people read: beside every value, what it rests on."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from simulation.calibration.remarks import flow_name, name_of
from simulation.calibration.scenario import scenario_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulation.calibration.fitting import Fit
    from simulation.calibration.learnt import Learnt

_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "none"})


def scenario_text(learnt: Learnt, *, raw: dict[str, Any] | None = None) -> str:
    """Return the text of the scenario file; ``raw`` if not all of what was learnt is used."""
    raw = raw or scenario_of(learnt)
    notes = _notes(learnt)
    lines = list(_head(learnt))
    for section, value in raw.items():
        if not isinstance(value, dict):
            lines.append(f"{section}: {flow(value)}")
            continue
        lines.append(f"{section}:")
        for key, item in value.items():
            note = notes.get((section, key), "")
            lines += [f"  # {line}" for line in note.split("\n") if line]
            lines.append(f"  {quoted(key)}: {flow(item)}")
    return "\n".join(lines) + "\n"


def _head(learnt: Learnt) -> Iterator[str]:
    played = learnt.replay
    yield f"# Learnt from {learnt.source}: {len(learnt.work.case_ids):,} cases."
    yield f"# {played.fitting:,} of {played.cases:,} replayed cases follow the model."
    level = f"{100 * learnt.confidence:g} % interval"
    yield f"# Beside each value stands what it rests on: n, fit (KS distance, p), {level}."
    for warned in learnt.warnings:
        where = f" {name_of(learnt, warned.where)}:" if warned.where else ""
        yield f"# ! {warned.section}:{where} {warned.text}"


def _notes(learnt: Learnt) -> dict[tuple[str, str], str]:
    """Return what stands above each entry, by section and key."""
    notes = {
        ("durations", a): f"{name_of(learnt, a)}: {told(found.fit)}"
        for a, found in learnt.durations.items()
    }
    notes |= {("events", e): f"{name_of(learnt, e)}: {told(f)}" for e, f in learnt.events.items()}
    for start, model in learnt.arrivals.items():
        words = "; ".join(model.words)
        week = model.intensity.per_week
        many = f"{model.n:,} cases, {week.value:,.1f} a week ({week.low:,.1f} to {week.high:,.1f})"
        notes["arrivals", start] = f"{many}: {words}"
    for gateway, branch in learnt.branches.items():
        ranges = ", ".join(
            f"{flow_name(learnt, s.flow)} {s.low:.1%} to {s.high:.1%}" for s in branch.flows
        )
        notes["branches", gateway] = f"{name_of(learnt, gateway)}: n = {branch.n:,}; {ranges}"
    for name, role in learnt.staffing.roles.items():
        words = f"{role.people} people, at most {role.peak} at work at once"
        notes["resources", name] = f"{words}, {role.rows:,} tasks"
    for activity, role_name in learnt.staffing.of_activity.items():
        notes["demands", activity] = f"{name_of(learnt, activity)}: {role_name or 'nobody'}"
    return notes


def told(fit: Fit) -> str:
    """Tell what a distribution rests on."""
    low, high = (time_text(value) for value in (fit.mean_low_s, fit.mean_high_s))
    words = f"n = {fit.n:,}; mean {time_text(fit.mean_s)} ({low} to {high}); {fit.family}"
    if fit.sd.high > 0:
        words += f", sd {time_text(fit.sd.value)}"
        words += f" ({time_text(fit.sd.low)} to {time_text(fit.sd.high)})"
    if not math.isnan(fit.p_value):
        words += f", KS {fit.ks:.3f} (p {fit.p_value:.2f})"
    return words


def time_text(seconds: float) -> str:
    """Write a time in the unit that suits it."""
    for limit, divisor, unit in ((120, 1, "s"), (7200, 60, "min"), (172_800, 3600, "h")):
        if abs(seconds) < limit:
            return f"{seconds / divisor:.3g} {unit}"
    return f"{seconds / 86_400:.3g} d"


def flow(value: Any) -> str:
    """Write a value on one line, in the flow style of YAML."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{quoted(str(k))}: {flow(v)}' for k, v in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(flow(item) for item in value)}]"
    return quoted(value) if isinstance(value, str) else json.dumps(value)


def quoted(text: str) -> str:
    """Write a text plainly where YAML takes it for one, else in quotes."""
    is_plain = text.replace("_", "a").isalnum() and text.isascii()
    is_number = text[:1].isdigit() and not text[-1:].isalpha()
    if is_plain and not is_number and text.lower() not in _WORDS:
        return text if not text[0].isdigit() else json.dumps(text)
    return json.dumps(text, ensure_ascii=False)
