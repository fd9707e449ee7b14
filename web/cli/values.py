"""Values on the command line: ``--set key=text`` and ``--values file.json``."""

from __future__ import annotations

import sys
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import orjson

from engine.domain.form_field import FieldType
from web.json_text import json_or_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from engine.domain.form import Form
    from engine.domain.form_field import Field

    Command = Callable[..., Any]

YES = frozenset({"yes", "y", "true", "1", "是"})
NO = frozenset({"no", "n", "false", "0", "否"})


def values_options(command: Command) -> Command:
    """Add the two options to a command."""
    command = click.option(
        "--values", "document", metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True),
        callback=_document, help="Fields as a JSON object in a file; - is stdin.",
    )(command)  # fmt: skip
    return click.option(
        "--set", "settings", multiple=True, metavar="KEY=VALUE", callback=_pairs,
        help="A field of the form; may be repeated. Yes/no for a box, a,b,c for a list.",
    )(command)  # fmt: skip


def plain_values_options(command: Command) -> Command:
    """Add the two options to a command that takes ``values`` which no form describes."""

    @wraps(command)
    def with_values(
        *, settings: Mapping[str, str], document: Mapping[str, object], **others: object
    ) -> None:
        typed_in = {key: json_or_text(text) for key, text in settings.items()}
        command(values={**document, **typed_in}, **others)

    return values_options(with_values)


def read_share(_ctx: click.Context, _param: click.Parameter, text: str) -> float:
    """Read a share: 10% or 0.1."""
    from simulation.scenario.values import share

    return _read(share, text)


def read_amount(_ctx: click.Context, _param: click.Parameter, text: str) -> float:
    """Read an amount of a KPI: 1min, 2% or 0.5."""
    from simulation.scenario.values import kpi_value

    return _read(kpi_value, text)


def _read(read: Callable[[object], float], text: str) -> float:
    value = _number(text)
    try:
        return read(value)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} {error}") from error


def _pairs(_ctx: click.Context, _param: click.Parameter, texts: Sequence[str]) -> Mapping[str, str]:
    pairs = [text.partition("=") for text in texts]
    for key, equals, _ in pairs:
        if not (key and equals):
            raise click.BadParameter(f"{key!r} is not KEY=VALUE")
    return {key.strip(): value for key, _, value in pairs}


def _document(
    _ctx: click.Context, _param: click.Parameter, name: str | None
) -> Mapping[str, object]:
    if name is None:
        return {}
    try:
        text = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        values = orjson.loads(text)
    except (OSError, orjson.JSONDecodeError) as error:
        raise click.BadParameter(f"{name}: {error}") from error
    if not isinstance(values, dict):
        raise click.BadParameter(f"{name}: an object of fields is needed")
    return values


def values_for(
    form: Form | None, settings: Mapping[str, str], document: Mapping[str, object]
) -> dict[str, object]:
    """Return the values to hand in: the file's, then each ``--set`` as its field wants it."""
    fields = form.fields if form else {}
    return {
        **document,
        **{
            key: typed(fields[key], text) if key in fields else text
            for key, text in settings.items()
        },
    }


def typed(field: Field, text: str) -> object:
    """Return a text as the value its field holds; what does not fit is left to the form."""
    match field.type:
        case FieldType.CHECKBOX:
            word = text.strip().lower()
            return True if word in YES else False if word in NO else text
        case FieldType.NUMBER if not field.is_text_number:
            return _number(text)
        case FieldType.CHECKLIST | FieldType.TAGLIST:
            return [_choice(field, part.strip()) for part in text.split(",") if part.strip()]
        case FieldType.SELECT | FieldType.RADIO:
            return _choice(field, text)
    return text


def _number(text: str) -> object:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _choice(field: Field, text: str) -> object:
    """Return the option that is spelt so; form-js compares values with their types."""
    words = {str(option.value).lower(): option.value for option in field.options}
    return words.get(text.lower(), text)
