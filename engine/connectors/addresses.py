"""Whom an HTTP call may reach: hosts on the allow list, at addresses that are public.

A name is resolved once; every address it has is checked, and the call goes to one of those
very addresses. A name that means another machine a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeAlias
from urllib.parse import quote, urlsplit

from engine.connectors.call import ServiceFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from urllib.parse import SplitResult

    Resolver: TypeAlias = Callable[[str, int], Sequence[str]]

Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address
Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_URL = 8000
PORTS = {"https": 443, "http": 80}
_HOST = re.compile(r"[a-z0-9_*.-]+|[0-9a-f:.]+")  # "*" for the allow list
# What a path and a query may hold as it is (RFC 3986); anything else is percent-encoded.
_AS_IT_IS = "%/:@!$&'()*+,;=~-._?"
# Addresses that carry another one, and what Python's registry of some versions leaves out.
_NEVER = tuple(
    ipaddress.ip_network(text)
    for text in (
        "64:ff9b::/96",  # NAT64 (RFC 6052)
        "64:ff9b:1::/48",
        "2002::/16",  # 6to4
        "2001::/32",  # Teredo
        "::/96",  # IPv4-compatible
        "::ffff:0:0:0/96",  # IPv4-translated (RFC 2765)
        "fec0::/10",  # site-local
        "192.88.99.0/24",  # relays of 6to4
        "0.0.0.0/8",
        "240.0.0.0/4",
    )
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where a call goes: the name for the certificate, the address for the socket."""

    scheme: str
    host: str
    port: int
    address: str
    path: str  # with the query

    @property
    def authority(self) -> str:
        """Return what the Host header says."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class AllowedHost:
    """An entry of the allow list: "api.example.org", "*.example.org", "http://intranet:8080"."""

    scheme: str
    host: str  # "*.example.org" stands for every name below example.org
    port: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an entry; without a scheme it is https, without a port the scheme's own."""
        parts = urlsplit(text if "://" in text else f"https://{text}")
        try:
            host, port = _host(parts), parts.port
        except ValueError:
            host, port = "", None
        has_more = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
        is_name = host.count("*") == 0 or (host.startswith("*.") and host.count("*") == 1)
        if not host or parts.scheme not in PORTS or has_more or not is_name or host == "*.":
            raise ValueError(
                f"TWINFLOW_HTTP_ALLOW: {text!r} is no host; allowed: api.example.org,"
                " *.example.org, api.example.org:8443, http://intranet.example.org"
            )
        return cls(parts.scheme, host, port or PORTS[parts.scheme])

    def covers(self, scheme: str, host: str, port: int) -> bool:
        """Return whether the entry allows this scheme, host and port."""
        if (scheme, port) != (self.scheme, self.port):
            return False
        if self.host.startswith("*."):
            return host.endswith(self.host[1:]) and host != self.host[1:]
        return host == self.host


def network(text: str) -> Network:
    """Read a network such as 10.1.0.0/16 that may be called though it is private."""
    try:
        return ipaddress.ip_network(text)
    except ValueError as error:
        raise ValueError(
            f"TWINFLOW_HTTP_PRIVATE_NETWORKS: {text!r} is no network such as 10.1.0.0/16: {error}"
        ) from error


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a host, as the machine's resolver knows them."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class HttpGuard:
    """Says where a URL leads, or why a call must not go there."""

    def __init__(
        self,
        allow: Iterable[str],
        private_networks: Iterable[str] = (),
        resolver: Resolver = resolve,
    ) -> None:
        self._allowed = tuple(AllowedHost.parse(text) for text in allow)
        self._private = tuple(network(text) for text in private_networks)
        self._resolve = resolver

    def problem(self, url: str) -> str | None:
        """Return why a URL may not be called, without asking for its address."""
        try:
            self._allowed_parts(url)
        except ServiceFailed as refusal:
            return refusal.reason
        return None

    def target(self, url: str) -> Target:
        """Return where a URL leads; ServiceFailed if it is not allowed or has no address."""
        parts, host, port = self._allowed_parts(url)
        try:
            addresses = self._resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise ServiceFailed(f"the host {host!r} cannot be found: {error}") from error
        if not addresses:
            raise ServiceFailed(f"the host {host!r} has no address")
        for address in addresses:
            reason = self._address_problem(address)
            if reason:
                raise ServiceFailed(
                    f"the host {host!r} is at {address}, {reason};"
                    " TWINFLOW_HTTP_PRIVATE_NETWORKS does not allow it",
                    is_permanent=True,
                )
        return Target(parts.scheme, host, port, addresses[0], _path(parts))

    def _allowed_parts(self, url: str) -> tuple[SplitResult, str, int]:
        parts, host, port = _split(url)
        if not any(entry.covers(parts.scheme, host, port) for entry in self._allowed):
            where = f"{parts.scheme}://{host}:{port}"
            raise ServiceFailed(f"{where} is not on TWINFLOW_HTTP_ALLOW", is_permanent=True)
        return parts, host, port

    def _address_problem(self, text: str) -> str | None:
        address = _parsed(text)
        if address is None:
            return "which is no IP address"
        if _is_never_called(address):
            return "which is never called"
        if address.is_global and not address.is_private:
            return None
        if any(address in allowed for allowed in self._private):
            return None
        return "which is not public"


def _parsed(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])  # fe80::1%eth0
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def _is_never_called(address: Address) -> bool:
    if address.is_loopback:  # private, not worse; and ::1 lies in ::/96
        return False
    return (
        address.is_link_local
        or address.is_multicast
        or address.is_unspecified
        or any(address in network for network in _NEVER)
    )


def _split(url: str) -> tuple[SplitResult, str, int]:
    """Take a URL apart, once: what is checked is what is called."""
    if len(url) > LONGEST_URL:
        raise _no_url(f"it has {len(url)} characters; at most {LONGEST_URL} are allowed")
    if any(character <= " " or character in "\\\x7f" for character in url):
        raise _no_url("it holds a blank, a backslash or a control character")
    try:
        parts = urlsplit(url)
        host, port = _host(parts), parts.port
    except ValueError as error:  # UnicodeError is one
        raise _no_url(str(error)) from error
    if parts.scheme not in PORTS or not host:
        raise _no_url("it must start with https:// and a host")
    if "@" in parts.netloc:
        raise _no_url("a name and password in it would end up in logs")
    if port == 0:
        raise _no_url("there is no port 0")
    return parts, host, port or PORTS[parts.scheme]


def _host(parts: SplitResult) -> str:
    """Return the host as the name system writes it: ASCII, lower case, no last dot."""
    host = (parts.hostname or "").removesuffix(".")
    if not host.isascii():
        host = host.encode("idna").decode("ascii").lower()
    if host and not _HOST.fullmatch(host):
        raise ValueError(f"{host!r} is no host")
    return host


def _path(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return quote((parts.path or "/") + query, safe=_AS_IT_IS)


def _no_url(reason: str) -> ServiceFailed:
    return ServiceFailed(f"the URL cannot be called: {reason}", is_permanent=True)
