"""The tables of the engine; ``migrations`` builds them, a test compares the two.

Texts have no length here: SQLite would not check one, so that the databases would differ.
"""

from engine.store.tables.base import metadata
from engine.store.tables.calendars import calendar, calendar_day, calendar_version
from engine.store.tables.definitions import (
    decision_file,
    definition,
    deployment,
    form,
    lane_group,
)
from engine.store.tables.history import history, history_seal, history_seal_case
from engine.store.tables.instances import business_key_counter, command, instance
from engine.store.tables.jobs import incident, job
from engine.store.tables.lifecycle import (
    bulk_item,
    bulk_operation,
    migration_undo,
    routing,
    version_change,
)
from engine.store.tables.messages import message, subscription
from engine.store.tables.outbox import outbox
from engine.store.tables.people import app_user, user_group, user_role
from engine.store.tables.tasks import (
    escalation_ladder,
    task_draft,
    user_task,
    user_task_candidate,
)
from engine.store.tables.vault import vault

# The head of migrations/versions: an up-to-date database is recognised without loading Alembic.
SCHEMA_REVISION = "0009"

__all__ = [
    "SCHEMA_REVISION",
    "app_user",
    "bulk_item",
    "bulk_operation",
    "business_key_counter",
    "calendar",
    "calendar_day",
    "calendar_version",
    "command",
    "decision_file",
    "definition",
    "deployment",
    "escalation_ladder",
    "form",
    "history",
    "history_seal",
    "history_seal_case",
    "incident",
    "instance",
    "job",
    "lane_group",
    "message",
    "metadata",
    "migration_undo",
    "outbox",
    "routing",
    "subscription",
    "task_draft",
    "user_group",
    "user_role",
    "user_task",
    "user_task_candidate",
    "vault",
    "version_change",
]
