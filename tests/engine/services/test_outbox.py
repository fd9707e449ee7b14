from __future__ import annotations

from datetime import timedelta

import pytest

from engine.connectors.settings import MailSettings
from engine.connectors.smtp import CaptureMailer, MailNotSent, SmtpMailer
from engine.domain.mail import LetterState
from engine.errors import NotAllowed, NotFound
from engine.services import outbox
from tests.engine.conftest import MONDAY
from tests.engine.connectors.servers import smtp_service
from tests.engine.services.post import a_mail, letter, put

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def test_mail_that_was_written_is_sent_once(context, postman):
    put(context, "k")

    assert [outbox.send_due(context, postman) for _ in range(2)] == [1, 0]

    sent = letter(context)
    assert postman.sent == ["k"]
    assert (sent.state, sent.backend, sent.ended_at) == (LetterState.SENT, "postman", MONDAY)
    assert sent.mail == a_mail()


def test_mail_is_written_only_if_its_command_is_stored(context, postman):
    def work(tx):
        outbox.put(tx, [a_mail()], instance_id=None, at=MONDAY)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        context.database.run(work)

    assert outbox.send_due(context, postman) == 0
    assert outbox.letters(context, by="dora") == []


def test_of_mails_with_one_key_the_first_is_sent(context, postman):
    put(context, "k", "k")
    outbox.send_due(context, postman)
    put(context, "k")

    assert outbox.send_due(context, postman) == 0
    assert postman.sent == ["k"]


def test_mails_are_sent_oldest_first_up_to_the_limit(context, clock, postman):
    put(context, "a")
    clock.advance(MINUTE)
    put(context, "b", "c")

    assert outbox.send_due(context, postman, limit=2) == 2

    assert postman.sent == ["a", "b"]


def test_mail_that_fails_holds_up_no_other(context, postman):
    put(context, "a", "b", "c", "d")
    postman.failures = {"a": MailNotSent("450 busy", is_permanent=False), "c": ZeroDivisionError()}

    assert outbox.send_due(context, postman) == 2

    assert postman.sent == ["b", "d"]
    assert (letter(context, "a").last_error, letter(context, "a").attempts) == ("450 busy", 1)
    assert "ZeroDivisionError" in letter(context, "c").last_error


def test_mail_is_tried_again_after_longer_and_longer_delays(context, clock, postman):
    put(context, "k")
    postman.failures = {"k": MailNotSent("450 busy", is_permanent=False)}
    delays_min = []
    for _ in range(9):
        outbox.send_due(context, postman)
        delays_min.append((letter(context).next_try_at - clock.now()) / MINUTE)
        clock.set(letter(context).next_try_at)

    for delay_min, expected in zip(delays_min, [1, 2, 4, 8, 16, 32, 64, 120, 120], strict=True):
        assert 0.8 * expected <= delay_min <= 1.2 * expected


def test_mails_that_failed_together_do_not_come_back_together(context, postman):
    keys = [f"k{number}" for number in range(10)]
    put(context, *keys)
    postman.failures = dict.fromkeys(keys, MailNotSent("450 busy", is_permanent=False))

    outbox.send_due(context, postman)

    assert len({letter(context, key).next_try_at for key in keys}) > 5


def test_mail_is_given_up_after_three_days(context, clock, postman, caplog):
    put(context, "k")
    postman.failures = {"k": MailNotSent("450 busy", is_permanent=False)}
    for _ in range(100):
        outbox.send_due(context, postman)
        clock.set(letter(context).next_try_at or clock.now())

    dead = letter(context)
    assert (dead.state, dead.ended_at, dead.next_try_at) == (
        LetterState.DEAD,
        MONDAY + 3 * DAY,
        None,
    )
    assert f"letter {dead.id} is given up after {dead.attempts} tries: 450 busy" in caplog.text
    assert "alice@example.org" not in caplog.text


def test_mail_that_is_refused_for_good_is_given_up_at_once(context, postman):
    put(context, "k")
    postman.failures = {"k": MailNotSent("550 no such person\0", is_permanent=True)}

    outbox.send_due(context, postman)

    assert letter(context).state is LetterState.DEAD
    assert letter(context).last_error == "550 no such person"


def test_manager_lets_a_letter_that_was_given_up_be_tried_again(context, clock, postman):
    put(context, "k")
    postman.failures = {"k": MailNotSent("550 no such person", is_permanent=True)}
    outbox.send_due(context, postman)
    clock.advance(10 * DAY)
    postman.failures = {"k": MailNotSent("450 busy", is_permanent=False)}

    outbox.send_again(context, letter(context).id, by="dora")
    outbox.send_due(context, postman)

    assert letter(context).state is LetterState.WAITING
    postman.failures.clear()
    clock.advance(HOUR)
    assert outbox.send_due(context, postman) == 1


def test_letter_that_was_not_given_up_is_not_sent_again(context, postman):
    put(context, "k")
    outbox.send_due(context, postman)

    for letter_id in (letter(context).id, 99):
        with pytest.raises(NotFound, match="no dead letter"):
            outbox.send_again(context, letter_id, by="dora")


def test_outbox_is_for_managers(context):
    put(context, "k")

    with pytest.raises(NotAllowed):
        outbox.letters(context, by="alice")
    with pytest.raises(NotAllowed):
        outbox.send_again(context, 1, by="alice")


def test_letters_are_listed_by_state_the_newest_first(context, postman):
    put(context, "a", "b", "c")
    postman.failures = {"b": MailNotSent("550 no", is_permanent=True)}
    outbox.send_due(context, postman)
    put(context, "d")

    def keys(state=None, **rest):
        return [
            letter.mail.key for letter in outbox.letters(context, by="dora", state=state, **rest)
        ]

    assert keys() == ["d", "c", "b", "a"]
    assert keys(limit=2) == ["d", "c"]
    assert keys(LetterState.WAITING) == ["d"]
    assert keys(LetterState.SENT) == ["c", "a"]
    assert keys(LetterState.DEAD) == ["b"]


def test_captured_mail_can_be_read_and_was_not_sent(context):
    put(context, "k")

    with smtp_service() as server:
        assert outbox.send_due(context, CaptureMailer()) == 1

    assert (letter(context).backend, letter(context).mail.body) == ("capture", "Text\n")
    assert server.connections == 0


def test_mail_reaches_the_server_once_it_is_up(context, clock):
    put(context, "k")
    with smtp_service() as server:
        settings = MailSettings("127.0.0.1", server.port, "none", sender="care@example.org")
        server.replies["EHLO"] = server.replies["HELO"] = "421 starting"
        assert outbox.send_due(context, SmtpMailer(settings)) == 0
        server.replies.clear()
        clock.advance(2 * MINUTE)

        assert outbox.send_due(context, SmtpMailer(settings)) == 1

    assert len(server.mails) == 1
    assert letter(context).backend == "smtp"


def test_old_letters_are_forgotten(context, clock, postman):
    put(context, "sent", "dead")
    postman.failures = {"dead": MailNotSent("550 no", is_permanent=True)}
    outbox.send_due(context, postman)
    put(context, "waiting")
    left = []
    for days in (30, 1, 60):
        clock.advance(days * DAY)
        left.append((outbox.forget_old_letters(context), len(outbox.letters(context, by="dora"))))

    assert left == [(0, 3), (1, 2), (1, 1)]
