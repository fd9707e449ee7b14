"""A job that kills whoever does it: its neighbours are done all the same."""

from __future__ import annotations

from contextlib import suppress

from engine.services import jobs as job_service
from tests.engine.services.service_models import ASKING


def test_job_that_kills_its_worker_takes_none_of_its_neighbours_along(
    engine, fake, clock, monkeypatch
):
    class Killed(BaseException):
        """The end of the process: nothing is tidied up."""

    engine.deploy(ASKING, source="asking.bpmn", forms={})
    case = engine.start_process("asking", by="dora")
    others = [engine.start_process("asking", by="dora") for _ in range(4)]
    monkeypatch.setattr(job_service, "_give_back_at_the_end", lambda *_: None)
    answer = fake.call

    def call(call):
        if call.instance_id == case.id:
            raise Killed
        return answer(call)

    monkeypatch.setattr(fake, "call", call)
    for _ in range(20):
        with suppress(Killed):
            engine.call_due_services()
        clock.advance(job_service.LEASE / 4)

    assert [
        [task.element_id for task in engine.open_tasks(other.id, by="dora")] for other in others
    ] == [["look"]] * 4
    assert [one.instance_id for one in engine.incidents(by="dora")] == [case.id]
