"""The command line ``twinflow``: one module per noun, imported when its command is run.

``--help`` and the simulation commands start without SpiffWorkflow, SQLAlchemy and Flask.
"""

from web.cli.root import main

__all__ = ["main"]
