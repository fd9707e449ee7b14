"""E-mails: what may be written into one, and how one stands that is on its way."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.errors import EngineError

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1
LONGEST_SUBJECT = 250
LONGEST_BODY = 100_000
LONGEST_KEY = 600
# An addr-spec in its plain form (RFC 5322, 3.4.1): no quoted parts, comments or lists.
_LOCAL_PART = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])")
# Other categories are letters, marks, figures, signs and blanks. Lone surrogates cannot be sent.
_NOT_IN_A_LINE = frozenset({"Cc", "Cs", "Zl", "Zp"})


class InvalidMail(EngineError):
    """A mail has one recipient, a subject of one line and a body of plain text."""

    def __init__(self, part: str, reason: str) -> None:
        super().__init__(f"{part}: {reason}")
        self.part, self.reason = part, reason


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person. Of mails with the same key one is sent."""

    key: str
    recipient: str
    subject: str
    body: str

    def __post_init__(self) -> None:
        if not 0 < len(self.key) <= LONGEST_KEY:
            raise InvalidMail("key", f"must have 1 to {LONGEST_KEY} characters")
        object.__setattr__(self, "recipient", address(self.recipient))
        _ensure_line("subject", self.subject, LONGEST_SUBJECT)
        object.__setattr__(self, "body", _body(self.body))


def address(text: str, *, part: str = "recipient") -> str:
    """Return a mail address, its domain in ASCII; InvalidMail if it is none."""
    _ensure_line(part, text, LONGEST_ADDRESS)
    local, _, domain = text.strip().rpartition("@")
    try:
        domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        domain = ""
    is_plain = _LOCAL_PART.fullmatch(local) and len(local) <= 64 and _DOMAIN.fullmatch(domain)
    if not is_plain or len(local) + 1 + len(domain) > LONGEST_ADDRESS:
        raise InvalidMail(part, f"{text!r} is no mail address such as alice@example.org")
    return f"{local}@{domain}"


def _ensure_line(part: str, text: str, longest: int) -> None:
    if not text.strip():
        raise InvalidMail(part, "is empty")
    if len(text) > longest:
        raise InvalidMail(part, f"has {len(text)} characters; at most {longest} are allowed")
    for character in text:
        if unicodedata.category(character) in _NOT_IN_A_LINE:
            raise InvalidMail(part, f"must be one line of text; it holds U+{ord(character):04X}")


def _body(text: str) -> str:
    if len(text) > LONGEST_BODY:
        raise InvalidMail("body", f"has {len(text)} characters; at most {LONGEST_BODY} are allowed")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    for character in lines:
        if unicodedata.category(character) in {"Cc", "Cs"} and character not in "\n\t":
            raise InvalidMail("body", f"must be plain text; it holds U+{ord(character):04X}")
    return lines


class LetterState(StrEnum):
    """Where a letter of the outbox stands."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"  # given up; somebody has to look at it


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail in the outbox: when it was written, how often it was tried, what came of it."""

    id: int
    mail: Mail
    state: LetterState
    created_at: datetime
    give_up_at: datetime
    attempts: int
    next_try_at: datetime | None = None
    last_error: str | None = None
    ended_at: datetime | None = None  # sent or given up
    backend: str | None = None  # what sent it: "smtp", or "capture", which sends nothing
