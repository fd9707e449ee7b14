"""Calls a service for case after case and tells each key, until it is killed."""

from __future__ import annotations

import sys

from engine.config import EngineConfig
from engine.connectors.call import CallResult
from engine.connectors.registry import Connectors, FunctionConnector
from engine.process_engine import ProcessEngine


def main(database_url: str) -> None:
    def told(call):
        sys.stdout.write(f"{call.business_key} {call.idempotency_key}\n")
        sys.stdout.flush()
        return CallResult({"answer": call.idempotency_key})

    connectors = Connectors([FunctionConnector("fake", told)])
    engine = ProcessEngine.open(EngineConfig(database_url), connectors=connectors)
    while engine.call_due_services(limit=5):
        pass
    sys.stdout.write("nothing is left\n")
    sys.stdout.flush()
