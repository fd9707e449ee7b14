"""What several commands share: the opened engine, who acts, and when a case is meant."""

from __future__ import annotations

import os
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.domain.instance import ProcessInstance
    from engine.process_engine import ProcessEngine

acting = click.option(
    "--as", "user_id", envvar="TWINFLOW_USER", required=True, metavar="USER",
    help="Who acts; TWINFLOW_USER sets it for a whole session.",
)  # fmt: skip


@contextmanager
def opened_engine() -> Iterator[ProcessEngine]:
    """Open the engine on the database of the environment."""
    from web.database import open_engine  # slow: SpiffWorkflow, SQLAlchemy

    engine = open_engine()
    try:
        yield engine
    finally:
        engine.close()


def find_case(engine: ProcessEngine, name: str, *, by: str) -> ProcessInstance:
    """Return a case by its number, or by process/business key."""
    if name.isdigit():
        return engine.instance(int(name), by=by)
    process_key, slash, business_key = name.partition("/")
    if not slash:
        raise click.UsageError(f"{name!r}: name a case by its number or as process/business-key")
    return engine.find_instance(process_key, business_key, by=by)


class Moment(click.ParamType[datetime]):
    """A date or a time; without a zone it is meant in the zone of TWINFLOW_TIMEZONE."""

    name = "date or time"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read ISO 8601 text."""
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date or time such as 2026-03-02 or 2026-03-02T08:00", param)
        return moment if moment.tzinfo else moment.replace(tzinfo=self._zone(param))

    def _zone(self, param: click.Parameter | None) -> ZoneInfo:
        name = os.environ.get("TWINFLOW_TIMEZONE") or "UTC"
        try:
            return ZoneInfo(name)
        except (ValueError, OSError, KeyError):
            self.fail(f"TWINFLOW_TIMEZONE={name!r} is no zone such as Europe/Amsterdam", param)
