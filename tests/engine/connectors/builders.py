"""Calls and guards for the tests of the connectors."""

from __future__ import annotations

from engine.connectors.addresses import HttpGuard
from engine.connectors.call import ServiceCall


def a_call(connector: str = "http", *, timeout_s: float = 5.0, **inputs: object) -> ServiceCall:
    return ServiceCall(
        connector=connector,
        inputs=inputs,
        idempotency_key="job-7",
        process_key="complaint",
        business_key="C-2026-0001",
        instance_id=1,
        element_id="ask",
        timeout_s=timeout_s,
    )


def a_guard(*allow: str, addresses: tuple[str, ...] = ("127.0.0.1",)) -> HttpGuard:
    """A guard that allows the loopback, where the tests' servers are."""
    return HttpGuard(allow, ("127.0.0.0/8",), resolver=lambda _host, _port: addresses)
