"""The verdict of a validation in Markdown."""

from __future__ import annotations

from simulation.calibration.markdown import Values, table
from simulation.calibration.writing import time_text

_LEGEND = (
    "*floor*: how far the cases it was learnt from (or two halves of the held-out ones) are from "
    "the held-out ones, and in brackets what most other splits of the real cases would have given. "
    "*by chance*: how far replications are from each other. *good*: within "
    "the floor, a trifle or chance; *fair*: within three times the floor."
)


def cycle_words(validation: Values) -> str:
    """Tell how long simulated and held-out cases take."""
    cycle = validation["cycle_time"]
    ours, theirs = cycle["simulated_s"], cycle["held_out_s"]
    return (
        f"Simulated cases take {time_text(ours['mean'])} ± {time_text(ours['half_width'])}, "
        f"held-out cases {time_text(theirs['mean'])} ± {time_text(theirs['half_width'])} "
        f"({cycle['difference_share']:+.1%})."
    )


def validation_lines(validation: Values) -> list[str]:
    """Return the part of the report on held-out cases."""
    rows = [
        (
            m["name"],
            f"{m['distance']['mean']:.2f} ± {m['distance']['half_width']:.2f} {m['unit']}",
            _floor(m),
            "" if m["ratio"] is None else f"{m['ratio']:.1f}",
            f"{m['by_chance']:.2f}",
            f"{m['p_value']:.2f}",
            m["grade"],
        )
        for m in validation["measures"]
    ]
    floor = "train" if validation["floor_from"] == "train" else "two halves"
    head = ("measure", "distance", f"floor ({floor})", "× floor", "by chance", "p", "grade")
    lines = [
        f"## Simulated and held-out cases: {verdict_words(validation)}",
        "",
        f"{cases_words(validation)}. {cycle_words(validation)}",
        "",
        *table(head, rows),
        "",
        _LEGEND,
    ]
    if validation["fix_first"]:
        lines += ["", "**To fix first**", ""]
        lines += [
            f"{i}. *{f['section']}* {f['text']}."
            for i, f in enumerate(validation["fix_first"], start=1)
        ]
    notes = [*validation["doubts"], *validation["remarks"]]
    return lines + [f"- Note: {note['text']}." for note in notes]


def cases_words(validation: Values) -> str:
    """Tell how many cases judge, and on how many days they came."""
    return f"{validation['cases']:,} held-out cases (days: {validation['days']:,})"


def verdict_words(validation: Values) -> str:
    """Tell the verdict, and whether there is enough to tell."""
    if validation["is_certain"]:
        return str(validation["verdict"])
    return f"{validation['verdict']}, but too few held-out cases or days to tell for sure"


def _floor(measure: Values) -> str:
    """Tell the floor with the range of other splits of the real cases."""
    others = measure["floor_splits"]
    if others["median"] is None:
        return f"{measure['floor']:.2f}"
    return f"{measure['floor']:.2f} ({others['low']:.2f} to {others['high']:.2f})"
