from __future__ import annotations

from datetime import UTC, datetime

import pytest

from engine.domain.incident import Incident, IncidentId, Resolution
from engine.domain.instance import InstanceId, Timer, TimerId
from engine.domain.job import Job, JobId, Queue, Work
from engine.errors import IncidentResolved

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("work", list(Work))
def test_queue_parts_what_needs_the_outside_from_what_does_not(work):
    job = Job(JobId(1), work, "7", "ask", MONDAY)

    is_outside = work in {Work.SERVICE, Work.SCRIPT}
    assert job.queue is (Queue.OUTSIDE if is_outside else Queue.INSIDE)


def test_timer_is_a_job_with_a_case():
    job = Job(JobId(1), Work.TIMER, "7", "pause", MONDAY, InstanceId(3))

    assert job.as_timer() == Timer(TimerId(1), InstanceId(3), "7", "pause", MONDAY)


def test_incident_that_was_resolved_is_not_open():
    one = Incident(IncidentId(4), "service", "ask", "7", "down", 3, MONDAY, MONDAY)
    assert one.ensure_open() is one
    ended = Incident(
        IncidentId(4), "service", "ask", "7", "down", 3, MONDAY, MONDAY,
        resolved_at=MONDAY, resolved_by="dora", resolution=Resolution.SKIPPED,
    )  # fmt: skip

    with pytest.raises(IncidentResolved, match=r"4 is already skipped \(by dora\)"):
        ended.ensure_open()
