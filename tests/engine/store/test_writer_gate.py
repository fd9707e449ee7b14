from __future__ import annotations

import fcntl
import multiprocessing
from threading import Event, Thread

import pytest

from engine.errors import StoreUnavailable
from engine.store.writer_gate import WriterGate


@pytest.fixture
def gate(tmp_path):
    gate = WriterGate(tmp_path / "db-lock", timeout_s=10)
    yield gate
    gate.close()


def test_gate_lets_threads_through_in_the_order_in_which_they_came(gate):
    order: list[int] = []
    threads = [Thread(target=pass_through, args=(gate, order, number)) for number in range(10)]
    with gate.passage():
        for number, thread in enumerate(threads):
            thread.start()
            while len(gate._queue) <= number:  # until it has its ticket
                pass
    for thread in threads:
        thread.join()

    assert order == list(range(10))


def pass_through(gate, order, number):
    with gate.passage():
        order.append(number)


def test_gate_is_free_again_after_a_failure(gate):
    with pytest.raises(ZeroDivisionError), gate.passage():
        raise ZeroDivisionError

    with gate.passage():
        pass


def test_gate_gives_up_when_a_thread_stays_inside(gate):
    gate._timeout_s = 0.01
    refusals: list[Exception] = []
    with gate.passage():
        thread = Thread(target=be_refused, args=(gate, refusals))
        thread.start()
        thread.join()

    assert len(refusals) == 1
    with gate.passage():
        pass


def be_refused(gate, refusals):
    try:
        with gate.passage():
            pass
    except StoreUnavailable as refusal:
        refusals.append(refusal)


@pytest.mark.parametrize("lock", ["db-lock", "db-lock-turn"])
def test_gate_gives_up_when_another_process_stays_inside(gate, tmp_path, lock):
    gate._timeout_s = 0.01
    other = (tmp_path / lock).open("w")
    fcntl.flock(other, fcntl.LOCK_EX)

    with pytest.raises(StoreUnavailable, match=r"writing for 0\.01 s"), gate.passage():
        pass

    other.close()
    with gate.passage():
        pass


def test_gate_holds_between_processes(tmp_path):
    counter = tmp_path / "counter"
    counter.write_text("0")
    fork = multiprocessing.get_context("spawn")
    processes = [fork.Process(target=count_up, args=(tmp_path, 200)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()

    assert counter.read_text() == "400"


def count_up(folder, times):
    gate = WriterGate(folder / "db-lock", timeout_s=30)
    counter = folder / "counter"
    for _ in range(times):
        with gate.passage():
            counter.write_text(str(int(counter.read_text()) + 1))
    gate.close()


def test_gate_of_a_forked_child_is_its_own(gate):
    is_inside = Event()
    gate._pid += 1  # what a fork looks like from the child

    with gate.passage():
        is_inside.set()

    assert is_inside.is_set()
    assert gate._pid != 0
