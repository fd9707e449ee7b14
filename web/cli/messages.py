"""``twinflow message`` and ``signal``: what cases wait for from outside."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from web.cli.output import answer, as_json, write_json, write_table
from web.cli.session import acting, opened_engine
from web.cli.values import plain_values_options

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.domain.message import Message

STATES = ("undelivered", "waiting", "delivered", "discarded")


@click.group()
def message() -> None:
    """Send messages to cases, and look after those that found nobody.

    \b
    twinflow message send paid --key A1 --as dora --set sum=7
    twinflow message list --as dora
    twinflow message deliver 12 --to 40 --as dora
    """


@message.command()
@click.argument("name")
@click.option("--key", default="", metavar="KEY", help="Tells the receiver from others.")
@click.option("--id", "message_id", metavar="ID", help="Of messages with one id, one is taken.")
@click.option("--ttl", "ttl_s", default=86_400.0, show_default=True, metavar="SECONDS",
              type=click.FloatRange(0), help="How long it waits for its receiver.")  # fmt: skip
@acting
@plain_values_options
@as_json
def send(  # noqa: PLR0913 -- one parameter per option
    *,
    name: str,
    key: str,
    message_id: str | None,
    ttl_s: float,
    user_id: str,
    values: Mapping[str, object],
    is_json: bool,
) -> None:
    """Bring a message to the one case that waits for it, or keep it until one does."""
    ttl = timedelta(seconds=ttl_s)
    with opened_engine() as engine:
        sent = engine.correlate(
            name, by=user_id, key=key, values=values, message_id=message_id, ttl=ttl
        )
    again = "came before: " if sent.is_duplicate else ""
    answer(sent, f"{again}{describe(sent.message)}", is_json=is_json)


@message.command(name="list")
@click.option("--state", default=STATES[0], show_default=True, type=click.Choice(STATES))
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 500))
@acting
@as_json
def list_(state: str, limit: int, user_id: str, is_json: bool) -> None:
    """List messages and signals, by default those that found no receiver."""
    from engine.domain.message import MessageState

    with opened_engine() as engine:
        found = engine.messages(by=user_id, state=MessageState(state), limit=limit)
    if is_json:
        write_json(found)
        return
    rows = (
        (one.id, one.kind, one.name, one.key, f"{one.published_at:%Y-%m-%d %H:%M:%S}",
         one.receiver_id, one.last_error)
        for one in found
    )  # fmt: skip
    columns = ("message", "kind", "name", "key", "sent (UTC)", "case", "reason")
    write_table(f"Messages, {state}", columns, rows, right="message case")


@message.command()
@click.argument("number", metavar="MESSAGE", type=int)
@click.option("--to", "case", required=True, type=int, metavar="CASE", help="Number of the case.")
@acting
def deliver(number: int, case: int, user_id: str) -> None:
    """Bring a message that found nobody to a case that waits for it."""
    with opened_engine() as engine:
        click.echo(describe(engine.deliver_message(number, case, by=user_id)))


@message.command()
@click.argument("number", metavar="MESSAGE", type=int)
@acting
def discard(number: int, user_id: str) -> None:
    """Decide that nobody needs a message."""
    with opened_engine() as engine:
        click.echo(describe(engine.discard_message(number, by=user_id)))


@click.command()
@click.argument("name")
@acting
@plain_values_options
@as_json
def signal(
    name: str,
    user_id: str,
    values: Mapping[str, object],
    is_json: bool,
) -> None:
    """Send a signal to everybody who waits for it now.

    \b
    twinflow signal alarm --as dora --set where="ward 3"

    It goes out in chunks: what is left after the first is done by the worker.
    """
    with opened_engine() as engine:
        sent = engine.throw_signal(name, by=user_id, values=values)
    words = f"signal {sent.id} {sent.name} is {sent.state}: {sent.receivers} receivers"
    answer(sent, words, is_json=is_json)


def describe(sent: Message) -> str:
    """Say where a message is."""
    where = f" to case {sent.receiver_id}" if sent.receiver_id is not None else ""
    return f"message {sent.id} {sent.name} is {sent.state}{where}"
