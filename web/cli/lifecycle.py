"""``twinflow suspend``, ``resume``, ``terminate``, ``skip``, ``restart``, ``correct``: one case."""

from __future__ import annotations

from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any

import click

from web.cli.output import answer, as_json, write_json, write_table
from web.cli.session import acting, find_case, opened_engine
from web.cli.values import plain_values_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from engine.domain.bulk import BulkItem
    from engine.domain.consequences import Consequences, Standing
    from engine.domain.instance import ProcessInstance
    from engine.process_engine import ProcessEngine

    Command = Callable[..., Any]

because = click.option("--reason", required=True, help="Why; kept in the history of the case.")
dry_run = click.option("--dry-run", "is_dry_run", is_flag=True, help="Only tell what would happen.")


@click.command()
@click.argument("case")
@because
@acting
@dry_run
@as_json
def suspend(case: str, reason: str, user_id: str, is_dry_run: bool, is_json: bool) -> None:
    """Let a case stand still, with the cases it called.

    \b
    twinflow suspend complaint/CMP-2026-00007 --as dora --reason "the patient is abroad"

    Tasks of it are not taken or completed, timers do not fire, services are not called.
    Many cases at once: twinflow bulk run suspend.
    """
    with opened_engine() as engine:
        found = find_case(engine, case, by=user_id)
        if is_dry_run:
            _rehearse(engine, "suspend", found, reason, user_id, is_json=is_json)
            return
        found = engine.suspend_instance(found.id, by=user_id, reason=reason)
    _write(found, "is suspended", is_json=is_json)


@click.command()
@click.argument("case")
@because
@click.option(
    "--timers", type=click.Choice(["keep", "shift"]), default="keep", show_default=True,
    help="keep: what was missed fires at once; shift: later by as long as the case stood still.",
)  # fmt: skip
@acting
@dry_run
@as_json
def resume(
    *, case: str, reason: str, timers: str, user_id: str, is_dry_run: bool, is_json: bool
) -> None:
    """Let a case go on.

    \b
    twinflow resume complaint/CMP-2026-00007 --timers shift --as dora --reason "he is back"
    """
    from engine.domain.suspension import TimerPolicy

    with opened_engine() as engine:
        found = find_case(engine, case, by=user_id)
        if is_dry_run:
            _rehearse(engine, "resume", found, reason, user_id, is_json=is_json)
            return
        policy = TimerPolicy(timers)
        found = engine.resume_instance(found.id, by=user_id, reason=reason, timers=policy)
    _write(found, "goes on", is_json=is_json)


@click.command()
@click.argument("case")
@because
@acting
@as_json
def terminate(case: str, reason: str, user_id: str, is_json: bool) -> None:
    """End a case with the case that called it and all that they called.

    \b
    twinflow terminate 12 --as dora --reason "entered twice"
    """
    with opened_engine() as engine:
        found = find_case(engine, case, by=user_id)
        found = engine.terminate_instance(found.id, by=user_id, reason=reason)
    _write(found, f"is {found.state}", is_json=is_json)


@dataclass(frozen=True, slots=True)
class _Asked:
    """Who asks for a change of a case and why, the values that go with it, and how to answer."""

    by: str
    reason: str
    values: Mapping[str, object]
    is_dry_run: bool
    is_json: bool

    def told(self, seen: Consequences) -> dict[str, Any]:
        """Return what goes with a change: who and why, and what was seen when it was decided."""
        return {"by": self.by, "reason": self.reason, "based_on": seen.based_on}


def _changing(command: Command) -> Command:
    """Add the options of a change to a command that takes what is ``asked``."""

    @wraps(command)
    def with_asked(
        *,
        user_id: str,
        reason: str,
        values: Mapping[str, object],
        is_dry_run: bool,
        is_json: bool,
        **others: object,
    ) -> None:
        command(asked=_Asked(user_id, reason, values, is_dry_run, is_json), **others)

    return because(acting(plain_values_options(dry_run(as_json(with_asked)))))


