"""ConnectorSettings: whom service tasks may call and how mail leaves, from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from engine.connectors.addresses import AllowedHost, network
from engine.domain.mail import InvalidMail, address

if TYPE_CHECKING:
    from collections.abc import Mapping

SECRET_PREFIX = "TWINFLOW_HTTP_SECRET_"  # noqa: S105 -- the beginning of a variable's name
SECURITIES = ("starttls", "tls", "none")


@dataclass(frozen=True)
class MailSettings:
    """How mail leaves; without a host it is captured: kept in the outbox and not sent."""

    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""
    timeout_s: float = 30.0

    def __post_init__(self) -> None:
        if self.security not in SECURITIES:
            allowed = ", ".join(SECURITIES)
            raise ValueError(f"TWINFLOW_SMTP_SECURITY is {self.security!r}; allowed: {allowed}")
        if self.user and self.security == "none":
            raise ValueError("TWINFLOW_SMTP_USER: no password is sent unless the line is encrypted")
        if self.host or self.sender:
            try:
                address(self.sender, part="TWINFLOW_MAIL_FROM")
            except InvalidMail as error:
                raise ValueError(str(error)) from error

    @property
    def is_captured(self) -> bool:
        """Return whether mail is kept instead of sent, as in development."""
        return not self.host

    @classmethod
    def from_environment(cls, given: Mapping[str, str]) -> Self:
        """Read TWINFLOW_SMTP_HOST, _PORT, _SECURITY, _USER, _PASSWORD and TWINFLOW_MAIL_FROM."""
        port = given.get("TWINFLOW_SMTP_PORT") or str(cls.port)
        if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
            raise ValueError(f"TWINFLOW_SMTP_PORT is {port!r}; allowed: 1 to 65535")
        return cls(
            host=given.get("TWINFLOW_SMTP_HOST", ""),
            port=int(port),
            security=(given.get("TWINFLOW_SMTP_SECURITY") or cls.security).lower(),
            user=given.get("TWINFLOW_SMTP_USER", ""),
            password=given.get("TWINFLOW_SMTP_PASSWORD", ""),
            sender=given.get("TWINFLOW_MAIL_FROM", ""),
        )


@dataclass(frozen=True)
class ConnectorSettings:
    """The settings of the connectors; by default no host may be called and no mail leaves."""

    http_allow: tuple[str, ...] = ()
    http_private_networks: tuple[str, ...] = ()
    http_secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    base_url: str = "http://127.0.0.1:8000"  # where people reach this server
    mail: MailSettings = field(default_factory=MailSettings)

    def __post_init__(self) -> None:
        for text in self.http_allow:
            AllowedHost.parse(text)
        for text in self.http_private_networks:
            network(text)
        parts = urlsplit(self.base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query:
            raise ValueError(
                f"TWINFLOW_BASE_URL is {self.base_url!r}; allowed: https://host[:port][/path]"
            )

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read TWINFLOW_HTTP_ALLOW, _PRIVATE_NETWORKS, _SECRET_…, TWINFLOW_BASE_URL and mail's."""
        given = os.environ if environment is None else environment
        return cls(
            http_allow=_listed(given.get("TWINFLOW_HTTP_ALLOW", "")),
            http_private_networks=_listed(given.get("TWINFLOW_HTTP_PRIVATE_NETWORKS", "")),
            http_secrets={
                name.removeprefix(SECRET_PREFIX): value
                for name, value in given.items()
                if name.startswith(SECRET_PREFIX)
            },
            base_url=given.get("TWINFLOW_BASE_URL") or cls.base_url,
            mail=MailSettings.from_environment(given),
        )


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())
