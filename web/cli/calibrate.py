"""``twinflow scenario calibrate`` and ``validate``: scenarios learnt from event logs."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from web.cli.failures import REFUSED
from web.cli.output import as_json, console, progress, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kpis.log_reader.quality import Quality
    from kpis.log_reader.read import ReadOptions
    from kpis.log_reader.work_log import WorkLog
    from simulation.calibration.learnt import Learnt

    Command = Callable[..., Any]

ExistingFile = click.Path(exists=True, dir_okay=False, path_type=Path)
NewFile = click.Path(dir_okay=False, path_type=Path)


def log_options(command: Command) -> Command:
    """Add the options that say what a reader of logs cannot know."""
    options = (
        click.option("--column", "columns", multiple=True, metavar="FIELD=COLUMN",
                     help="Name of a column: case, activity, resource, role, enabled, start, end."),
        click.option("--timezone", "zone", help="Of times without one, and of the week; by default "
                     "UTC, or that of the scenario which is validated."),
        click.option("--day-first/--month-first", "is_day_first", default=None,
                     help="How dates such as 03/04/2026 are meant."),
        click.option("--encoding", help="Of the text; by default UTF-8."),
    )  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@click.command()
@click.argument("log", type=ExistingFile)
@click.option(
    "--model",
    type=ExistingFile,
    help="BPMN file of the process; without it the log is only read, and its quality told.",
)
@click.option("--out", type=NewFile, help="Scenario file to write.")
@click.option("--holdout", "holdout", type=click.FloatRange(0, 0.9), default=0.2,
              show_default=True, help="Share of the last cases, to validate with.")  # fmt: skip
@click.option("--report", "report_file", type=NewFile, help="Write the report (Markdown) here.")
@click.option("--replications", "-n", type=click.IntRange(2, 1000), default=20, show_default=True,
              help="Of the validation.")  # fmt: skip
@click.option("--confidence", type=click.FloatRange(0.5, 0.9999), default=0.95,
              show_default=True, help="Of the intervals beside the figures.")  # fmt: skip
@click.option("--force", is_flag=True, help="Write over files that are there.")
@log_options
@as_json
def calibrate(  # noqa: PLR0913 -- one parameter per option
    *,
    log: Path,
    model: Path | None,
    out: Path | None,
    holdout: float,
    report_file: Path | None,
    replications: int,
    confidence: float,
    force: bool,
    is_json: bool,
    **reading: Any,
) -> None:
    """Learn a scenario from an event log (our own, CSV or XES; packed with gzip or not).

    \b
    twinflow scenario calibrate log.csv.gz --model loan.bpmn --out loan.yaml
    twinflow scenario calibrate log.xes --model loan.bpmn --out loan.yaml --report loan.md
    twinflow scenario calibrate tickets.csv --model loan.bpmn --out loan.yaml \\
        --column case=Ticket --column end=Closed --timezone Europe/Berlin

    twinflow scenario calibrate tickets.csv          what can be read of this log?

    The last cases are held out and tell whether simulated cases are like them. If tasks wait
    although somebody is free, timers are put into a copy of the model beside the scenario.
    """
    if (model is None) != (out is None):
        raise click.UsageError("--model and --out are needed together")
    _ensure_free((out, report_file), force=force)
    whole, quality = read(log, options(**reading))
    if model is None or out is None:
        tell_quality(quality, is_json=is_json)
        return
    learnt, verdict, written = learn_and_write(
        Task(log.name, model, out, holdout, replications, confidence, force), whole, quality
    )
    tell(learnt, verdict, written, report_file, is_json=is_json)


@dataclass(frozen=True)
class Task:
    """What is to be learnt, and where it goes."""

    source: str
    model: Path
    out: Path
    holdout: float
    replications: int
    confidence: float
    force: bool


def learn_and_write(
    task: Task, whole: WorkLog, quality: Quality
) -> tuple[Learnt, dict[str, Any] | None, list[Path]]:
    """Learn, validate and write; return what was learnt, the verdict and the files."""
    from engine.bpmn.graph import read_graph  # slow: scipy, pandas
    from engine.bpmn.read import read_file
    from simulation.calibration import files
    from simulation.calibration.holdout import hold_out
    from simulation.calibration.learn import learn
    from simulation.validation import validate as judge

    part = hold_out(whole, task.holdout)
    graph = read_graph(read_file(task.model), source=task.model.name)
    names = {"source": task.source, "model": task.model.name}
    learnt = learn(part.train, graph, **names, quality=quality, confidence=task.confidence)
    learnt, xml, scenario = files.prepared(learnt, task.model, task.out)
    if xml is not None:
        _ensure_free((task.out.with_suffix(".bpmn"),), force=task.force)
    verdict = None
    if part.held_out is None and part.told is not None:
        click.echo(f"{part.told.text[:1].upper()}{part.told.text[1:]}.", err=True)
    if part.held_out is not None:
        known = None if part.is_same else part.train
        with progress("validating") as advance:
            found = judge(scenario, part.held_out, train=known, source=task.source,
                          replications=task.replications, progress=advance)  # fmt: skip
        verdict = found.document()
        verdict["remarks"] += [part.told.document()] if part.told is not None else []
    return learnt, verdict, files.write(learnt, xml, task.out)


def tell(
    learnt: Learnt,
    verdict: dict[str, Any] | None,
    written: list[Path],
    report_file: Path | None,
    *,
    is_json: bool,
) -> None:
    """Write the report, or JSON for a program."""
    from simulation.calibration.document import document
    from simulation.calibration.report import report

    text = report(learnt, validation=verdict)
    if report_file is not None:
        report_file.write_text(text, encoding="utf-8")
        written = [*written, report_file]
    if is_json:
        files_written = [str(path) for path in written]
        write_json({"learnt": document(learnt), "validation": verdict, "files": files_written})
    else:
        show(text)
        click.echo(f"written: {', '.join(map(str, written))}")


def tell_quality(quality: Quality, *, is_json: bool) -> None:
    """Tell what was read of a log."""
    if is_json:
        write_json(quality.document())
    else:
        show("\n".join(f"- {sentence}" for sentence in quality.sentences()))


@click.command()
@click.argument("scenario_file", metavar="SCENARIO", type=ExistingFile)
@click.option("--log", "held_out_file", required=True, type=ExistingFile,
              help="Cases that the scenario was not learnt from.")  # fmt: skip
@click.option("--train", "train_file", type=ExistingFile,
              help="Cases it was learnt from; they give the floor.")  # fmt: skip
@click.option("--replications", "-n", type=click.IntRange(2, 1000), default=20, show_default=True)
@log_options
@as_json
@click.pass_context
def validate(
    ctx: click.Context,
    /,
    *,
    scenario_file: Path,
    held_out_file: Path,
    train_file: Path | None,
    replications: int,
    is_json: bool,
    **reading: Any,
) -> None:
    """Say whether simulated cases are like real ones, and what to fix first if not.

    \b
    twinflow scenario validate loan.yaml --log march.csv --train february.csv

    Exit status 1 if the scenario is not valid, 2 if a file is wrong.
    """
    from simulation.calibration.verdict import validation_lines  # slow: scipy
    from simulation.scenario.load import load
    from simulation.validation import validate as judge

    scenario = load(scenario_file)
    reading["zone"] = reading["zone"] or str(scenario.document.timezone)
    chosen = options(**reading)
    held_out, _ = read(held_out_file, chosen)
    train = None if train_file is None else read(train_file, chosen)[0]
    with progress("validating") as advance:
        found = judge(scenario, held_out, train=train, source=held_out_file.name,
                      replications=replications, progress=advance)  # fmt: skip
    if is_json:
        write_json(found.document())
    else:
        show("\n".join(validation_lines(found.document())))
    if not found.is_valid:
        ctx.exit(REFUSED)


def options(
    *, columns: Sequence[str], zone: str | None, is_day_first: bool | None, encoding: str | None
) -> ReadOptions:
    """Return the options of a reader from those of the command line."""
    from zoneinfo import ZoneInfo

    from kpis.log_reader.read import ReadOptions

    pairs = [text.partition("=") for text in columns]
    for field, equals, name in pairs:
        if not (field and equals and name):
            raise click.BadParameter(f"{field!r} is not FIELD=COLUMN", param_hint="--column")
    try:
        codecs.lookup(encoding or "utf-8")
    except LookupError:
        raise click.BadParameter(f"{encoding!r} is no encoding", param_hint="--encoding") from None
    try:
        found = None if zone is None else ZoneInfo(zone)
    except (KeyError, ValueError, OSError):
        words = f"{zone!r} is no time zone; write it as Asia/Shanghai"
        raise click.BadParameter(words, param_hint="--timezone") from None
    return ReadOptions({f: name for f, _, name in pairs}, encoding, found, is_day_first)


def read(path: Path, chosen: ReadOptions) -> tuple[WorkLog, Quality]:
    """Read a log, with the clock of this machine for what lies in the future."""
    from engine.clock import SystemClock
    from kpis.log_reader.read import read_log

    return read_log(path, now=SystemClock().now(), options=chosen)


def show(text: str) -> None:
    """Write Markdown: laid out on a terminal, as it is into files and pipes."""
    target = console()
    if target.is_terminal:
        from rich.markdown import Markdown

        target.print(Markdown(text))
    else:
        click.echo(text)


def _ensure_free(paths: Sequence[Path | None], *, force: bool) -> None:
    for path in paths:
        if path is not None and path.exists() and not force:
            raise click.UsageError(f"{path} exists already; --force writes over it")
