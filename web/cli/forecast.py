"""``twinflow forecast``: when the open cases end, and how the queues go on."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from web.cli.output import as_json, write_json, write_table
from web.cli.rehearsal import rehearsing
from web.cli.session import acting, opened_engine
from web.cli.simulations import ExistingFile, executor_option, jobs_option, seed_option

if TYPE_CHECKING:
    from pathlib import Path

_SHOWN = 5  # of the steps of a queue


@click.command()
@click.argument("process")
@click.argument("scenario", type=ExistingFile)
@click.option("--hours", type=click.FloatRange(0.25, 24 * 14), default=8.0, show_default=True,
              help="How far to look.")  # fmt: skip
@click.option("--replications", "-n", type=click.IntRange(10, 10_000), default=200,
              show_default=True, help="In how many ways it may go on.")  # fmt: skip
@seed_option
@jobs_option
@executor_option
@acting
@as_json
def forecast(*, process: str, scenario: Path, user_id: str, is_json: bool, **how: Any) -> None:
    """Foretell when the open cases end, from the queues and shifts of this minute.

    \b
    twinflow forecast patient_visit as_is.yaml --as alice
    twinflow forecast patient_visit as_is.yaml --hours 4 --json --as alice

    Eight of ten ways in which it may go on lie between "early" and "late".
    """
    from engine.clock import SystemClock
    from simulation.forecast import Question
    from simulation.forecast import forecast as foretell
    from simulation.scenario.load import load
    from web.open_cases import open_cases

    loaded = load(scenario)
    with opened_engine() as engine:
        engine.definition(process)
        now = SystemClock().now()
        found = open_cases(engine, process, now=now, by=user_id)
    if not found.cases:
        raise click.UsageError(f"{process} has no open case that can be forecast")
    question = Question(now, how["hours"], how["replications"], how["seed"])
    with rehearsing("foretelling", executor=how["executor"], jobs=how["jobs"]) as options:
        document = foretell(loaded, found.cases, question, options=options).document()
    document["left_out"] = {case.case_id: case.reason for case in found.left_out}
    if is_json:
        write_json(document)
    else:
        _write(process, document)


def _write(process: str, document: dict[str, Any]) -> None:
    rows = [
        (case["case_id"], *(_clock(case[end], document["now"]) for end in _ENDS))
        for case in document["cases"]
    ]
    write_table(f"{process}: when the open cases end", ("case", *_ENDS), rows)
    queues = [(queue["role"], *_steps(queue)) for queue in document["queues"]]
    steps = [f"in {hours}" for hours in _hours(document)]
    write_table("How many wait: middle (eight of ten ways)", ("role", *steps), queues)
    for case_id, reason in document["left_out"].items():
        click.echo(f"not forecast: {case_id} ({reason})", err=True)


_ENDS = ("early", "expected", "late")


def _clock(text: str, now: str) -> str:
    """Write a moment in the zone of this machine; the day only where it is another one."""
    at, today = (datetime.fromisoformat(moment).astimezone() for moment in (text, now))
    return f"{at:%H:%M}" if at.date() == today.date() else f"{at:%Y-%m-%d %H:%M}"


def _shown(count: int) -> list[int]:
    last = max(count - 1, 0)
    return sorted({round(i * last / (_SHOWN - 1)) for i in range(_SHOWN)})


def _hours(document: dict[str, Any]) -> list[str]:
    queue = document["queues"][0]
    return [f"{i * queue['step_s'] / 3600:g} h" for i in _shown(len(queue["middle"]))]


def _steps(queue: dict[str, Any]) -> list[str]:
    return [
        f"{queue['middle'][i]:g} ({queue['low'][i]:g}–{queue['high'][i]:g})"
        for i in _shown(len(queue["middle"]))
    ]
