"""The machine on paper that the command line's tests have."""

from tests.cli.conftest import config, journal

__all__ = ["config", "journal"]
