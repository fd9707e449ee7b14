"""What can be wrong with a script: its text, its run, or that scripts are switched off."""

from __future__ import annotations

from engine.errors import EngineError


class InvalidScript(EngineError):
    """A script is written in the allowed subset of Python."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(f"script, line {line}: {reason}")
        self.line, self.reason = line, reason


class ScriptFailed(EngineError):
    """A script ends by itself, within its limits, and leaves JSON values."""

    def __init__(self, reason: str, *, line: int | None = None) -> None:
        where = f", line {line}" if line else ""
        super().__init__(f"script{where}: {reason}")
        self.reason, self.line = reason, line


class ScriptsDisabled(EngineError):
    """Scripts run only where the operator allows them."""

    def __init__(self) -> None:
        super().__init__("scripts are switched off (TWINFLOW_SCRIPTS=off)")
