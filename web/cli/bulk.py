"""``twinflow migrate`` and ``bulk``: one action on many cases, tasks or incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from web.cli.lifecycle import because, dry_run, write_items
from web.cli.output import as_json, progress, write_json, write_table
from web.cli.session import acting, find_case, opened_engine

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.domain.bulk import BulkItem, BulkOperation, BulkRequest
    from engine.domain.migration_plan import CaseMigration, MigrationPlan
    from engine.process_engine import ProcessEngine

KINDS = ("suspend", "resume", "cancel", "migrate", "retry", "reassign")
BATCH = 100


def _pairs(_ctx: click.Context, _param: click.Parameter, texts: Sequence[str]) -> Mapping[str, str]:
    pairs = [text.partition("=") for text in texts]
    for old, equals, new in pairs:
        if not (old and equals and new):
            raise click.BadParameter(f"{old!r} is not OLD=NEW")
    return {old.strip(): new.strip() for old, _, new in pairs}


mapped = click.option(
    "--map", "mapping", multiple=True, metavar="OLD=NEW", callback=_pairs,
    help="Which element becomes which; those of the same id do so by themselves.",
)  # fmt: skip


@click.command()
@click.argument("process")
@click.option("--from", "old", type=int, required=True, help="Version the cases run on.")
@click.option("--to", "new", type=int, required=True, help="Version they move to.")
@mapped
@click.option("--case", "names", multiple=True, metavar="CASE", help="By default all that run.")
@click.option("--undo", "is_undo", is_flag=True, help="Move the cases back, if nothing happened.")
@because
@acting
@dry_run
@as_json
def migrate(  # noqa: PLR0913 -- one parameter per option
    *,
    process: str,
    old: int,
    new: int,
    mapping: Mapping[str, str],
    names: Sequence[str],
    is_undo: bool,
    reason: str,
    user_id: str,
    is_dry_run: bool,
    is_json: bool,
) -> None:
    """Move running cases to another version, with their tasks, drafts and timers.

    \b
    twinflow migrate complaint --from 2 --to 3 --map ask=inquire --as dora --reason "…" --dry-run

    The dry run tells what keeps a case from moving. A case that cannot move stays as it is.
    """
    from engine.domain.bulk import BulkKind, BulkRequest

    with opened_engine() as engine:
        cases = [find_case(engine, name, by=user_id).id for name in names] or None
        if is_undo:
            _undo(engine, cases, user_id, reason)
            return
        plan = engine.plan_migration(process, from_version=old, to_version=new, mapping=mapping)
        if is_dry_run:
            _write_trial(plan, engine.try_migration(plan, by=user_id, cases=cases), is_json)
            return
        arguments = {"to_version": new, "mapping": dict(mapping)}
        order = BulkRequest(BulkKind.MIGRATE, reason, cases, process, old, arguments)
        _carry_out(engine, order, user_id, is_json=is_json)


@click.group()
def bulk() -> None:
    """Do one thing to many cases, tasks or incidents; every item has a result.

    \b
    twinflow bulk run suspend --process complaint --as dora --reason audit --dry-run
    twinflow bulk run reassign 17 18 19 --to bob --as dora --reason holidays
    twinflow bulk show 4 --as dora

    An operation that was interrupted is gone on with by the worker, or by bulk run.
    """


@bulk.command(name="run")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("targets", nargs=-1, type=int)
@click.option("--process", help="All running cases of it, if no numbers are given.")
@click.option("--version", type=int, help="Only those of this version.")
@click.option("--to", metavar="USER", help="reassign: the person who gets the tasks.")
@click.option("--to-version", type=int, help="migrate: the version.")
@mapped
@click.option("--timers", type=click.Choice(["keep", "shift"]), help="resume: as twinflow resume.")
@because
@acting
@dry_run
@as_json
def run_bulk(  # noqa: PLR0913 -- one parameter per option
    *,
    kind: str,
    targets: Sequence[int],
    process: str | None,
    version: int | None,
    reason: str,
    user_id: str,
    is_dry_run: bool,
    is_json: bool,
    **arguments: object,
) -> None:
    """Suspend, resume, cancel or migrate cases, retry incidents, or reassign tasks.

    \b
    twinflow bulk run cancel 12 13 14 --as dora --reason "entered twice"

    TARGETS are numbers of cases; for retry of incidents, for reassign of tasks.
    """
    from engine.domain.bulk import BulkKind, BulkRequest

    given = {name: value for name, value in arguments.items() if value}
    order = BulkRequest(BulkKind(kind), reason, targets or None, process, version, given)
    with opened_engine() as engine:
        if not is_dry_run:
            _carry_out(engine, order, user_id, is_json=is_json)
            return
        items = engine.preview_bulk(order, by=user_id)
    if is_json:
        write_json(items)
    else:
        write_items(f"To {kind}", items)


@bulk.command(name="list")
@acting
@as_json
def list_bulk(user_id: str, is_json: bool) -> None:
    """List the newest operations and how far they are."""
    with opened_engine() as engine:
        found = engine.bulk_operations(by=user_id)
    if is_json:
        write_json(found)
        return
    rows = (
        (
            one.id, one.kind, one.state, *one.counts.values(), one.requested_by,
            f"{one.requested_at:%Y-%m-%d %H:%M}", one.reason,
        )
        for one in found
    )  # fmt: skip
    columns = ("id", "what", "state", "waiting", "done", "refused", "skipped", "by", "UTC", "why")
    write_table("Bulk operations", columns, rows, right="id waiting done refused skipped")


@bulk.command(name="show")
@click.argument("number", type=int)
@acting
@as_json
def show_bulk(number: int, user_id: str, is_json: bool) -> None:
    """Show what became of every item of an operation."""
    with opened_engine() as engine:
        operation = engine.bulk_operation(number, by=user_id)
        items = list(_items(engine, number, user_id))
    _write_results(operation, items, is_json=is_json)


@bulk.command(name="stop")
@click.argument("number", type=int)
@acting
def stop_bulk(number: int, user_id: str) -> None:
    """Skip what is not done yet; what is done stays done."""
    with opened_engine() as engine:
        operation = engine.stop_bulk(number, by=user_id)
    click.echo(f"bulk operation {number} is {operation.state}")


def _carry_out(engine: ProcessEngine, order: BulkRequest, user_id: str, *, is_json: bool) -> None:
    ordered = engine.order_bulk(order, by=user_id)
    with progress(f"{ordered.kind} {ordered.id}") as advance:
        done = 0
        while step := engine.work_bulk(ordered.id, limit=BATCH):
            done += step
            advance(done, ordered.total)
    operation = engine.bulk_operation(ordered.id, by=user_id)
    _write_results(operation, list(_items(engine, ordered.id, user_id)), is_json=is_json)


def _items(engine: ProcessEngine, number: int, user_id: str) -> Iterator[BulkItem]:
    after = 0
    while page := engine.bulk_items(number, by=user_id, after=after, limit=1000):
        yield from page
        after = page[-1].position


def _undo(engine: ProcessEngine, cases: Sequence[int] | None, user_id: str, reason: str) -> None:
    if not cases:
        raise click.UsageError("name the cases to move back with --case")
    for number in cases:
        found = engine.undo_migration(number, by=user_id, reason=reason)
        click.echo(f"case {found.id} ({found.process_key}/{found.business_key}) is back")


def _write_trial(plan: MigrationPlan, tried: Sequence[CaseMigration], is_json: bool) -> None:
    if is_json:
        write_json({"plan": plan, "cases": tried})
        return
    click.echo(f"the same in both: {', '.join(plan.same) or 'nothing'}")
    click.echo(f"only in {plan.from_version}, not mapped: {', '.join(plan.unmapped) or 'nothing'}")
    rows = (
        (
            one.business_key,
            "yes" if one.can_move else "no",
            len(one.kept_tasks) if one.can_move else None,
            one.kept_timers if one.can_move else None,
            "; ".join(one.blockers),
        )
        for one in tried
    )
    columns = ("case", "moves", "tasks kept", "timers kept", "why not")
    write_table(f"To version {plan.to_version}", columns, rows)


def _write_results(operation: BulkOperation, items: Sequence[BulkItem], *, is_json: bool) -> None:
    if is_json:
        write_json({"operation": operation, "items": items})
        return
    write_items(f"Bulk operation {operation.id}: {operation.kind}", items)
    counts = ", ".join(f"{number} {state}" for state, number in operation.counts.items() if number)
    click.echo(f"{operation.state}: {counts or 'no items'}")
