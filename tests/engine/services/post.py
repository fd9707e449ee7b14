"""A postman who does as he is told, and letters for him."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.connectors.smtp import CaptureMailer
from engine.domain.mail import Mail
from engine.services import outbox

if TYPE_CHECKING:
    from datetime import datetime

    from engine.domain.mail import Letter
    from engine.services.context import Context


class Postman(CaptureMailer):
    """Remembers what it sent; says of some letters what a server would."""

    name = "postman"

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.failures: dict[str, BaseException] = {}
        self.tried: list[str] = []

    def send(self, mail: Mail, *, written_at: datetime) -> None:
        self.tried.append(mail.key)
        if mail.key in self.failures:
            raise self.failures[mail.key]
        self.sent.append(mail.key)


def a_mail(key: str = "k") -> Mail:
    return Mail(key, "alice@example.org", "你好", "Text\n")


def put(context: Context, *keys: str) -> None:
    mails = [a_mail(key) for key in keys]
    at = context.clock.now()
    context.database.run(lambda tx: outbox.put(tx, mails, instance_id=None, at=at))


def letter(context: Context, key: str = "k") -> Letter:
    """The letter of a key, as a manager sees it."""
    found = outbox.letters(context, by="dora")
    (the_one,) = [letter for letter in found if letter.mail.key == key]
    return the_one
