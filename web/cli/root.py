"""The command ``twinflow`` itself: its list of commands and its exit status."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

import click

from web.cli.failures import report_failure

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {  # name → module, what it does
    "lint": ("web.cli.lint", "Check BPMN files: can they be deployed?"),
    "deploy": ("web.cli.models", "Deploy a BPMN file, so that cases can be started."),
    "start": ("web.cli.cases", "Start a case of a process."),
    "instance": ("web.cli.cases", "Show where a case stands and what happened in it."),
    "suspend": ("web.cli.lifecycle", "Let a case stand still."),
    "resume": ("web.cli.lifecycle", "Let a case go on."),
    "terminate": ("web.cli.lifecycle", "End a case with its callers and all it called."),
    "skip": ("web.cli.lifecycle", "Go on behind what a case waits for."),
    "restart": ("web.cli.lifecycle", "Let a case begin again from elements."),
    "correct": ("web.cli.lifecycle", "Correct values of a case."),
    "versions": ("web.cli.versions", "Show, activate, retire and delete versions."),
    "route": ("web.cli.versions", "Send new cases to versions by share or rule."),
    "migrate": ("web.cli.bulk", "Move running cases to another version."),
    "bulk": ("web.cli.bulk", "Do one thing to many cases, tasks or incidents."),
    "tasks": ("web.cli.tasks", "List the tasks of a person."),
    "claim": ("web.cli.tasks", "Take a task."),
    "release": ("web.cli.tasks", "Give a task back."),
    "complete": ("web.cli.tasks", "Complete a task with the values of its form."),
    "incidents": ("web.cli.incidents", "See what failed: retry, correct, skip or cancel."),
    "message": ("web.cli.messages", "Send messages to cases, look after undelivered ones."),
    "signal": ("web.cli.messages", "Send a signal to everybody who waits for it."),
    "scenario": ("web.cli.scenarios", "Start, check and describe scenario files."),
    "simulate": ("web.cli.simulations", "Rehearse a process as a scenario describes it."),
    "compare": ("web.cli.simulations", "Compare a redesign with the process as it is."),
    "sensitivity": ("web.cli.analysis", "Find the assumptions that matter most."),
    "select": ("web.cli.analysis", "Find the best of several scenarios."),
    "forecast": ("web.cli.forecast", "Foretell when the open cases end."),
    "optimise": ("web.cli.optimiser", "Find out how many people, on which shifts."),
    "kpis": ("web.cli.measures", "Measure the recorded cases of a process."),
    "log": ("web.cli.logs", "Write the recorded cases of a process as an event log."),
    "history": ("web.cli.history_checks", "Check that nobody changed the history; seal it."),
    "privacy": ("web.cli.privacy", "Find a person in the cases, and erase their values."),
    "user": ("web.cli.users", "Add and list people, set passwords."),
    "calendar": ("web.cli.calendars", "Show and edit working calendars."),
    "demo": ("web.cli.demo", "Fill an empty database with the demo, or show its accounts."),
    "serve": ("web.cli.serve", "Serve the web pages."),
    "worker": ("web.cli.jobs", "Do what is due beside web servers without a worker."),
}


class Commands(click.Group):
    """Imports the module of a command only when the command is run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which people need them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[cmd_name][0]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, summary) in COMMANDS.items()])


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="twinflow", message="%(prog)s %(version)s")
def twinflow() -> None:
    """Run, measure, rehearse and improve service processes from one BPMN file.

    \b
    twinflow demo load                               people, finished cases, waiting tasks
    twinflow serve                                   the web pages on http://127.0.0.1:8000
    twinflow tasks --as alice                        what waits for Alice
    twinflow compare as_is.yaml to_be.yaml           is the redesign better?

    Data lie in var/twinflow.db, or where TWINFLOW_DATABASE_URL says. Exit status: 0 done or
    passed, 1 refused or failed (a gate, a rule of the process), 2 the input is wrong.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit status."""
    try:
        status = twinflow.main(args=arguments, prog_name="twinflow", standalone_mode=False)
    except Exception as error:  # the last resort: a clear line, the trace goes to a file
        sys.exit(report_failure(error))
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(status if isinstance(status, int) else 0)
