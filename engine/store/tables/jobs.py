"""Tables of work that is due by itself, and of what went wrong with it."""

from __future__ import annotations

import sqlalchemy as sa

from engine.store.tables.base import ID, metadata
from engine.store.types import UtcDateTime

# Work that is due by itself at a moment: of a case, of a definition whose start event waits for
# a moment, or of neither (a signal on its way to many).
job = sa.Table(
    "job",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("instance_id", ID, sa.ForeignKey("instance.id")),
    sa.Column("definition_id", ID, sa.ForeignKey("definition.id")),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("queue", sa.Text, nullable=False),  # which workers claim it
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("due_at", UtcDateTime, nullable=False),  # as planned; never changes
    # When it may be claimed: due_at, later after a failure, the end of the lease while somebody
    # has it. None while an incident is open: nobody claims it then.
    sa.Column("next_try_at", UtcDateTime),
    sa.Column("paused_try_at", UtcDateTime),  # next_try_at of a job whose case is suspended
    sa.Column("lease_owner", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),  # since it was opened or told to retry
    sa.Column("last_error", sa.Text),
    sa.Column("payload", sa.Text),  # JSON, none if empty
    sa.UniqueConstraint("instance_id", "kind", "token"),
    sa.Index(None, "queue", "next_try_at", "id"),
    sa.Index(None, "definition_id"),
    sqlite_autoincrement=True,  # rows are deleted: a new timer must not take the id of an old one
)

incident = sa.Table(
    "incident",
    metadata,
    sa.Column("id", ID, primary_key=True),
    sa.Column("instance_id", ID, sa.ForeignKey("instance.id")),
    sa.Column("definition_id", ID, sa.ForeignKey("definition.id")),
    sa.Column("job_id", ID),  # no foreign key: the job goes when it is done
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("token", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("first_at", UtcDateTime, nullable=False),
    sa.Column("last_at", UtcDateTime, nullable=False),
    sa.Column("resolved_at", UtcDateTime),
    sa.Column("resolved_by", sa.Text),
    sa.Column("resolution", sa.Text),
    sa.Column("note", sa.Text),  # why somebody skipped or cancelled
    sa.Index(None, "resolved_at", "last_at"),
    sa.Index(None, "instance_id", "resolved_at"),
)
