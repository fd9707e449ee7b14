"""What the command line says when something fails, and with which exit status."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path

import click

from engine.domain.calendar_table import InvalidCalendar
from engine.domain.migration_plan import InvalidPlan
from engine.domain.routing import InvalidRouting
from engine.errors import EngineError, InvalidForm, InvalidFormSchema, InvalidHistory, InvalidModel
from kpis.errors import KpiError
from simulation.errors import ScenarioInvalid, SimulationError
from web.erasure_ledger import BrokenLedger
from web.library import InvalidProcessFolder
from web.settings import InvalidSettings

REFUSED, WRONG_INPUT, STOPPED = 1, 2, 130
TRACE = Path("var") / "twinflow-error.log"
WRONG_INPUTS = (
    BrokenLedger,
    InvalidCalendar,
    InvalidModel,
    InvalidForm,
    InvalidFormSchema,
    InvalidHistory,
    InvalidPlan,
    InvalidRouting,
    KpiError,
    ScenarioInvalid,
    InvalidProcessFolder,
    InvalidSettings,
)
REFUSALS = (EngineError, SimulationError, OSError)


def report_failure(error: Exception) -> int:
    """Say what is wrong in as few lines as it takes and return the exit status."""
    if isinstance(error, click.exceptions.Exit):
        return error.exit_code
    if isinstance(error, click.Abort):
        click.echo("stopped", err=True)
        return STOPPED
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, WRONG_INPUTS):
        click.echo(str(error), err=True)
        return WRONG_INPUT
    if isinstance(error, REFUSALS):
        click.echo(f"twinflow: {error}", err=True)
        return REFUSED
    return report_bug(error)


def report_bug(error: Exception) -> int:
    """Keep the trace of an error nobody expected in a file and say where."""
    TRACE.parent.mkdir(parents=True, exist_ok=True)
    command = " ".join(sys.argv[1:])
    TRACE.write_text(f"twinflow {command}\n{''.join(traceback.format_exception(error))}")
    name = type(error).__name__
    click.echo(f"twinflow: a fault of the program ({name}: {error}); see {TRACE}", err=True)
    return REFUSED
