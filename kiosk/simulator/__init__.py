"""A whole payment world on loopback: a gateway, a machine, a customer's phone, and what can go wrong.

Only the edges are pretended.  The kiosk inside is `kiosk run`, a process of its own with an ordinary
configuration, so that a power cut is a real one.
"""

from kiosk.errors import MissingPart


def main(words: list[str]) -> int:
    """Start the world; 0 when it was ended by Ctrl-C or the tour went as it must, 1 otherwise."""
    try:
        from kiosk.simulator.start import start
    except ImportError as error:
        raise MissingPart(f"the simulator needs {error.name}: pip install 'qris-kiosk[simulator]'") from error
    return start(words)
