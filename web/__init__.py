"""The web application; ``create_app`` lives in ``web.application``.

It is imported when it is asked for: the command line and the jobs of comparisons belong to this
package too, and start without Flask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from web.application import create_app

__all__ = ["create_app"]


def __getattr__(name: str) -> object:
    if name != "create_app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from web.application import create_app  # see above

    return create_app