@click.command()
@click.argument("case")
@click.argument("element", required=False)
@_changing
def skip(case: str, element: str | None, asked: _Asked) -> None:
    """Go on behind what a case waits for, as if it were done.

    \b
    twinflow skip 12 --as dora --reason "agreed by telephone"
    twinflow skip 12 approve --set approved=true --as dora --reason "…" --dry-run

    ELEMENT is an element or a token, if the case waits for more than one thing. Values are those
    the work would have given: JSON, or text.
    """
    with opened_engine() as engine:
        found = find_case(engine, case, by=asked.by)
        token = _token(engine.standing(found.id, by=asked.by), element)
        seen = engine.preview_skip(found.id, token, by=asked.by, values=asked.values)
        if not asked.is_dry_run:
            found = engine.skip_element(found.id, token, values=asked.values, **asked.told(seen))
    _write_change(found, seen, asked)


@click.command()
@click.argument("case")
@click.argument("elements", nargs=-1, required=True)
@click.option(
    "--withdraw", "tokens", multiple=True, metavar="TOKEN",
    help="Withdraw these only; by default everything the case waits for.",
)  # fmt: skip
@_changing
def restart(case: str, elements: Sequence[str], tokens: Sequence[str], asked: _Asked) -> None:
    """Let a case begin again from elements; what it waits for is withdrawn.

    \b
    twinflow restart 12 investigate --as dora --reason "new facts" --dry-run

    The dry run tells what is withdrawn, opened and lost.
    """
    from engine.domain.consequences import Move

    wanted = Move(elements, tokens or None, asked.values)
    with opened_engine() as engine:
        found = find_case(engine, case, by=asked.by)
        seen = engine.preview_move(found.id, wanted, by=asked.by)
        if not asked.is_dry_run:
            found = engine.move_instance(found.id, wanted, **asked.told(seen))
    _write_change(found, seen, asked)


@click.command()
@click.argument("case")
@_changing
def correct(case: str, asked: _Asked) -> None:
    """Correct values of a case; what waits for a condition looks at them anew.

    \b
    twinflow correct 12 --set amount=120 --as dora --reason "a digit too many"
    """
    with opened_engine() as engine:
        found = find_case(engine, case, by=asked.by)
        seen = engine.preview_values(found.id, asked.values, by=asked.by)
        if not asked.is_dry_run:
            found = engine.set_values(found.id, asked.values, **asked.told(seen))
    _write_change(found, seen, asked)


def write_items(title: str, items: Iterable[BulkItem]) -> None:
    """Write what became of items, or would."""
    rows = ((item.target_id, item.state, item.result) for item in items)
    write_table(title, ("id", "state", "result"), rows, right="id")


def _token(standing: Sequence[Standing], wanted: str | None) -> str:
    """Return the token that is meant."""
    meant = [one for one in standing if wanted in (None, one.token, one.element_id)]
    if len(meant) == 1:
        return meant[0].token
    offered = ", ".join(f"{one.token} ({one.kind} {one.element_id})" for one in meant or standing)
    raise click.UsageError(f"name one token: the case waits at {offered or 'nothing'}")


def _rehearse(
    engine: ProcessEngine,
    kind: str,
    case: ProcessInstance,
    reason: str,
    user_id: str,
    *,
    is_json: bool,
) -> None:
    from engine.domain.bulk import BulkKind, BulkRequest

    items = engine.preview_bulk(BulkRequest(BulkKind(kind), reason, [case.id]), by=user_id)
    if is_json:
        write_json(items)
    else:
        write_items(f"To {kind} {case.process_key}/{case.business_key}", items)


def _write(case: ProcessInstance, words: str, *, is_json: bool) -> None:
    told = f"case {case.id} ({case.process_key}/{case.business_key}) {words}"
    answer(case, told, is_json=is_json)


def _write_change(case: ProcessInstance, seen: Consequences, asked: _Asked) -> None:
    if asked.is_json:
        write_json({"case": case, "consequences": seen, "is_done": not asked.is_dry_run})
        return
    _write(case, "would change" if asked.is_dry_run else "has changed", is_json=False)
    rows = [("withdrawn", e.kind, e.element_id, e.note) for e in seen.withdrawn]
    rows += [("opened", e.kind, e.element_id, e.note) for e in seen.opened]
    rows += [("lost", "", "", words) for words in seen.lost]
    write_table("Consequences", ("what", "kind", "element", "note"), rows)
    if seen.ends_case:
        click.echo("the case ends")
