"""`kiosk run`: the daemon."""

from kiosk.cli.parsing import parser, takes_config


def main(words: list[str]) -> int:
    """Sell until told to stop."""
    arguments = parser("run", "Sell until told to stop; systemd starts this.")
    takes_config(arguments)
    given = arguments.parse_args(words)
    from kiosk.assembly import run

    return run(given.config)
