"""What can be wrong with an expression: its text, or the values it is given."""

from __future__ import annotations

from engine.errors import EngineError


class InvalidExpression(EngineError):
    """An expression is written in the allowed subset of the language."""

    def __init__(self, text: str, position: int, reason: str) -> None:
        shown = text if len(text) <= 120 else text[:117] + "…"
        super().__init__(f"expression {shown!r}, character {position}: {reason}")
        self.text, self.position, self.reason = text, position, reason


class EvaluationFailed(EngineError):
    """An expression is evaluated only over values that it can work with."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"expression {text!r}: {reason}")
        self.text, self.reason = text, reason
