"""What a request can reach: the services of the application, the person, the language."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ParamSpec, TypeVar, cast

import flask_login
from flask import current_app
from flask_login import current_user

from engine.clock import Clock, SystemClock
from engine.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.domain.identity import User
    from engine.process_engine import ProcessEngine
    from web.experiments import Experiments
    from web.settings import Settings

EXTENSION = "twinflow"

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Services:
    """What the views work with; built once, by web.bootstrap."""

    engine: ProcessEngine
    experiments: Experiments
    settings: Settings
    clock: Clock = field(default_factory=SystemClock)


def services() -> Services:
    """Return the services of the application that answers the request."""
    return cast("Services", current_app.extensions[EXTENSION])


def signed_in_user() -> User:
    """Return the person who signed in; only for views behind ``login_required``."""
    return cast("User", current_user.user)


def person_if_known() -> User | None:
    """Return the person who signed in, if anybody did and the database can tell who it is."""
    try:
        return signed_in_user() if current_user.is_authenticated else None
    except StoreUnavailable:
        return None


def login_required(view: Callable[P, R]) -> Callable[P, R]:
    """Let only signed-in people see a view; Flask-Login's decorator with its types."""
    return cast("Callable[P, R]", flask_login.login_required(view))
