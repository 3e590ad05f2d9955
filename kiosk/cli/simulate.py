"""`kiosk simulate`: hands everything on to the simulator."""


def main(words: list[str]) -> int:
    """Start the payment world with whatever words it was given."""
    from kiosk import simulator

    return simulator.main(words)
