"""``twinflow optimise``: how many people, on which shifts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import click

from kpis.catalogue import CATALOGUE, Direction
from web.cli.output import as_json, figure_text, write_json, write_table
from web.cli.rehearsal import keep_option, rehearsing
from web.cli.reports import with_half_width
from web.cli.simulations import ExistingFile, executor_option, jobs_option, seed_option
from web.cli.values import read_amount

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from simulation.optimiser.trials import Trials

LOWER_IS_BETTER = tuple(c for c, kpi in CATALOGUE.items() if kpi.direction is Direction.LOWER)


def read_units(
    _ctx: click.Context, _param: click.Parameter, texts: Sequence[str]
) -> dict[str, range]:
    """Read ROLE=2..6."""
    found = {}
    for text in texts:
        match = re.fullmatch(r"(.+?)=(\d{1,6})\.\.(\d{1,6})", text)
        if match is None or int(match[2]) > int(match[3]):
            raise click.BadParameter(f"{text!r} is not ROLE=FEWEST..MOST, such as doctor=2..6")
        found[match[1]] = range(int(match[2]), int(match[3]) + 1)
    return found


def read_shifts(
    _ctx: click.Context, _param: click.Parameter, texts: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Read ROLE=early,late."""
    found = {}
    for text in texts:
        role, equals, names = text.partition("=")
        if not (role and equals and names):
            raise click.BadParameter(f"{text!r} is not ROLE=CALENDAR,CALENDAR")
        found[role] = tuple(name.strip() for name in names.split(","))
    return found


@click.command()
@click.argument("scenario", type=ExistingFile)
@click.option("--units", "-u", multiple=True, required=True, callback=read_units,
              metavar="ROLE=2..6", help="How many there may be; once for each role.")  # fmt: skip
@click.option("--shifts", "-s", multiple=True, callback=read_shifts, metavar="ROLE=EARLY,LATE",
              help="The calendars a role may have.")  # fmt: skip
@click.option("--kpi", default="OP-CT", show_default=True, type=click.Choice(LOWER_IS_BETTER),
              help="What shall be small.")  # fmt: skip
@click.option("--limit", callback=lambda *given: given[2] and read_amount(*given),
              help="Find the cheapest staff that keeps this: 45min.")  # fmt: skip
@click.option("--budget", type=click.FloatRange(min=0, min_open=True),
              help="Find the best staff that costs no more for the run.")  # fmt: skip
@click.option("--indifference", default=None, help="With --budget: a difference nobody cares "
              "about; by default a hundredth of the KPI.",
              callback=lambda *given: given[2] and read_amount(*given))  # fmt: skip
@click.option("--replications", "-n", type=click.IntRange(2, 10_000), default=10,
              show_default=True, help="How often each staff is simulated.")  # fmt: skip
@seed_option
@jobs_option
@executor_option
@keep_option
@as_json
def optimise(*, scenario: Path, is_json: bool, **asked: Any) -> None:
    """Find out how many people to have, and on which shifts.

    \b
    twinflow optimise as_is.yaml -u doctor=2..6 -u cashier=1..3 --limit 60min
    twinflow optimise as_is.yaml -u doctor=2..6 -u cashier=1..3 --budget 3000
    twinflow optimise as_is.yaml -u doctor=2..6 -u cashier=1..3

    With --limit the cheapest staff that keeps it, with --budget the best one for the money,
    with neither the front between cost and time (needs twinflow[optimiser]). Staff is paid for
    the hours it is there. Exit status 1 if no staff within the ranges will do.
    """
    from simulation.optimiser.design import Choices
    from simulation.optimiser.trials import Aim, Trials
    from simulation.scenario.load import load

    if asked["limit"] is not None and asked["budget"] is not None:
        raise click.UsageError("give --limit or --budget, not both")
    choices = Choices(asked["units"], asked["shifts"])
    aim = Aim(asked["kpi"], asked["replications"], asked["seed"])
    shared = {key: asked[key] for key in ("executor", "jobs", "keep")}
    with rehearsing("trying designs", **shared) as options:
        document = _found(Trials(load(scenario), choices, aim, options), asked)
    if is_json:
        write_json(document)
    else:
        _write(document)
    if document.get("best", True) is None:
        click.get_current_context().exit(1)


def _found(trials: Trials, asked: Mapping[str, Any]) -> dict[str, Any]:
    from simulation.optimiser import search
    from simulation.optimiser.front import front

    document = {
        "scenario": trials.scenario.source,
        "kpi": trials.aim.kpi,
        "unit": CATALOGUE[trials.aim.kpi].unit.value,
        "currency": trials.scenario.document.currency,
    }
    if asked["limit"] is not None:
        return document | search.cheapest(trials, limit=asked["limit"]).document()
    if asked["budget"] is None:
        return document | front(trials).document()
    found = search.quickest(trials, budget=asked["budget"], indifference=asked["indifference"])
    return document | found.document()


def _write(document: dict[str, Any]) -> None:
    unit, kpi, money = document["unit"], document["kpi"], document["currency"]
    if "front" in document:
        title = f"No staff is better in both; {document['designs']} were tried"
        front = (_row(trial, unit) for trial in document["front"])
        write_table(title, ("staff", f"cost, {money}", kpi), front, right="cost")
        return
    steps = ((step["reason"], *_row(step, unit), _change(step, unit)) for step in document["steps"])
    columns = ("step", "staff", f"cost, {money}", kpi, "change")
    write_table(f"{document['designs']} staffs were tried", columns, steps)
    if document["best"] is None:
        staff, cost, value = _row(document["steps"][-1], unit)
        told = f"the last one tried, {staff}, costs {cost} {money} and has {kpi} {value}"
        click.echo(f"no staff within these ranges will do; {told}", err=True)
        return
    staff, cost, value = _row(document["best"], unit)
    click.echo(f"best: {staff}, {cost} {money}, {kpi} {value}")
    if not document["decided"]:
        click.echo("others are as good as far as can be told; raise --indifference", err=True)


def _change(step: dict[str, Any], unit: str) -> str:
    if step["difference"] is None:
        return ""
    return figure_text(step["difference"], unit, half_width=step["difference_half_width"])


def _row(trial: dict[str, Any], unit: str) -> tuple[str, str, str]:
    shifts = trial["calendars"]
    staff = ", ".join(
        f"{role} {units}" + (f" ({shifts[role]})" if role in shifts else "")
        for role, units in trial["units"].items()
    )
    return staff, f"{trial['cost']:,.0f}", with_half_width(trial, unit)
