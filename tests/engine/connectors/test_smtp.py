from __future__ import annotations

import email
import socket
import time
from contextlib import closing
from email.policy import default

import pytest

from engine.connectors.settings import MailSettings
from engine.connectors.smtp import (
    CaptureMailer,
    MailNotSent,
    MailServerFailed,
    SmtpMailer,
    mailer,
    message,
)
from engine.domain.mail import Mail
from tests.engine.conftest import MONDAY
from tests.engine.connectors.servers import raw_server, smtp_service

LETTER = Mail("job-7/alice", "alice@example.org", "申请 approved", "Dear Alice,\n.\n你好\n")


@pytest.fixture
def server():
    with smtp_service() as service:
        yield service


def a_mailer(port, *, security="none", timeout_s=5.0):
    settings = MailSettings("127.0.0.1", port, security, "", "", "care@example.org", timeout_s)
    return closing(SmtpMailer(settings))


def test_smtp_hands_over_what_was_written(server):
    with a_mailer(server.port) as smtp:
        smtp.send(LETTER, written_at=MONDAY)

    letter = email.message_from_bytes(server.mails[0].replace(b"\r\n..", b"\r\n."), policy=default)
    assert (letter["From"], letter["To"]) == ("care@example.org", "alice@example.org")
    assert letter["Subject"] == "申请 approved"
    assert letter["Date"].datetime == MONDAY
    assert letter.get_content().replace("\r\n", "\n") == LETTER.body


def test_smtp_sends_several_mails_over_one_connection(server):
    with a_mailer(server.port) as smtp:
        for _ in range(3):
            smtp.send(LETTER, written_at=MONDAY)

    assert (len(server.mails), server.connections) == (3, 1)
    assert server.commands[-1] == "quit"


def test_letter_that_is_sent_twice_is_the_same_letter():
    first, second = (message(LETTER, sender="care@example.org", written_at=MONDAY) for _ in "ab")
    other = message(
        Mail("another", LETTER.recipient, "Hello", ""), sender="care@example.org", written_at=MONDAY
    )

    assert first["Message-ID"] == second["Message-ID"] != other["Message-ID"]
    assert first["Message-ID"].endswith("@example.org>")


@pytest.mark.parametrize(
    ("command", "reply", "is_permanent"),
    [
        ("RCPT", "550 no such person", True),
        ("RCPT", "450 try later", False),
        ("DATA", "554 not that", True),
        ("DATA.", "452 disk full", False),
        ("DATA.", "552 too large", True),
    ],
)
def test_mail_that_the_server_refuses_is_not_sent(server, command, reply, is_permanent):
    server.replies[command] = reply
    with a_mailer(server.port) as smtp, pytest.raises(MailNotSent) as refused:
        smtp.send(LETTER, written_at=MONDAY)

    assert refused.value.is_permanent == is_permanent
    assert reply in refused.value.reason


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("EHLO", "421 busy"),
        ("MAIL", "550 sender unknown"),
        ("MAIL", "hang up"),
        ("RCPT", "hang up"),
    ],
)
def test_server_that_takes_no_mail_ends_the_round(server, command, reply):
    server.replies |= {command: reply, "HELO": reply}
    with a_mailer(server.port) as smtp, pytest.raises(MailServerFailed):
        smtp.send(LETTER, written_at=MONDAY)

    assert server.mails == []


def test_mail_goes_on_after_a_failure(server):
    server.replies["RCPT"] = "550 no such person"
    with a_mailer(server.port) as smtp:
        with pytest.raises(MailNotSent):
            smtp.send(LETTER, written_at=MONDAY)
        server.replies.clear()

        smtp.send(LETTER, written_at=MONDAY)

    assert len(server.mails) == 1


def test_mail_waits_when_the_line_cannot_be_encrypted(server):
    with a_mailer(server.port, security="starttls") as smtp, pytest.raises(MailServerFailed):
        smtp.send(LETTER, written_at=MONDAY)

    assert not any(line.startswith("mail") for line in server.commands)


def test_server_that_is_down_or_silent_fails_in_time():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with a_mailer(port) as smtp, pytest.raises(MailServerFailed, match="refused"):
        smtp.send(LETTER, written_at=MONDAY)

    with raw_server(lambda _connection, over: over.wait()) as port:
        began_s = time.monotonic()
        for security in ("none", "tls"):
            hurried = a_mailer(port, security=security, timeout_s=0.1)
            with hurried as smtp, pytest.raises(MailServerFailed, match="timed out"):
                smtp.send(LETTER, written_at=MONDAY)
    assert time.monotonic() - began_s < 4


def test_settings_say_how_mail_leaves():
    host = MailSettings("mail.example.org", sender="care@example.org")

    assert isinstance(mailer(MailSettings()), CaptureMailer)
    assert isinstance(mailer(host), SmtpMailer)


def sign_in(server, security, *, tls=None, host="localhost"):
    settings = MailSettings(host, server.port, security, "care", "pass", "care@example.org")
    with closing(SmtpMailer(settings, tls=tls)) as smtp:
        smtp.send(LETTER, written_at=MONDAY)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_sign_in_goes_over_an_encrypted_line(server_tls, client_tls, security):
    with smtp_service(server_tls, is_encrypted_at_once=security == "tls") as server:
        sign_in(server, security, tls=client_tls)

    words = [line.split()[0].upper() for line in server.commands]
    assert len(server.mails) == 1
    assert "AUTH" in words
    assert security == "tls" or words.index("STARTTLS") < words.index("AUTH")


def test_sign_in_that_is_refused_ends_the_round(server_tls, client_tls):
    with smtp_service(server_tls) as server:
        server.replies["AUTH"] = "535 wrong password"
        with pytest.raises(MailServerFailed, match="535"):
            sign_in(server, "starttls", tls=client_tls)

    assert server.mails == []


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_nothing_is_told_to_a_server_whose_certificate_is_not_trusted(server_tls, security):
    with (
        smtp_service(server_tls, is_encrypted_at_once=security == "tls") as server,
        pytest.raises(MailServerFailed, match="certificate verify failed"),
    ):
        sign_in(server, security)

    assert not any(line.upper().startswith("AUTH") for line in server.commands)
