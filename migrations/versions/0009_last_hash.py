"""The hash of a case's last event beside its number: the next one is bound to it unasked.

Revision ID: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

LAST_HASH = """
    UPDATE instance SET last_hash = history.hash FROM history
    WHERE history.instance_id = instance.id AND history.seq = (
        SELECT max(seq) FROM history AS newest WHERE newest.instance_id = instance.id
    )
"""


def upgrade() -> None:
    """Add the column and fill it; a case whose history was removed goes on without a hash."""
    op.add_column("instance", sa.Column("last_hash", sa.LargeBinary()))
    op.execute(LAST_HASH)
