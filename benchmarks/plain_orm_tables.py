"""The tables of the peer of the engine: what an execution has to keep, and nothing else."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Row(DeclarativeBase):
    type_annotation_map = {str: sa.Text, datetime: sa.DateTime(timezone=True)}  # noqa: RUF012


class Definition(Row):
    __tablename__ = "definition"

    id: Mapped[int] = mapped_column(primary_key=True)
    process_key: Mapped[str]
    version: Mapped[int]
    name: Mapped[str]
    source: Mapped[str]
    xml: Mapped[bytes]
    deployed_at: Mapped[datetime]


class Counter(Row):
    __tablename__ = "business_key_counter"

    process_key: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class Instance(Row):
    __tablename__ = "instance"
    __table_args__ = (
        sa.UniqueConstraint("process_key", "business_key"),
        sa.Index(None, "started_at", "id"),
        sa.Index(None, "process_key", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    definition_id: Mapped[int] = mapped_column(sa.ForeignKey("definition.id"))
    process_key: Mapped[str]
    business_key: Mapped[str]
    state: Mapped[str]
    version: Mapped[int]
    last_seq: Mapped[int]
    tokens: Mapped[bytes | None]
    case_values: Mapped[str]
    search_text: Mapped[str]
    started_at: Mapped[datetime]
    started_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class Task(Row):
    __tablename__ = "user_task"
    __table_args__ = (
        sa.UniqueConstraint("instance_id", "token"),
        sa.Index(None, "state", "candidate_group", "id"),
        sa.Index(None, "claimed_by", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"))
    definition_id: Mapped[int] = mapped_column(sa.ForeignKey("definition.id"))
    process_key: Mapped[str]
    business_key: Mapped[str]
    token: Mapped[str]
    element_id: Mapped[str]
    name: Mapped[str]
    lane: Mapped[str | None]
    candidate_group: Mapped[str | None]
    form_key: Mapped[str | None]
    state: Mapped[str]
    created_at: Mapped[datetime]
    claimed_by: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class Job(Row):
    __tablename__ = "job"
    __table_args__ = (
        sa.UniqueConstraint("instance_id", "kind", "token"),
        sa.Index(None, "next_try_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"))
    kind: Mapped[str]
    token: Mapped[str]
    element_id: Mapped[str]
    due_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    failures: Mapped[int]


class History(Row):
    __tablename__ = "history"

    instance_id: Mapped[int] = mapped_column(sa.ForeignKey("instance.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str]
    at: Mapped[datetime]
    element_id: Mapped[str | None]
    element_type: Mapped[str | None]
    token: Mapped[str | None]
    lane: Mapped[str | None]
    actor: Mapped[str | None]
    detail: Mapped[str | None]
