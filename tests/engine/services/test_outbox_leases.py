from __future__ import annotations

from datetime import timedelta
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from engine.connectors.smtp import MailNotSent, MailServerFailed
from engine.domain.mail import LetterState
from engine.services import outbox
from tests.engine.services.post import Postman, letter, put

if TYPE_CHECKING:
    from engine.domain.mail import Letter

MINUTE = timedelta(minutes=1)


def test_round_ends_when_the_server_fails_and_the_others_lose_no_try(context, clock, postman):
    put(context, "a", "b", "c")
    postman.failures = {"b": MailServerFailed("refused")}

    assert outbox.send_due(context, postman) == 1

    assert postman.tried == ["a", "b"]
    assert [letter(context, key).attempts for key in "abc"] == [1, 1, 0]
    assert letter(context, "b").last_error == "refused"
    clock.advance(MINUTE)
    postman.failures.clear()
    outbox.send_due(context, postman)
    assert "c" in postman.sent


def test_letter_that_breaks_the_server_does_not_starve_the_others(context, clock, postman):
    put(context, "poison", *(f"k{number}" for number in range(6)))
    postman.failures = {"poison": MailServerFailed("hung up")}
    for _ in range(10):
        outbox.send_due(context, postman, limit=3)
        clock.advance(MINUTE)

    assert len(postman.sent) == 6


def test_letter_of_a_worker_that_died_is_sent_when_its_lease_is_over(context, clock, postman):
    class Killed(BaseException):
        pass

    put(context, "k")
    postman.failures = {"k": Killed()}
    with pytest.raises(Killed):
        outbox.send_due(context, postman)
    postman.failures.clear()

    assert outbox.send_due(context, postman) == 0
    clock.advance(outbox.LEASE)
    assert outbox.send_due(context, postman) == 1


def test_nobody_else_gets_a_letter_that_is_being_sent(context, postman):
    other = Postman()

    class Slow(Postman):
        def send(self, mail, *, written_at):
            outbox.send_due(context, other)
            super().send(mail, written_at=written_at)

    put(context, "a", "b")
    slow = Slow()
    outbox.send_due(context, slow)

    assert (slow.sent, other.sent) == (["a", "b"], [])


@pytest.mark.parametrize("failure", [None, MailNotSent("450 busy", is_permanent=False)])
def test_worker_that_lost_its_lease_does_not_spoil_what_the_other_did(context, clock, failure):
    other = Postman()
    other.failures = {"a": failure} if failure else {}
    after: list[Letter] = []

    class Stuck(Postman):
        def send(self, mail, *, written_at):
            clock.advance(outbox.LEASE)
            outbox.send_due(context, other)
            after.extend(letter(context, key) for key in "ab")
            raise MailNotSent("550 no", is_permanent=True)

    put(context, "a", "b")
    outbox.send_due(context, Stuck())

    assert [letter(context, key) for key in "ab"] == after
    assert after[0].state is (LetterState.WAITING if failure else LetterState.SENT)


def test_round_ends_before_its_lease_does(context, clock, postman):
    class Slow(Postman):
        def send(self, mail, *, written_at):
            super().send(mail, written_at=written_at)
            clock.advance(outbox.SLOWEST_MAIL)

    put(context, *"abcdef")
    slow = Slow()

    outbox.send_due(context, slow)

    assert slow.sent == ["a", "b", "c", "d"]
    assert [letter(context, key).attempts for key in "ef"] == [0, 0]


def test_workers_share_the_letters_and_send_each_once(context):
    put(context, *(f"k{number}" for number in range(30)))
    postmen = [Postman() for _ in range(3)]

    def work(postman):
        while outbox.send_due(context, postman, limit=4):
            pass

    threads = [Thread(target=work, args=(postman,)) for postman in postmen]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    sent = [key for postman in postmen for key in postman.sent]
    assert sorted(sent) == sorted(f"k{number}" for number in range(30))
