"""How mail leaves: by SMTP, or in development not at all."""

from __future__ import annotations

import hashlib
import smtplib
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from typing import TYPE_CHECKING, Protocol

from engine.connectors.transport import trusted_by_machine
from engine.domain.mail import address
from engine.errors import EngineError

if TYPE_CHECKING:
    import ssl
    from datetime import datetime

    from engine.connectors.settings import MailSettings
    from engine.domain.mail import Mail


class MailNotSent(EngineError):
    """A mail is taken over by the server, or it stays in the outbox."""

    def __init__(self, reason: str, *, is_permanent: bool) -> None:
        super().__init__(reason)
        self.reason, self.is_permanent = reason, is_permanent


class MailServerFailed(EngineError):
    """Without a server that listens no mail of the round can be sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Mailer(Protocol):
    """Sends mails, one after another, until it is closed; sends again after that."""

    name: str

    def send(self, mail: Mail, *, written_at: datetime) -> None:
        """Hand a mail over; MailNotSent if this one, MailServerFailed if none can be sent."""
        ...

    def close(self) -> None:
        """Close what the first mail opened."""
        ...


class CaptureMailer:
    """Sends nothing: the outbox itself is where a developer reads the mail."""

    name = "capture"

    def send(self, mail: Mail, *, written_at: datetime) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Do nothing."""


class SmtpMailer:
    """Hands mails to a server, over one connection as long as it lasts."""

    name = "smtp"

    def __init__(self, settings: MailSettings, *, tls: ssl.SSLContext | None = None) -> None:
        self._settings, self._tls = settings, tls
        self._connection: smtplib.SMTP | None = None

    def send(self, mail: Mail, *, written_at: datetime) -> None:
        """Hand a mail to the server, or say why it did not take it."""
        letter = message(mail, sender=self._settings.sender, written_at=written_at)
        try:
            self._connected().send_message(letter)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            self.close()
            raise _not_sent(error) from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise MailServerFailed(_words(error)) from error

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._connect()
        return self._connection

    def _connect(self) -> smtplib.SMTP:
        given = self._settings
        tls = self._tls or trusted_by_machine()
        own_name = given.sender.rpartition("@")[2]  # not asked of the name system, which may hang
        if given.security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                given.host, given.port, own_name, timeout=given.timeout_s, context=tls
            )
        else:
            connection = smtplib.SMTP(given.host, given.port, own_name, timeout=given.timeout_s)
        try:
            if given.security == "starttls":
                connection.starttls(context=tls)  # refused by the server: no mail
            if given.user:
                connection.login(given.user, given.password)
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Hang up."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()
            connection.close()


def mailer(settings: MailSettings) -> Mailer:
    """Return what sends mail by these settings."""
    return CaptureMailer() if settings.is_captured else SmtpMailer(settings)


def message(mail: Mail, *, sender: str, written_at: datetime) -> EmailMessage:
    """Return a mail as it travels. Sent twice, it has the same Message-ID both times."""
    letter = EmailMessage(policy=SMTP)
    sender = address(sender, part="sender")
    fingerprint = hashlib.sha256(mail.key.encode()).hexdigest()[:40]
    letter["From"], letter["To"] = Address(addr_spec=sender), Address(addr_spec=mail.recipient)
    letter["Subject"] = mail.subject
    letter["Date"] = written_at
    letter["Message-ID"] = f"<{fingerprint}@{sender.rpartition('@')[2]}>"
    letter["Auto-Submitted"] = "auto-generated"  # no answers by absence notes (RFC 3834)
    letter.set_content(mail.body, charset="utf-8")
    return letter


def _not_sent(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> MailNotSent:
    """Read what the server says of this one mail: 5xx is for good (RFC 5321, 4.2.1)."""
    if isinstance(error, smtplib.SMTPDataError):
        code, text = error.smtp_code, error.smtp_error
    else:
        code, text = next(iter(error.recipients.values()))
    words = text.decode(errors="replace") if isinstance(text, bytes) else str(text)
    return MailNotSent(f"{code} {words}", is_permanent=500 <= code < 600)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
