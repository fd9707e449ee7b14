"""The connectors that reach other cases: "start_process" and "publish_message"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.connectors.call import CallResult, PublishedMessage, ServiceFailed, StartedProcess
from engine.connectors.inputs import (
    Input,
    Inputs,
    Kind,
    is_expression,
    number_of,
    object_of,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.connectors.call import ServiceCall

DEFAULT_TTL_S = 3600.0
LONGEST_TTL_S = 366 * 86_400.0


class StartProcess:
    """Starts a case of a process."""

    name = "start_process"
    inputs = Inputs(
        Input("process", is_required=True),
        Input("business_key"),
        Input("values", Kind.OBJECT),
    )

    def check(self, inputs: Mapping[str, str]) -> list[str]:
        """Return what is wrong with the inputs of a model, in words."""
        return self.inputs.problems(inputs)

    def call(self, call: ServiceCall) -> CallResult:
        """Ask for the case; it starts when the job is finished."""
        given = self.inputs.read(call.inputs)
        business_key = text_of(given, "business_key") or None
        start = StartedProcess(text_of(given, "process"), business_key, object_of(given, "values"))
        return CallResult(starts=(start,))


class PublishMessage:
    """Publishes a message to the case that expects it."""

    name = "publish_message"
    inputs = Inputs(
        Input("name", is_required=True),
        Input("key", is_required=True),
        Input("message_id"),  # by default the call's own: a call that is repeated publishes once
        Input("values", Kind.OBJECT),
        Input("ttl_s", Kind.NUMBER),
    )

    def check(self, inputs: Mapping[str, str]) -> list[str]:
        """Return what is wrong with the inputs of a model, in words."""
        found = self.inputs.problems(inputs)
        ttl = inputs.get("ttl_s", "").strip()
        if ttl and not found and not is_expression(ttl):
            found += _ttl_problems(float(ttl))
        return found

    def call(self, call: ServiceCall) -> CallResult:
        """Write the message; it is published when the job is finished."""
        given = self.inputs.read(call.inputs)
        ttl_s = number_of(given, "ttl_s", DEFAULT_TTL_S)
        for problem in _ttl_problems(ttl_s):
            raise ServiceFailed(problem, is_permanent=True)
        message = PublishedMessage(
            text_of(given, "name"),
            text_of(given, "key"),
            text_of(given, "message_id", call.idempotency_key),
            object_of(given, "values"),
            ttl_s,
        )
        return CallResult(messages=(message,))


def _ttl_problems(ttl_s: float) -> list[str]:
    if 0 <= ttl_s <= LONGEST_TTL_S:
        return []
    return [f"the input 'ttl_s' is {ttl_s:g}; allowed: 0 to {LONGEST_TTL_S:.0f}"]
