"""What the web application is told from outside."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORTEST_SECRET = 32


class InvalidSettings(ValueError):
    """A setting has one of the values that are allowed."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"{name}: {problem}")
        self.name, self.problem = name, problem


@dataclass(frozen=True, slots=True)
class PasswordCost:
    """How much work argon2id puts into a hash; the defaults are those of argon2-cffi."""

    time_cost: int = 3
    memory_cost_kib: int = 65536
    parallelism: int = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Settings of the web application; none of them changes while it runs."""

    secret_key: str = field(default_factory=lambda: secrets.token_hex(32))  # signs the sessions
    is_demo: bool = False  # the sign-in page lists the people of the demo
    is_https: bool = False  # cookies travel over TLS only
    timezone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))  # of the clinic
    trusted_proxies: int = 0  # reverse proxies in front whose forwarded address is believed
    password_cost: PasswordCost = field(default_factory=PasswordCost)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Self:
        """Read the settings from TWINFLOW_… variables; raises InvalidSettings."""
        values = os.environ if environ is None else environ
        key = values.get("TWINFLOW_SECRET_KEY")
        return cls(
            secret_key=_secret(key) if key else secrets.token_hex(32),
            is_demo=_switch(values, "TWINFLOW_DEMO"),
            is_https=_switch(values, "TWINFLOW_HTTPS"),
            timezone=_zone(values.get("TWINFLOW_TIMEZONE", "Asia/Shanghai")),
            trusted_proxies=_count(values, "TWINFLOW_TRUSTED_PROXIES"),
        )


def _secret(text: str) -> str:
    if len(text) < SHORTEST_SECRET:
        raise InvalidSettings("TWINFLOW_SECRET_KEY", f"needs {SHORTEST_SECRET} characters or more")
    return text


def _switch(values: Mapping[str, str], name: str) -> bool:
    text = values.get(name, "0")
    if text not in ("0", "1"):
        raise InvalidSettings(name, f"is {text!r}; 0 and 1 are allowed")
    return text == "1"


def _count(values: Mapping[str, str], name: str) -> int:
    text = values.get(name, "0")
    if not (text.isascii() and text.isdigit()):
        raise InvalidSettings(name, f"is {text!r}; a whole number is allowed")
    return int(text)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        problem = f"{name!r} is no time zone; Asia/Shanghai is one"
        raise InvalidSettings("TWINFLOW_TIMEZONE", problem) from error
