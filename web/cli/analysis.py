"""``twinflow sensitivity`` and ``select``: which assumptions matter, which scenario is best."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kpis.catalogue import CATALOGUE
from web.cli.output import as_json, figure_text, write_json, write_table
from web.cli.rehearsal import keep_option, rehearsing
from web.cli.reports import with_half_width
from web.cli.simulations import ExistingFile, executor_option, jobs_option, seed_option
from web.cli.values import read_amount, read_share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

kpi_option = click.option("--kpi", default="OP-CT", show_default=True,
                          type=click.Choice(tuple(CATALOGUE)), help="What decides.")  # fmt: skip


@click.command()
@click.argument("scenario", type=ExistingFile)
@kpi_option
@click.option("--change", default="10%", show_default=True, callback=read_share,
              help="How far each assumption is moved, up and down.")  # fmt: skip
@click.option("--morris", type=click.IntRange(2, 1_000), metavar="N",
              help="Move all assumptions together, along N random paths.")  # fmt: skip
@click.option("--replications", "-n", type=click.IntRange(2, 100_000), default=20,
              show_default=True, help="How often each change is simulated.")  # fmt: skip
@seed_option
@jobs_option
@executor_option
@keep_option
@as_json
def sensitivity(
    *, scenario: Path, kpi: str, change: float, morris: int | None, is_json: bool, **how: Any
) -> None:
    """Find the assumptions of a scenario on which a KPI depends most.

    \b
    twinflow sensitivity as_is.yaml
    twinflow sensitivity as_is.yaml --kpi OP-WT --change 20%
    twinflow sensitivity as_is.yaml --morris 10

    Every arrival rate, duration, delay and share is made larger and smaller, on the same
    random numbers; the widest swing comes first. With --morris all move together: an
    assumption whose effect spreads widely depends on the others.
    """
    from simulation import sensitivity as analysis  # slow: scipy
    from simulation.scenario.load import load

    question = analysis.Question(kpi, change, how["replications"], how["seed"])
    shared = {key: how[key] for key in ("executor", "jobs", "keep")}
    with rehearsing("simulating", **shared) as options:
        if morris is None:
            swings = analysis.tornado(load(scenario), question, options=options)
            found = [swing.document() for swing in swings]
        else:
            effects = analysis.morris(
                load(scenario), question, trajectories=morris, options=options
            )
            found = [effect.document() for effect in effects]
    if is_json:
        write_json({"kpi": kpi, "change": change, "method": _method(morris), "factors": found})
    elif morris is None:
        _write_swings(kpi, change, found)
    else:
        _write_effects(kpi, change, found)


def _method(morris: int | None) -> str:
    return "tornado" if morris is None else "morris"


def _write_swings(kpi: str, change: float, swings: Sequence[dict[str, Any]]) -> None:
    unit = CATALOGUE[kpi].unit.value
    rows = [
        (
            swing["field"],
            *_ends(swing, unit),
            "yes" if swing["clear"] else "unclear",
        )
        for swing in swings
    ]
    columns = ("assumption", f"{change:.0%} smaller", f"{change:.0%} larger", "does it matter?")
    write_table(f"{kpi}: what it depends on", columns, rows)


def _write_effects(kpi: str, change: float, effects: Sequence[dict[str, Any]]) -> None:
    unit = CATALOGUE[kpi].unit.value
    rows = [
        (
            effect["field"],
            with_half_width({"mean": effect["strength"], **effect}, unit),
            with_half_width({"mean": effect["spread"], "half_width": None}, unit),
        )
        for effect in effects
    ]
    columns = ("assumption", f"effect of {change:.0%}", "spread")
    write_table(f"{kpi}: what it depends on, all moving together", columns, rows)


def _ends(swing: dict[str, Any], unit: str) -> Iterator[str]:
    """Write both differences of an assumption, in the same unit."""
    ends = [swing["smaller"], swing["larger"]]
    moved = [None if end is None else end["difference"] for end in ends]
    for end in ends:
        if end is None:
            yield "–"
        else:
            sign = "+" if end["difference"] > 0 else ""
            yield sign + figure_text(
                end["difference"], unit, half_width=end["half_width"], beside=moved
            )


@click.command()
@click.argument("scenarios", nargs=-1, required=True, type=ExistingFile)
@kpi_option
@click.option("--indifference", required=True, callback=read_amount,
              help="A difference nobody cares about: 1min, 2%, 0.5.")  # fmt: skip
@click.option("--confidence", default="95%", show_default=True, callback=read_share,
              help="How sure the choice must be.")  # fmt: skip
@click.option("--most", default=500, show_default=True, type=click.IntRange(10, 100_000),
              help="Replications after which to stop undecided.")  # fmt: skip
@seed_option
@jobs_option
@executor_option
@keep_option
@as_json
def select(
    *,
    scenarios: Sequence[Path],
    kpi: str,
    indifference: float,
    is_json: bool,
    **how: Any,
) -> None:
    """Find the best of several scenarios, and stop simulating the others early.

    \b
    twinflow select as_is.yaml to_be.yaml one_more_doctor.yaml --indifference 1min
    twinflow select a.yaml b.yaml c.yaml --kpi CO-CPC --indifference 0.5

    With the confidence asked for, no other scenario is better by more than the indifference
    (Kim and Nelson, on common random numbers). Exit status 1 if it could not be decided.
    """
    from kpis.stats.selection import Rule
    from simulation.scenario.load import load
    from simulation.selection import select as select_best

    if len(scenarios) < 2:
        raise click.UsageError("a choice needs two scenarios or more")
    rule = Rule(indifference, confidence=how["confidence"], most=how["most"])
    shared = {key: how[key] for key in ("executor", "jobs", "keep")}
    with rehearsing("selecting", **shared) as options:
        loaded = [load(path) for path in scenarios]
        choice = select_best(loaded, kpi=kpi, rule=rule, seed=how["seed"], options=options)
    document = choice.document()
    if is_json:
        write_json(document)
    else:
        _write_choice(document)
    if not document["decided"]:
        click.get_current_context().exit(1)


def _write_choice(document: dict[str, Any]) -> None:
    rows = [
        (
            row["scenario"],
            with_half_width({"mean": row["mean"], "half_width": None}, document["unit"]),
            row["replications"],
            "given up" if row["given_up"] else ("best" if document["decided"] else "in the race"),
        )
        for row in document["scenarios"]
    ]
    columns = ("scenario", document["kpi"], "replications", "")
    write_table(f"Best in {document['kpi']}", columns, rows, right="replications")
    if not document["decided"]:
        told = f"undecided after {document['replications']} replications"
        click.echo(f"{told}: raise --most, or the indifference", err=True)
