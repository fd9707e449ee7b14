"""Use cases about mail: write it in a command, send what is due, look after what was not sent.

A mail is stored with the command that causes it and sent afterwards. It is sent at least once:
where the process dies between the server's answer and its note of it, the mail goes out again,
with the same Message-ID.
"""

from __future__ import annotations

import logging
import zlib
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from engine.connectors.smtp import MailNotSent, MailServerFailed
from engine.errors import NotFound
from engine.services import users
from engine.store import outbox

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from engine.connectors.smtp import Mailer
    from engine.domain.mail import Letter, LetterState, Mail
    from engine.services.context import Context
    from engine.store.database import Transaction

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=20)
SLOWEST_MAIL = timedelta(minutes=5)  # each of its commands may take as long as the server likes
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=2)
GIVE_UP_AFTER = timedelta(days=3)
SENT_KEPT_FOR, DEAD_KEPT_FOR = timedelta(days=30), timedelta(days=90)


def put(tx: Transaction, mails: Iterable[Mail], *, instance_id: int | None, at: datetime) -> None:
    """Store mails within a command; of mails with one key, ever, one is sent."""
    outbox.insert(tx, mails, instance_id=instance_id, at=at, give_up_at=at + GIVE_UP_AFTER)


def send_due(context: Context, mailer: Mailer, *, limit: int = 20) -> int:
    """Send the mails that are due and return how many were; one that fails holds up no other.

    It is tried again after a minute, then after twice as long each time, up to two hours, for
    three days. If the server cannot be reached, the round ends.
    """
    now = context.clock.now()
    with context.database.reading() as tx:
        if not outbox.is_any_due(tx, at=now):
            return 0
    until = now + LEASE
    letters = context.database.run(lambda tx: outbox.claim(tx, at=now, until=until, limit=limit))
    sent = 0
    with closing(mailer):
        while letters and context.clock.now() <= until - SLOWEST_MAIL:
            try:
                sent += _send(context, mailer, letters.pop(0))
            except MailServerFailed as failure:
                logger.warning("no mail can be sent: %s", failure.reason)
                break
    if letters:
        back_at = context.clock.now() + FIRST_RETRY
        context.database.run(lambda tx: outbox.put_back(tx, letters, until=back_at))
    return sent


def letters(
    context: Context, *, by: str, state: LetterState | None = None, limit: int = 100
) -> list[Letter]:
    """Return the newest letters, for managers: they hold what was written to people."""
    with context.database.reading() as tx:
        users.ensure_manager(tx, by, "see", "the outbox")
        return outbox.newest(tx, state, limit=limit)


def send_again(context: Context, letter_id: int, *, by: str) -> None:
    """Let a letter that was given up be tried for another three days."""

    def work(tx: Transaction) -> None:
        users.ensure_manager(tx, by, "send", f"letter {letter_id}")
        now = context.clock.now()
        if not outbox.revive(tx, letter_id, at=now, give_up_at=now + GIVE_UP_AFTER):
            raise NotFound("dead letter", letter_id)

    context.database.run(work)


def forget_old_letters(context: Context) -> int:
    """Forget letters sent a month ago or given up three months ago, and return how many."""
    now = context.clock.now()
    return context.database.run(
        lambda tx: outbox.forget(
            tx, sent_before=now - SENT_KEPT_FOR, dead_before=now - DEAD_KEPT_FOR
        )
    )


def _send(context: Context, mailer: Mailer, letter: Letter) -> bool:
    """Send a letter that was claimed, and write down what came of it."""
    try:
        mailer.send(letter.mail, written_at=letter.created_at)
    except MailServerFailed as failure:
        _note_failure(context, letter, failure.reason)
        raise
    except MailNotSent as failure:
        _note_failure(context, letter, failure.reason, is_permanent=failure.is_permanent)
        return False
    except Exception as failure:  # whatever is wrong with one letter is no reason to stop
        logger.exception("letter %s cannot be sent", letter.id)
        _note_failure(context, letter, f"{type(failure).__name__}: {failure}")
        return False
    at = context.clock.now()
    context.database.run(lambda tx: outbox.mark_sent(tx, letter.id, at=at, backend=mailer.name))
    return True


def _note_failure(
    context: Context, letter: Letter, reason: str, *, is_permanent: bool = False
) -> None:
    now, tries = context.clock.now(), letter.attempts + 1
    if is_permanent or now >= letter.give_up_at:
        logger.error("letter %s is given up after %s tries: %s", letter.id, tries, reason)
        context.database.run(
            lambda tx: outbox.give_up(tx, letter.id, tries=tries, at=now, error=reason)
        )
        return
    until = min(now + _delay(letter), letter.give_up_at)
    context.database.run(
        lambda tx: outbox.postpone(tx, letter.id, tries=tries, until=until, error=reason)
    )


def _delay(letter: Letter) -> timedelta:
    """Return how long to wait before the next try.

    A fifth more or less, so that letters that failed together do not come back together; which
    it is depends on the letter alone, so that a run can be repeated.
    """
    delay: timedelta = min(FIRST_RETRY * 2 ** min(letter.attempts, 10), LONGEST_RETRY)
    share = zlib.crc32(f"{letter.mail.key}/{letter.attempts}".encode()) / 2**32
    return delay * (0.8 + 0.4 * share)
