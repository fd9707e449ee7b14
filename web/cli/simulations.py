"""``twinflow simulate`` and ``compare``: rehearsals of a process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from web.cli.failures import REFUSED
from web.cli.output import as_json, progress, write_json
from web.cli.rehearsal import keep_option, rehearsing
from web.cli.reports import write_comparison, write_experiment

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulation.comparison import ComparisonReport
    from simulation.result_files import LogForm

ExistingFile = click.Path(exists=True, dir_okay=False, path_type=Path)
replications_option = click.option(
    "--replications", "-n", type=click.IntRange(1, 100_000),
    help="How often; by default as the scenario says.",
)  # fmt: skip
seed_option = click.option(
    "--seed", type=click.IntRange(0), help="The same seed gives the same figures."
)
jobs_option = click.option(
    "--jobs", "-j", type=click.IntRange(1, 256), help="Processes; by default one per core."
)
executor_option = click.option(
    "--executor", envvar="TWINFLOW_EXECUTOR", metavar="WHERE",
    help="Who simulates: processes (the default), or a Dask cluster: dask://host:8786.",
)  # fmt: skip


@click.command()
@click.argument("scenario", type=ExistingFile)
@replications_option
@seed_option
@jobs_option
@executor_option
@keep_option
@click.option("--out", type=click.Path(file_okay=False, path_type=Path),
              help="Folder for the log, the KPIs of each replication and a manifest.")  # fmt: skip
@click.option("--log", "logs", type=click.Choice(("parquet", "csv", "xes", "ocel")), multiple=True,
              help="Form of the log in --out; by default Parquet, may be given again.")  # fmt: skip
@as_json
def simulate(  # noqa: PLR0913 -- one parameter per option
    *,
    scenario: Path,
    replications: int | None,
    seed: int | None,
    jobs: int | None,
    executor: str | None,
    keep: Path | None,
    out: Path | None,
    logs: tuple[LogForm, ...],
    is_json: bool,
) -> None:
    """Rehearse a process as a scenario describes it.

    \b
    twinflow simulate as_is.yaml
    twinflow simulate as_is.yaml -n 200 --seed 7 --json > result.json
    twinflow simulate as_is.yaml --out results --log parquet --log xes

    Figures are means over the replications with 95 % intervals. Ctrl-C ends the run early and
    keeps what is finished.
    """
    from simulation.experiment import run  # slow: numpy, scipy, pandas
    from simulation.result_files import write_results
    from simulation.scenario.load import load

    if logs and out is None:
        raise click.UsageError("--log says how to write into --out; add --out FOLDER")
    loaded = load(scenario)
    with rehearsing("simulating", executor=executor, jobs=jobs, keep=keep) as options:
        experiment = run(
            loaded,
            replications=replications,
            seed=seed,
            options=options,
        )
    if options.cancelled is not None and options.cancelled():
        click.echo(f"stopped: {len(experiment.replications)} replications are finished", err=True)
    if out is not None:
        with progress("writing") as advance:
            write_results(experiment, out, logs=logs or ("parquet",), progress=advance)
    if is_json:
        write_json(experiment.document())
    else:
        write_experiment(experiment.document())


@click.command()
@click.argument("as_is", type=ExistingFile)
@click.argument("to_be", nargs=-1, required=True, type=ExistingFile)
@replications_option
@seed_option
@jobs_option
@executor_option
@keep_option
@as_json
@click.pass_context
def compare(  # noqa: PLR0913 -- one parameter per option
    ctx: click.Context,
    *,
    as_is: Path,
    to_be: Sequence[Path],
    replications: int | None,
    seed: int | None,
    jobs: int | None,
    executor: str | None,
    keep: Path | None,
    is_json: bool,
) -> None:
    """Compare a redesign with the process as it is, on the same random numbers.

    \b
    twinflow compare as_is.yaml to_be.yaml
    twinflow compare as_is.yaml to_be.yaml one_more_doctor.yaml --json > report.json

    Each KPI gets a verdict: better, worse, changed (where neither way is better) or unclear. Exit
    status 1 if a target is missed or a guarded KPI got worse, 2 if a file is wrong.
    """
    from simulation.comparison import ComparisonStopped  # slow: scipy
    from simulation.comparison import compare as compare_scenarios
    from simulation.scenario.load import load

    scenarios = [load(path) for path in (as_is, *to_be)]
    if replications == 1:
        raise click.UsageError("a comparison needs two replications or more")
    with rehearsing("comparing", executor=executor, jobs=jobs, keep=keep) as options:
        try:
            report = compare_scenarios(
                scenarios,
                replications=replications,
                seed=seed,
                options=options,
            )
        except ComparisonStopped as stop:
            report = stop.report
            click.echo(f"stopped: {count_of(report)} replications are compared", err=True)
    if is_json:
        write_json(report.document())
    else:
        write_comparison(report.document())
    if not report.is_passed:
        ctx.exit(REFUSED)


def count_of(report: ComparisonReport) -> int:
    """Return how many replications a comparison rests on."""
    return len(report.experiments[0].replications)
