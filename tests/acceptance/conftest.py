"""The command line of tests/web/cli, here on a database that a real server works on as well."""

from tests.web.cli.conftest import cli, home

__all__ = ["cli", "home"]
